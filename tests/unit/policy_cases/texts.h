// Small documents and cases for the tests of policy/cases.
#ifndef MINGA_TESTS_UNIT_POLICY_CASES_TEXTS_H_
#define MINGA_TESTS_UNIT_POLICY_CASES_TEXTS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/policy_set.h"

namespace minga::policy::cases {

inline constexpr char kCitation[] =
    "citations { statute: 'Ley 1' article: 'art. 2' "
    "certainty: CERTAINTY_VERIFIED } ";

// A rule about sending vacancies for job matching.
inline std::string Rule(absl::string_view id, absl::string_view effect,
                        absl::string_view more) {
  return absl::StrCat("rules { id: '", id, "' effect: EFFECT_", effect,
                      " directions: DIRECTION_SEND kinds: RECORD_KIND_VACANCY ",
                      "purposes: PURPOSE_JOB_MATCHING ", kCitation, more,
                      " }\n");
}

inline std::string Permit(absl::string_view id, absl::string_view when,
                          absl::string_view more = "") {
  return Rule(
      id, "PERMIT",
      absl::StrCat("fields: '*' level: LEVEL_RAW when: \"", when, "\" ", more));
}

inline std::string Forbid(absl::string_view id, absl::string_view when,
                          absl::string_view fields = "*") {
  return Rule(id, "FORBID",
              absl::StrCat("fields: '", fields, "' when: \"", when, "\""));
}

inline DocumentSource National(absl::string_view rules) {
  return {"co.textproto",
          absl::StrCat("national_policy {\n  country: 'CO'\n", rules, "}\n")};
}

// A file of cases of Colombia with a baseline of each kind used here.
inline DocumentSource CasesFile(absl::string_view cases) {
  return {"co.cases", absl::StrCat(R"text(cases {
  country: 'CO'
  baselines {
    kind: RECORD_KIND_VACANCY
    facts: ["record.imported = false", "vacancy.status = 'open'",
            "vacancy.country = 'CO'", "vacancy.employer_confidential = false",
            "vacancy.cross_border = true", "vacancy.countries = []",
            "vacancy.fee_charged = false", "vacancy.documents_retained = false",
            "vacancy.is_agency = false", "vacancy.pay_stated = true",
            "vacancy.remote = false"]
  }
  baselines {
    kind: RECORD_KIND_PROFILE
    facts: ["record.imported = false", "profile.active = true",
            "consent.given = true", "consent.countries = ['EC']",
            "consent.purposes = ['job_matching']",
            "consent.sections = ['basic', 'occupation']",
            "consent.expires = date('2027-06-30')"]
  }
)text",
                                   cases, "}\n")};
}

// A case about a vacancy sent to Ecuador.
inline std::string Vacancy(absl::string_view id, bool permitted,
                           absl::string_view more = "") {
  return absl::StrCat("  cases { id: '", id,
                      "' direction: DIRECTION_SEND kind: RECORD_KIND_VACANCY "
                      "purpose: PURPOSE_JOB_MATCHING peer: 'EC' as_of: "
                      "'2026-11-21' permitted: ",
                      permitted ? "true " : "false ", more, " }\n");
}

inline std::string Fact(absl::string_view fact) {
  return absl::StrCat("facts: \"", fact, "\" ");
}

}  // namespace minga::policy::cases

#endif  // MINGA_TESTS_UNIT_POLICY_CASES_TEXTS_H_
