#include "federation/reconciler.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/asker.h"
#include "federation/backoff.h"
#include "federation/job_desk.h"
#include "federation/page_apply.h"
#include "federation/reconcile.h"
#include "federation/reconcile_wire.h"
#include "federation/side_desk.h"
#include "federation/view_items.h"
#include "minga/v1/federation.pb.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

// Of one question: the origin may have to read a million rows.
constexpr absl::Duration kPatience = absl::Minutes(2);
// A comparison that takes more is one with a side that leads us on: with
// 100,000 differences it is a tenth of both.
constexpr int kRoundsMax = 500;
constexpr std::size_t kWireBytesMax = 64 * 1024 * 1024;
// What one transaction erases.
constexpr std::size_t kEraseRows = 500;
// After a failure that may pass.
constexpr absl::Duration kRetryAfter = absl::Minutes(1);
constexpr int kTriesMax = 5;
constexpr std::size_t kErrorBytesMax = 500;

bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsCancelled(status);
}

}  // namespace

struct Reconciler::Round {
  std::shared_ptr<const void> lease;
  absl::Time began;
  ItemSet mine;
  std::vector<Tag> moved;  // since the cursor
  int ready = 0;           // of the two sides that read
  std::optional<Comparison> comparison;
  std::uint64_t session = 0;
  Digest root{};
  std::vector<RangeQuestion> asked;
  Differences found;
  std::vector<Item> wanted;  // missing and stale
  std::vector<ToldRecord> surplus;
  std::size_t bytes = 0;
  int asks = 0;
  v1::Comparison outcome;
};

Reconciler::Reconciler(const StreamContext& context, const Descriptor& peer,
                       Account& account, Asker& asker)
    : context_(context),
      peer_(peer),
      asker_(asker),
      feed_(std::make_shared<ComparedFeed>(context, peer, account)),
      next_(NextNight(context.Now(), *context.parts.random)) {}

bool Reconciler::Takes(const v1::AskRequest& question) const {
  return question.has_reconcile();
}

void Reconciler::Answer(const v1::AskRequest& question, Reply reply) {
  feed_->Answer(question.reconcile(), std::move(reply));
}

void Reconciler::OnNudge(absl::Time) { look_ = true; }

absl::Time Reconciler::Due() const {
  const absl::Time own = round_ != nullptr ? absl::InfiniteFuture()
                         : look_           ? absl::InfinitePast()
                                           : next_;
  return std::min(own, feed_->Due());
}

void Reconciler::OnTime(absl::Time now) {
  feed_->OnTime(now);
  if (round_ != nullptr) return;
  if (look_) {
    look_ = false;
    bool ordered = false;
    const absl::Status read = context_.parts.database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(
              ordered, IsOrdered(snapshot.documents(), peer_.country));
          return absl::OkStatus();
        });
    if (!read.ok() || ordered) next_ = std::min(next_, now);
  }
  if (now >= next_) Begin();
}

Reconciler::Step Reconciler::For(Step step) {
  return [weak = weak_from_this(), round = std::weak_ptr<Round>(round_),
          step = std::move(step)](const absl::Status& status) {
    const std::shared_ptr<Reconciler> self = weak.lock();
    if (self == nullptr || self->round_ == nullptr ||
        self->round_ != round.lock()) {
      return;
    }
    step(status);
  };
}

Reconciler::Step Reconciler::Ended(std::function<void()> then) {
  return For([this, then = std::move(then)](const absl::Status& status) {
    if (status.ok()) {
      then();
      return;
    }
    // A side that answers from another set than it says, or differs in too
    // much.
    Keep(status,
         round_->comparison.has_value() &&
             (absl::IsDataLoss(status) || absl::IsResourceExhausted(status)));
  });
}

void Reconciler::Work(std::function<absl::Status()> work,
                      std::function<void()> then) {
  context_.side->Run(std::move(work), Ended(std::move(then)));
}

void Reconciler::Write(storage::Database::Job job, std::function<void()> then) {
  context_.desk->Submit(
      std::move(job),
      For([this, then = std::move(then)](const absl::Status& status) {
        if (!status.ok()) {
          Keep(status);
        } else {
          then();
        }
      }));
}

