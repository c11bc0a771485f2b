#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/exchange/audit_basis.h"
#include "node/exchange/core.h"
#include "node/exchange/due.h"
#include "node/exchange/facts.h"
#include "node/exchange/forget.h"
#include "node/exchange/obligations.h"
#include "node/exchange/project.h"
#include "node/exchange/quota.h"
#include "node/exchange/received.h"
#include "node/exchange/retention.h"
#include "node/exchange/stay.h"
#include "node/exchange/subject.h"
#include "node/exchange/validate.h"

namespace minga::exchange {
namespace {

using federation::ApplyResult;
using federation::InboundRejection;
using federation::InboundRow;

// A hundred years: more is no limit but an error.
constexpr int kRetentionDaysMax = 36525;
constexpr std::size_t kReasonBytesMax = 64;

std::string EpochName(const PeerId& peer) {
  return absl::StrCat(kDocEpoch, peer.ToString());
}

absl::StatusOr<Epoch> EpochOf(const storage::DocumentReader& documents,
                              const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(EpochName(peer)));
  Epoch epoch = 0;
  if (text.has_value() && !absl::SimpleAtoi(*text, &epoch)) {
    return absl::DataLossError("the stored epoch of a peer is not a number");
  }
  return epoch;
}

// What the row itself must be, whatever its body is.
absl::Status CheckRow(const PeerId& from, const InboundRow& row) {
  if (row.key.country != from) {
    return absl::InvalidArgumentError(
        absl::StrCat("key: must be of the peer's country, is of `",
                     row.key.country.ToString(), "`"));
  }
  if (!IsStoredKind(row.key.kind)) {
    return absl::InvalidArgumentError(
        absl::StrCat("kind: `", KindName(row.key.kind), "` is not exchanged"));
  }
  MINGA_RETURN_IF_ERROR(At("id", ValidateRecordId(row.key.id)));
  if (!row.upsert) {
    if (row.reason.size() <= kReasonBytesMax) return absl::OkStatus();
    return absl::InvalidArgumentError("reason: is too long");
  }
  if (row.retention_days < 0 || row.retention_days > kRetentionDaysMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("retention_days: must be in 0..", kRetentionDaysMax,
                     ", is `", row.retention_days, "`"));
  }
  if (row.body.empty() || row.body.size() > kRecordBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("body: must have 1..", kRecordBytesMax, " bytes, has `",
                     row.body.size(), "`"));
  }
  return absl::OkStatus();
}

absl::Status CheckInbound(const PeerId& from, const InboundRow& row) {
  MINGA_RETURN_IF_ERROR(CheckRow(from, row));
  if (!row.upsert) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const OwnedContent content,
                         ParseContent(row.key.kind, row.body));
  if (content.view().id() != row.key.id) {
    return absl::InvalidArgumentError("id: is not that of the row");
  }
  return Validate(content.view(), from, Source::kPeer);
}

// A reason up to the first value that it quotes: the peer is told all of it,
// the log keeps no values.
std::string WithoutValues(absl::string_view reason) {
  return std::string(reason.substr(0, reason.find('`')));
}

// Applies one page within one transaction.
class Arrival {
 public:
  Arrival(Core& core, storage::Transaction& transaction, const Scene& scene,
          const PeerId& from, Epoch epoch)
      : transaction_(transaction),
        scene_(scene),
        from_(from),
        epoch_(epoch),
        held_max_(core.parts.held_max),
        deed_(core.DeedOf(federation::PeerActor(from))),
        bases_(transaction.audit(), transaction.documents(), deed_) {}

  absl::Status Reject(const InboundRow& row, std::string why) {
    // What the peer says of the record now is not accepted; what it said before
    // is no longer so.
    if (row.key.country == from_) {
      MINGA_RETURN_IF_ERROR(EraseRefused(transaction_, row.key));
      MINGA_RETURN_IF_ERROR(NoteTold(row, /*held=*/false));
    }
    MINGA_RETURN_IF_ERROR(
        Log(v1::AUDIT_EVENT_RECORD_REJECTED, row, nullptr, WithoutValues(why)));
    result_.rejected.push_back({row.seq, std::move(why)});
    return absl::OkStatus();
  }

