// Looks for the rungs of a good ladder in a PeopleTable. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_PEOPLE_SEARCH_H_
#define MINGA_NODE_EXCHANGE_PEOPLE_SEARCH_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "node/exchange/people_climb.h"
#include "node/exchange/people_table.h"
#include "node/exchange/rung_tuner.h"

namespace minga::exchange {

// Tuples up to which the search looks at them: some seconds. Of more, a ladder
// that is built step by step is tuned.
inline constexpr std::size_t kSearchTuplesMax = 20'000;

// At most `rungs_max` rungs on which people lose little: those of
// policy/anonymity/ladder.h, searched in several ways where the occupations in
// somebody's experience tie two fields together; what each is worth is counted
// exactly, and they are moved a little as long as that gains anything. Never
// worse than the built-in ladder, if that has no more rungs. A column is left
// to the law where people do not differ in it.
//   NOT_FOUND           nobody could be shown.
//   RESOURCE_EXHAUSTED  too many ways to generalise.
// REQUIRES: 1 <= rungs_max, k; the table holds people.
absl::StatusOr<PlannedRungs> FindRungs(const PeopleTable& table,
                                       PeopleClimber& climber, std::uint32_t k,
                                       int rungs_max);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_PEOPLE_SEARCH_H_
