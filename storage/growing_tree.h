// GrowingTree is an RFC 6962 tree that is built leaf by leaf in the memory of
// one tile per level: for checking a log of any size from its entries alone.
#ifndef MINGA_STORAGE_GROWING_TREE_H_
#define MINGA_STORAGE_GROWING_TREE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "storage/audit_store.h"

namespace minga::storage {

class GrowingTree {
 public:
  // Called with each tile when it is full: level, index, its hashes. The view
  // is valid during the call.
  using OnTile =
      std::function<absl::Status(int, std::uint64_t, absl::string_view)>;

  explicit GrowingTree(OnTile on_tile) : on_tile_(std::move(on_tile)) {}

  // Adds the hash of the next entry. An error is the callback's.
  absl::Status Add(const Digest& leaf) {
    ++size_;
    return AddAt(0, leaf);
  }

  LeafIndex size() const { return size_; }
  // Of everything added; the empty tree's root at first.
  Digest Root() const;
  // The tiles that are not full yet, from the lowest level up.
  absl::Status VisitOpen(const OnTile& visit) const;

 private:
  struct Level {
    std::uint64_t full = 0;  // tiles before the open one
    std::vector<Digest> open;
  };

  absl::Status AddAt(std::size_t height, const Digest& hash);

  const OnTile on_tile_;
  LeafIndex size_ = 0;
  std::vector<Level> levels_;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_GROWING_TREE_H_
