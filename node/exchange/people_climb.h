// Where people stand on the rungs of a ladder: exactly who would be shown how
// finely, if all began anew. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_PEOPLE_CLIMB_H_
#define MINGA_NODE_EXCHANGE_PEOPLE_CLIMB_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "node/exchange/ladder.h"
#include "node/exchange/people_table.h"

namespace minga::exchange {

// One step for each column of a PeopleTable.
using PeopleSteps = std::vector<int>;

struct RungStanding {
  std::int64_t shown = 0;
  std::int64_t classes = 0;
  double loss = 0;  // mean over those shown, 0 to 1
};

struct Standing {
  std::vector<RungStanding> rungs;
  std::int64_t hidden = 0;
  double loss = 0;  // mean over all; a hidden person counts 1
};

// Loss is that of policy/anonymity/search.h, over the columns in which people
// differ and from what the law shows on. Keeps its memory from call to call.
// One thread.
class PeopleClimber {
 public:
  // `table` outlives the climber and does not change.
  explicit PeopleClimber(const PeopleTable& table);

  // Everybody is shown on the first rung where at least `k` who are not shown
  // on one before look the same and are on the same terms.
  // REQUIRES: no rung is finer in any column than the one before.
  Standing Climb(const std::vector<PeopleSteps>& rungs, std::uint32_t k);

  // People who look alike, by one of their tuples.
  struct Group {
    std::uint32_t tuple = 0;
    std::uint32_t people = 0;
  };
  std::vector<Group> Everybody() const;
  // Takes those out of `left` who are shown on the rung, and joins the others
  // who look alike on it; adds what is lost to `loss`.
  RungStanding Stand(const PeopleSteps& rung, std::uint32_t k,
                     std::vector<Group>& left, double& loss);
  // Groups that were looked at since the start.
  std::uint64_t visits() const { return visits_; }

 private:
  using ValueId = PeopleTable::ValueId;

  // One column on one step, by value of step 0.
  struct Shown {
    std::vector<ValueId> values;
    std::vector<float> loss;
  };

  const Shown& ShownOn(std::size_t column, int step);
  const std::vector<ValueId>& HistoriesOn(const PeopleSteps& rung);
  const PeopleTable& table_;
  std::vector<std::size_t> differing_;  // columns
  std::map<std::pair<std::size_t, int>, Shown> shown_;
  std::map<std::pair<int, int>, std::vector<ValueId>> histories_;
  std::uint64_t visits_ = 0;
};

// The steps of a rung; levels finer than a column has are step 0.
PeopleSteps StepsOf(const PeopleTable& table, const ProfileLevels& rung);
ProfileLevels LevelsOf(const PeopleTable& table, const PeopleSteps& steps);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_PEOPLE_CLIMB_H_
