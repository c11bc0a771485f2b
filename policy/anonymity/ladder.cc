#include "policy/anonymity/ladder.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "policy/anonymity/class_counter.h"
#include "policy/anonymity/search.h"

namespace minga::policy::anonymity {
namespace {

// Shares of all records that the first, second... rung may leave to coarser
// ones. A ladder of many rungs serves uneven records, one of few is simpler;
// which loses least depends on the records.
constexpr std::array<std::array<double, 5>, 5> kSchedules = {{
    {0, 0, 0, 0, 0},
    {0.05, 0, 0, 0, 0},
    {0.2, 0.02, 0, 0, 0},
    {0.4, 0.1, 0.02, 0, 0},
    {0.6, 0.3, 0.1, 0.02, 0},
}};

double TupleLoss(const std::vector<Hierarchy>& hierarchies,
                 const Levels& levels, absl::Span<const ValueId> tuple) {
  double loss = 0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    loss += ValueLoss(hierarchies[i], levels[i], tuple[i]);
  }
  return loss / static_cast<double>(levels.size());
}

// Those who are not shown yet, and what is shown of the others.
class Climber {
 public:
  Climber(const std::vector<Hierarchy>& hierarchies, const Histogram& histogram,
          std::uint32_t k)
      : hierarchies_(hierarchies), k_(k), left_(histogram) {}

  const Histogram& left() const { return left_; }

  // Shows everybody whose class on this rung is large enough.
  void Stand(const Levels& levels) {
    Rung rung;
    rung.levels = levels;
    double loss = 0;
    Histogram rest(left_.attributes());
    for (const auto& members : ClassesAt(levels)) {
      std::uint64_t size = 0;
      for (const std::size_t tuple : members) size += left_.Count(tuple);
      if (size < k_) {
        for (const std::size_t tuple : members) {
          rest.Add(left_.Tuple(tuple), left_.Count(tuple));
        }
        continue;
      }
      rung.shown += size;
      ++rung.classes;
      // All of a class look the same, so that they lose the same.
      loss += TupleLoss(hierarchies_, levels, left_.Tuple(members.front())) *
              static_cast<double>(size);
    }
    total_loss_ += loss;
    if (rung.shown > 0) rung.loss = loss / static_cast<double>(rung.shown);
    left_ = std::move(rest);
    ladder_.rungs.push_back(std::move(rung));
  }

  Ladder Finish(std::uint64_t records) && {
    ladder_.hidden = left_.records();
    total_loss_ += static_cast<double>(ladder_.hidden);
    if (records > 0) ladder_.loss = total_loss_ / static_cast<double>(records);
    return std::move(ladder_);
  }

 private:
  std::vector<std::vector<std::size_t>> ClassesAt(const Levels& levels) const {
    Histogram shown(left_.attributes());
    std::vector<std::vector<std::size_t>> classes;
    std::vector<ValueId> row(levels.size());
    for (std::size_t i = 0; i < left_.size(); ++i) {
      for (std::size_t a = 0; a < levels.size(); ++a) {
        row[a] = hierarchies_[a].Generalise(levels[a], left_.Tuple(i)[a]);
      }
      const std::size_t at = shown.Add(row);
      if (at == classes.size()) classes.emplace_back();
      classes[at].push_back(i);
    }
    return classes;
  }

  const std::vector<Hierarchy>& hierarchies_;
  const std::uint32_t k_;
  Histogram left_;
  Ladder ladder_;
  double total_loss_ = 0;
};

absl::StatusOr<Ladder> PlanBy(const std::array<double, 5>& schedule,
                              const std::vector<Hierarchy>& hierarchies,
                              const Histogram& histogram,
                              const LadderAim& aim) {
  Climber climber(hierarchies, histogram, aim.k);
  Aim next;
  next.k = aim.k;
  next.finest = aim.finest;
  for (const double share : schedule) {
    if (climber.left().records() == 0) break;
    next.suppression_limit =
        std::min(1.0, share * static_cast<double>(histogram.records()) /
                          static_cast<double>(climber.left().records()));
    const absl::StatusOr<Generalisation> found =
        FindGeneralisation(hierarchies, climber.left(), next);
    // Too few are left for any class: they stay hidden.
    if (absl::IsNotFound(found.status()) &&
        climber.left().records() < histogram.records()) {
      break;
    }
    MINGA_RETURN_IF_ERROR(found.status());
    climber.Stand(found->levels);
    next.finest = found->levels;
  }
  return std::move(climber).Finish(histogram.records());
}

}  // namespace

absl::StatusOr<Ladder> PlanLadder(const std::vector<Hierarchy>& hierarchies,
                                  const Histogram& histogram,
                                  const LadderAim& aim) {
  std::optional<Ladder> best;
  absl::Status why = absl::OkStatus();
  for (const std::array<double, 5>& schedule : kSchedules) {
    absl::StatusOr<Ladder> ladder =
        PlanBy(schedule, hierarchies, histogram, aim);
    if (!ladder.ok()) {
      // A coarsest rung that cannot hold everybody may hold most.
      if (!absl::IsNotFound(ladder.status())) return ladder.status();
      why = ladder.status();
      continue;
    }
    if (!best.has_value() || ladder->loss < best->loss) {
      best = *std::move(ladder);
    }
  }
  if (!best.has_value()) return why;
  return *std::move(best);
}

absl::StatusOr<Ladder> Climb(const std::vector<Hierarchy>& hierarchies,
                             const Histogram& histogram, std::uint32_t k,
                             const std::vector<Levels>& rungs) {
  for (std::size_t r = 0; r < rungs.size(); ++r) {
    if (rungs[r].size() != hierarchies.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("rung ", r + 1, " has ", rungs[r].size(),
                       " levels; expected ", hierarchies.size()));
    }
    for (std::size_t i = 0; i < hierarchies.size(); ++i) {
      const int level = rungs[r][i];
      if (level < 0 || level >= hierarchies[i].levels() ||
          (r > 0 && level < rungs[r - 1][i])) {
        return absl::InvalidArgumentError(absl::StrCat(
            "rung ", r + 1, ": level ", level, " of ", hierarchies[i].name(),
            " is not one from that of the rung before to ",
            hierarchies[i].levels() - 1));
      }
    }
  }
  Climber climber(hierarchies, histogram, k);
  for (const Levels& levels : rungs) climber.Stand(levels);
  return std::move(climber).Finish(histogram.records());
}

}  // namespace minga::policy::anonymity
