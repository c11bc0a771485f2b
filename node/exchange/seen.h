// What a peer has seen of a profile. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_SEEN_H_
#define MINGA_NODE_EXCHANGE_SEEN_H_

#include "node/exchange/hierarchies.h"
#include "node/exchange/ladder.h"

namespace minga::v1 {
class Profile;
}  // namespace minga::v1

namespace minga::exchange {

// The coarsest levels at which `profile` looks as it does at `levels`: of an
// occupation with two digits the level of two digits, whatever may be shown,
// and nothing of a field that says nothing. So what the record says later shows
// no more under the same pseudonym than what was seen. Of several codes the
// finest counts. `contactable` stays as it is: who may be asked is no trait of
// theirs.
ProfileLevels SeenLevels(const v1::Profile& profile,
                         const ProfileLevels& levels,
                         const Hierarchies& hierarchies);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SEEN_H_
