#include "storage/sqlite/peers.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

#define MINGA_PEER_COLUMNS \
  "peer, state, descriptor, pseudonym_key, suspended_why, added_at"
constexpr char kList[] =
    "SELECT " MINGA_PEER_COLUMNS " FROM peer ORDER BY peer";
constexpr char kGet[] =
    "SELECT " MINGA_PEER_COLUMNS " FROM peer WHERE peer = ?1";
constexpr char kCursor[] =
    "SELECT cursor_epoch, cursor_seq FROM peer WHERE peer = ?1";
constexpr char kOthers[] = "SELECT count(*) FROM peer WHERE peer <> ?1";
constexpr char kPut[] =
    "INSERT INTO peer (" MINGA_PEER_COLUMNS
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT (peer) DO UPDATE SET state = excluded.state,"
    " descriptor = excluded.descriptor,"
    " pseudonym_key = excluded.pseudonym_key,"
    " suspended_why = excluded.suspended_why, added_at = excluded.added_at";
#undef MINGA_PEER_COLUMNS
constexpr char kSetCursor[] =
    "UPDATE peer SET cursor_epoch = ?2, cursor_seq = ?3 WHERE peer = ?1"
    " RETURNING peer";
constexpr char kRemove[] = "DELETE FROM peer WHERE peer = ?1";

constexpr char kPseudonymKey[] = "pseudonym";  // Vault's kind

absl::Status UnknownPeer(const PeerId& peer) {
  return absl::NotFoundError(
      absl::StrCat("peer: `", peer.ToString(), "` was never added"));
}

}  // namespace

absl::Status Peers::Prepare(Connection& connection) {
  MINGA_RETURN_IF_ERROR(receipts_.Prepare(connection));
  return connection.Prepare({{&list_, kList},
                             {&get_, kGet},
                             {&cursor_, kCursor},
                             {&others_, kOthers},
                             {&put_, kPut},
                             {&set_cursor_, kSetCursor},
                             {&remove_, kRemove}});
}

absl::StatusOr<PeerRow> Peers::RowOf(const Run& run) const {
  PeerRow row;
  MINGA_ASSIGN_OR_RETURN(row.id, run.CountryAt(0));
  const std::int64_t state = run.Int(1);
  if (state < static_cast<int>(PeerState::kActive) ||
      state > static_cast<int>(PeerState::kLeaving)) {
    return absl::DataLossError(
        absl::StrCat("database: no peer state has number ", state));
  }
  row.state = static_cast<PeerState>(state);
  row.descriptor = run.String(2);
  MINGA_ASSIGN_OR_RETURN(row.pseudonym_key, PseudonymKey(row.id, run.View(3)));
  row.suspended_why = run.String(4);
  row.added_at = absl::FromUnixMicros(run.Int(5));
  return row;
}

absl::StatusOr<std::string> Peers::PseudonymKey(
    const PeerId& peer, absl::string_view sealed) const {
  const std::string name = peer.ToString();
  MINGA_ASSIGN_OR_RETURN(const std::shared_ptr<const std::string> key,
                         pseudonym_keys_.Get(absl::StrCat(name, sealed),
                                             [&](const std::string& /*both*/) {
                                               return vault_.Open(kPseudonymKey,
                                                                  name, sealed);
                                             }));
  return *key;
}

absl::StatusOr<std::vector<PeerRow>> Peers::List() const {
  std::vector<PeerRow> rows;
  Run run(list_);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return rows;
    MINGA_ASSIGN_OR_RETURN(PeerRow row, RowOf(run));
    rows.push_back(std::move(row));
  }
}

absl::StatusOr<std::optional<PeerRow>> Peers::Get(const PeerId& peer) const {
  Run run(get_, peer);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<PeerRow>();
  MINGA_ASSIGN_OR_RETURN(PeerRow row, RowOf(run));
  return std::optional<PeerRow>(std::move(row));
}

absl::StatusOr<Cursor> Peers::CursorOf(const PeerId& peer) const {
  Run run(cursor_, peer);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? Cursor{run.Unsigned(0), run.Unsigned(1)} : Cursor();
}

absl::Status Peers::Put(const PeerRow& peer) {
  if (peer.id.empty()) {
    return absl::InvalidArgumentError("peer: a peer has a country");
  }
  {
    Run run(others_, peer.id);
    MINGA_RETURN_IF_ERROR(run.Next().status());
    if (run.Int(0) >= kPeersMax) {
      return absl::ResourceExhaustedError(
          absl::StrCat("peer: more than ", kPeersMax, " peers"));
    }
  }
  MINGA_ASSIGN_OR_RETURN(
      const std::string sealed,
      vault_.Seal(kPseudonymKey, peer.id.ToString(), peer.pseudonym_key));
  Run run(put_, peer.id, static_cast<int>(peer.state), Bytes{peer.descriptor},
          Bytes{sealed}, peer.suspended_why, absl::ToUnixMicros(peer.added_at));
  return run.Finish();
}

absl::Status Peers::SetCursor(const PeerId& peer, const Cursor& cursor) {
  Run run(set_cursor_, peer, cursor.epoch, cursor.seq);
  MINGA_ASSIGN_OR_RETURN(const bool known, run.Next());
  if (!known) return UnknownPeer(peer);
  return run.Finish();
}

absl::Status Peers::Remove(const PeerId& peer) {
  MINGA_RETURN_IF_ERROR(receipts_.Remove(peer));
  Run run(remove_, peer);
  return run.Finish();
}

}  // namespace minga::storage::sqlite
