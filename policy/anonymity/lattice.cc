#include "policy/anonymity/lattice.h"

#include <utility>

namespace minga::policy::anonymity {

Lattice::Lattice(Levels finest, const Levels& coarsest)
    : finest_(std::move(finest)) {
  for (std::size_t i = 0; i < finest_.size(); ++i) {
    stride_.push_back(size_);
    width_.push_back(static_cast<std::uint32_t>(coarsest[i] - finest_[i] + 1));
    size_ *= width_.back();
  }
}

std::uint64_t Lattice::Size(const Levels& finest, const Levels& coarsest) {
  constexpr std::uint64_t kTooMany = std::uint64_t{1} << 63;
  std::uint64_t size = 1;
  for (std::size_t i = 0; i < finest.size(); ++i) {
    size *= static_cast<std::uint64_t>(coarsest[i] - finest[i] + 1);
    if (size >= std::uint64_t{1} << 40) return kTooMany;
  }
  return size;
}

Levels Lattice::LevelsOf(Node node) const {
  Levels levels(dimensions());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = finest_[i] + static_cast<int>(StepsOf(node, i));
  }
  return levels;
}

std::uint32_t Lattice::HeightOf(Node node) const {
  std::uint32_t height = 0;
  for (std::size_t i = 0; i < dimensions(); ++i) height += StepsOf(node, i);
  return height;
}

bool Lattice::Covers(Node upper, Node lower) const {
  for (std::size_t i = 0; i < dimensions(); ++i) {
    if (StepsOf(upper, i) < StepsOf(lower, i)) return false;
  }
  return true;
}

std::vector<Lattice::Node> Lattice::BottomUp() const {
  // A counting sort by height.
  std::vector<std::uint32_t> height(size_);
  std::vector<std::uint32_t> first(HeightOf(top()) + 2);
  for (Node node = 0; node < size_; ++node) {
    height[node] = HeightOf(node);
    ++first[height[node] + 1];
  }
  for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
  std::vector<Node> order(size_);
  for (Node node = 0; node < size_; ++node) {
    order[first[height[node]]++] = node;
  }
  return order;
}

}  // namespace minga::policy::anonymity
