#include "node/exchange/rung_tuner.h"

#include <algorithm>
#include <utility>

namespace minga::exchange {
namespace {

// Less is an accident of rounding.
constexpr double kGainMin = 1e-9;

bool NowhereFiner(const PeopleSteps& upper, const PeopleSteps& lower) {
  for (std::size_t i = 0; i < upper.size(); ++i) {
    if (upper[i] < lower[i]) return false;
  }
  return true;
}

}  // namespace

RungTuner::RungTuner(const PeopleTable& table, PeopleClimber& climber,
                     std::uint32_t k, int rungs_max)
    : table_(table),
      climber_(climber),
      k_(k),
      rungs_max_(static_cast<std::size_t>(rungs_max)) {}

PlannedRungs RungTuner::Stood(const std::vector<PeopleSteps>& rungs) {
  PlannedRungs plan;
  plan.standing = climber_.Climb(rungs, k_);
  std::vector<RungStanding> stood;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    if (plan.standing.rungs[i].shown == 0) continue;
    plan.rungs.push_back(rungs[i]);
    stood.push_back(plan.standing.rungs[i]);
  }
  plan.standing.rungs = std::move(stood);
  return plan;
}

PeopleSteps RungTuner::Needed(PeopleSteps rung) const {
  for (std::size_t i = 0; i < rung.size(); ++i) {
    const bool in_history =
        table_.histories() > 1 &&
        (i == table_.occupations() || i == table_.experience());
    if (in_history) continue;
    const PeopleColumn& column = table_.columns()[i];
    int& step = rung[i];
    while (step > 0 && column.size(step - 1) == column.size(step)) --step;
    if (step > 0 && column.Silent(step)) step = column.last();
  }
  return rung;
}

void RungTuner::Offer(std::vector<PeopleSteps> rungs) {
  for (PeopleSteps& rung : rungs) rung = Needed(std::move(rung));
  PlannedRungs plan = Stood(rungs);
  while (plan.rungs.size() > rungs_max_) {
    std::optional<PlannedRungs> least;
    for (std::size_t out = 0; out < plan.rungs.size(); ++out) {
      rungs = plan.rungs;
      rungs.erase(rungs.begin() + static_cast<std::ptrdiff_t>(out));
      PlannedRungs without = Stood(rungs);
      if (!least.has_value() || without.standing.loss < least->standing.loss) {
        least = std::move(without);
      }
    }
    plan = *std::move(least);
  }
  if (plan.rungs.empty()) return;
  if (best_.rungs.empty() ||
      plan.standing.loss < best_.standing.loss - kGainMin) {
    best_ = std::move(plan);
  }
}

std::optional<RungTuner::Greedy> RungTuner::Next(
    const PeopleSteps& rung, const std::vector<PeopleClimber::Group>& left) {
  std::optional<Greedy> best;
  double best_gain = 0;
  for (std::size_t column = 0; column < rung.size(); ++column) {
    Greedy next{rung, left, {}};
    next.rung[column] = table_.columns()[column].Coarser(rung[column]);
    if (next.rung == rung) continue;
    double loss = 0;
    next.standing = climber_.Stand(next.rung, k_, next.left, loss);
    // What is won by showing these people, and groups that have become one.
    const double shown =
        static_cast<double>(next.standing.shown) * (1 - next.standing.loss);
    const double joined = static_cast<double>(left.size() - next.left.size()) /
                          static_cast<double>(left.size());
    const double gain = shown + joined;
    if (best.has_value() && gain <= best_gain) continue;
    best_gain = gain;
    best = std::move(next);
  }
  return best;
}

void RungTuner::OfferGreedy() {
  std::vector<PeopleSteps> rungs;
  std::vector<std::int64_t> shown;
  Greedy at{PeopleSteps(table_.columns().size()), climber_.Everybody(), {}};
  double loss = 0;
  at.standing = climber_.Stand(at.rung, k_, at.left, loss);
  while (true) {
    if (at.standing.shown > 0) {
      rungs.push_back(at.rung);
      shown.push_back(at.standing.shown);
    }
    if (at.left.empty()) break;
    std::optional<Greedy> next = Next(at.rung, at.left);
    if (!next.has_value()) break;
    at = *std::move(next);
  }
  // Those of the last rung have nowhere else to go.
  while (rungs.size() > rungs_max_) {
    const auto fewest = std::min_element(shown.begin(), shown.end() - 1);
    rungs.erase(rungs.begin() + (fewest - shown.begin()));
    shown.erase(fewest);
  }
  if (!rungs.empty()) Offer(std::move(rungs));
}

std::vector<std::vector<PeopleSteps>> RungTuner::Moves(
    const std::vector<PeopleSteps>& rungs) const {
  std::vector<std::vector<PeopleSteps>> moves;
  const PeopleSteps finest(table_.columns().size());
  PeopleSteps coarsest;
  for (const PeopleColumn& column : table_.columns()) {
    coarsest.push_back(column.last());
  }
  // Puts `rung` between two, in the place of those from `begin` to `end`.
  const auto add = [&](std::size_t begin, std::size_t end,
                       const PeopleSteps& rung) {
    const PeopleSteps& lower = begin > 0 ? rungs[begin - 1] : finest;
    const PeopleSteps& upper = end < rungs.size() ? rungs[end] : coarsest;
    if (!NowhereFiner(rung, lower) || !NowhereFiner(upper, rung)) return;
    if ((begin > 0 && rung == lower) || (end < rungs.size() && rung == upper)) {
      return;
    }
    std::vector<PeopleSteps> moved = rungs;
    moved.erase(moved.begin() + static_cast<std::ptrdiff_t>(begin),
                moved.begin() + static_cast<std::ptrdiff_t>(end));
    moved.insert(moved.begin() + static_cast<std::ptrdiff_t>(begin), rung);
    if (moved.size() <= rungs_max_) moves.push_back(std::move(moved));
  };
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    for (std::size_t column = 0; column < finest.size(); ++column) {
      PeopleSteps coarser = rungs[i];
      coarser[column] = table_.columns()[column].Coarser(rungs[i][column]);
      PeopleSteps finer = rungs[i];
      finer[column] = table_.columns()[column].Finer(rungs[i][column]);
      if (coarser != rungs[i]) {
        add(i + 1, i + 1, coarser);
        add(i, i + 1, coarser);
      }
      if (finer != rungs[i]) {
        add(i, i, finer);
        add(i, i + 1, finer);
      }
    }
  }
  return moves;
}

void RungTuner::Tune() {
  const std::uint64_t began = climber_.visits();
  while (!best_.rungs.empty()) {
    const double before = best_.standing.loss;
    for (std::vector<PeopleSteps>& moved : Moves(best_.rungs)) {
      if (climber_.visits() - began > kTuneVisitsMax) return;
      Offer(std::move(moved));
    }
    if (best_.standing.loss >= before) return;
  }
}

}  // namespace minga::exchange
