#include "storage/evidence/tree_pass.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/evidence/folder_verifier.h"
#include "storage/merkle.h"

namespace minga::storage {
namespace {

constexpr std::size_t kHashBytes = sizeof(Digest);

void Collect(std::vector<std::string>& faults, std::string fault) {
  if (faults.size() < kFolderFaultsMax) faults.push_back(std::move(fault));
}

// The first hash in which two tiles of one length differ.
std::size_t FirstDifference(absl::string_view a, absl::string_view b) {
  const auto at = std::mismatch(a.begin(), a.end(), b.begin()).first;
  return static_cast<std::size_t>(at - a.begin()) / kHashBytes;
}

// The next entry of a bundle, taken off its front. False if its length does
// not fit what is left.
bool NextEntry(absl::string_view& bundle, absl::string_view& entry) {
  if (bundle.size() < 2) return false;
  const std::size_t length =
      static_cast<std::size_t>(static_cast<unsigned char>(bundle[0])) << 8 |
      static_cast<unsigned char>(bundle[1]);
  if (bundle.size() - 2 < length) return false;
  entry = bundle.substr(2, length);
  bundle.remove_prefix(2 + length);
  return true;
}

}  // namespace

TreePass::TreePass(const LogFiles& files, LeafIndex size, std::uint64_t pruned,
                   Source source, std::vector<TreeMark> marks)
    : files_(files),
      size_(size),
      pruned_(pruned),
      source_(source),
      marks_(std::move(marks)),
      tree_([this](int level, std::uint64_t index, absl::string_view tile) {
        return CompareTile(level, index, tile);
      }) {}

absl::Status TreePass::Run() {
  for (std::uint64_t number = 0; tree_.size() < size_ && !stuck_; ++number) {
    MINGA_RETURN_IF_ERROR(TakeBundle(number));
  }
  if (stuck_) return absl::OkStatus();
  return tree_.VisitOpen(
      [this](int level, std::uint64_t index, absl::string_view tile) {
        return CompareTile(level, index, tile);
      });
}

absl::Status TreePass::TakeBundle(std::uint64_t number) {
  const int width = TileWidthIn(size_, 0, number);
  const std::string tile_path = TilePath(0, number, width);
  absl::StatusOr<std::string> tile = files_.Read(tile_path);
  const std::size_t wanted = static_cast<std::size_t>(width) * kHashBytes;
  if (!tile.ok()) {
    Collect(tile_faults_, absl::StrCat(tile_path, ": missing or unreadable"));
    tile = std::string();
  } else if (tile->size() != wanted) {
    Collect(tile_faults_, absl::StrCat(tile_path, ": has ", tile->size(),
                                       " bytes instead of ", wanted));
    tile = std::string();
  }
  if (source_ == Source::kTiles || number < pruned_) {
    return TakeHashes(*tile, 0, width);
  }
  const std::string path = TilePath(-1, number, width);
  const absl::StatusOr<std::string> bundle = files_.Read(path);
  if (!bundle.ok()) {
    Collect(bundle_faults_, absl::StrCat(path, ": missing or unreadable"));
    return TakeHashes(*tile, 0, width);
  }
  return TakeEntries(path, *bundle, number * kTileWidth, width, *tile);
}

absl::Status TreePass::TakeEntries(const std::string& path,
                                   absl::string_view bundle, LeafIndex first,
                                   int width, absl::string_view tile) {
  for (int at = 0; at < width; ++at) {
    absl::string_view entry;
    if (!NextEntry(bundle, entry)) {
      Collect(bundle_faults_, absl::StrCat(path, ": entry ", first + at,
                                           " is cut off or missing"));
      return TakeHashes(tile, at, width);
    }
    const Digest leaf = LeafHash(entry);
    if (!tile.empty() &&
        tile.substr(at * kHashBytes, kHashBytes) != AsView(leaf)) {
      Differ(first + at);
    }
    MINGA_RETURN_IF_ERROR(Add(leaf));
  }
  if (!bundle.empty()) {
    Collect(bundle_faults_,
            absl::StrCat(path, ": ", bundle.size(), " bytes after entry ",
                         first + width - 1));
  }
  return absl::OkStatus();
}

void TreePass::Differ(LeafIndex index) {
  const std::uint64_t bundle = index / kTileWidth;
  if (differing_.empty() || differing_.back().bundle != bundle) {
    if (differing_.size() == kFolderFaultsMax) return;
    differing_.push_back({bundle, {}, 0});
  }
  EntryDifference& here = differing_.back();
  ++here.count;
  if (here.first.size() < kDifferencesNamedMax) here.first.push_back(index);
}

absl::Status TreePass::TakeHashes(absl::string_view tile, int from, int width) {
  if (tile.empty()) {
    stuck_ = true;
    return absl::OkStatus();
  }
  for (int at = from; at < width; ++at) {
    Digest leaf;
    std::memcpy(leaf.data(), tile.data() + at * kHashBytes, kHashBytes);
    MINGA_RETURN_IF_ERROR(Add(leaf));
  }
  return absl::OkStatus();
}

absl::Status TreePass::Add(const Digest& leaf) {
  MINGA_RETURN_IF_ERROR(tree_.Add(leaf));
  for (; next_mark_ < marks_.size() && marks_[next_mark_].size == tree_.size();
       ++next_mark_) {
    marks_[next_mark_].reached = true;
    marks_[next_mark_].holds = tree_.Root() == marks_[next_mark_].root;
  }
  return absl::OkStatus();
}

absl::Status TreePass::CompareTile(int level, std::uint64_t index,
                                   absl::string_view computed) {
  if (level == 0) return absl::OkStatus();  // compared hash by hash
  const int width = static_cast<int>(computed.size() / kHashBytes);
  const std::string path = TilePath(level, index, width);
  const absl::StatusOr<std::string> stored = files_.Read(path);
  if (!stored.ok()) {
    Collect(tile_faults_, absl::StrCat(path, ": missing or unreadable"));
  } else if (stored->size() != computed.size()) {
    Collect(tile_faults_, absl::StrCat(path, ": has ", stored->size(),
                                       " bytes instead of ", computed.size()));
  } else if (*stored != computed) {
    Collect(tile_faults_,
            absl::StrCat(path, ": hash ", FirstDifference(*stored, computed),
                         " does not follow from the level below"));
  }
  return absl::OkStatus();
}

}  // namespace minga::storage
