#include "federation/farewell.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "federation/acquaintance.h"
#include "federation/audit_entry.h"
#include "federation/lines.h"
#include "federation/reconcile_wire.h"
#include "federation/view_items.h"
#include "minga/v1/audit.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/peer_store.h"

namespace minga::federation {
namespace {

constexpr absl::string_view kMagic = "minga/farewell/v1";
constexpr std::size_t kStatementBytesMax = 8 * 1024;
constexpr std::array<RecordKind, 3> kKinds = {
    RecordKind::kVacancy, RecordKind::kProfile, RecordKind::kRightsNotice};

absl::StatusOr<std::vector<std::uint64_t>> Numbers(LineReader& lines,
                                                   absl::string_view name,
                                                   std::size_t count) {
  MINGA_ASSIGN_OR_RETURN(const absl::string_view value, lines.Field(name));
  std::vector<std::uint64_t> numbers;
  for (const absl::string_view item : absl::StrSplit(value, ' ')) {
    const absl::StatusOr<std::uint64_t> number = ParseNumber(item);
    if (!number.ok()) return lines.Error(number.status().message());
    numbers.push_back(*number);
  }
  if (numbers.size() == count) return numbers;
  return lines.Error(absl::StrCat("`", name, "` has ", count, " numbers"));
}

absl::Status ParseCounts(LineReader& lines, Statement& out) {
  MINGA_ASSIGN_OR_RETURN(const auto sent, Numbers(lines, "sent", 3));
  out.sent_epoch = sent[0];
  out.sent_last = sent[1];
  out.sent_acknowledged = sent[2];
  MINGA_ASSIGN_OR_RETURN(const auto withdrawn, Numbers(lines, "withdrawn", 1));
  out.withdrawn = withdrawn[0];
  MINGA_ASSIGN_OR_RETURN(const auto received, Numbers(lines, "received", 2));
  out.received_epoch = received[0];
  out.received_cursor = received[1];
  MINGA_ASSIGN_OR_RETURN(const auto erased, Numbers(lines, "erased", 1));
  out.erased = erased[0];
  MINGA_ASSIGN_OR_RETURN(const auto held, Numbers(lines, "held", 1));
  out.held = held[0];
  return absl::OkStatus();
}

absl::StatusOr<Statement> Parse(absl::string_view text) {
  LineReader lines(text);
  Statement out;
  MINGA_RETURN_IF_ERROR(lines.Expect(kMagic));
  MINGA_ASSIGN_OR_RETURN(const CountryPair pair,
                         ParseCountryPair(lines, "`<signer> <other>`"));
  out.signer = pair.first;
  out.other = pair.second;
  MINGA_ASSIGN_OR_RETURN(const absl::string_view reason, lines.Field("reason"));
  out.reason = std::string(reason);
  MINGA_RETURN_IF_ERROR(ParseCounts(lines, out));
  MINGA_ASSIGN_OR_RETURN(const absl::string_view at, lines.Field("at"));
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_sec, at, &time, &error)) {
    return lines.Error("`at` is not a time such as 2026-11-22T06:00:00Z");
  }
  out.at = std::string(at);
  MINGA_RETURN_IF_ERROR(lines.End());
  return out;
}

std::string NameOf(absl::string_view prefix, const PeerId& peer) {
  return absl::StrCat(prefix, peer.ToString());
}

// What `farewell` leaves unproved, for people.
void SayWhatIsUnproved(const PeerId& peer, v1::Farewell& farewell) {
  const std::string name = peer.ToString();
  farewell.clear_unproved();
  if (farewell.unconfirmed() > 0) {
    farewell.add_unproved(absl::StrCat(
        farewell.unconfirmed(), " places of the feed were not confirmed by ",
        name, ": no receipt proves that what it had was erased"));
  }
  if (farewell.held() > 0) {
    farewell.add_unproved(absl::StrCat(
        farewell.held(), " records of ", name, " were erased here without ",
        "its withdrawal and without a receipt of ours"));
  }
  if (farewell.peer_statement().empty()) {
    farewell.add_unproved(absl::StrCat(
        name, " has signed no final statement: ask for it by letter"));
  }
}

// So that what the peer signed stays verifiable when its row is gone.
absl::Status KeepDescriptor(storage::Transaction& transaction,
                            const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> row,
                         transaction.peers().Get(peer));
  if (!row.has_value()) return absl::OkStatus();
  return KeepFormer(transaction.documents(), *row);
}

