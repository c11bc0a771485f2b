// Cosignatures (C2SP tlog-cosignature 1.0.1): signature lines that witnesses
// add to a checkpoint, each under a key of its own.
#ifndef MINGA_STORAGE_EVIDENCE_COSIGNATURES_H_
#define MINGA_STORAGE_EVIDENCE_COSIGNATURES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "node/base/note.h"

namespace minga::storage {

struct Cosigner {
  std::string name;  // of the key
  absl::Time at;     // when it says that it saw the checkpoint
};

// When a cosigner says that it saw the checkpoint; the infinite past for a
// signature that is no cosignature.
absl::Time CosignedAt(const NoteSignature& signature);

// Those of `keys` that have validly cosigned, each once, by name.
std::vector<Cosigner> CosignersOf(const Note& checkpoint,
                                  absl::Span<const NoteVerifier> keys);

// `key`'s valid cosignature of `text`, of the signature lines that a witness
// has answered: it may have signed with other keys as well, which are passed
// over. INVALID_ARGUMENT if it is not among them, or they are none.
absl::StatusOr<NoteSignature> ReadCosignature(absl::string_view lines,
                                              absl::string_view text,
                                              const NoteVerifier& key);

// One of the lines that ReadCosignature reads.
std::string CosignatureLine(const NoteSignature& signature);

// Puts `signature` on the note in place of an older one of the same key.
void AddCosignature(Note& checkpoint, const NoteSignature& signature);

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_COSIGNATURES_H_
