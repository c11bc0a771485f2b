// The hashes inside a tile, from its own up to its root. Each proof in a log
// needs some of every tile above the leaves, and these are few: they are
// computed once and remembered.
#ifndef MINGA_STORAGE_TILE_NODES_H_
#define MINGA_STORAGE_TILE_NODES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "node/base/crypto/hash.h"

namespace minga::storage {

// All perfect subtrees of one tile, which may be partial.
class TileNodes {
 public:
  // `hashes`: 32 bytes each, at most 256 of them.
  explicit TileNodes(absl::string_view hashes);

  // The node over hashes [n << height, (n + 1) << height).
  // REQUIRES: the tile has all of them.
  const Digest& At(int height, std::size_t n) const {
    return heights_[static_cast<std::size_t>(height)][n];
  }
  const std::string& hashes() const { return hashes_; }

 private:
  const std::string hashes_;
  std::vector<std::vector<Digest>> heights_;
};

// Remembers the nodes of some tiles. What it gives follows from the hashes
// alone, whichever log they are of: a tile with others takes the place.
//
// Threads: any may call any method.
class TileMemo {
 public:
  // That of the process: kTilesMax tiles take 6 MB.
  static TileMemo& Shared();

  std::shared_ptr<const TileNodes> Of(int level, std::uint64_t index,
                                      absl::string_view hashes);

 private:
  // A log of 16,777,216 entries has as many tiles above its leaves.
  static constexpr std::size_t kTilesMax = 257;

  absl::Mutex mutex_;
  std::shared_ptr<const TileNodes> tiles_[kTilesMax] ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_TILE_NODES_H_
