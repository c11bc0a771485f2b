#include "storage/evidence/signed_checkpoint.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::storage {
namespace {

constexpr std::size_t kEchoBytesMax = 80;

}  // namespace

absl::StatusOr<SignedCheckpoint> OpenCheckpoint(
    absl::string_view note, absl::Span<const NoteVerifier> keys) {
  if (keys.empty()) {
    return absl::FailedPreconditionError("no key to check it with");
  }
  SignedCheckpoint opened;
  MINGA_ASSIGN_OR_RETURN(opened.note, Note::Parse(note));
  MINGA_ASSIGN_OR_RETURN(opened.body, Checkpoint::Parse(opened.note.text));
  const std::string& origin = keys.front().name;
  if (opened.body.origin != origin) {
    return absl::FailedPreconditionError(absl::StrCat(
        "is of log `", Printable(opened.body.origin, kEchoBytesMax), "`, not `",
        origin, "`"));
  }
  const bool ours =
      std::any_of(keys.begin(), keys.end(), [&](const NoteVerifier& key) {
        return key.name == origin && key.type == NoteKeyType::kEd25519 &&
               VerifyNote(opened.note, key);
      });
  if (!ours) {
    return absl::FailedPreconditionError(
        absl::StrCat("the signature by `", origin, "` is missing or wrong"));
  }
  return opened;
}

CheckpointPair Compare(const Checkpoint& one, const Checkpoint& other) {
  if (one.size != other.size) return CheckpointPair::kUndecided;
  return one.root == other.root ? CheckpointPair::kSame : CheckpointPair::kFork;
}

}  // namespace minga::storage
