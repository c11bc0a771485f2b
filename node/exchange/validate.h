// What a record must be to be stored here at all: the form of every field.
// Whether it may cross a border is for the policy.
#ifndef MINGA_NODE_EXCHANGE_VALIDATE_H_
#define MINGA_NODE_EXCHANGE_VALIDATE_H_

#include "absl/status/status.h"
#include "node/base/ids.h"
#include "node/exchange/content.h"

namespace minga::v1 {
class Consent;
class Profile;
class RightsNotice;
class Vacancy;
}  // namespace minga::v1

namespace minga::exchange {

// Who says it. An own record is complete; a peer's is a projection, so that
// anything may be missing but what never crosses must be.
enum class Source { kOwn, kPeer };

// Checks every field: text is UTF-8 and bounded, codes have the form of their
// standard, days are real and in order, numbers in their range; no unknown
// field at any depth; at most kRecordBytesMax. Places of work and residence are
// in `origin`, for whom the record speaks.
//   INVALID_ARGUMENT  "pay.min_hundredths: must not be negative, is `-5`".
absl::Status Validate(const Content& content, Country origin, Source source);

// The same for a consent: known sections, countries, purposes, given before it
// expires, for at most one year.
absl::Status ValidateConsent(const v1::Consent& consent);

// One kind each; Validate calls them. Internal to this room.
absl::Status ValidateVacancy(const v1::Vacancy& vacancy, Country origin,
                             Source source);
absl::Status ValidateProfile(const v1::Profile& profile, Country origin,
                             Source source);
absl::Status ValidateRightsNotice(const v1::RightsNotice& notice);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_VALIDATE_H_
