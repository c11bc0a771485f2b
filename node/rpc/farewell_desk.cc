#include "node/rpc/farewell_desk.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "federation/farewell.h"
#include "federation/keyring.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/policy_desk.h"
#include "node/rpc/peer_desk.h"
#include "node/rpc/times.h"
#include "storage/database.h"

namespace minga::rpc {
namespace {

using federation::Statement;

// With both statements here the peer has ours, but may not know that we have
// its own. Who has begun to leave has nothing more to wait for than to say so.
constexpr absl::Duration kGoodbye = absl::Minutes(1);
// The other side is asked for its statement again if the answer was lost.
constexpr absl::Duration kGoodbyeOfOther = absl::Hours(24 * 7);

struct Stage {
  v1::Leaving leaving;
  Statement standing;
  bool confirmed = false;  // by the peer: it has erased what it was shown
};

absl::StatusOr<Stage> StageOf(const storage::Snapshot& snapshot, Country own,
                              const PeerId& peer, v1::Leaving leaving) {
  Stage stage;
  stage.leaving = std::move(leaving);
  MINGA_ASSIGN_OR_RETURN(stage.standing,
                         federation::Standing(snapshot, own, peer));
  MINGA_ASSIGN_OR_RETURN(
      stage.confirmed, federation::IsConfirmed(snapshot.documents(),
                                               stage.leaving, stage.standing));
  return stage;
}

absl::StatusOr<std::optional<Stage>> ReadStage(const NodeParts& node,
                                               const PeerId& peer) {
  std::optional<Stage> stage;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            const std::optional<v1::Leaving> leaving,
            federation::ReadLeaving(snapshot.documents(), peer));
        if (!leaving.has_value()) return absl::OkStatus();
        MINGA_ASSIGN_OR_RETURN(stage,
                               StageOf(snapshot, node.own, peer, *leaving));
        return absl::OkStatus();
      }));
  return stage;
}

// `farewell` with how far it has come.
v1::Farewell Described(const Stage& stage) {
  v1::Farewell farewell = stage.leaving.farewell();
  const std::uint64_t open = stage.standing.sent_last -
                             stage.standing.sent_acknowledged +
                             stage.standing.withdrawn;
  // A feed that began anew has nothing open, and confirms nothing.
  farewell.set_unconfirmed(
      open > 0 || stage.confirmed
          ? open
          : static_cast<std::uint64_t>(farewell.shown_before()));
  farewell.set_held(static_cast<std::int64_t>(stage.standing.held));
  return farewell;
}

// Our final statement, signed, as of now.
std::string SignStatement(const NodeParts& node, const v1::Farewell& farewell,
                          const Statement& standing) {
  Statement last = standing;
  last.reason = farewell.reason();
  last.withdrawn = static_cast<std::uint64_t>(farewell.shown_before());
  const auto before = static_cast<std::uint64_t>(farewell.held_before());
  last.erased = before > standing.held ? before - standing.held : 0;
  last.at = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", node.clock->Now(),
                             absl::UTCTimeZone());
  Note note;
  note.text = last.Text();
  note.signatures = node.keyring->Sign(federation::KeyUse::kNode, note.text);
  return note.Serialize();
}

// Changes the stored stage of `peer`, if it is leaving still.
absl::Status Change(const NodeParts& node, const PeerId& peer,
                    const std::function<void(v1::Leaving&)>& change) {
  return node.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            std::optional<v1::Leaving> leaving,
            federation::ReadLeaving(transaction.documents(), peer));
        if (!leaving.has_value()) return absl::OkStatus();
        change(*leaving);
        return federation::PutLeaving(transaction.documents(), peer, *leaving);
      });
}

absl::Status Sweep(const NodeParts& node, const PeerId& peer,
                   absl::string_view actor) {
  MINGA_RETURN_IF_ERROR(node.desk->PeerChanged(actor, peer).status());
  return Change(node, peer,
                [](v1::Leaving& leaving) { leaving.set_swept(true); });
}

