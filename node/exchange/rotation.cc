#include "node/exchange/rotation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/anonymity.pb.h"
#include "minga/v1/audit.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/reevaluate.h"

namespace minga::exchange {
namespace {

// Profiles in one transaction: bounds how long others wait for the writer.
constexpr std::size_t kChunk = 256;
// Members read at once.
constexpr int kRead = 4096;
// Before somebody's stay at a peer is over: long enough for a peer that cannot
// be reached to come back.
constexpr int kDaysToSpare = 7;

absl::Status NoSuchPeer(const PeerId& peer) {
  return absl::NotFoundError(
      absl::StrCat("peer: `", peer.ToString(), "` is none"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Rotation>> Rotation::Open(Core& core,
                                                         const PeerId& peer) {
  std::unique_ptr<Rotation> rotation(new Rotation(core, peer));
  MINGA_RETURN_IF_ERROR(rotation->Collect());
  return rotation;
}

absl::Status Rotation::Collect() {
  return core_.parts.database->Read(
      [&](const storage::Snapshot& snapshot) { return CollectIn(snapshot); });
}

absl::Status Rotation::CollectIn(const storage::Snapshot& snapshot) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> row,
                         snapshot.peers().Get(peer_));
  if (!row.has_value()) return NoSuchPeer(peer_);
  MINGA_ASSIGN_OR_RETURN(const Anonymity anonymity,
                         ReadAnonymity(snapshot.documents(), peer_));
  phase_ = anonymity.phase;
  epoch_begins_ = phase_ != EpochPhase::kSteady;
  rungs_ = static_cast<int>(anonymity.ladder->rungs.size());
  rung_ = 0;
  next_ = 0;
  queue_.clear();
  std::string after;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PlacedProfile> placed,
                           snapshot.classes().Profiles(peer_, after, kRead));
    for (const storage::PlacedProfile& one : placed) {
      const bool concerned = phase_ == EpochPhase::kWithdrawing
                                 ? one.epoch != anonymity.epoch
                                 : !one.shown;
      if (concerned) queue_.push_back(one.profile);
    }
    if (placed.size() < static_cast<std::size_t>(kRead)) break;
    after = placed.back().profile;
  }
  for (std::size_t i = queue_.size(); i > 1; --i) {
    std::swap(queue_[i - 1], queue_[core_.parts.random->Below(i)]);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Rotation::Step(const Deed& deed) {
  if (next_ < queue_.size()) {
    const std::size_t to = std::min(queue_.size(), next_ + kChunk);
    MINGA_RETURN_IF_ERROR(Write(deed, next_, to));
    next_ = to;
    return true;
  }
  if (phase_ == EpochPhase::kWithdrawing) {
    MINGA_RETURN_IF_ERROR(Advance(EpochPhase::kReleasing));
    // In another order than they went.
    MINGA_RETURN_IF_ERROR(Collect());
    return true;
  }
  if (++rung_ < rungs_ && !queue_.empty()) {
    next_ = 0;
    return true;
  }
  if (epoch_begins_) MINGA_RETURN_IF_ERROR(Advance(EpochPhase::kSteady));
  return false;
}

absl::Status Rotation::Write(const Deed& deed, std::size_t from,
                             std::size_t to) {
  const auto write = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const Scene scene, core_.SceneIn(transaction));
    const PeerFile* const file = scene.Find(peer_);
    if (file == nullptr) return NoSuchPeer(peer_);
    Reevaluation views(transaction, scene, deed);
    if (phase_ != EpochPhase::kWithdrawing) {
      views.SetRelease(Release::kUpToRung, rung_);
    }
    for (std::size_t i = from; i < to; ++i) {
      if (phase_ != EpochPhase::kWithdrawing) {
        // Shown on an earlier rung, or with somebody else.
        MINGA_ASSIGN_OR_RETURN(const std::optional<storage::ClassMember> placed,
                               transaction.classes().Find(peer_, queue_[i]));
        if (!placed.has_value() || placed->shown.has_value()) continue;
      }
      MINGA_RETURN_IF_ERROR(views.RecordFor(
          *file, {core_.parts.own, RecordKind::kProfile, queue_[i]}));
    }
    return views.Finish();
  };
  return core_.parts.database->Write(write);
}

absl::Status Rotation::Advance(EpochPhase phase) {
  return core_.parts.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(Anonymity anonymity,
                               ReadAnonymity(transaction.documents(), peer_));
        anonymity.phase = phase;
        return PutAnonymity(transaction.documents(), peer_, anonymity);
      });
}

