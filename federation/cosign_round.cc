#include "federation/cosign_round.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/evidence/cosignatures.h"

namespace minga::federation {
namespace {

// Whether `fresh` may take the place of a stored note over another checkpoint.
bool Replaces(const Note& fresh, const Note& stored, absl::Time now) {
  if (fresh.signatures.size() >= stored.signatures.size()) return true;
  absl::Time newest = absl::InfinitePast();
  for (const NoteSignature& signature : stored.signatures) {
    newest = std::max(newest, storage::CosignedAt(signature));
  }
  return newest < now - kCosignedKept || newest > now + kCosignedKept;
}

}  // namespace

absl::StatusOr<storage::SignedCheckpoint> CosignRound::Target(
    const storage::AuditReader& log, absl::Span<const NoteVerifier> keys,
    absl::Time now) {
  // Also when the clock was set back.
  if (now < began_ || now - began_ >= kRoundEvery) {
    MINGA_ASSIGN_OR_RETURN(const std::string newest, log.Checkpoint());
    if (newest.empty()) return storage::SignedCheckpoint();
    MINGA_ASSIGN_OR_RETURN(storage::SignedCheckpoint opened,
                           storage::OpenCheckpoint(newest, keys));
    if (opened.head() != target_.head()) {
      target_ = std::move(opened);
      cosigned_ = target_.note;
      began_ = now;
    }
  }
  return target_;
}

Note CosignRound::Add(const Note& checkpoint,
                      const NoteSignature& cosignature) {
  Note note = checkpoint;
  Note& cosigned = note.text == cosigned_.text ? cosigned_ : note;
  storage::AddCosignature(cosigned, cosignature);
  return cosigned;
}

std::string CosignedDocument(int log) {
  return log == 0 ? "log/cosigned" : absl::StrCat("log/cosigned/", log);
}

absl::StatusOr<std::optional<CosignedNote>> NewestCosigned(
    const storage::DocumentReader& documents, int newest) {
  for (int log = newest; log >= 0; --log) {
    MINGA_ASSIGN_OR_RETURN(std::optional<std::string> note,
                           documents.Get(CosignedDocument(log)));
    if (note.has_value()) return CosignedNote{log, *std::move(note)};
  }
  return std::optional<CosignedNote>();
}

absl::StatusOr<bool> StoreCosigned(storage::DocumentStore& documents, int log,
                                   bool last, const Note& cosigned,
                                   absl::Time now) {
  const std::string name = CosignedDocument(log);
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                         documents.Get(name));
  Note fresh = cosigned;
  if (stored.has_value()) {
    MINGA_ASSIGN_OR_RETURN(Note old, Note::Parse(*stored));
    if (old.text == fresh.text) {
      // From before a restart: together they are more.
      for (const NoteSignature& signature : fresh.signatures) {
        storage::AddCosignature(old, signature);
      }
      fresh = std::move(old);
    } else if (!last && !Replaces(fresh, old, now)) {
      return false;
    }
  }
  MINGA_RETURN_IF_ERROR(documents.Put(name, fresh.Serialize()));
  return true;
}

}  // namespace minga::federation
