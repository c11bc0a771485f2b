#include "storage/tile_nodes.h"

#include <cstring>
#include <utility>

#include "storage/merkle.h"

namespace minga::storage {

TileNodes::TileNodes(absl::string_view hashes) : hashes_(hashes) {
  std::vector<Digest> below(hashes_.size() / sizeof(Digest));
  std::memcpy(below.data(), hashes_.data(), below.size() * sizeof(Digest));
  while (!below.empty()) {
    std::vector<Digest> above;
    above.reserve(below.size() / 2);
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
      above.push_back(NodeHash(below[i], below[i + 1]));
    }
    heights_.push_back(std::move(below));
    below = std::move(above);
  }
}

TileMemo& TileMemo::Shared() {
  static TileMemo* const memo = new TileMemo();  // never destroyed
  return *memo;
}

std::shared_ptr<const TileNodes> TileMemo::Of(int level, std::uint64_t index,
                                              absl::string_view hashes) {
  const std::size_t place =
      (index + static_cast<std::uint64_t>(level)) % kTilesMax;
  std::shared_ptr<const TileNodes> nodes;
  {
    const absl::MutexLock lock(&mutex_);
    nodes = tiles_[place];
  }
  if (nodes != nullptr && nodes->hashes() == hashes) return nodes;
  nodes = std::make_shared<const TileNodes>(hashes);
  const absl::MutexLock lock(&mutex_);
  tiles_[place] = nodes;
  return nodes;
}

}  // namespace minga::storage
