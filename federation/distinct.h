// Nobody is two. A certificate tells who calls, a key who has signed, a key's
// name whose it is: what counts for one country must count for no other, or
// one is taken for the other.
#ifndef MINGA_FEDERATION_DISTINCT_H_
#define MINGA_FEDERATION_DISTINCT_H_

#include "absl/status/status.h"
#include "federation/descriptor.h"
#include "federation/keyring.h"
#include "storage/database.h"

namespace minga::federation {

// Refuses a descriptor with a certificate, key or key's name that this node has
// or had.
//   FAILED_PRECONDITION  says whose it is and what to do.
absl::Status CheckNotOurs(const Descriptor& descriptor, const Keyring& own);

// The same for what another peer has or had.
//   DATA_LOSS  a stored descriptor cannot be read.
absl::Status CheckNotOfPeers(const Descriptor& descriptor,
                             const storage::PeerReader& peers,
                             const storage::DocumentReader& documents);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_DISTINCT_H_
