#include "policy/proof/workbench.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace minga::policy::proof {

Workbench::Side& Workbench::At(RecordKind kind, Direction direction) {
  std::unique_ptr<Side>& side = sides_[{kind, direction}];
  if (side == nullptr) {
    side = std::make_unique<Side>(z3_, words_, kind, direction, layers_,
                                  deadline_);
  }
  return *side;
}

std::vector<Workbench::Side*> Workbench::Sides() {
  std::vector<Side*> sides;
  for (int i = 0; i < kRecordKinds; ++i) {
    const auto kind = static_cast<RecordKind>(i);
    if (SchemaOf(kind).fields.empty()) continue;
    sides.push_back(&At(kind, Direction::kSend));
    sides.push_back(&At(kind, Direction::kReceive));
  }
  return sides;
}

Finding Undecided(const std::string& id, const std::string& what,
                  const Deadline& deadline, bool refuses) {
  return Finding{
      Finding::Kind::kUndecided, id,
      absl::StrCat(what, " was not decided within ",
                   absl::FormatDuration(deadline.limit()), " and ",
                   kProofMegabytesMax, " MB",
                   refuses ? ": what is not proved is not put in force" : ""),
      "", refuses};
}

Finding GroupsUnknown(const std::string& id, const std::string& what,
                      bool refuses) {
  return Finding{
      Finding::Kind::kUndecided, id,
      absl::StrCat(what,
                   " was not decided: its groups are those of the national "
                   "policy, which is not at hand",
                   refuses ? ": what is not proved is not put in force" : ""),
      "", refuses};
}

}  // namespace minga::policy::proof