absl::Status ReleaseWaiting(Core& core, const Deed& deed,
                            const std::optional<PeerId>& only) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneNow());
  for (const PeerFile& file : scene.peers) {
    if (only.has_value() && file.id != *only) continue;
    if (file.anonymity.phase != EpochPhase::kSteady) continue;
    MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<Rotation> release,
                           Rotation::Open(core, file.id));
    bool more = true;
    while (more) {
      MINGA_ASSIGN_OR_RETURN(more, release->Step(deed));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Epoch> BeginEpoch(Core& core, const Deed& deed,
                                 const PeerId& peer,
                                 std::shared_ptr<const Ladder> ladder) {
  Epoch begun = 0;
  const auto write = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> row,
                           transaction.peers().Get(peer));
    if (!row.has_value()) return NoSuchPeer(peer);
    MINGA_ASSIGN_OR_RETURN(Anonymity anonymity,
                           ReadAnonymity(transaction.documents(), peer));
    // Never used before, also if the database is an older copy.
    anonymity.epoch = std::max<Epoch>(anonymity.epoch + 1,
                                      static_cast<Epoch>(std::max<std::int64_t>(
                                          0, absl::ToUnixSeconds(deed.at))));
    begun = anonymity.epoch;
    anonymity.began = DayOf(deed.at);
    anonymity.phase = EpochPhase::kWithdrawing;
    anonymity.stay_days = 0;
    anonymity.stay_from = anonymity.began;
    anonymity.hierarchies = core.parts.hierarchies->digest();
    Digest digest{};
    if (ladder != nullptr) {
      anonymity.ladder = ladder;
      anonymity.built_in = false;
      digest = Sha256(MessageOf(*ladder).SerializeAsString());
    }
    MINGA_RETURN_IF_ERROR(
        PutAnonymity(transaction.documents(), peer, anonymity));
    return transaction.audit()
        .Append(federation::PeerEntry(
            v1::AUDIT_EVENT_DISPLAY_EPOCH, deed.at, deed.actor, peer,
            absl::StrCat("epoch ", begun,
                         ladder != nullptr ? ", another ladder" : ""),
            ladder != nullptr ? AsView(digest) : absl::string_view()))
        .status();
  };
  MINGA_RETURN_IF_ERROR(core.parts.database->Write(write));
  // What was under way is of the epoch before.
  core.rotation.reset();
  return begun;
}

namespace {

// Whether the epoch has lasted as long as it may.
bool IsOver(const Anonymity& anonymity, absl::CivilDay today) {
  const int days = anonymity.ladder->epoch_days;
  if (days > 0 && today >= anonymity.began + days) return true;
  const int stay = anonymity.stay_days;
  if (stay == 0) return false;
  // Since a day that has not come: the clock was wrong.
  return today < anonymity.stay_from ||
         today >= anonymity.stay_from + std::max(1, stay - kDaysToSpare);
}

// The first peer that something is due for, with what has to begin first.
struct DueRotation {
  std::optional<PeerId> peer;
  bool new_epoch = false;
  bool daily = false;
};

DueRotation FindDue(const Core& core, const Scene& scene) {
  for (const PeerFile& file : scene.peers) {
    const Anonymity& anonymity = file.anonymity;
    if (anonymity.phase != EpochPhase::kSteady) return {file.id, false, false};
    if (IsOver(anonymity, scene.today)) return {file.id, true, false};
    const auto released = core.released_on.find(file.id);
    const bool released_today =
        released != core.released_on.end() && released->second == scene.today;
    // Also where people are released at once: who did not fit into the
    // transaction that opened a class has waited since.
    if (!released_today) return {file.id, false, true};
  }
  return {};
}

}  // namespace

absl::Status FollowHierarchies(Core& core) {
  std::vector<PeerId> concerned;
  const auto find = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> peers,
                           snapshot.peers().List());
    for (const storage::PeerRow& peer : peers) {
      MINGA_ASSIGN_OR_RETURN(const Anonymity anonymity,
                             ReadAnonymity(snapshot.documents(), peer.id));
      if (anonymity.hierarchies == core.parts.hierarchies->digest()) continue;
      MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PlacedProfile> placed,
                             snapshot.classes().Profiles(peer.id, "", 1));
      if (!placed.empty()) concerned.push_back(peer.id);
    }
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core.parts.database->Read(find));
  for (const PeerId& peer : concerned) {
    MINGA_RETURN_IF_ERROR(
        BeginEpoch(core, core.DeedOf("system"), peer, nullptr).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> KeepEpochs(Core& core, const Deed& deed,
                                const WorkBudget& budget) {
  while (true) {
    if (core.rotation == nullptr) {
      MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneNow());
      const DueRotation due = FindDue(core, scene);
      if (!due.peer.has_value()) return true;
      if (due.new_epoch) {
        MINGA_RETURN_IF_ERROR(
            BeginEpoch(core, deed, *due.peer, nullptr).status());
      }
      MINGA_ASSIGN_OR_RETURN(core.rotation, Rotation::Open(core, *due.peer));
      core.rotation_is_daily = due.daily;
    }
    bool more = true;
    while (more) {
      absl::StatusOr<bool> step = core.rotation->Step(deed);
      if (!step.ok()) {
        // The peer may have been removed; if not, it is found again.
        core.rotation.reset();
        return step.status();
      }
      more = *step;
      if (more && budget.Spent()) return false;
    }
    if (core.rotation_is_daily) {
      core.released_on[core.rotation->peer()] = core.Today();
    }
    core.rotation.reset();
  }
}

}  // namespace minga::exchange
