#include "node/exchange/duty_desk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/clocks.h"
#include "node/exchange/core.h"

namespace minga::exchange {
namespace {

class Desk final : public DutyDesk {
 public:
  explicit Desk(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  absl::StatusOr<std::vector<PersonNotice>> Notices(const PersonNotice& after,
                                                    int limit) const override;
  absl::Status NoticeDelivered(absl::string_view actor,
                               absl::string_view person,
                               const PeerId& peer) override;
  absl::StatusOr<storage::OwedErasures> Owed(const PeerId& peer,
                                             absl::Time now) const override;
  absl::StatusOr<std::optional<BreachClock>> Breach(
      const PeerId& peer) const override;

 private:
  const std::shared_ptr<Core> core_;
  mutable BreachClocks clocks_;
};

absl::StatusOr<std::vector<PersonNotice>> Desk::Notices(
    const PersonNotice& after, int limit) const {
  if (limit < 1 || limit > kPersonNoticesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "limit: must be in 1..", kPersonNoticesMax, ", is `", limit, "`"));
  }
  std::vector<PersonNotice> notices;
  const absl::Status read = core_->parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(notices,
                               ReadNotices(snapshot.documents(), after, limit));
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(read);
  return notices;
}

absl::Status Desk::NoticeDelivered(absl::string_view actor,
                                   absl::string_view person,
                                   const PeerId& peer) {
  const Deed deed = core_->DeedOf(actor);
  return core_->parts.database->Write([&](storage::Transaction& transaction)
                                          -> absl::Status {
    MINGA_RETURN_IF_ERROR(
        exchange::NoticeDelivered(transaction.documents(), person, peer));
    MINGA_ASSIGN_OR_RETURN(const std::string person_key,
                           transaction.people().Key(person));
    RecordEvent event;
    event.key = {core_->parts.own, RecordKind::kProfile, std::string(person)};
    event.person_key = person_key;
    event.peer = peer;
    return AppendRecordEvent(v1::AUDIT_EVENT_PERSON_NOTIFIED, deed, event,
                             transaction.audit());
  });
}

absl::StatusOr<storage::OwedErasures> Desk::Owed(const PeerId& peer,
                                                 absl::Time now) const {
  storage::OwedErasures owed;
  const absl::Status read = core_->parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(owed, snapshot.feeds().Owed(peer, now));
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(read);
  return owed;
}

absl::StatusOr<std::optional<BreachClock>> Desk::Breach(
    const PeerId& peer) const {
  policy::PolicySources sources;
  const absl::Status read = core_->parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(sources, ReadSources(snapshot.documents()));
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(read);
  return clocks_.Shortest(sources, core_->parts.own, peer, core_->Today());
}

}  // namespace

std::unique_ptr<DutyDesk> MakeDutyDesk(std::shared_ptr<Core> core) {
  return std::make_unique<Desk>(std::move(core));
}

}  // namespace minga::exchange
