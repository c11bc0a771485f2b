// Records and policies for the tests of the exchange.
#ifndef MINGA_TESTS_UNIT_EXCHANGE_SAMPLES_H_
#define MINGA_TESTS_UNIT_EXCHANGE_SAMPLES_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "minga/v1/pes.pb.h"
#include "minga/v1/profile.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "policy/policy_set.h"

namespace minga::exchange {

// An open, shared vacancy of Colombia.
v1::Vacancy SampleVacancy(absl::string_view id);
// An active profile of Colombia with identity and sensitive data.
v1::Profile SampleProfile(absl::string_view id, absl::string_view isco,
                          absl::string_view subdivision);
// To all sections, for job matching in EC and PE, 2026-11-01 to 2027-10-31.
v1::Consent SampleConsent();

v1::Record Wrap(const v1::Vacancy& vacancy);
v1::Record Wrap(const v1::Profile& profile);

// The condition of co.fee-asked, and another.
inline constexpr absl::string_view kFeeAsked =
    "has(vacancy.fee_charged) && vacancy.fee_charged";
inline constexpr absl::string_view kDocumentsRetained =
    "has(vacancy.documents_retained) && vacancy.documents_retained";

// Permits vacancies that are shared, unless a fee is asked (co.fee-asked), and
// profiles with min_k = 3; receives everything.
policy::DocumentSource SampleNational();
// The same without profiles.
policy::DocumentSource VacanciesOnly();
// Permits everything between CO and `other` until 2027-06-30.
policy::DocumentSource SampleMou(absl::string_view other);

// Sets every field of `message`, at every depth, to something.
void FillEverything(google::protobuf::Message& message);
// Paths of all scalar fields set in `message`: "texts.title". Repeated ones
// once.
std::vector<std::string> PathsSet(const google::protobuf::Message& message,
                                  const std::string& prefix = "");

}  // namespace minga::exchange

#endif  // MINGA_TESTS_UNIT_EXCHANGE_SAMPLES_H_
