#include "node/exchange/anonymity_plan.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/anonymity.h"
#include "node/exchange/facts.h"
#include "node/exchange/ladder.h"
#include "node/exchange/people_climb.h"
#include "node/exchange/people_search.h"
#include "node/exchange/people_table.h"
#include "node/exchange/view.h"

namespace minga::exchange {
namespace {

// Records read in one snapshot: short, so that the database's log does not grow
// behind it.
constexpr int kChunkRecords = 512;

absl::Status InRange(absl::string_view name, int value, int max) {
  if (value >= 0 && value <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": must be in 0..", max, ", is `", value, "`"));
}

// All active people of this node, as the law shows them to one peer.
class Survey {
 public:
  Survey(Core& core, PeerId peer)
      : core_(core), peer_(peer), table_(*core.parts.hierarchies) {}

  absl::Status Run();

  const PeopleTable& table() const { return table_; }
  std::int64_t people() const { return people_; }
  std::int64_t not_shared() const { return not_shared_; }
  int k() const { return k_max_; }
  bool mixed_k() const { return people_ > 0 && k_min_ != k_max_; }
  // The ladder in force, and so on.
  const Anonymity& anonymity() const { return anonymity_; }

 private:
  absl::Status Chunk(const storage::Snapshot& snapshot);
  absl::Status Count(const Scene& scene, const Subject& subject);

  Core& core_;
  const PeerId peer_;
  Anonymity anonymity_;
  PeopleTable table_;
  std::int64_t people_ = 0;
  std::int64_t not_shared_ = 0;
  int k_min_ = 0;
  int k_max_ = 0;
  std::string after_;
  bool more_ = true;
};

absl::Status Survey::Run() {
  const auto open = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const Scene scene, core_.SceneIn(snapshot));
    if (scene.Find(peer_) == nullptr) {
      return absl::NotFoundError(
          absl::StrCat("no peer `", peer_.ToString(), "`"));
    }
    MINGA_ASSIGN_OR_RETURN(anonymity_,
                           ReadAnonymity(snapshot.documents(), peer_));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_.parts.database->Read(open));
  while (more_) {
    MINGA_RETURN_IF_ERROR(core_.parts.database->Read(
        [&](const storage::Snapshot& snapshot) { return Chunk(snapshot); }));
  }
  return absl::OkStatus();
}

absl::Status Survey::Chunk(const storage::Snapshot& snapshot) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_.SceneIn(snapshot));
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<storage::StoredRecord> records,
      snapshot.records().Scan(core_.parts.own, RecordKind::kProfile, after_,
                              kChunkRecords));
  more_ = records.size() == static_cast<std::size_t>(kChunkRecords);
  for (const storage::StoredRecord& record : records) {
    after_ = record.key.id;
    const absl::StatusOr<LoadedSubject> subject =
        LoadSubject(snapshot.people(), record, &snapshot.documents());
    if (IsUnreadable(subject.status())) {
      ++not_shared_;
      continue;
    }
    MINGA_RETURN_IF_ERROR(subject.status());
    MINGA_RETURN_IF_ERROR(Count(scene, subject->view()));
  }
  return absl::OkStatus();
}

absl::Status Survey::Count(const Scene& scene, const Subject& subject) {
  if (IsOver(scene, subject)) return absl::OkStatus();
  const Ruling ruling = scene.judge->Ask(
      SendQuestion(scene, RecordKind::kProfile, peer_),
      FactsForSending(subject.content, subject.consent, scene.today));
  const policy::Decision& decision = ruling.verdict->decision;
  if (!decision.permitted ||
      !KeptBack(scene, subject, peer_, decision).empty()) {
    ++not_shared_;
    return absl::OkStatus();
  }
  const int k = decision.obligations.min_k;
  k_min_ = people_ == 0 ? k : std::min(k_min_, k);
  k_max_ = std::max(k_max_, k);
  ++people_;
  return table_.Add(subject.content.profile(), decision.levels,
                    TermsOf(decision.obligations));
}

v1::RungCount MessageOf(const RungStanding& standing) {
  v1::RungCount message;
  message.set_shown(standing.shown);
  message.set_classes(standing.classes);
  message.set_loss(standing.loss);
  return message;
}

void AddInForce(const Survey& survey, PeopleClimber& climber, int k,
                v1::PlanLadderResponse& response) {
  const Ladder& ladder = *survey.anonymity().ladder;
  std::vector<PeopleSteps> rungs;
  for (const ProfileLevels& rung : ladder.rungs) {
    rungs.push_back(StepsOf(survey.table(), rung));
  }
  const Standing standing = climber.Climb(
      rungs, static_cast<std::uint32_t>(k + ladder.release_margin));
  for (const RungStanding& rung : standing.rungs) {
    *response.add_rungs_in_force() = MessageOf(rung);
  }
  response.set_hidden_in_force(standing.hidden);
  response.set_loss_in_force(standing.loss);
}

absl::Status CheckRequest(const v1::PlanLadderRequest& request) {
  MINGA_RETURN_IF_ERROR(InRange("min_k", request.min_k(), kClassSizeMax));
  MINGA_RETURN_IF_ERROR(
      InRange("release_margin", request.release_margin(), kReleaseMarginMax));
  return InRange("rungs_max", request.rungs_max(), kRungsMax);
}

}  // namespace

absl::StatusOr<v1::PlanLadderResponse> PlanForPeer(
    Core& core, const v1::PlanLadderRequest& request) {
  MINGA_RETURN_IF_ERROR(CheckRequest(request));
  MINGA_ASSIGN_OR_RETURN(const Country peer, Country::Parse(request.peer()));
  Survey survey(core, peer);
  MINGA_RETURN_IF_ERROR(survey.Run());
  const int k = std::max({request.min_k(), survey.k(), 1});
  const int needed = k + request.release_margin();
  if (survey.people() < needed) {
    return absl::FailedPreconditionError(
        absl::StrCat("the policy lets `", peer.ToString(), "` see ",
                     survey.people(), " people; a class needs ", needed));
  }
  PeopleClimber climber(survey.table());
  absl::StatusOr<PlannedRungs> plan =
      FindRungs(survey.table(), climber, static_cast<std::uint32_t>(needed),
                request.rungs_max() == 0 ? kRungsMax : request.rungs_max());
  if (absl::IsNotFound(plan.status())) {
    return absl::FailedPreconditionError(plan.status().message());
  }
  MINGA_RETURN_IF_ERROR(plan.status());
  Ladder ladder;
  ladder.release_margin = request.release_margin();
  for (const PeopleSteps& rung : plan->rungs) {
    ladder.rungs.push_back(LevelsOf(survey.table(), rung));
  }
  // What an operator chose before is kept.
  ladder.epoch_days = survey.anonymity().ladder->epoch_days;
  ladder.release_daily = survey.anonymity().ladder->release_daily;
  v1::PlanLadderResponse response;
  *response.mutable_ladder() = MessageOf(ladder);
  for (const RungStanding& rung : plan->standing.rungs) {
    *response.add_rungs() = MessageOf(rung);
  }
  response.set_hidden(plan->standing.hidden);
  response.set_loss(plan->standing.loss);
  AddInForce(survey, climber, k, response);
  response.set_people(survey.people());
  response.set_not_shared(survey.not_shared());
  response.set_min_k(k);
  response.set_mixed_k(survey.mixed_k());
  return response;
}

}  // namespace minga::exchange
