// What decisions rest on, as the log tells it (v1::Basis): purpose, policy,
// reason, rules with their articles, levels. Millions of decisions share some
// hundreds of these, so each stands in the log once a calendar year and is
// referred to by its index.
//
// Once a year and not once for ever: entries of an old year may be pruned
// without taking away what those of a later one rest on.
#ifndef MINGA_NODE_EXCHANGE_AUDIT_BASIS_H_
#define MINGA_NODE_EXCHANGE_AUDIT_BASIS_H_

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/exchange/audit_entries.h"
#include "node/exchange/judge.h"
#include "storage/audit_store.h"
#include "storage/document_store.h"

namespace minga::exchange {

// Documents by which a log knows the bases that it has told: this, the year, a
// digest. They are removed when another log begins.
inline constexpr absl::string_view kDocBasis = "log-basis/";

// Makes the next log tell all bases anew: their indexes are those of a log that
// was closed.
absl::Status ForgetBases(storage::DocumentStore& documents);

struct BasisParts {
  const Digest* policy = nullptr;  // hash of the set in force
  policy::Purpose purpose = policy::Purpose::kUnspecified;
  absl::string_view reason;
  const std::vector<CitedRule>* rules = nullptr;  // null: none
  absl::string_view levels;
  absl::string_view summary;
};

// Equal parts give equal bytes.
std::string BasisBytes(const BasisParts& parts);

// One per transaction. Threads: the writer's.
class BasisBook {
 public:
  // All outlive it.
  BasisBook(storage::AuditStore& log, storage::DocumentStore& documents,
            const Deed& deed)
      : log_(log), documents_(documents), deed_(deed) {}

  // Index of the entry that tells `basis` (of BasisBytes), which is appended
  // unless this year has it. 0 for an empty one.
  absl::StatusOr<storage::LeafIndex> IndexOf(const std::string& basis);

  // The same for what `grounds` themselves say.
  absl::StatusOr<storage::LeafIndex> IndexOf(
      const std::shared_ptr<const Verdict>& grounds, const Digest& policy,
      policy::Purpose purpose) {
    return IndexOf(BytesOf(grounds, {&policy, purpose, grounds->reason,
                                     grounds->levels, grounds->explanation}));
  }

  // BasisBytes of what `grounds` (null: the policy was not asked) say, if the
  // outcome is `reason` with `levels`.
  // `explanation` is told where no rule says why.
  struct Outcome {
    const Digest* policy = nullptr;
    policy::Purpose purpose = policy::Purpose::kUnspecified;
    absl::string_view reason;
    absl::string_view levels;
    absl::string_view explanation;
  };
  std::string BytesOf(const std::shared_ptr<const Verdict>& grounds,
                      const Outcome& outcome);

 private:
  // What comes of the same grounds for the same reason: the bytes before levels
  // and summary, which differ from person to person.
  struct Ground {
    std::shared_ptr<const Verdict> grounds;  // kept, so that keys stay unique
    std::string bytes;
  };
  using GroundKey = std::tuple<const Verdict*, policy::Purpose, std::string>;

  storage::AuditStore& log_;
  storage::DocumentStore& documents_;
  const Deed& deed_;
  absl::flat_hash_map<std::string, storage::LeafIndex> indexes_;
  absl::flat_hash_map<GroundKey, Ground> grounds_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_AUDIT_BASIS_H_
