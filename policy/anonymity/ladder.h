// A ladder: ways to generalise, from fine to coarse, each coarser than the one
// before in some quasi-identifiers and finer in none. Everybody is shown on the
// finest rung where enough others who are not shown finer look the same.
//
// Chosen offline, from the records of one moment; online the rungs stay fixed
// while people come and go.
#ifndef MINGA_POLICY_ANONYMITY_LADDER_H_
#define MINGA_POLICY_ANONYMITY_LADDER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/anonymity/lattice.h"

namespace minga::policy::anonymity {

struct Rung {
  Levels levels;
  // Of the records the ladder was made for: shown on this rung, and in how many
  // classes.
  std::uint64_t shown = 0;
  std::uint64_t classes = 0;
  // Mean loss of what is shown on this rung, 0 to 1 (search.h).
  double loss = 0;
};

struct Ladder {
  std::vector<Rung> rungs;  // from fine to coarse
  // Fewer than k are left even on the coarsest rung.
  std::uint64_t hidden = 0;
  // Mean loss of all records; a hidden one counts 1.
  double loss = 0;
};

struct LadderAim {
  std::uint32_t k = 5;  // 1 to 1,000,000
  // What the law permits: finest level of each quasi-identifier; empty: 0.
  Levels finest;
};

// Tries several shares of records that each rung may leave to those below it,
// and takes the ladder that loses least. For each of these the first rung is
// the optimum (search.h); the next ones are optimal given the rungs before.
// Errors as FindGeneralisation; NOT_FOUND also if there are fewer than k
// records.
absl::StatusOr<Ladder> PlanLadder(const std::vector<Hierarchy>& hierarchies,
                                  const Histogram& histogram,
                                  const LadderAim& aim);

// Where everybody stands on a given ladder: the same count for any records, so
// that a ladder of yesterday can be judged with the people of today.
//   INVALID_ARGUMENT  if the rungs are no chain.
absl::StatusOr<Ladder> Climb(const std::vector<Hierarchy>& hierarchies,
                             const Histogram& histogram, std::uint32_t k,
                             const std::vector<Levels>& rungs);

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_LADDER_H_