// Erases what is left of a peer that is no more.
absl::Status CleanUp(const NodeParts& node, const PeerId& peer,
                     absl::string_view actor) {
  MINGA_RETURN_IF_ERROR(node.desk->PeerChanged(actor, peer).status());
  return node.database->Write([&](storage::Transaction& transaction) {
    return federation::ForgetLeaving(transaction.documents(), peer);
  });
}

absl::StatusOr<v1::Farewell> End(const NodeParts& node, const PeerId& peer,
                                 const std::string& actor,
                                 v1::Farewell farewell) {
  MINGA_RETURN_IF_ERROR(node.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            farewell, federation::EndLeaving(transaction, peer, actor, farewell,
                                             node.clock->Now()));
        return absl::OkStatus();
      }));
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  MINGA_RETURN_IF_ERROR(CleanUp(node, peer, actor));
  return farewell;
}

bool IsWithdrawn(const Stage& stage) {
  return stage.leaving.swept() && stage.confirmed && stage.standing.held == 0;
}

absl::Status Advance(const NodeParts& node, const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<Stage> stage,
                         ReadStage(node, peer));
  if (!stage.has_value()) return absl::OkStatus();
  const v1::Leaving& leaving = stage->leaving;
  const v1::Farewell& farewell = leaving.farewell();
  if (leaving.ended()) return CleanUp(node, peer, kOperator);
  if (!leaving.swept()) return Sweep(node, peer, farewell.begun_by());
  if (farewell.own_statement().empty()) {
    if (!IsWithdrawn(*stage)) return absl::OkStatus();
    const std::string note = SignStatement(node, farewell, stage->standing);
    return Change(node, peer, [&](v1::Leaving& changed) {
      changed.mutable_farewell()->set_own_statement(note);
    });
  }
  if (farewell.peer_statement().empty()) return absl::OkStatus();
  const absl::Time now = node.clock->Now();
  if (!leaving.has_complete_at()) {
    return Change(node, peer, [&](v1::Leaving& changed) {
      *changed.mutable_complete_at() = ToTimestamp(now);
    });
  }
  const absl::Duration wait =
      farewell.begun_by() == kOperator ? kGoodbye : kGoodbyeOfOther;
  if (!leaving.settled() && now < FromTimestamp(leaving.complete_at()) + wait) {
    return absl::OkStatus();
  }
  return End(node, peer, farewell.begun_by(), Described(*stage)).status();
}

absl::StatusOr<std::string> CheckReason(absl::string_view reason) {
  std::string text =
      Printable(absl::StripAsciiWhitespace(reason), kShortTextBytesMax);
  if (!text.empty()) return text;
  return absl::InvalidArgumentError(
      "reason: say why; it stands in the final statement");
}

absl::StatusOr<Statement> ReadStanding(const NodeParts& node,
                                       const PeerId& peer) {
  Statement standing;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(standing,
                               federation::Standing(snapshot, node.own, peer));
        return absl::OkStatus();
      }));
  return standing;
}

}  // namespace

absl::StatusOr<v1::Farewell> Leave(const NodeParts& node, const PeerId& peer,
                                   absl::string_view reason) {
  MINGA_ASSIGN_OR_RETURN(const KnownPeer known, FindPeer(node, peer));
  if (known.row.state == storage::PeerState::kSuspended) {
    return absl::FailedPreconditionError(absl::StrCat(
        peer.ToString(), " is suspended and cannot take the withdrawals: `",
        "minga peer resume ", peer.ToString(), "` first, or remove it with ",
        "--force"));
  }
  if (known.row.state == storage::PeerState::kActive) {
    MINGA_ASSIGN_OR_RETURN(const std::string why, CheckReason(reason));
    MINGA_ASSIGN_OR_RETURN(const Statement standing, ReadStanding(node, peer));
    MINGA_RETURN_IF_ERROR(
        node.database->Write([&](storage::Transaction& transaction) {
          return federation::BeginLeaving(transaction, peer, kOperator, why,
                                          standing, node.clock->Now());
        }));
    MINGA_RETURN_IF_ERROR(node.peers_changed());
    MINGA_RETURN_IF_ERROR(Sweep(node, peer, kOperator));
  }
  MINGA_ASSIGN_OR_RETURN(const std::optional<Stage> stage,
                         ReadStage(node, peer));
  if (stage.has_value()) return Described(*stage);
  return absl::NotFoundError(
      absl::StrCat(peer.ToString(), " has left meanwhile"));
}

