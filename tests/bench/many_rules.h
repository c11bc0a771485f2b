// As many rules as a large national pack with its agreement has.
#ifndef MINGA_TESTS_BENCH_MANY_RULES_H_
#define MINGA_TESTS_BENCH_MANY_RULES_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/policy/documents.h"

namespace minga::policy {

// `count` rules about vacancies, from the `offset`th. Every third forbids. A
// third of the conditions fold with the question, a third ask one fact, a third
// ask several, as in the packs.
inline std::string ManyRules(int count, int offset) {
  const std::vector<std::string> conditions = {
      "peer.country in ['EC', 'MX'] && as_of >= date('2026-01-01')",
      "vacancy.cross_border && !record.imported",
      "has(vacancy.sector) && vacancy.sector in ['C2520', 'O8422', 'B0510']",
      "purpose == 'job_matching'",
      "vacancy.status == 'open' && (vacancy.countries == [] || "
      "peer.country in vacancy.countries)",
      "has(vacancy.is_agency) && vacancy.is_agency && "
      "has(vacancy.licensed_recruiter) && "
      "!vacancy.licensed_recruiter",
      "own.country == 'CO' ? vacancy.pay_stated : vacancy.remote",
      "has(vacancy.age_days) && vacancy.age_days > 90",
      "!has(vacancy.occupation) || vacancy.occupation != '0110'",
      "!has(vacancy.fee_charged) || vacancy.fee_charged || "
      "!has(vacancy.documents_retained) || vacancy.documents_retained",
      "!has(vacancy.closing_date) || as_of <= vacancy.closing_date",
  };
  std::string rules;
  for (int i = 0; i < count; ++i) {
    const std::size_t at = static_cast<std::size_t>(i + offset);
    const std::string when =
        absl::StrCat("when: \"", conditions[at % conditions.size()], "\" ",
                     i % 5 == 0 ? "peers: 'EC' " : "",
                     i % 7 == 0 ? "valid_from: '2026-01-01' " : "");
    if (i % 3 == 2) {
      absl::StrAppend(&rules, Forbid(absl::StrCat("f", i), "pay", when));
    } else {
      absl::StrAppend(&rules,
                      Permit(absl::StrCat("p", i),
                             when + "obligations { retention_days: 180 }"));
    }
  }
  return rules;
}

}  // namespace minga::policy

#endif  // MINGA_TESTS_BENCH_MANY_RULES_H_
