// How a withdrawn or ended consent is kept: as an empty one without an end, so
// that the housekeeper does not find it again. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_NO_CONSENT_H_
#define MINGA_NODE_EXCHANGE_NO_CONSENT_H_

#include "absl/time/civil_time.h"

namespace minga::exchange {

inline constexpr absl::CivilDay kNoConsentEnds(9999, 12, 31);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_NO_CONSENT_H_
