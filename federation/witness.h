// Being witness to a peer's log (C2SP tlog-witness 1.0.0): its checkpoint is
// cosigned if it continues the one cosigned before. What was cosigned is
// durable before the peer hears of it, so that no crash makes this node cosign
// two histories. What does not go together is kept: both notes bear the peer's
// own signature.
//
// A peer may close its log and go on in the next one. The next is cosigned once
// its first entry shows that it goes on from exactly what was cosigned here:
// the end of the closed one. An older log is never cosigned again.
//
// Cosigning leaves no audit entry: two witnesses that log it would give each
// other something new to cosign for ever. A fork does.
#ifndef MINGA_FEDERATION_WITNESS_H_
#define MINGA_FEDERATION_WITNESS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/descriptor.h"
#include "minga/v1/evidence.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/note.h"
#include "storage/database.h"
#include "storage/evidence/signed_checkpoint.h"

namespace minga::federation {

// RFC 6962 trees of 2^63 entries need no more; C2SP's bound.
inline constexpr int kProofHashesMax = 63;
// Forks kept per peer; one is enough to convict, more help to date it.
inline constexpr int kForksKeptMax = 8;
// Notes of former logs kept per peer: keys are seldom lost.
inline constexpr int kFormerLogsKeptMax = 8;

// Signs the text of a checkpoint as witness, with every key of ours that counts
// at `unix_seconds`: peers know the new one sooner or later. Never none.
using Cosign = std::function<std::vector<NoteSignature>(
    absl::string_view text, std::uint64_t unix_seconds)>;

// A question as checked: everything that needs no database.
struct WitnessQuestion {
  storage::LeafIndex old_size = 0;
  std::vector<Digest> proof;
  std::string first_entry;               // of a log that continues another
  storage::SignedCheckpoint checkpoint;  // size 0 and no note: only asks
  bool asks_only = false;
};

//   INVALID_ARGUMENT   malformed, or old_size beyond the checkpoint.
//   PERMISSION_DENIED  of another node's log, or not signed by the peer's log
//                      key.
absl::StatusOr<WitnessQuestion> ReadWitnessQuestion(
    const v1::CheckpointQuestion& question, const Descriptor& peer);

// Cosigns or says what it holds, in one transaction.
//   FAILED_PRECONDITION  the log has two roots at one size, or the proof does
//                        not hold. `transaction` keeps the evidence all the
//                        same: commit it, then refuse.
struct WitnessOutcome {
  absl::Status refused;  // OK: `answer` is the answer
  v1::CheckpointAnswer answer;
};
absl::StatusOr<WitnessOutcome> Witness(storage::Transaction& transaction,
                                       const Descriptor& peer,
                                       const WitnessQuestion& question,
                                       const Cosign& cosign, absl::Time now);

// The note of the peer's logs that was cosigned here last; empty = never.
absl::StatusOr<std::string> WitnessedNote(
    const storage::DocumentReader& documents, const Descriptor& peer);

// For a peer that is taken in anew, by what its people said: a note that its
// log key has not signed is of a log that is no more. It binds no longer and is
// kept aside, for it is signed all the same. A peer that comes back with its
// log key has to continue what was cosigned.
absl::Status SetFormerLogAside(storage::DocumentStore& documents,
                               const Descriptor& peer);

// All evidence kept, by peer and time.
absl::StatusOr<std::vector<v1::ForkEvidence>> ListForks(
    const storage::DocumentReader& documents);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_WITNESS_H_
