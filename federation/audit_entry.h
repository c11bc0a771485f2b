// Builds the entries of the audit log (minga.v1.AuditEntry) about peers, pages
// and the node itself. The exchange builds those about records and persons.
//
// Each function returns the bytes for AuditStore::Append, to be appended in the
// transaction that does what the entry tells.
#ifndef MINGA_FEDERATION_AUDIT_ENTRY_H_
#define MINGA_FEDERATION_AUDIT_ENTRY_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::v1 {
class AuditEntry;
enum AuditEvent : int;
}  // namespace minga::v1

namespace minga::federation {

// Longest `detail`; more is cut. Details are for people: a reason, an endpoint,
// never personal data.
inline constexpr std::size_t kAuditDetailBytesMax = 500;

// "peer:EC": the actor of what a peer causes.
std::string PeerActor(const PeerId& peer);

// Sets time, event, actor and (made printable, cut) detail of an entry whose
// other fields the caller fills.
void FillEntry(v1::AuditEntry& entry, v1::AuditEvent event, absl::Time at,
               absl::string_view actor, absl::string_view detail);

// The bytes to append: equal entries give equal bytes.
std::string EntryBytes(const v1::AuditEntry& entry);

// NODE_STARTED, NODE_STOPPED, LOG_READ, IMPORT and others that name no peer.
// `digest` of what it is about (a document, a file), or empty.
std::string NodeEntry(v1::AuditEvent event, absl::Time at,
                      absl::string_view actor, absl::string_view detail,
                      absl::string_view digest = {});

// PEER_ADDED, PEER_REMOVED, PEER_SUSPENDED, PEER_RESUMED, MOU_SIGNED,
// HANDSHAKE_REFUSED. `digest`: of the descriptor, note or certificate.
std::string PeerEntry(v1::AuditEvent event, absl::Time at,
                      absl::string_view actor, const PeerId& peer,
                      absl::string_view detail, absl::string_view digest = {});

// What a page, a receipt or an epoch covers.
struct PageFacts {
  PeerId peer;
  Epoch epoch = 0;
  SeqNo after = 0;
  SeqNo upto = 0;
  std::uint32_t rows = 0;
  Digest root{};  // Merkle root of the page; zero is left out
};

// PAGE_SENT, RECEIPT_TAKEN, PAGE_APPLIED, PAGE_REFUSED, EPOCH_STARTED. The
// actor is the peer for what it causes (receipt taken, page applied, refused),
// otherwise "system".
std::string PageEntry(v1::AuditEvent event, absl::Time at,
                      const PageFacts& page, absl::string_view detail = {});

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_AUDIT_ENTRY_H_