absl::StatusOr<v1::Farewell> RemoveAtOnce(const NodeParts& node,
                                          const PeerId& peer,
                                          absl::string_view reason) {
  MINGA_RETURN_IF_ERROR(FindPeer(node, peer).status());
  MINGA_ASSIGN_OR_RETURN(const std::optional<Stage> under_way,
                         ReadStage(node, peer));
  Stage stage;
  if (under_way.has_value()) {
    stage = *under_way;
  } else {
    MINGA_ASSIGN_OR_RETURN(stage.standing, ReadStanding(node, peer));
    v1::Farewell& farewell = *stage.leaving.mutable_farewell();
    farewell.set_country(peer.ToString());
    MINGA_ASSIGN_OR_RETURN(*farewell.mutable_reason(), CheckReason(reason));
    farewell.set_begun_by(std::string(kOperator));
    *farewell.mutable_begun_at() = ToTimestamp(node.clock->Now());
    farewell.set_shown_before(
        static_cast<std::int64_t>(stage.standing.withdrawn));
    farewell.set_held_before(static_cast<std::int64_t>(stage.standing.held));
  }
  v1::Farewell farewell = Described(stage);
  if (farewell.own_statement().empty()) {
    farewell.set_own_statement(SignStatement(node, farewell, stage.standing));
  }
  return End(node, peer, std::string(kOperator), std::move(farewell));
}

absl::StatusOr<v1::ListFarewellsResponse> ListFarewells(const NodeParts& node,
                                                        const PeerId& peer) {
  v1::ListFarewellsResponse response;
  const auto wanted = [&](const v1::Farewell& farewell) {
    return peer.empty() || farewell.country() == peer.ToString();
  };
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            const auto leaving,
            snapshot.documents().List(federation::kDocLeaving));
        for (const auto& [name, bytes] : leaving) {
          v1::Leaving stored;
          if (!stored.ParseFromString(bytes)) {
            return absl::DataLossError(absl::StrCat(name, " cannot be read"));
          }
          if (stored.ended() || !wanted(stored.farewell())) continue;
          MINGA_ASSIGN_OR_RETURN(const PeerId id,
                                 DecodePeer(stored.farewell().country()));
          MINGA_ASSIGN_OR_RETURN(const Stage stage,
                                 StageOf(snapshot, node.own, id, stored));
          *response.add_farewells() = Described(stage);
        }
        MINGA_ASSIGN_OR_RETURN(const auto ended, snapshot.documents().List(
                                                     federation::kDocFarewell));
        for (const auto& [name, bytes] : ended) {
          v1::Farewell farewell;
          if (!farewell.ParseFromString(bytes)) {
            return absl::DataLossError(absl::StrCat(name, " cannot be read"));
          }
          if (wanted(farewell)) *response.add_farewells() = farewell;
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::Status AdvanceFarewells(const NodeParts& node) {
  std::vector<std::string> countries;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            const auto leaving,
            snapshot.documents().List(federation::kDocLeaving));
        for (const auto& [name, bytes] : leaving) {
          countries.push_back(name.substr(federation::kDocLeaving.size()));
        }
        return absl::OkStatus();
      }));
  absl::Status first;
  for (const std::string& country : countries) {
    absl::Status status = DecodePeer(country).status();
    if (status.ok()) status = Advance(node, *DecodePeer(country));
    first.Update(At(absl::StrCat("leaving ", country), status));
  }
  return first;
}

}  // namespace minga::rpc
