// Tells apart what two sets of law do to one record, and why. Internal to this
// room.
#ifndef MINGA_NODE_EXCHANGE_POLICY_DIFF_REASONS_H_
#define MINGA_NODE_EXCHANGE_POLICY_DIFF_REASONS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "node/exchange/policy_diff.h"
#include "policy/decision.h"
#include "policy/policy_set.h"

namespace minga::exchange {

// The rules of the national policy and the override by layer and id, to see
// which of them are other in the new document.
class RuleBook {
 public:
  struct Entry {
    std::string bytes;  // equal rules have equal bytes
    std::vector<std::string> fields;
  };

  // `sources` load.
  explicit RuleBook(const policy::PolicySources& sources);
  // Null for rules of agreements and for none.
  const Entry* Find(const policy::RuleTrace& trace) const;

 private:
  void Add(policy::Layer layer, const policy::DocumentSource& document);

  std::map<std::pair<policy::Layer, std::string>, Entry> rules_;
};

// One answer about one record with its reasons.
struct Reasoned {
  policy::Decision decision;
  policy::Explanation explanation;
  // The obligation that keeps a permitted record at home, or "" (KeptBack).
  absl::string_view kept;

  bool shown() const { return decision.permitted && kept.empty(); }
};

// Peer, records and examples are left out: how the answer about a record of
// `kind` changes, each field by itself. Empty if it does not.
std::vector<Difference> Compare(RecordKind kind, const Reasoned& before,
                                const Reasoned& after,
                                const RuleBook& old_rules,
                                const RuleBook& new_rules);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_POLICY_DIFF_REASONS_H_
