// Checkpoints as they are signed: note, body, and what two of them show.
#ifndef MINGA_STORAGE_EVIDENCE_SIGNED_CHECKPOINT_H_
#define MINGA_STORAGE_EVIDENCE_SIGNED_CHECKPOINT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/base/note.h"
#include "storage/evidence/log_names.h"
#include "storage/merkle.h"

namespace minga::storage {

struct SignedCheckpoint {
  Note note;
  Checkpoint body;
  int log = 0;  // number of the log among those of its node

  LogHead head() const { return {log, body.size}; }
};

// A checkpoint of any log of the node whose log keys are `keys`, the present
// one and those it has replaced, all of one name; signed by at least one.
//   INVALID_ARGUMENT     no note, or its text is no checkpoint.
//   FAILED_PRECONDITION  of another node's log, or signed by none of the keys.
absl::StatusOr<SignedCheckpoint> OpenCheckpoint(
    absl::string_view note, absl::Span<const NoteVerifier> keys);

// What two checkpoints of one log, both signed by it, show together.
enum class CheckpointPair {
  kSame,       // the same size and root
  kFork,       // the same size, different roots: two histories
  kUndecided,  // different sizes: only a consistency proof or the entries
               // tell; or different logs
};
CheckpointPair Compare(const Checkpoint& one, const Checkpoint& other);

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_SIGNED_CHECKPOINT_H_
