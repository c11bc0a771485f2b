// The facts that policies ask of a record.
#ifndef MINGA_NODE_EXCHANGE_FACTS_H_
#define MINGA_NODE_EXCHANGE_FACTS_H_

#include "absl/time/civil_time.h"
#include "node/exchange/content.h"
#include "policy/decision.h"
#include "policy/facts.h"

namespace minga::v1 {
class Consent;
}  // namespace minga::v1

namespace minga::exchange {

// Facts about an own record on the way out, on the day `today`. `consent` is
// the person's, null if none was given; only profiles have one. The PES answers
// for its vacancies: one without `recruitment` asks for no fee, retains no
// documents and is not an agency's, and what is shown says so (project.h).
policy::Facts FactsForSending(const Content& content,
                              const v1::Consent* consent, absl::CivilDay today);

// Facts about a peer's record on the way in. What the origin alone knows
// (consent) stays absent; that it was shared with us is known. So does what it
// does not show of `recruitment`: the fee and the documents without the terms,
// whether it is an agency without the recruiter. It is not known then, and what
// our law says of the unknown holds.
policy::Facts FactsForReceiving(const Content& content, absl::CivilDay today);

// What a record of this kind is exchanged for.
policy::Purpose PurposeOf(RecordKind kind);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_FACTS_H_
