// All ways to generalise several quasi-identifiers together: one level for
// each, ordered by "nowhere finer". Internal to this room.
#ifndef MINGA_POLICY_ANONYMITY_LATTICE_H_
#define MINGA_POLICY_ANONYMITY_LATTICE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace minga::policy::anonymity {

// One level for each quasi-identifier.
using Levels = std::vector<int>;

class Lattice {
 public:
  using Node = std::uint32_t;

  // From `finest` to `coarsest`, both included.
  // REQUIRES: as many of both, finest[i] <= coarsest[i], Size() <= 2^31.
  Lattice(Levels finest, const Levels& coarsest);

  // Number of nodes of such a lattice, or 2^63 if it is more.
  static std::uint64_t Size(const Levels& finest, const Levels& coarsest);

  std::uint32_t size() const { return size_; }
  std::size_t dimensions() const { return finest_.size(); }
  Levels LevelsOf(Node node) const;
  // Steps above the bottom in dimension `i`.
  std::uint32_t StepsOf(Node node, std::size_t i) const {
    return node / stride_[i] % width_[i];
  }
  // Steps above the bottom in all dimensions together.
  std::uint32_t HeightOf(Node node) const;
  Node top() const { return size_ - 1; }

  bool HasAbove(Node node, std::size_t i) const {
    return StepsOf(node, i) + 1 < width_[i];
  }
  Node Above(Node node, std::size_t i) const { return node + stride_[i]; }
  bool HasBelow(Node node, std::size_t i) const { return StepsOf(node, i) > 0; }
  Node Below(Node node, std::size_t i) const { return node - stride_[i]; }
  // True if `upper` is nowhere finer than `lower`.
  bool Covers(Node upper, Node lower) const;

  // All nodes, lower before higher.
  std::vector<Node> BottomUp() const;

 private:
  Levels finest_;
  std::vector<std::uint32_t> width_;
  std::vector<std::uint32_t> stride_;
  std::uint32_t size_ = 1;
};

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_LATTICE_H_
