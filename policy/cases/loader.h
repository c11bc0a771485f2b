// From the text of a file of cases to cases that can be run. Internal to this
// room.
#ifndef MINGA_POLICY_CASES_LOADER_H_
#define MINGA_POLICY_CASES_LOADER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "minga/v1/policy.pb.h"
#include "policy/decision.h"
#include "policy/facts.h"
#include "policy/policy_set.h"

namespace minga::policy::cases {

// Cases in one file at most: packs have 80, and each mutant asks them.
inline constexpr int kCasesMax = 500;

struct ExpectedLevel {
  FieldId field = 0;
  Level level;
};

struct Case {
  std::string id;
  std::string place;  // "file:line:column"
  Question question;
  bool agreement = true;
  // Every required fact is set.
  Facts facts{RecordKind::kUnspecified};
  bool permitted = false;
  std::vector<ExpectedLevel> levels;
  // A number of 0, or `false`, expects that the obligation is not asked for.
  std::vector<v1::Obligation> obligations;
  std::vector<std::string> deciding;
};

struct LoadedCases {
  std::string country_place;  // "file:line:column"
  Country country;
  std::vector<Case> cases;
};

// INVALID_ARGUMENT with "file:line:column: message" lines.
absl::StatusOr<LoadedCases> LoadCases(const DocumentSource& source);

}  // namespace minga::policy::cases

#endif  // MINGA_POLICY_CASES_LOADER_H_
