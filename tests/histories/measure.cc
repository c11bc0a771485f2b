// How people stand at one moment, and would if everybody were placed anew.
#include "absl/strings/str_cat.h"
#include "minga/v1/anonymity.pb.h"
#include "node/base/status.h"
#include "tests/histories/history.h"

namespace minga::histories {
namespace {

Figures::Standing StandingOf(
    const google::protobuf::RepeatedPtrField<v1::RungCount>& rungs,
    std::int64_t hidden) {
  Figures::Standing standing;
  std::int64_t shown = 0;
  std::int64_t steps = 0;
  for (int rung = 0; rung < rungs.size(); ++rung) {
    shown += rungs[rung].shown();
    steps += rung * rungs[rung].shown();
  }
  const auto share = [](std::int64_t part, std::int64_t all) {
    return static_cast<double>(part) / static_cast<double>(all);
  };
  if (shown + hidden > 0) standing.hidden = share(hidden, shown + hidden);
  standing.mean_rung = shown > 0 ? share(steps, shown) : -1;
  return standing;
}

}  // namespace

absl::StatusOr<std::vector<Figures>> History::Measure() {
  std::vector<Figures> all;
  for (const std::unique_ptr<Mirror>& mirror : mirrors_) {
    mirror->CheckWhole(node_->database(), law_.min_k);
    v1::VerifyAnonymityRequest request;
    request.set_peer(mirror->peer().ToString());
    MINGA_ASSIGN_OR_RETURN(const v1::VerifyAnonymityResponse verified,
                           node_->offices().anonymity->Verify(request));
    if (verified.violations_total() > 0 ||
        verified.profiles() != static_cast<std::int64_t>(mirror->people())) {
      return absl::InternalError(absl::StrCat(
          "seed ", settings_.seed, ": verify finds ", verified.profiles(),
          " people, the peer has ", mirror->people(), "; ",
          verified.violations_total(), " violations"));
    }
    absl::StatusOr<Figures> figures = MeasurePeer(*mirror);
    if (figures.ok()) {
      all.push_back(*std::move(figures));
    } else if (!absl::IsFailedPrecondition(figures.status())) {
      return figures.status();
    }
  }
  MINGA_RETURN_IF_ERROR(Verdict());
  return all;
}

absl::StatusOr<Figures> History::MeasurePeer(const Mirror& mirror) {
  exchange::AnonymityDesk& desk = *node_->offices().anonymity;
  MINGA_ASSIGN_OR_RETURN(const v1::ShowLadderResponse shown,
                         desk.Show(mirror.peer()));
  v1::PlanLadderRequest request;
  request.set_peer(mirror.peer().ToString());
  request.set_release_margin(shown.ladder().release_margin());
  MINGA_ASSIGN_OR_RETURN(const v1::PlanLadderResponse plan, desk.Plan(request));
  Figures figures;
  figures.changes = changes_;
  figures.peer = mirror.peer().ToString();
  figures.people = plan.people();
  figures.margin = shown.ladder().release_margin();
  figures.daily = shown.ladder().release() == v1::RELEASE_RHYTHM_DAILY;
  figures.online = StandingOf(shown.rungs(), shown.waiting());
  figures.anew = StandingOf(plan.rungs_in_force(), plan.hidden_in_force());
  figures.planned = StandingOf(plan.rungs(), plan.hidden());
  figures.loss_anew = plan.loss_in_force();
  figures.loss_planned = plan.loss();
  return figures;
}

}  // namespace minga::histories
