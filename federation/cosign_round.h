// CosignRound chooses the checkpoint of our own log that all peers are asked to
// cosign, so that their cosignatures come together on one note.
#ifndef MINGA_FEDERATION_COSIGN_ROUND_H_
#define MINGA_FEDERATION_COSIGN_ROUND_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "node/base/note.h"
#include "storage/audit_store.h"
#include "storage/database.h"
#include "storage/evidence/signed_checkpoint.h"

namespace minga::federation {

// A log that grows all the time is cosigned this often: a history that is
// rewritten later than that is found out.
inline constexpr absl::Duration kRoundEvery = absl::Seconds(5);
// A note with fewer cosignatures replaces one with more only when that is this
// old, or its time this far ahead: a peer that is down, or whose clock is wrong,
// must not keep the rest from being seen.
inline constexpr absl::Duration kCosignedKept = absl::Minutes(10);

// The document with the newest checkpoint of own log `log` that peers have
// cosigned.
std::string CosignedDocument(int log);

// Threads: one.
class CosignRound {
 public:
  // What to cosign now: the newest signed checkpoint, or the one of the round
  // that is under way. Size 0 if nothing was signed yet.
  absl::StatusOr<storage::SignedCheckpoint> Target(
      const storage::AuditReader& log, absl::Span<const NoteVerifier> keys,
      absl::Time now);

  // Adds a peer's cosignature of `text` and returns the note with all those of
  // this round; if another round has begun meanwhile, with this one alone.
  Note Add(const Note& checkpoint, const NoteSignature& cosignature);

 private:
  storage::SignedCheckpoint target_;  // with our own signature only
  Note cosigned_;                     // the same with the peers'
  absl::Time began_ = absl::InfinitePast();
};

// The newest one of all own logs; `newest` is the number of the present log.
struct CosignedNote {
  int log = 0;
  std::string note;
};
absl::StatusOr<std::optional<CosignedNote>> NewestCosigned(
    const storage::DocumentReader& documents, int newest);

// Keeps a cosigned checkpoint of log `log` if it is better evidence than the
// stored one, and returns whether it did. `last`: the log is closed with it, so
// there will be no other.
absl::StatusOr<bool> StoreCosigned(storage::DocumentStore& documents, int log,
                                   bool last, const Note& cosigned,
                                   absl::Time now);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_COSIGN_ROUND_H_
