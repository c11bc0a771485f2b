// Memoranda of understanding: drafting, signing, and what is in force.
#ifndef MINGA_NODE_RPC_MOU_DESK_H_
#define MINGA_NODE_RPC_MOU_DESK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "node/rpc/node_parts.h"
#include "storage/document_store.h"

namespace minga::rpc {

// The agreement with one peer as this node holds it.
struct MouState {
  bool in_force = false;  // both signatures stand and the day is in its period
  std::string digest;     // hex SHA-256 of the text; empty if there is none
};

// What `documents` hold of the agreement of `own` with `peer`, on `day`.
absl::StatusOr<MouState> ReadMouState(const storage::DocumentReader& documents,
                                      Country own, const PeerId& peer,
                                      absl::CivilDay day);

struct SignedMou {
  std::string note;
  std::vector<std::string> signed_by;  // key names, of valid signatures
  bool in_force = false;
};

// Adds our signature to a draft or a note, keeps it, and puts it in force when
// the peer's stands too.
//   INVALID_ARGUMENT     not an MoU that policy::CheckDocument accepts, not
//                        ours, or with a wrong signature.
//   NOT_FOUND            the other party is not a peer yet.
absl::StatusOr<SignedMou> SignMouNote(const NodeParts& node,
                                      absl::string_view serialized);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_MOU_DESK_H_
