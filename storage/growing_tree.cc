#include "storage/growing_tree.h"

#include "absl/types/span.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"

namespace minga::storage {
namespace {

// Digests are plain arrays: a vector of them is the tile as it is stored.
absl::string_view Bytes(absl::Span<const Digest> hashes) {
  static_assert(sizeof(Digest) == 32);
  return {reinterpret_cast<const char*>(hashes.data()),
          hashes.size() * sizeof(Digest)};
}

}  // namespace

absl::Status GrowingTree::AddAt(std::size_t height, const Digest& hash) {
  if (levels_.size() == height) levels_.emplace_back();
  Level& level = levels_[height];
  level.open.push_back(hash);
  if (level.open.size() < kTileWidth) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(
      on_tile_(static_cast<int>(height), level.full, Bytes(level.open)));
  const Digest root = RootOf(level.open);
  ++level.full;
  level.open.clear();
  return AddAt(height + 1, root);  // `level` may be gone after it
}

Digest GrowingTree::Root() const {
  // The hashes of a level are perfect subtrees of one size, and what is below
  // them is a smaller one after them.
  std::vector<Digest> below;
  for (const Level& level : levels_) {
    std::vector<Digest> nodes = level.open;
    if (!below.empty()) nodes.push_back(RootOf(below));
    below = std::move(nodes);
  }
  return RootOf(below);
}

absl::Status GrowingTree::VisitOpen(const OnTile& visit) const {
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    if (levels_[i].open.empty()) continue;
    MINGA_RETURN_IF_ERROR(
        visit(static_cast<int>(i), levels_[i].full, Bytes(levels_[i].open)));
  }
  return absl::OkStatus();
}

}  // namespace minga::storage
