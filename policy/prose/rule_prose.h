// Rules and properties as items of a page. Internal to this room.
#ifndef MINGA_POLICY_PROSE_RULE_PROSE_H_
#define MINGA_POLICY_PROSE_RULE_PROSE_H_

#include <map>
#include <string>
#include <vector>

#include "minga/v1/policy.pb.h"
#include "policy/decision.h"
#include "policy/prose/page.h"
#include "policy/prose/words.h"

namespace minga::policy::prose {

class RuleProse {
 public:
  // `page` must outlive this.
  RuleProse(Layer layer, const Words& words, Page& page)
      : layer_(layer), words_(words), page_(page) {}

  // What `rule` says of records of `kind` that go in `direction`. What is the
  // same for all kinds and directions is told once, by number afterwards.
  void Rule(const v1::Rule& rule, RecordKind kind, Direction direction);
  void Property(const v1::Property& property);

 private:
  void Effect(const v1::Rule& rule, const KindSchema& schema,
              Direction direction);
  void Peers(const v1::Rule& rule, Direction direction);
  // `only`: what is said holds in no other case.
  void Condition(const std::string& when, const std::vector<RecordKind>& kinds,
                 bool only);
  // The kinds and directions that `property` speaks about.
  std::string About(const v1::Property& property,
                    const std::vector<RecordKind>& kinds) const;
  void Bound(const v1::Property& property,
             const std::vector<RecordKind>& kinds);
  void Dates(const std::string& from, const std::string& until);
  template <typename Citations>
  void Basis(const Citations& citations);

  const Layer layer_;
  const Words& words_;
  Page& page_;
  // By rule id.
  std::map<std::string, std::string> told_;
};

// The kinds of a rule or property, known ones only.
template <typename Kinds>
std::vector<RecordKind> KindsOf(const Kinds& numbers) {
  std::vector<RecordKind> kinds;
  for (const int number : numbers) {
    if (number <= 0 || number >= kRecordKinds) continue;
    kinds.push_back(static_cast<RecordKind>(number));
  }
  return kinds;
}

}  // namespace minga::policy::prose

#endif  // MINGA_POLICY_PROSE_RULE_PROSE_H_