void Reconciler::Ask(v1::AskRequest question, Answered then) {
  round_->bytes += question.ByteSizeLong();
  if (++round_->asks > kRoundsMax || round_->bytes > kWireBytesMax) {
    Keep(absl::ResourceExhaustedError(
             "the comparison took too many rounds or bytes"),
         /*anew=*/true);
    return;
  }
  asker_.Ask(
      question, kPatience,
      [weak = weak_from_this(), round = std::weak_ptr<Round>(round_),
       then = std::move(then)](const absl::StatusOr<v1::AskResponse>& answer) {
        const std::shared_ptr<Reconciler> self = weak.lock();
        if (self == nullptr || self->round_ == nullptr ||
            self->round_ != round.lock()) {
          return;
        }
        absl::Status status = answer.status();
        if (status.ok()) {
          self->round_->bytes += answer->ByteSizeLong();
          status = then(answer->reconcile());
        }
        if (!status.ok()) self->Keep(status);
      });
}

void Reconciler::Begin() {
  auto round = std::make_shared<Round>();
  const absl::Time now = context_.Now();
  round->lease =
      context_.side->Lease(SideDesk::Use::kAsking, peer_.country, now);
  if (round->lease == nullptr) {  // of another peer
    next_ = now + Spread(*context_.parts.random, kRetryAfter);
    return;
  }
  round->began = now;
  round_ = round;
  // Both sides read at once: the origin is asked as soon as our cursor is
  // known, in the snapshot that is then read. From there on the work has `mine`
  // only.
  context_.side->Run(
      [database = context_.parts.database, from = peer_.country,
       round](const SideDesk::Tell& tell) {
        return database->Read(
            [&](const storage::Snapshot& snapshot) -> absl::Status {
              MINGA_ASSIGN_OR_RETURN(const bool settling,
                                     IsSettling(snapshot.documents(), from));
              MINGA_ASSIGN_OR_RETURN(const storage::Cursor cursor,
                                     snapshot.peers().CursorOf(from));
              if (settling || cursor.epoch == 0) {
                return absl::UnavailableError(
                    "the peer's feed is still being taken; compare afterwards");
              }
              round->outcome.set_epoch(cursor.epoch);
              round->outcome.set_upto(cursor.seq);
              tell();
              MINGA_ASSIGN_OR_RETURN(round->mine, ToldItems(snapshot, from));
              return absl::OkStatus();
            });
      },
      For([this](const absl::Status&) { Open(); }), Ended([this] { Meet(); }));
}

void Reconciler::Open() {
  v1::AskRequest question;
  v1::OpenComparison& open = *question.mutable_reconcile()->mutable_open();
  open.set_epoch(round_->outcome.epoch());
  open.set_cursor(round_->outcome.upto());
  Ask(std::move(question), [this](const v1::ReconcileAnswer& answer) {
    const v1::ComparisonOpened& opened = answer.opened();
    MINGA_ASSIGN_OR_RETURN(round_->root, ToDigest(opened.root()));
    MINGA_ASSIGN_OR_RETURN(round_->moved,
                           DecodeTags(opened.moved(), kMovedMax));
    round_->session = opened.session();
    round_->outcome.set_items(opened.items());
    round_->outcome.set_moved(round_->moved.size());
    round_->outcome.set_root(opened.root());
    Meet();
    return absl::OkStatus();
  });
}

void Reconciler::Meet() {
  if (++round_->ready < 2) return;
  Work(
      [round = round_] {
        round->mine.RemoveTags(std::move(round->moved));
        round->comparison.emplace(round->mine);
        return round->comparison->Begin(round->root, round->outcome.items());
      },
      [this] { Compare(); });
}

void Reconciler::Compare() {
  if (round_->comparison->done()) {
    Conclude();
    return;
  }
  round_->asked = round_->comparison->Ask();
  v1::AskRequest question;
  v1::CompareRanges& compare = *question.mutable_reconcile()->mutable_compare();
  compare.set_session(round_->session);
  Encode(round_->asked, compare);
  Ask(std::move(question), [this](const v1::ReconcileAnswer& answer) {
    Work(
        [round = round_, compared = answer.compared()]() -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const std::vector<RangeAnswer> answers,
                                 Decode(compared, round->asked));
          return round->comparison->Take(answers);
        },
        [this] { Compare(); });
    return absl::OkStatus();
  });
}

void Reconciler::Conclude() {
  Work(
      [round = round_, database = context_.parts.database,
       from = peer_.country]() -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(round->found, round->comparison->Finish());
        const Differences& found = round->found;
        round->outcome.set_missing(found.missing.size());
        round->outcome.set_stale(found.stale.size());
        round->outcome.set_surplus(found.surplus.size());
        round->wanted = found.missing;
        round->wanted.insert(round->wanted.end(), found.stale.begin(),
                             found.stale.end());
        if (found.surplus.empty()) return absl::OkStatus();
        return database->Read(
            [&](const storage::Snapshot& snapshot) -> absl::Status {
              MINGA_ASSIGN_OR_RETURN(round->surplus,
                                     RecordsOf(snapshot, from, found.surplus));
              return absl::OkStatus();
            });
      },
      [this] { EraseSurplus(0); });
}

