// Personal data out of the free text of own vacancies, before anything is kept
// of them: what is stored, searched, shown and sent is the redacted text. The
// PES keeps its original; a node needs no person's number in a vacancy.
//
// Read are: titles, descriptions, the occupation's text, labels of skills,
// driving licences, benefits, right_to_work, the reason not to share,
// apply.instructions. Not read are names, codes, dates and web addresses;
// `notices`, which are texts of law; rights notices for the same reason; and
// profiles, whose free text never leaves and is sealed.
//
// The employer's published business contact (apply.email, apply.phone) stays in
// apply.instructions, which every policy shows and hides together with it. In
// all other text it is redacted too: kept there, it would reach peers from whom
// the policy hides apply_method, or name an employer that asked not to be.
#ifndef MINGA_NODE_EXCHANGE_REDACT_H_
#define MINGA_NODE_EXCHANGE_REDACT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "node/exchange/content.h"
#include "policy/redaction/counts.h"

namespace minga::exchange {

// `vacancy` with placeholders, or nullptr if there was nothing to find. Adds to
// `counts`.
std::unique_ptr<v1::Vacancy> RedactVacancy(const v1::Vacancy& vacancy,
                                           Country own,
                                           policy::redaction::Counts& counts);

// `content` of this country with placeholders for what was found, valid; no
// message if there was nothing to find. Redacting it again finds nothing.
// `counts` gets what was found and kept. `own` is the country whose numbering
// plan is read first.
//   INVALID_ARGUMENT  a placeholder is up to two bytes longer than an address:
//                     a text that was full of them is now too long.
absl::StatusOr<OwnedContent> RedactOwn(const Content& content, Country own,
                                       policy::redaction::Counts& counts);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_REDACT_H_