  absl::Status Withdraw(const InboundRow& row) {
    MINGA_ASSIGN_OR_RETURN(const bool erased,
                           EraseWithdrawn(transaction_, row.key));
    MINGA_RETURN_IF_ERROR(transaction_.views().Remove(row.key));
    ++result_.withdrawn;
    if (!erased) return absl::OkStatus();
    return Log(v1::AUDIT_EVENT_RECORD_WITHDRAWN, row, nullptr, row.reason);
  }

  absl::Status Accept(const InboundRow& row) {
    const absl::StatusOr<OwnedContent> content =
        ParseContent(row.key.kind, row.body);
    if (!content.ok()) {
      return Reject(row, std::string(content.status().message()));
    }
    const Ruling ruling = Ask(content->view());
    const std::shared_ptr<const Verdict>& verdict = ruling.verdict;
    std::string kept_out = WhyNot(*verdict, content->view());
    if (!kept_out.empty()) return RejectByLaw(row, std::move(kept_out));
    if (row.retention_until < scene_.today) {
      return Reject(row, "retention_until: has passed");
    }
    std::string narrowed;
    absl::string_view message = row.body;
    if (!PassesAsItIs(*verdict)) {
      // What our law does not let in is not kept, and what it adds is.
      const OwnedContent less = ProjectReceived(
          content->view(), verdict->decision, row.key.id, *scene_.hierarchies);
      // From now on what is kept is all that is known of it.
      kept_out = WhyNot(*Ask(less.view()).verdict, less.view());
      if (!kept_out.empty()) return RejectByLaw(row, std::move(kept_out));
      narrowed = SerialiseContent(*less.message);
      message = narrowed;
    }
    MINGA_ASSIGN_OR_RETURN(std::string full, WhyFull(transaction_, held_max_,
                                                     row.key, message.size()));
    if (!full.empty()) return RejectOverQuota(row, std::move(full));
    MINGA_ASSIGN_OR_RETURN(
        const Stay stay,
        StayFor(transaction_, row.key, scene_.today, TermsFrom(row),
                TermsOf(verdict->decision.obligations)));
    if (stay.over()) return RejectOverstayed(row, stay);
    if (stay.remembered) {
      MINGA_RETURN_IF_ERROR(ForgetStay(transaction_.documents(), row.key));
    }
    MINGA_ASSIGN_OR_RETURN(const bool changed,
                           Store(row, ruling, content->view(), stay, message));
    MINGA_RETURN_IF_ERROR(NoteTold(row, /*held=*/true));
    ++result_.applied;
    if (!changed) return absl::OkStatus();
    return Log(v1::AUDIT_EVENT_RECORD_RECEIVED, row, verdict, "");
  }

  ApplyResult Take() { return std::move(result_); }

 private:
  Ruling Ask(const Content& content) const {
    return scene_.judge->Ask(ReceiveQuestion(scene_, content.kind, from_),
                             FactsForReceiving(content, scene_.today));
  }

  // Why our law keeps the record out; "" if it does not.
  std::string WhyNot(const Verdict& verdict, const Content& content) const {
    if (!verdict.decision.permitted) {
      return absl::StrCat("policy: ", verdict.explanation);
    }
    return std::string(
        NotReceivable(verdict.decision.obligations, content, scene_.today));
  }

  // Without an entry in the log, which it would fill: that of the page counts
  // them, and the receipt says why. It is asked for again once there is room.
  absl::Status RejectOverQuota(const InboundRow& row, std::string why) {
    MINGA_RETURN_IF_ERROR(EraseRefused(transaction_, row.key));
    MINGA_RETURN_IF_ERROR(NoteTold(row, /*held=*/false));
    if (!full_) {
      MINGA_RETURN_IF_ERROR(NoteFull(transaction_.documents(), from_));
    }
    full_ = true;
    result_.rejected.push_back({row.seq, std::move(why)});
    return absl::OkStatus();
  }

