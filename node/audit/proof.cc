#include "node/audit/proof.h"

#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/evidence/log_names.h"
#include "storage/merkle.h"

namespace minga::audit {
namespace {

constexpr absl::string_view kHeader = "c2sp.org/tlog-proof@v1";

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("proof: ", what));
}

// Takes the first line off `text`; INVALID_ARGUMENT if it has no end.
absl::StatusOr<absl::string_view> TakeLine(absl::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == absl::string_view::npos) return Malformed("ends within a line");
  const absl::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// An error of `value` named by its place.
template <typename T>
absl::StatusOr<T> In(absl::string_view place, absl::StatusOr<T> value) {
  if (!value.ok()) return At(place, value.status());
  return value;
}

absl::StatusOr<Digest> ParseHash(absl::string_view line) {
  MINGA_ASSIGN_OR_RETURN(const std::string bytes,
                         In("proof: hash", FromBase64(line)));
  Digest hash{};
  if (bytes.size() != hash.size()) return Malformed("a hash has not 32 bytes");
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

}  // namespace

std::string EntryProof::Serialize() const {
  std::string text =
      absl::StrCat(kHeader, "\nextra ", Base64(entry), "\nindex ", index, "\n");
  for (const Digest& hash : hashes) {
    absl::StrAppend(&text, Base64(AsView(hash)), "\n");
  }
  return absl::StrCat(text, "\n", checkpoint);
}

absl::StatusOr<EntryProof> EntryProof::Parse(absl::string_view text) {
  if (text.size() > kProofBytesMax) return Malformed("is too long");
  EntryProof proof;
  MINGA_ASSIGN_OR_RETURN(absl::string_view line, TakeLine(text));
  if (line != kHeader) {
    return Malformed(absl::StrCat("does not begin with `", kHeader, "`"));
  }
  MINGA_ASSIGN_OR_RETURN(line, TakeLine(text));
  if (!absl::ConsumePrefix(&line, "extra ")) {
    return Malformed("line 2 is not `extra ` and the entry");
  }
  MINGA_ASSIGN_OR_RETURN(proof.entry, In("proof: entry", FromBase64(line)));
  if (proof.entry.size() > kAuditEntryBytesMax) {
    return Malformed("the entry is too long");
  }
  MINGA_ASSIGN_OR_RETURN(line, TakeLine(text));
  if (!absl::ConsumePrefix(&line, "index ") ||
      !absl::SimpleAtoi(line, &proof.index) ||
      absl::StrCat(proof.index) != line) {
    return Malformed("line 3 is not `index ` and a number");
  }
  while (true) {
    MINGA_ASSIGN_OR_RETURN(line, TakeLine(text));
    if (line.empty()) break;
    if (proof.hashes.size() == kProofHashesMax) {
      return Malformed("has too many hashes");
    }
    MINGA_ASSIGN_OR_RETURN(proof.hashes.emplace_back(), ParseHash(line));
  }
  proof.checkpoint = std::string(text);
  return proof;
}

absl::StatusOr<EntryProof> ProveEntry(const storage::AuditReader& log,
                                      storage::LeafIndex index) {
  EntryProof proof;
  proof.index = index;
  MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, log.Size());
  if (index >= size) {
    return absl::OutOfRangeError(absl::StrCat("the log has no entry ", index,
                                              ", it has ", size, " entries"));
  }
  MINGA_ASSIGN_OR_RETURN(proof.checkpoint, log.Checkpoint());
  storage::Checkpoint checkpoint;
  if (!proof.checkpoint.empty()) {
    MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(proof.checkpoint));
    MINGA_ASSIGN_OR_RETURN(checkpoint, storage::Checkpoint::Parse(note.text));
  }
  if (index >= checkpoint.size) {
    return absl::FailedPreconditionError(
        absl::StrCat("entry ", index,
                     " is not under a signed checkpoint yet; ask again "
                     "after the next one"));
  }
  MINGA_ASSIGN_OR_RETURN(const std::string bundle,
                         log.EntryBundle(index / kTileWidth));
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                         storage::SplitBundle(bundle));
  if (index % kTileWidth >= entries.size()) {
    return absl::DataLossError(
        absl::StrCat("log entry ", index, " is missing"));
  }
  proof.entry = entries[index % kTileWidth];
  MINGA_ASSIGN_OR_RETURN(proof.hashes,
                         storage::ProveInclusion(log, index, checkpoint.size));
  return proof;
}

absl::StatusOr<int> VerifyEntryProof(const EntryProof& proof,
                                     const NoteVerifier& key) {
  MINGA_ASSIGN_OR_RETURN(const Note note,
                         In("checkpoint", Note::Parse(proof.checkpoint)));
  MINGA_ASSIGN_OR_RETURN(
      const storage::Checkpoint checkpoint,
      In("checkpoint", storage::Checkpoint::Parse(note.text)));
  const std::optional<int> log =
      storage::LogNumber(checkpoint.origin, key.name);
  if (!log.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("checkpoint: is of log `",
                                                   checkpoint.origin,
                                                   "`, not `", key.name, "`"));
  }
  if (!VerifyNote(note, storage::KeyOfLog(key, *log))) {
    return absl::InvalidArgumentError(
        absl::StrCat("checkpoint: the signature by `", checkpoint.origin,
                     "` is missing or wrong"));
  }
  MINGA_RETURN_IF_ERROR(
      At("entry", storage::VerifyInclusion(storage::LeafHash(proof.entry),
                                           proof.index, checkpoint.size,
                                           proof.hashes, checkpoint.root)));
  return *log;
}

}  // namespace minga::audit