void Reconciler::EraseSurplus(std::size_t from) {
  const std::size_t to = std::min(round_->surplus.size(), from + kEraseRows);
  if (from == to) {
    Repair(0);
    return;
  }
  Write(
      [round = round_, inbox = context_.parts.inbox, peer = peer_.country, from,
       to](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            const int erased,
            federation::EraseSurplus(
                transaction, *inbox, peer,
                absl::MakeSpan(round->surplus).subspan(from, to - from)));
        round->outcome.set_erased(round->outcome.erased() +
                                  static_cast<std::uint64_t>(erased));
        return absl::OkStatus();
      },
      [this, to] { EraseSurplus(to); });
}

void Reconciler::Repair(std::size_t from) {
  const std::size_t to = std::min(round_->wanted.size(), from + kItemsSentMax);
  if (from == to) {
    Close();
    return;
  }
  v1::AskRequest question;
  v1::RepairRows& repair = *question.mutable_reconcile()->mutable_repair();
  repair.set_session(round_->session);
  repair.set_items(
      EncodeItems(absl::MakeSpan(round_->wanted).subspan(from, to - from)));
  Ask(std::move(question), [this, to](const v1::ReconcileAnswer& answer) {
    round_->outcome.set_sent_again(round_->outcome.sent_again() +
                                   answer.repaired().sent_again());
    Repair(to);
    return absl::OkStatus();
  });
}

void Reconciler::Close() {
  const v1::Comparison& outcome = round_->outcome;
  const ComparedStatement said{
      context_.parts.own, peer_.country,     outcome.epoch(),
      outcome.upto(),     outcome.items(),   outcome.missing(),
      outcome.stale(),    outcome.surplus(), round_->root};
  round_->outcome.set_note(context_.signer.Sign(said.Text()));
  v1::AskRequest question;
  v1::CloseComparison& close = *question.mutable_reconcile()->mutable_close();
  close.set_session(round_->session);
  close.set_note(round_->outcome.note());
  Ask(std::move(question), [this](const v1::ReconcileAnswer&) {
    Keep(absl::OkStatus());
    return absl::OkStatus();
  });
}

void Reconciler::Keep(const absl::Status& status, bool anew) {
  v1::Comparison& outcome = round_->outcome;
  const absl::Time now = context_.Now();
  outcome.mutable_at()->set_seconds(absl::ToUnixSeconds(now));
  outcome.set_rounds(static_cast<std::uint32_t>(round_->asks));
  outcome.set_bytes(round_->bytes);
  outcome.set_took_ms(static_cast<std::uint32_t>(
      absl::ToInt64Milliseconds(now - round_->began)));
  if (!status.ok()) {
    outcome.set_error(Printable(status.ToString(), kErrorBytesMax));
  }
  const std::shared_ptr<Round> ended = std::move(round_);
  round_ = nullptr;
  // Not a step of the round: it has ended whatever becomes of this.
  context_.desk->Submit(
      [ended, anew, inbox = context_.parts.inbox, from = peer_.country,
       now](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            const bool may, MayBringAnew(transaction.documents(), from, now));
        ended->outcome.set_brought_anew(anew && may);
        if (ended->outcome.brought_anew()) {
          MINGA_RETURN_IF_ERROR(BeginEpoch(transaction, *inbox, from,
                                           ended->outcome.epoch(), now));
        }
        return KeepComparison(transaction, from, ended->outcome, now);
      },
      [weak = weak_from_this(), ended](const absl::Status& kept) {
        const std::shared_ptr<Reconciler> self = weak.lock();
        if (self == nullptr || !kept.ok()) return;
        if (ended->outcome.brought_anew()) self->context_.reload();
      });
  Rest(status);
}

void Reconciler::Rest(const absl::Status& status) {
  const absl::Time now = context_.Now();
  failures_ = MayPass(status) ? failures_ + 1 : 0;
  next_ = NextNight(now, *context_.parts.random);
  if (failures_ > 0 && failures_ < kTriesMax) {
    next_ = now + kRetryAfter + Spread(*context_.parts.random, kRetryAfter);
  } else {
    failures_ = 0;
  }
}

}  // namespace minga::federation