  absl::Status RejectOverstayed(const InboundRow& row, const Stay& stay) {
    constexpr absl::string_view kWhy = "retention_days: its stay has ended";
    if (stay.held) {
      MINGA_RETURN_IF_ERROR(
          NoteRetentionEnded(transaction_.documents(), from_, 1));
    }
    return stay.by_them ? Reject(row, std::string(kWhy))
                        : RejectByLaw(row, std::string(kWhy));
  }

  // What the peer shows, so that both sides can compare it later.
  absl::Status NoteTold(const InboundRow& row, bool held) {
    if (!ValidateRecordId(row.key.id).ok() || !IsStoredKind(row.key.kind)) {
      return absl::OkStatus();  // no record has such a key
    }
    if (!row.upsert) return transaction_.views().Remove(row.key);
    return transaction_.views().Put(row.key, {Shown(row), held, epoch_});
  }

  // The digest of what the peer shows. Taken once for a row.
  const Digest& Shown(const InboundRow& row) {
    if (shown_of_ != &row) {
      shown_ = DigestOfShown(row.body, TermsFrom(row));
      shown_of_ = &row;
    }
    return shown_;
  }

  static Terms TermsFrom(const InboundRow& row) {
    return {row.retention_days, row.retention_until, row.no_onward_transfer};
  }

  // Another law of ours may let it in: it is asked for again then.
  absl::Status RejectByLaw(const InboundRow& row, std::string why) {
    if (!refused_) MINGA_RETURN_IF_ERROR(NoteRefused(transaction_, from_));
    refused_ = true;
    return Reject(row, std::move(why));
  }

  // False if it was already held in this form.
  absl::StatusOr<bool> Store(const InboundRow& row, const Ruling& ruling,
                             const Content& content, const Stay& stay,
                             absl::string_view message) {
    ReceivedBody body;
    body.epoch = epoch_;
    body.message = message;
    body.keep_until = stay.keep_until;
    body.since = stay.since;
    body.no_onward_transfer = stay.terms.no_onward_transfer;
    storage::StoredRecord record;
    record.key = row.key;
    record.revision = row.revision;
    record.body = EncodeReceived(body);
    const bool as_shown =
        message.data() == row.body.data() && stay.terms == TermsFrom(row);
    record.digest = DigestOfReceived(
        as_shown ? Shown(row) : DigestOfShown(message, stay.terms), epoch_);
    record.changed_at = deed_.at;
    record.due = DueOfReceived(scene_, ruling, content, body.keep_until);
    MINGA_ASSIGN_OR_RETURN(const storage::PutResult put,
                           transaction_.records().Put(record, /*own=*/false));
    if (put.outcome == storage::PutResult::Outcome::kUnchanged) return false;
    return true;
  }

  absl::Status Log(v1::AuditEvent event, const InboundRow& row,
                   const std::shared_ptr<const Verdict>& verdict,
                   absl::string_view detail) {
    RecordEvent what;
    what.key = row.key;
    // Garbage is not kept for ever.
    if (!ValidateRecordId(row.key.id).ok()) what.key.id.clear();
    what.peer = from_;
    what.detail = detail;
    if (verdict != nullptr) {
      MINGA_ASSIGN_OR_RETURN(
          what.basis, bases_.IndexOf(verdict, scene_.judge->policy().hash(),
                                     PurposeOf(row.key.kind)));
      // The log tells of what arrived.
      what.digest = Shown(row);
    }
    return AppendRecordEvent(event, deed_, what, transaction_.audit());
  }

  storage::Transaction& transaction_;
  const Scene& scene_;
  const PeerId from_;
  const Epoch epoch_;
  const storage::RecordCount held_max_;
  const Deed deed_;
  BasisBook bases_;
  ApplyResult result_;
  bool refused_ = false;  // by our law
  bool full_ = false;     // there was no room
  const InboundRow* shown_of_ = nullptr;
  Digest shown_{};
};

