#include "federation/descriptor_errand.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/account.h"
#include "federation/acquaintance.h"
#include "federation/asker.h"
#include "federation/audit_entry.h"
#include "federation/job_desk.h"
#include "federation/keyring.h"
#include "federation/unknown_fields.h"
#include "node/base/clock.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
// New keys count beside the old ones for weeks; a day late is in time.
constexpr absl::Duration kEvery = absl::Hours(24);
// What was refused may be valid later (a clock that differs, a date to come).
constexpr absl::Duration kAfterRefusal = absl::Hours(1);

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadDescriptorAnswer(
    const v1::DescriptorAnswer& answer) {
  if (HasUnknownFields(answer)) {
    return absl::InvalidArgumentError("descriptors: an unknown field");
  }
  if (answer.notes_size() > static_cast<int>(kDescriptorsPerAnswerMax)) {
    return absl::InvalidArgumentError(
        absl::StrCat("descriptors: ", answer.notes_size(), " in one answer; ",
                     kDescriptorsPerAnswerMax, " are allowed"));
  }
  std::uint64_t last = 0;
  for (const std::string& note : answer.notes()) {
    const absl::StatusOr<Descriptor> descriptor = ReadDescriptor(note);
    if (!descriptor.ok()) return descriptor.status();
    if (descriptor->sequence <= last) {
      return absl::InvalidArgumentError("descriptors: not in their order");
    }
    last = descriptor->sequence;
  }
  return std::vector<std::string>(answer.notes().begin(), answer.notes().end());
}

DescriptorErrand::DescriptorErrand(const StreamContext& context,
                                   const Descriptor& peer, Account& account,
                                   Asker& asker)
    : context_(context),
      account_(account),
      asker_(asker),
      peer_(peer.country),
      have_(peer.sequence),
      until_(peer.valid_until),
      backoff_(*context.parts.random),
      due_(context.Now()) {
  // Asks at once, and hears what is refused still.
  account.descriptor_refused.clear();
}

std::uint64_t DescriptorErrand::OwnNewest() const {
  return context_.parts.keyring->Sequence();
}

absl::Time DescriptorErrand::Due() const {
  if (asking_) return absl::InfiniteFuture();
  return due_;
}

void DescriptorErrand::OnTime(absl::Time now) {
  const std::uint64_t own = OwnNewest();
  if (asking_ || (now < due_ && own == told_)) return;
  asking_ = true;
  told_ = own;
  v1::AskRequest request;
  request.mutable_descriptors()->set_have(have_);
  request.mutable_descriptors()->set_own(own);
  asker_.Ask(
      request, kPatience,
      [weak = weak_from_this()](const absl::StatusOr<v1::AskResponse>& reply) {
        const std::shared_ptr<DescriptorErrand> self = weak.lock();
        if (self != nullptr) self->TakeAnswer(reply);
      });
}

void DescriptorErrand::AskAgainAfterFailure() {
  asking_ = false;
  due_ = context_.Now() + backoff_.AfterFailure();
}

void DescriptorErrand::TakeAnswer(
    const absl::StatusOr<v1::AskResponse>& reply) {
  if (absl::IsUnimplemented(reply.status())) {  // an older node
    asking_ = false;
    due_ = context_.Now() + kEvery;
    return;
  }
  if (!reply.ok()) return AskAgainAfterFailure();
  auto notes = ReadDescriptorAnswer(reply->descriptors());
  if (!notes.ok()) {
    asking_ = false;
    account_.descriptor_refused = std::string(notes.status().message());
    due_ = context_.Now() + backoff_.AfterOffence(context_.Now());
    return;
  }
  const std::uint64_t held = reply->descriptors().have();
  if (held >= told_) backoff_.Reset();
  context_.parts.keyring->NoteHeld(peer_, held);
  const absl::Time now = context_.Now();
  if (!notes->empty() && !account_.successions.Empty(now)) {
    account_.successions.Spend(now, 1);
    return TakeNewer(*std::move(notes));
  }
  asking_ = false;
  if (!notes->empty()) {
    due_ = account_.successions.Ready();
    return;
  }
  account_.descriptor_refused.clear();
  // Until it holds ours it is reminded, at the pace of failures.
  due_ = now + (held < told_ ? backoff_.AfterFailure() : kEvery);
}

void DescriptorErrand::TakeNewer(std::vector<std::string> notes) {
  const auto changed = std::make_shared<bool>(false);
  const Descriptor newest = *ReadDescriptor(notes.back());
  context_.desk->Submit(
      [peer = peer_, notes = std::move(notes), changed,
       own = context_.parts.keyring, clock = context_.parts.clock](
          storage::Transaction& transaction) -> absl::Status {
        MINGA_RETURN_IF_ERROR(
            CheckRoom(transaction.documents(), peer, notes.size()));
        const absl::StatusOr<Succession> succession = Succeed(
            transaction, *own, peer, notes, PeerActor(peer), clock->Now());
        if (!succession.ok()) return succession.status();
        *changed = succession->newest.sequence > succession->before;
        return absl::OkStatus();
      },
      [weak = weak_from_this(), changed, sequence = newest.sequence,
       from = newest.valid_from,
       &parts = context_.parts](const absl::Status& status) {
        // Whoever keeps the pins has to know, even if the errand is gone.
        if (status.ok() && *changed && parts.peers_changed) {
          parts.peers_changed();
        }
        const std::shared_ptr<DescriptorErrand> self = weak.lock();
        if (self == nullptr) return;
        self->asking_ = false;
        const absl::Time now = self->context_.Now();
        self->due_ = now + (status.ok() ? kEvery : kAfterRefusal);
        std::string& refused = self->account_.descriptor_refused;
        refused.clear();
        if (status.ok()) return;
        self->refused_ = sequence;
        // One of tomorrow is taken tomorrow.
        if (from > DayOf(now) && from <= self->until_) return;
        refused = std::string(status.message());
      });
}

void DescriptorErrand::Answer(const v1::AskRequest& question, Reply reply) {
  const v1::DescriptorQuestion& asked = question.descriptors();
  if (HasUnknownFields(asked)) {
    reply(absl::InvalidArgumentError("descriptor question: unknown field"));
    return;
  }
  context_.parts.keyring->NoteHeld(peer_, asked.have());
  v1::AskResponse answer;
  v1::DescriptorAnswer& out = *answer.mutable_descriptors();
  for (std::string& note : context_.parts.keyring->NotesAfter(
           asked.have(), kDescriptorsPerAnswerMax)) {
    *out.add_notes() = std::move(note);
  }
  out.set_have(have_);
  if (asked.own() > std::max(have_, refused_) && !asking_) {
    due_ = std::max(context_.Now(), account_.successions.Ready());
  }
  reply(answer);
}

}  // namespace minga::federation
