#include "storage/evidence/log_link.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/audit_chain.h"

namespace minga::storage {
namespace {

constexpr std::size_t kEchoBytesMax = 80;

bool Parse(absl::string_view bytes, v1::AuditEntry& entry) {
  return entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

bool ClosesLog(absl::string_view entry) {
  v1::AuditEntry read;
  return Parse(entry, read) && read.event() == v1::AUDIT_EVENT_LOG_CLOSED;
}

absl::StatusOr<Checkpoint> ContinuedFrom(absl::string_view entry) {
  v1::AuditEntry read;
  if (!Parse(entry, read) || read.event() != v1::AUDIT_EVENT_LOG_CONTINUED) {
    return absl::InvalidArgumentError("does not say which log it continues");
  }
  if (read.digest() != AsView(Sha256(read.checkpoint()))) {
    return absl::InvalidArgumentError(
        "has another digest than that of the checkpoint in it");
  }
  const absl::StatusOr<Note> note = Note::Parse(read.checkpoint());
  if (!note.ok()) return At("the checkpoint in it", note.status());
  absl::StatusOr<Checkpoint> body = Checkpoint::Parse(note->text);
  if (!body.ok()) return At("the checkpoint in it", body.status());
  return body;
}

absl::Status CheckContinues(absl::string_view entry, const Checkpoint& last) {
  MINGA_ASSIGN_OR_RETURN(const Checkpoint from, ContinuedFrom(entry));
  if (from.Body() == last.Body()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "continues `", Printable(from.origin, kEchoBytesMax), "` at ", from.size,
      " entries, not `", Printable(last.origin, kEchoBytesMax), "` at ",
      last.size, from.size == last.size ? " with that root" : ""));
}

std::optional<PrunedEntries> SaysPruned(absl::string_view entry) {
  v1::AuditEntry read;
  if (!Parse(entry, read) || read.event() != v1::AUDIT_EVENT_LOG_PRUNED ||
      read.count() >= static_cast<std::uint32_t>(kLogsMax)) {
    return std::nullopt;
  }
  return PrunedEntries{static_cast<int>(read.count()), read.upto()};
}

}  // namespace minga::storage
