#include "federation/audit_entry.h"

#include <google/protobuf/timestamp.pb.h>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

bool CausedByPeer(v1::AuditEvent event) {
  return event == v1::AUDIT_EVENT_RECEIPT_TAKEN ||
         event == v1::AUDIT_EVENT_PAGE_APPLIED ||
         event == v1::AUDIT_EVENT_PAGE_REFUSED;
}

}  // namespace

std::string PeerActor(const PeerId& peer) {
  return absl::StrCat("peer:", peer.ToString());
}

void FillEntry(v1::AuditEntry& entry, v1::AuditEvent event, absl::Time at,
               absl::string_view actor, absl::string_view detail) {
  const absl::Duration since_epoch = at - absl::UnixEpoch();
  const absl::Duration seconds = absl::Floor(since_epoch, absl::Seconds(1));
  entry.mutable_at()->set_seconds(absl::ToInt64Seconds(seconds));
  entry.mutable_at()->set_nanos(
      static_cast<int>(absl::ToInt64Nanoseconds(since_epoch - seconds)));
  entry.set_event(event);
  entry.set_actor(std::string(actor));
  if (!detail.empty()) {
    entry.set_detail(Printable(detail, kAuditDetailBytesMax));
  }
}

std::string EntryBytes(const v1::AuditEntry& entry) {
  // No maps in the message, so that serialising is deterministic.
  return entry.SerializeAsString();
}

std::string NodeEntry(v1::AuditEvent event, absl::Time at,
                      absl::string_view actor, absl::string_view detail,
                      absl::string_view digest) {
  v1::AuditEntry entry;
  FillEntry(entry, event, at, actor, detail);
  entry.set_digest(std::string(digest));
  return EntryBytes(entry);
}

std::string PeerEntry(v1::AuditEvent event, absl::Time at,
                      absl::string_view actor, const PeerId& peer,
                      absl::string_view detail, absl::string_view digest) {
  v1::AuditEntry entry;
  FillEntry(entry, event, at, actor, detail);
  entry.set_peer(peer.ToString());
  entry.set_digest(std::string(digest));
  return EntryBytes(entry);
}

std::string PageEntry(v1::AuditEvent event, absl::Time at,
                      const PageFacts& page, absl::string_view detail) {
  v1::AuditEntry entry;
  const std::string actor =
      CausedByPeer(event) ? PeerActor(page.peer) : "system";
  FillEntry(entry, event, at, actor, detail);
  entry.set_peer(page.peer.ToString());
  entry.set_epoch(page.epoch);
  entry.set_after(page.after);
  entry.set_upto(page.upto);
  entry.set_count(page.rows);
  if (page.root != Digest{}) entry.set_digest(ToBytes(page.root));
  return EntryBytes(entry);
}

}  // namespace minga::federation
