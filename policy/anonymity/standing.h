// Where each record stands once it is generalised: the class that it is shown
// in, or nowhere.
#ifndef MINGA_POLICY_ANONYMITY_STANDING_H_
#define MINGA_POLICY_ANONYMITY_STANDING_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/anonymity/lattice.h"

namespace minga::policy::anonymity {

// Everybody who looks the same.
struct ShownClass {
  std::size_t rung = 0;
  std::size_t tuple = 0;  // one of its tuples in the histogram
  std::uint64_t records = 0;
};

struct Standing {
  static constexpr std::uint32_t kHidden =
      std::numeric_limits<std::uint32_t>::max();

  std::vector<ShownClass> classes;
  // By tuple of the histogram: index in `classes`, or kHidden.
  std::vector<std::uint32_t> class_of;
  std::uint64_t hidden = 0;  // records
};

// Shows each record on the first of `rungs` where k or more that are not shown
// before look the same. One way to generalise for all is a ladder of one rung.
// REQUIRES: levels of the hierarchies on each rung, and hierarchies of the
// histogram's attributes.
Standing StandOn(const std::vector<Hierarchy>& hierarchies,
                 const Histogram& histogram, std::uint32_t k,
                 const std::vector<Levels>& rungs);

// For each class its records and the people of `population`, a histogram over
// the same hierarchies, who would look the same on its rung.
std::vector<std::pair<std::uint64_t, std::uint64_t>> CountPopulation(
    const std::vector<Hierarchy>& hierarchies, const Histogram& histogram,
    const Standing& standing, const std::vector<Levels>& rungs,
    const Histogram& population);

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_STANDING_H_
