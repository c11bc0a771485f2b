// One way through an exported log, from its first entry to its last.
#ifndef MINGA_STORAGE_EVIDENCE_TREE_PASS_H_
#define MINGA_STORAGE_EVIDENCE_TREE_PASS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "storage/evidence/log_files.h"
#include "storage/growing_tree.h"

namespace minga::storage {

// A size at which the tree must have a root.
struct TreeMark {
  LeafIndex size = 0;
  Digest root{};
  bool reached = false;  // the pass came so far
  bool holds = false;    // and the root was this
};

// Entries of one bundle whose hashes are not what the tile of level 0 says.
struct EntryDifference {
  std::uint64_t bundle = 0;
  std::vector<LeafIndex> first;  // at most kDifferencesNamedMax
  int count = 0;
};
inline constexpr std::size_t kDifferencesNamedMax = 4;

// Builds the tree of `size` entries and compares the tiles above the leaves
// with it.
class TreePass {
 public:
  // Where leaf hashes come from.
  enum class Source {
    kEntries,  // hashed here; a bundle that cannot be read is made good by its
               // tile, so that the rest can still be checked
    kTiles,    // as stored in the tiles of level 0
  };

  // `files` outlives it. `marks` are within 1..size, ascending. Bundles before
  // `pruned` need not be there: their tiles stand for them.
  TreePass(const LogFiles& files, LeafIndex size, std::uint64_t pruned,
           Source source, std::vector<TreeMark> marks);

  // Faults of the files are collected; an error is one of reading.
  absl::Status Run();

  const std::vector<TreeMark>& marks() const { return marks_; }
  Digest Root() const { return tree_.Root(); }
  // By bundle; at most kFolderFaultsMax.
  const std::vector<EntryDifference>& differing() const { return differing_; }
  // "path: what is wrong" of bundles and of tiles; at most kFolderFaultsMax.
  const std::vector<std::string>& bundle_faults() const {
    return bundle_faults_;
  }
  const std::vector<std::string>& tile_faults() const { return tile_faults_; }
  // Something could be read neither way: nothing after it can be told.
  bool stuck() const { return stuck_; }

 private:
  absl::Status TakeBundle(std::uint64_t number);
  absl::Status TakeEntries(const std::string& path, absl::string_view bundle,
                           LeafIndex first, int width, absl::string_view tile);
  absl::Status TakeHashes(absl::string_view tile, int from, int width);
  void Differ(LeafIndex index);
  absl::Status Add(const Digest& leaf);
  absl::Status CompareTile(int level, std::uint64_t index,
                           absl::string_view computed);

  const LogFiles& files_;
  const LeafIndex size_;
  const std::uint64_t pruned_;
  const Source source_;
  std::vector<TreeMark> marks_;
  std::size_t next_mark_ = 0;
  GrowingTree tree_;
  std::vector<EntryDifference> differing_;
  std::vector<std::string> bundle_faults_;
  std::vector<std::string> tile_faults_;
  bool stuck_ = false;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_TREE_PASS_H_
