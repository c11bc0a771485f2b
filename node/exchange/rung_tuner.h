// RungTuner keeps the best ladder of those it is offered and moves its rungs a
// little as long as people lose less. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_RUNG_TUNER_H_
#define MINGA_NODE_EXCHANGE_RUNG_TUNER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "node/exchange/people_climb.h"
#include "node/exchange/people_table.h"

namespace minga::exchange {

// Tuples looked at in tuning, each on each rung once for a ladder: some ten
// seconds.
inline constexpr std::uint64_t kTuneVisitsMax = 30'000'000;

struct PlannedRungs {
  std::vector<PeopleSteps> rungs;
  Standing standing;
};

class RungTuner {
 public:
  // Both outlive the tuner. REQUIRES: rungs_max >= 1.
  RungTuner(const PeopleTable& table, PeopleClimber& climber, std::uint32_t k,
            int rungs_max);

  // Takes the ladder if people lose less on it than on the best one. Rungs on
  // which nobody stands are left out; if there are too many, those whose loss
  // costs least.
  void Offer(std::vector<PeopleSteps> rungs);
  // Offers a ladder that goes one step of one column at a time, always the one
  // that shows most. Far quicker than a search, and not much worse.
  void OfferGreedy();
  // Adds rungs between two, or moves one, by one step of one column, while that
  // gains something and the visits last.
  void Tune();

  // Without rungs if nobody could be shown.
  const PlannedRungs& best() const { return best_; }

 private:
  // No coarser than it has to be for the same classes.
  PeopleSteps Needed(PeopleSteps rung) const;
  PlannedRungs Stood(const std::vector<PeopleSteps>& rungs);
  struct Greedy {
    PeopleSteps rung;
    std::vector<PeopleClimber::Group> left;
    RungStanding standing;
  };
  // The step of one column that shows most of those who are left.
  std::optional<Greedy> Next(const PeopleSteps& rung,
                             const std::vector<PeopleClimber::Group>& left);
  // Ladders one move from `rungs`.
  std::vector<std::vector<PeopleSteps>> Moves(
      const std::vector<PeopleSteps>& rungs) const;

  const PeopleTable& table_;
  PeopleClimber& climber_;
  const std::uint32_t k_;
  const std::size_t rungs_max_;
  PlannedRungs best_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_RUNG_TUNER_H_