// The rest of the receipts goes with the peer.
absl::Status KeepReceipts(const storage::PeerReader& peers, const PeerId& peer,
                          v1::Farewell& farewell) {
  const auto newest = [&](storage::ReceiptSide side,
                          std::string& kept) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::ReceiptRow> receipts,
                           peers.receipts().Newest(peer, side, 1));
    if (!receipts.empty()) kept = receipts.front().note;
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(
      newest(storage::ReceiptSide::kTaken, *farewell.mutable_peer_receipt()));
  MINGA_RETURN_IF_ERROR(
      newest(storage::ReceiptSide::kGiven, *farewell.mutable_own_receipt()));
  return absl::OkStatus();
}

}  // namespace

std::string OverdueName(const PeerId& peer, absl::string_view side) {
  return absl::StrCat("alarm/erasure/", side, "/", peer.ToString());
}

std::string Statement::Text() const {
  return absl::StrCat(
      kMagic, "\n", signer.ToString(), " ", other.ToString(),
      "\nreason: ", reason, "\nsent: ", sent_epoch, " ", sent_last, " ",
      sent_acknowledged, "\nwithdrawn: ", withdrawn,
      "\nreceived: ", received_epoch, " ", received_cursor,
      "\nerased: ", erased, "\nheld: ", held, "\nat: ", at, "\n");
}

absl::StatusOr<Statement> ReadStatement(absl::string_view serialized,
                                        Country signer, Country other,
                                        const std::vector<NoteVerifier>& keys) {
  if (serialized.size() > kStatementBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("statement has ", serialized.size(), " bytes; at most ",
                     kStatementBytesMax, " are allowed"));
  }
  const absl::StatusOr<Note> note = Note::Parse(serialized);
  if (!note.ok()) return At("statement", note.status());
  absl::StatusOr<Statement> statement = Parse(note->text);
  if (!statement.ok()) return At("statement", statement.status());
  if (statement->signer != signer || statement->other != other) {
    return absl::InvalidArgumentError(
        absl::StrCat("statement: is of ", statement->signer.ToString(), " to ",
                     statement->other.ToString(), ", not of ",
                     signer.ToString(), " to ", other.ToString()));
  }
  for (const NoteVerifier& key : keys) {
    if (VerifyNote(*note, key)) return statement;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "statement: no valid signature by a node key of ", signer.ToString()));
}

absl::StatusOr<Statement> Standing(const storage::Snapshot& snapshot,
                                   Country own, const PeerId& peer) {
  Statement now;
  now.signer = own;
  now.other = peer;
  const absl::StatusOr<storage::FeedHead> head = snapshot.feeds().Head(peer);
  if (head.ok()) {
    now.sent_epoch = head->epoch;
    now.sent_last = head->last;
    now.sent_acknowledged = head->acknowledged;
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::FeedCount> counts,
                           snapshot.feeds().Summarise(peer));
    for (const storage::FeedCount& count : counts) {
      if (count.state == storage::ViewState::kShown) {
        now.withdrawn += static_cast<std::uint64_t>(count.records);
      }
    }
  } else if (!absl::IsNotFound(head.status())) {
    return head.status();  // a peer without a feed was told nothing
  }
  MINGA_ASSIGN_OR_RETURN(const storage::Cursor cursor,
                         snapshot.peers().CursorOf(peer));
  now.received_epoch = cursor.epoch;
  now.received_cursor = cursor.seq;
  for (const RecordKind kind : kKinds) {
    MINGA_ASSIGN_OR_RETURN(const storage::RecordCount held,
                           snapshot.records().Count(peer, kind));
    now.held += static_cast<std::uint64_t>(held.records);
  }
  return now;
}

absl::StatusOr<std::optional<v1::Leaving>> ReadLeaving(
    const storage::DocumentReader& documents, const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                         documents.Get(NameOf(kDocLeaving, peer)));
  if (!stored.has_value()) return std::optional<v1::Leaving>();
  v1::Leaving leaving;
  if (!leaving.ParseFromString(*stored)) {
    return absl::DataLossError(
        absl::StrCat(kDocLeaving, peer.ToString(), " cannot be read"));
  }
  return std::optional<v1::Leaving>(std::move(leaving));
}

absl::Status PutLeaving(storage::DocumentStore& documents, const PeerId& peer,
                        const v1::Leaving& leaving) {
  return documents.Put(NameOf(kDocLeaving, peer), leaving.SerializeAsString());
}

