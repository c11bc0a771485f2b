#include "storage/evidence/signed_checkpoint.h"

#include <algorithm>
#include <optional>
#include <string>
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
  const std::string& name = keys.front().name;
  const std::optional<int> log = LogNumber(opened.body.origin, name);
  if (!log.has_value()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "is of log `", Printable(opened.body.origin, kEchoBytesMax), "`, not `",
        name, "`"));
  }
  opened.log = *log;
  const bool ours =
      std::any_of(keys.begin(), keys.end(), [&](const NoteVerifier& key) {
        return key.name == name && key.type == NoteKeyType::kEd25519 &&
               VerifyNote(opened.note, KeyOfLog(key, *log));
      });
  if (!ours) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the signature by `", opened.body.origin, "` is missing or wrong"));
  }
  return opened;
}

CheckpointPair Compare(const Checkpoint& one, const Checkpoint& other) {
  if (one.origin != other.origin || one.size != other.size) {
    return CheckpointPair::kUndecided;
  }
  return one.root == other.root ? CheckpointPair::kSame : CheckpointPair::kFork;
}

}  // namespace minga::storage
