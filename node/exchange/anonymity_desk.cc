#include "node/exchange/anonymity_desk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/anonymity_check.h"
#include "node/exchange/anonymity_plan.h"
#include "node/exchange/core.h"
#include "node/exchange/rotation.h"

namespace minga::exchange {
namespace {

class PeoplesDesk final : public AnonymityDesk {
 public:
  explicit PeoplesDesk(std::shared_ptr<Core> core)
      : core_(std::move(core)), projector_(MakeProjector(core_)) {}

  absl::StatusOr<v1::ShowLadderResponse> Show(
      const PeerId& peer) const override;
  absl::StatusOr<v1::PlanLadderResponse> Plan(
      const v1::PlanLadderRequest& request) const override {
    return PlanForPeer(*core_, request);
  }
  absl::StatusOr<Epoch> Activate(absl::string_view actor, const PeerId& peer,
                                 const v1::Ladder& ladder) override;
  absl::StatusOr<Epoch> StartEpoch(absl::string_view actor,
                                   const PeerId& peer) override {
    return Change(actor, peer, nullptr);
  }
  absl::StatusOr<v1::VerifyAnonymityResponse> Verify(
      const v1::VerifyAnonymityRequest& request) const override {
    return VerifyFeed(*core_, *projector_, request);
  }

 private:
  absl::StatusOr<Epoch> Change(absl::string_view actor, const PeerId& peer,
                               std::shared_ptr<const Ladder> ladder);

  const std::shared_ptr<Core> core_;
  const std::unique_ptr<federation::Projector> projector_;
};

absl::StatusOr<v1::ShowLadderResponse> PeoplesDesk::Show(
    const PeerId& peer) const {
  v1::ShowLadderResponse answer;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> row,
                           snapshot.peers().Get(peer));
    if (!row.has_value()) {
      return absl::NotFoundError(
          absl::StrCat("peer: `", peer.ToString(), "` is none"));
    }
    MINGA_ASSIGN_OR_RETURN(const Anonymity anonymity,
                           ReadAnonymity(snapshot.documents(), peer));
    *answer.mutable_ladder() = MessageOf(*anonymity.ladder);
    answer.set_built_in(anonymity.built_in);
    answer.set_epoch(anonymity.epoch);
    answer.set_epoch_began(FormatDay(anonymity.began));
    answer.set_changing(anonymity.phase != EpochPhase::kSteady);
    for (std::size_t i = 0; i < anonymity.ladder->rungs.size(); ++i) {
      answer.add_rungs();
    }
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::RungSummary> summary,
                           snapshot.classes().Summarise(peer));
    for (const storage::RungSummary& rung : summary) {
      if (rung.rung == storage::kWaitingRung) {
        answer.set_waiting(rung.profiles);
      } else if (rung.rung < answer.rungs_size()) {
        answer.mutable_rungs(rung.rung)->set_shown(rung.profiles);
        answer.mutable_rungs(rung.rung)->set_classes(rung.classes);
      }
    }
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(read));
  return answer;
}

absl::StatusOr<Epoch> PeoplesDesk::Activate(absl::string_view actor,
                                            const PeerId& peer,
                                            const v1::Ladder& ladder) {
  absl::StatusOr<Ladder> checked = LadderOf(ladder);
  MINGA_RETURN_IF_ERROR(At("ladder", checked.status()));
  return Change(actor, peer,
                std::make_shared<const Ladder>(*std::move(checked)));
}

absl::StatusOr<Epoch> PeoplesDesk::Change(
    absl::string_view actor, const PeerId& peer,
    std::shared_ptr<const Ladder> ladder) {
  absl::MutexLock lock(&core_->change_mutex);
  const Deed deed = core_->DeedOf(actor);
  MINGA_ASSIGN_OR_RETURN(const Epoch epoch,
                         BeginEpoch(*core_, deed, peer, std::move(ladder)));
  MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<Rotation> rotation,
                         Rotation::Open(*core_, peer));
  bool more = true;
  while (more) {
    MINGA_ASSIGN_OR_RETURN(more, rotation->Step(deed));
  }
  return epoch;
}

}  // namespace

std::unique_ptr<AnonymityDesk> MakeAnonymityDesk(std::shared_ptr<Core> core) {
  return std::make_unique<PeoplesDesk>(std::move(core));
}

}  // namespace minga::exchange
