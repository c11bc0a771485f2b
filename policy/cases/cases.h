// Tests of a policy document by the examples that its pack ships: whether each
// is decided as expected, whether they cover every rule and every atom of every
// condition both ways, and whether a change of any of these would be noticed.
#ifndef MINGA_POLICY_CASES_CASES_H_
#define MINGA_POLICY_CASES_CASES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/policy_set.h"

namespace minga::policy::cases {

// A case that was decided otherwise than it expects.
struct Failure {
  std::string id;       // of the case
  std::string place;    // "file:line:column" of the case
  std::string message;  // expected and found; never a field's value
};

struct Report {
  int cases = 0;
  std::vector<Failure> failures;
  int rules = 0;
  int atoms = 0;  // of all conditions, as the text has them
  // "rule `x` never applies", "rule `x`: `atom` is never false". Cases without
  // an agreement count for none of this.
  std::vector<std::string> uncovered;
  int mutants = 0;
  // "rule `x`: `atom` flipped, no case fails".
  std::vector<std::string> survivors;

  // Nothing failed, nothing is uncovered, nothing survived.
  bool ok() const {
    return failures.empty() && uncovered.empty() && survivors.empty();
  }
};

// Bytes of all mutants together at most, since each is loaded anew: a pack of
// 100 rules needs 60 MB, and this much takes a minute.
inline constexpr std::size_t kMutantBytesMax = 1'000'000'000;

// What templates are filled with besides the parties: in force on every day.
inline constexpr char kTemplateFrom[] = "1970-01-01";
inline constexpr char kTemplateUntil[] = "";

// `document` with the placeholders of an MoU template filled: @A@ and @B@ with
// the parties, @FROM@ and @UNTIL@ as above. Documents of other layers are put
// in force as they stand, and so are unchanged.
DocumentSource FillTemplate(const DocumentSource& document, Country a,
                            Country b);

// Runs `cases` against `document`, a national policy, an MoU or an override;
// the other layers are taken as permitting everything. A template of an MoU is
// filled with the country of the cases and the peer of the first. The groups
// that an override names are empty. Cases that fail are left out of coverage
// and mutation.
//   INVALID_ARGUMENT    "file:line:column: ..." if either does not load, or the
//                       cases are of another country than the document.
//   RESOURCE_EXHAUSTED  mutants of more than kMutantBytesMax.
absl::StatusOr<Report> TestPolicy(const DocumentSource& document,
                                  const DocumentSource& cases);

// Checks a file of cases by itself: names, types of facts, required facts,
// levels. INVALID_ARGUMENT "file:line:column: ...", several joined by '\n'.
absl::Status CheckCases(const DocumentSource& cases);

}  // namespace minga::policy::cases

#endif  // MINGA_POLICY_CASES_CASES_H_
