// Small documents for the tests of policy.
#ifndef MINGA_TESTS_UNIT_POLICY_DOCUMENTS_H_
#define MINGA_TESTS_UNIT_POLICY_DOCUMENTS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/policy_set.h"

namespace minga::policy {

inline constexpr char kCitation[] =
    "citations { statute: 'Ley 1' article: 'art. 2' "
    "certainty: CERTAINTY_VERIFIED }";

// A PERMIT of all vacancy fields; `more` is added to the rule.
inline std::string Permit(absl::string_view id, absl::string_view more = "") {
  return absl::StrCat("rules { id: '", id,
                      "' effect: EFFECT_PERMIT "
                      "directions: [DIRECTION_SEND, DIRECTION_RECEIVE] "
                      "kinds: RECORD_KIND_VACANCY fields: '*' "
                      "level: LEVEL_RAW purposes: PURPOSE_JOB_MATCHING ",
                      kCitation, " ", more, " }\n");
}

inline std::string Forbid(absl::string_view id, absl::string_view fields,
                          absl::string_view more = "") {
  return absl::StrCat("rules { id: '", id,
                      "' effect: EFFECT_FORBID directions: DIRECTION_SEND "
                      "kinds: RECORD_KIND_VACANCY fields: '",
                      fields, "' ", more, " }\n");
}

inline DocumentSource National(absl::string_view rules,
                               absl::string_view country = "CO") {
  return {"co.textproto", absl::StrCat("national_policy {\n  country: '",
                                       country, "'\n", rules, "}\n")};
}

inline DocumentSource Agreement(absl::string_view rules,
                                absl::string_view a = "CO",
                                absl::string_view b = "EC",
                                absl::string_view from = "2026-01-01",
                                absl::string_view until = "2026-12-31") {
  return {
      absl::StrCat(a, "-", b, ".textproto"),
      absl::StrCat("mou {\n  parties: ['", a, "', '", b, "']\n  valid_from: '",
                   from, "'\n  valid_until: '", until, "'\n", rules, "}\n")};
}

inline DocumentSource Override(absl::string_view rules) {
  return {"node.textproto",
          absl::StrCat("node_override {\n  country: 'CO'\n", rules, "}\n")};
}

inline Question AskVacancy(absl::string_view peer = "EC") {
  Question question;
  question.own = Country::Of("CO");
  question.peer = *Country::Parse(peer);
  question.kind = RecordKind::kVacancy;
  question.as_of = absl::CivilDay(2026, 6, 15);
  return question;
}

// All required facts of a vacancy that may be shared.
inline Facts VacancyFacts() {
  Facts facts(RecordKind::kVacancy);
  facts.Set("record.imported", false);
  facts.Set("vacancy.status", std::string("open"));
  facts.Set("vacancy.country", std::string("CO"));
  facts.Set("vacancy.employer_confidential", false);
  facts.Set("vacancy.cross_border", true);
  facts.Set("vacancy.countries", std::vector<std::string>());
  facts.Set("vacancy.fee_charged", false);
  facts.Set("vacancy.documents_retained", false);
  facts.Set("vacancy.is_agency", false);
  facts.Set("vacancy.pay_stated", true);
  facts.Set("vacancy.remote", false);
  return facts;
}

}  // namespace minga::policy

#endif  // MINGA_TESTS_UNIT_POLICY_DOCUMENTS_H_