class FeedInbox final : public federation::Inbox {
 public:
  explicit FeedInbox(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  std::vector<InboundRejection> Validate(
      const PeerId& from, absl::Span<const InboundRow> rows) override;
  absl::StatusOr<ApplyResult> Apply(
      storage::Transaction& transaction, const PeerId& from,
      absl::Span<const InboundRow> rows,
      std::vector<InboundRejection> rejected) override;
  absl::StatusOr<std::uint64_t> RetentionEnded(
      const storage::DocumentReader& documents, const PeerId& from) override {
    return RetentionEndedOf(documents, from);
  }
  absl::Status BeginEpoch(storage::Transaction& transaction, const PeerId& from,
                          Epoch epoch) override;
  absl::StatusOr<int> Settle(storage::Transaction& transaction,
                             const PeerId& from, int limit) override;

 private:
  const std::shared_ptr<Core> core_;
};

std::vector<InboundRejection> FeedInbox::Validate(
    const PeerId& from, absl::Span<const InboundRow> rows) {
  std::vector<InboundRejection> rejected;
  for (const InboundRow& row : rows) {
    const absl::Status checked = CheckInbound(from, row);
    if (checked.ok()) continue;
    rejected.push_back({row.seq, std::string(checked.message())});
  }
  return rejected;
}

absl::StatusOr<ApplyResult> FeedInbox::Apply(
    storage::Transaction& transaction, const PeerId& from,
    absl::Span<const InboundRow> rows, std::vector<InboundRejection> rejected) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_->SceneIn(transaction));
  // Not that of the scene: to take, no feed of ours is needed.
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> peer,
                         transaction.peers().Get(from));
  if (!peer.has_value() || peer->state == storage::PeerState::kSuspended) {
    return absl::FailedPreconditionError(
        absl::StrCat("peer `", from.ToString(), "` is not active"));
  }
  const bool leaving = peer->state == storage::PeerState::kLeaving;
  MINGA_ASSIGN_OR_RETURN(const Epoch epoch,
                         EpochOf(transaction.documents(), from));
  Arrival arrival(*core_, transaction, scene, from, epoch);
  auto bad = rejected.begin();
  for (const InboundRow& row : rows) {
    while (bad != rejected.end() && bad->seq < row.seq) ++bad;
    if (bad != rejected.end() && bad->seq == row.seq) {
      MINGA_RETURN_IF_ERROR(arrival.Reject(row, std::move(bad->reason)));
      ++bad;
    } else if (absl::Status form = CheckRow(from, row); !form.ok()) {
      MINGA_RETURN_IF_ERROR(arrival.Reject(row, std::string(form.message())));
    } else if (row.upsert && leaving) {
      MINGA_RETURN_IF_ERROR(
          arrival.Reject(row, "the two countries end their exchange"));
    } else if (row.upsert) {
      MINGA_RETURN_IF_ERROR(arrival.Accept(row));
    } else {
      MINGA_RETURN_IF_ERROR(arrival.Withdraw(row));
    }
  }
  return arrival.Take();
}

absl::Status FeedInbox::BeginEpoch(storage::Transaction& transaction,
                                   const PeerId& from, Epoch epoch) {
  return transaction.documents().Put(EpochName(from), absl::StrCat(epoch));
}

absl::StatusOr<int> FeedInbox::Settle(storage::Transaction& transaction,
                                      const PeerId& from, int limit) {
  MINGA_ASSIGN_OR_RETURN(const Epoch epoch,
                         EpochOf(transaction.documents(), from));
  return ForgetOtherEpochs(transaction, from, epoch, limit,
                           core_->DeedOf("system"));
}

}  // namespace

std::unique_ptr<federation::Inbox> MakeInbox(std::shared_ptr<Core> core) {
  return std::make_unique<FeedInbox>(std::move(core));
}

}  // namespace minga::exchange
