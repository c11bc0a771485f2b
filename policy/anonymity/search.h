// Looks for the generalisation that makes records k-anonymous and loses least:
// one level of the hierarchy for each quasi-identifier, for all records alike
// (full-domain generalisation).
//
// The search tags predictively, as Flash (Kohlmayer et al. 2012) and OLA (El
// Emam et al. 2009) do: what is not anonymous tells that nothing finer is, and
// a node that cannot lose less than the best one known is not looked at. It is
// exact: the answer loses no more than any other.
#ifndef MINGA_POLICY_ANONYMITY_SEARCH_H_
#define MINGA_POLICY_ANONYMITY_SEARCH_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/anonymity/lattice.h"

namespace minga::policy::anonymity {

// Nodes of the largest lattice that is searched: 64 MB of memory.
inline constexpr std::uint64_t kLatticeNodesMax = std::uint64_t{1} << 22;

struct Aim {
  // Records of a class, at least; 1 to 1,000,000.
  std::uint32_t k = 5;
  // Records that may be left out because their class is smaller, as a share of
  // all, 0 to 1.
  double suppression_limit = 0;
  // Finest level of each quasi-identifier; empty: 0 for all.
  Levels finest;
};

struct Generalisation {
  Levels levels;
  // Loss metric of Iyengar (2002), 0 to 1: the mean over records and
  // quasi-identifiers of (values that the shown one may stand for - 1) /
  // (values of the hierarchy - 1); a record left out counts 1.
  double loss = 0;
  std::uint64_t suppressed = 0;  // records left out
  std::uint64_t classes = 0;     // of k records or more
  // What it took: nodes of the lattice, and those whose classes were counted.
  std::uint64_t lattice = 0;
  std::uint64_t counted = 0;
};

// What one value costs on `level`: 0 as it is, 1 if it may be anything.
double ValueLoss(const Hierarchy& hierarchy, int level, ValueId value);

// The loss at each level of one quasi-identifier, had it no suppression.
std::vector<double> LossByLevel(const Hierarchy& hierarchy,
                                const Histogram& histogram,
                                std::size_t attribute);

// INVALID_ARGUMENT for an aim out of its limits or hierarchies that are not
// those of the histogram; NOT_FOUND if there are no records, or not even the
// coarsest generalisation is anonymous; RESOURCE_EXHAUSTED for a lattice of
// more than kLatticeNodesMax nodes.
absl::StatusOr<Generalisation> FindGeneralisation(
    const std::vector<Hierarchy>& hierarchies, const Histogram& histogram,
    const Aim& aim);

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_SEARCH_H_