absl::Status BeginLeaving(storage::Transaction& transaction, const PeerId& peer,
                          absl::string_view actor, absl::string_view reason,
                          const Statement& standing, absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(std::optional<storage::PeerRow> row,
                         transaction.peers().Get(peer));
  if (!row.has_value()) {
    return absl::NotFoundError(absl::StrCat("no peer `", peer.ToString(), "`"));
  }
  if (row->state == storage::PeerState::kLeaving) return absl::OkStatus();
  row->state = storage::PeerState::kLeaving;
  row->suspended_why = Printable(reason, kShortTextBytesMax);
  MINGA_RETURN_IF_ERROR(transaction.peers().Put(*row));
  v1::Leaving leaving;
  leaving.set_epoch(standing.sent_epoch);
  v1::Farewell& farewell = *leaving.mutable_farewell();
  farewell.set_country(peer.ToString());
  farewell.set_reason(row->suspended_why);
  farewell.set_begun_by(std::string(actor));
  farewell.mutable_begun_at()->set_seconds(absl::ToUnixSeconds(now));
  farewell.set_shown_before(static_cast<std::int64_t>(standing.withdrawn));
  farewell.set_held_before(static_cast<std::int64_t>(standing.held));
  MINGA_RETURN_IF_ERROR(PutLeaving(transaction.documents(), peer, leaving));
  return transaction.audit()
      .Append(PeerEntry(v1::AUDIT_EVENT_PEER_LEAVING, now, actor, peer,
                        row->suspended_why))
      .status();
}

absl::Status LeaveAnew(storage::DocumentStore& documents, const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<v1::Leaving> before,
                         ReadLeaving(documents, peer));
  if (!before.has_value()) return absl::OkStatus();
  v1::Leaving leaving;
  leaving.set_epoch(before->epoch());
  *leaving.mutable_farewell() = before->farewell();
  leaving.mutable_farewell()->clear_own_statement();
  leaving.mutable_farewell()->clear_peer_statement();
  return PutLeaving(documents, peer, leaving);
}

absl::StatusOr<bool> IsConfirmed(const storage::DocumentReader& documents,
                                 const v1::Leaving& leaving,
                                 const Statement& standing) {
  if (standing.withdrawn > 0 ||
      standing.sent_acknowledged != standing.sent_last) {
    return false;
  }
  if (standing.sent_epoch == leaving.epoch()) return true;
  MINGA_ASSIGN_OR_RETURN(const std::string word,
                         LastStatement(documents, standing.other));
  if (word.empty()) return false;
  MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(word));
  MINGA_ASSIGN_OR_RETURN(const ComparedStatement compared,
                         ComparedStatement::Parse(note.text));
  return compared.epoch == standing.sent_epoch &&
         compared.upto == standing.sent_last && compared.items == 0;
}

absl::StatusOr<v1::Farewell> EndLeaving(storage::Transaction& transaction,
                                        const PeerId& peer,
                                        absl::string_view actor,
                                        v1::Farewell farewell, absl::Time now) {
  farewell.mutable_ended_at()->set_seconds(absl::ToUnixSeconds(now));
  SayWhatIsUnproved(peer, farewell);
  MINGA_RETURN_IF_ERROR(KeepReceipts(transaction.peers(), peer, farewell));
  MINGA_RETURN_IF_ERROR(KeepDescriptor(transaction, peer));
  MINGA_RETURN_IF_ERROR(transaction.peers().Remove(peer));
  storage::DocumentStore& documents = transaction.documents();
  // Not made good: who joins again begins without them.
  for (const absl::string_view side : kOverdueSides) {
    MINGA_RETURN_IF_ERROR(documents.Remove(OverdueName(peer, side)).status());
  }
  v1::Leaving rest;
  rest.mutable_farewell()->set_country(peer.ToString());
  rest.set_ended(true);
  MINGA_RETURN_IF_ERROR(PutLeaving(documents, peer, rest));
  MINGA_RETURN_IF_ERROR(documents.Put(
      absl::StrCat(kDocFarewell, peer.ToString(), "/",
                   absl::StrFormat("%012d", absl::ToUnixSeconds(now))),
      farewell.SerializeAsString()));
  const Digest statements =
      Sha256({farewell.own_statement(), farewell.peer_statement()});
  MINGA_RETURN_IF_ERROR(
      transaction.audit()
          .Append(PeerEntry(
              v1::AUDIT_EVENT_PEER_REMOVED, now, actor, peer,
              farewell.unproved_size() == 0
                  ? absl::StrCat("both statements signed; ", farewell.reason())
                  : absl::StrCat("unproved: ", farewell.unproved(0)),
              AsView(statements)))
          .status());
  return farewell;
}

absl::Status ForgetLeaving(storage::DocumentStore& documents,
                           const PeerId& peer) {
  return documents.Remove(NameOf(kDocLeaving, peer)).status();
}

}  // namespace minga::federation
