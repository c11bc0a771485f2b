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
  // Our signature and the peer's stand and the day is in its period.
  bool in_force = false;
  std::string digest;  // hex SHA-256 of the text; empty if there is none
};

// What `documents` hold of the agreement of `own` with `peer`, on `day`.
absl::StatusOr<MouState> ReadMouState(const storage::DocumentReader& documents,
                                      Country own, const PeerId& peer,
                                      absl::CivilDay day);

// Checks the text of a draft: a document that loads, with `own` and `peer` (if
// not empty) among its parties. INVALID_ARGUMENT.
absl::Status CheckMouParties(const std::string& text, Country own,
                             const PeerId& peer);

struct SignedMou {
  std::string note;
  std::vector<std::string> signed_by;  // key names, of valid signatures
  bool in_force = false;               // with at least one peer
};

// Adds our signature to a draft or a note, keeps it, and puts it in force with
// each party that is a peer and whose signature stands too. A party of a group
// that is no peer yet is passed over: sign again when it is; so is one with
// which another agreement has replaced this text. Nothing is signed that
// PolicyDesk::ExamineMou refuses.
//   INVALID_ARGUMENT     not an MoU that policy::CheckDocument accepts, not
//                        ours, or with a wrong signature; or it does not only
//                        tighten (exchange::ActivationGate).
//   NOT_FOUND            no other party is a peer yet.
//   FAILED_PRECONDITION  no national policy is in force.
//   ALREADY_EXISTS       later agreements have replaced this text with all.
absl::StatusOr<SignedMou> SignMouNote(const NodeParts& node,
                                      absl::string_view serialized);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_MOU_DESK_H_
