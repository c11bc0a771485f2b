#include "storage/merkle.h"

#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/tile_nodes.h"

namespace minga::storage {
namespace {

constexpr char kLeafPrefix[] = {0x00};
constexpr char kNodePrefix[] = {0x01};
constexpr int kTileHeight = 8;  // log2 of kTileWidth
constexpr std::size_t kHashBytes = sizeof(Digest);

static_assert(kTileWidth == 1 << kTileHeight);

// The largest power of two below `size`: where RFC 6962 splits a tree.
// REQUIRES: size > 1.
LeafIndex SplitOf(LeafIndex size) { return std::bit_floor(size - 1); }

// Hashes of ranges of the log, read from tiles. A proof takes several hashes
// from the same tile, so each is read once.
class RangeHasher {
 public:
  explicit RangeHasher(const AuditReader& log) : log_(log) {}

  // Hash of the range [begin, begin + size), where `begin` is a multiple of
  // the smallest power of two >= size: the only ranges RFC 6962 asks for.
  absl::StatusOr<Digest> Hash(LeafIndex begin, LeafIndex size) {
    if (std::has_single_bit(size)) return Perfect(begin, size);
    const LeafIndex split = SplitOf(size);
    MINGA_ASSIGN_OR_RETURN(const Digest left, Perfect(begin, split));
    MINGA_ASSIGN_OR_RETURN(const Digest right,
                           Hash(begin + split, size - split));
    return NodeHash(left, right);
  }

 private:
  struct CachedTile {
    int level;
    std::uint64_t index;
    std::string hashes;
    std::shared_ptr<const TileNodes> nodes;  // null at full tiles of leaves
  };

  // Hash of a perfect subtree: from the tile of the level just below it.
  absl::StatusOr<Digest> Perfect(LeafIndex begin, LeafIndex size) {
    const int height = std::countr_zero(size);
    const int level = height / kTileHeight;
    const LeafIndex first = begin >> (level * kTileHeight);
    const std::size_t width = std::size_t{1} << (height % kTileHeight);
    MINGA_ASSIGN_OR_RETURN(const CachedTile* const tile,
                           Tile(level, first / kTileWidth));
    const std::size_t offset = first % kTileWidth;
    if (tile->hashes.size() < (offset + width) * kHashBytes) {
      return absl::DataLossError(
          absl::StrCat("audit log: tile ", level, "/", first / kTileWidth,
                       " holds ", tile->hashes.size() / kHashBytes, " hashes, ",
                       offset + width, " are needed"));
    }
    if (tile->nodes != nullptr) {
      return tile->nodes->At(height % kTileHeight, offset / width);
    }
    std::vector<Digest> hashes(width);
    std::memcpy(hashes.data(), tile->hashes.data() + offset * kHashBytes,
                width * kHashBytes);
    return RootOf(hashes);
  }

  // Valid until the next call. Of a full tile of leaves a proof takes each hash
  // once, and there are too many to remember.
  absl::StatusOr<const CachedTile*> Tile(int level, std::uint64_t index) {
    for (const CachedTile& tile : tiles_) {
      if (tile.level == level && tile.index == index) return &tile;
    }
    CachedTile tile{level, index, {}, nullptr};
    MINGA_ASSIGN_OR_RETURN(tile.hashes, log_.Tile(level, index));
    if (level > 0 || tile.hashes.size() < kTileWidth * kHashBytes) {
      tile.nodes = TileMemo::Shared().Of(level, index, tile.hashes);
    }
    tiles_.push_back(std::move(tile));
    return &tiles_.back();
  }

  const AuditReader& log_;
  std::vector<CachedTile> tiles_;
};

absl::Status CheckSize(const AuditReader& log, LeafIndex size) {
  MINGA_ASSIGN_OR_RETURN(const LeafIndex stored, log.Size());
  if (size > stored) {
    return absl::OutOfRangeError(absl::StrCat(
        "audit log: size ", size, " is beyond its ", stored, " entries"));
  }
  return absl::OkStatus();
}

absl::Status Refuse(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("merkle proof: ", what));
}

// Chunks of the partial width follow RFC 9162: fn, sn and tn are positions of
// the proven node, the subtree's last node and the tree's last node, going up.
struct Climb {
  LeafIndex fn;
  LeafIndex sn;
  LeafIndex tn;
  void Up() {
    fn >>= 1;
    sn >>= 1;
    tn >>= 1;
  }
};

// Going up from the subtree [start, end) to the tree of `size`: what the proof
// says about both roots. `proof` is consumed.
absl::Status ClimbSubtree(LeafIndex start, LeafIndex end, LeafIndex size,
                          absl::Span<const Digest> proof,
                          const Digest& subtree_root, Digest* from_subtree,
                          Digest* from_tree) {
  Climb at{start, end - 1, size - 1};
  const bool at_the_edge = at.sn == at.tn;
  while (at.fn != at.sn && (at_the_edge || (at.sn & 1) != 0)) at.Up();
  if (at.fn == at.sn) {
    *from_subtree = *from_tree = subtree_root;
  } else {
    if (proof.empty()) return Refuse("too short");
    *from_subtree = *from_tree = proof.front();
    proof.remove_prefix(1);
  }
  for (const Digest& hash : proof) {
    if (at.tn == 0) return Refuse("too long");
    if ((at.sn & 1) != 0 || at.sn == at.tn) {
      if (at.fn < at.sn) *from_subtree = NodeHash(hash, *from_subtree);
      *from_tree = NodeHash(hash, *from_tree);
      while ((at.sn & 1) == 0 && at.sn != 0) at.Up();
    } else {
      *from_tree = NodeHash(*from_tree, hash);
    }
    at.Up();
  }
  if (at.tn != 0) return Refuse("too short");
  return absl::OkStatus();
}

absl::Status CheckSubtree(LeafIndex start, LeafIndex end) {
  constexpr LeafIndex kSizeMax = LeafIndex{1} << 63;
  if (start > end || end - start > kSizeMax ||
      (start != end && start % std::bit_ceil(end - start) != 0)) {
    return Refuse(
        absl::StrCat("[", start, ", ", end, ") is not a range of one subtree"));
  }
  return absl::OkStatus();
}

// One group of three digits of a tile path.
std::string ThreeDigits(std::uint64_t n) {
  return absl::StrCat(absl::Dec(n % 1000, absl::kZeroPad3));
}

}  // namespace

Digest LeafHash(absl::string_view entry) {
  return Sha256({absl::string_view(kLeafPrefix, 1), entry});
}

Digest NodeHash(const Digest& left, const Digest& right) {
  char bytes[1 + 2 * kHashBytes];
  bytes[0] = kNodePrefix[0];
  std::memcpy(bytes + 1, left.data(), kHashBytes);
  std::memcpy(bytes + 1 + kHashBytes, right.data(), kHashBytes);
  return Sha256(absl::string_view(bytes, sizeof(bytes)));
}

Digest RootOf(absl::Span<const Digest> leaves) {
  if (leaves.empty()) return Sha256("");
  // Level by level in place; an odd last node moves up unchanged, which is the
  // same tree that RFC 6962 defines by its recursive split.
  std::vector<Digest> level(leaves.begin(), leaves.end());
  for (std::size_t width = level.size(); width > 1;) {
    std::size_t next = 0;
    for (std::size_t i = 0; i + 1 < width; i += 2) {
      level[next++] = NodeHash(level[i], level[i + 1]);
    }
    if (width % 2 != 0) level[next++] = level[width - 1];
    width = next;
  }
  return level.front();
}

absl::StatusOr<Digest> RootAt(const AuditReader& log, LeafIndex size) {
  MINGA_RETURN_IF_ERROR(CheckSize(log, size));
  if (size == 0) return RootOf({});
  return RangeHasher(log).Hash(0, size);
}

absl::StatusOr<std::vector<Digest>> ProveInclusion(const AuditReader& log,
                                                   LeafIndex index,
                                                   LeafIndex size) {
  MINGA_RETURN_IF_ERROR(CheckSize(log, size));
  if (index >= size) {
    return absl::OutOfRangeError(absl::StrCat("audit log: entry ", index,
                                              " is not in the tree of ", size));
  }
  RangeHasher hasher(log);
  std::vector<Digest> from_root;
  for (LeafIndex begin = 0, width = size; width > 1;) {
    const LeafIndex split = SplitOf(width);
    const bool left = index - begin < split;
    MINGA_ASSIGN_OR_RETURN(const Digest sibling,
                           left ? hasher.Hash(begin + split, width - split)
                                : hasher.Hash(begin, split));
    from_root.push_back(sibling);
    begin += left ? 0 : split;
    width = left ? split : width - split;
  }
  return std::vector<Digest>(from_root.rbegin(), from_root.rend());
}

absl::StatusOr<std::vector<Digest>> ProveConsistency(const AuditReader& log,
                                                     LeafIndex old_size,
                                                     LeafIndex size) {
  MINGA_RETURN_IF_ERROR(CheckSize(log, size));
  if (old_size > size) {
    return absl::OutOfRangeError(absl::StrCat("audit log: old size ", old_size,
                                              " is beyond size ", size));
  }
  if (old_size == 0 || old_size == size) return std::vector<Digest>();
  RangeHasher hasher(log);
  std::vector<Digest> from_root;
  // SUBPROOF of RFC 6962: down to the subtree that ends where the old tree did.
  LeafIndex begin = 0;
  LeafIndex width = size;
  while (old_size - begin != width) {
    const LeafIndex split = SplitOf(width);
    const bool left = old_size - begin <= split;
    MINGA_ASSIGN_OR_RETURN(const Digest sibling,
                           left ? hasher.Hash(begin + split, width - split)
                                : hasher.Hash(begin, split));
    from_root.push_back(sibling);
    begin += left ? 0 : split;
    width = left ? split : width - split;
  }
  // The verifier knows the old root; any other subtree must be named.
  if (begin != 0) {
    MINGA_ASSIGN_OR_RETURN(const Digest last, hasher.Hash(begin, width));
    from_root.push_back(last);
  }
  return std::vector<Digest>(from_root.rbegin(), from_root.rend());
}

absl::Status VerifyInclusion(const Digest& leaf, LeafIndex index,
                             LeafIndex size, absl::Span<const Digest> proof,
                             const Digest& root) {
  if (index >= size) {
    return Refuse(
        absl::StrCat("entry ", index, " is not in the tree of ", size));
  }
  LeafIndex last = size - 1;
  Digest hash = leaf;
  for (const Digest& sibling : proof) {
    if (last == 0) return Refuse("too long");
    if ((index & 1) != 0 || index == last) {
      hash = NodeHash(sibling, hash);
      while ((index & 1) == 0 && index != 0) {
        index >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    index >>= 1;
    last >>= 1;
  }
  if (last != 0) return Refuse("too short");
  if (hash != root) return Refuse("does not lead to the root");
  return absl::OkStatus();
}

absl::Status VerifyConsistency(LeafIndex old_size, LeafIndex size,
                               absl::Span<const Digest> proof,
                               const Digest& old_root, const Digest& root) {
  if (old_size == 0) return Refuse("an empty tree proves nothing");
  return VerifySubtreeConsistency(0, old_size, size, proof, old_root, root);
}

absl::Status VerifySubtreeInclusion(const Digest& leaf, LeafIndex index,
                                    LeafIndex start, LeafIndex end,
                                    absl::Span<const Digest> proof,
                                    const Digest& subtree_root) {
  MINGA_RETURN_IF_ERROR(CheckSubtree(start, end));
  if (index < start) {
    return Refuse(absl::StrCat("entry ", index, " is before ", start));
  }
  return VerifyInclusion(leaf, index - start, end - start, proof, subtree_root);
}

absl::Status VerifySubtreeConsistency(LeafIndex start, LeafIndex end,
                                      LeafIndex size,
                                      absl::Span<const Digest> proof,
                                      const Digest& subtree_root,
                                      const Digest& root) {
  MINGA_RETURN_IF_ERROR(CheckSubtree(start, end));
  if (end > size) {
    return Refuse(absl::StrCat("old size ", end, " is beyond size ", size));
  }
  if (start == end) {
    if (!proof.empty()) return Refuse("too long");
    if (subtree_root != RootOf({})) return Refuse("not the empty tree's root");
    return absl::OkStatus();
  }
  Digest from_subtree;
  Digest from_tree;
  MINGA_RETURN_IF_ERROR(ClimbSubtree(start, end, size, proof, subtree_root,
                                     &from_subtree, &from_tree));
  if (from_subtree != subtree_root) {
    return Refuse("does not lead to the old root");
  }
  if (from_tree != root) return Refuse("does not lead to the root");
  return absl::OkStatus();
}

std::string Checkpoint::Body() const {
  return absl::StrCat(origin, "\n", size, "\n", Base64(AsView(root)), "\n");
}

absl::StatusOr<Checkpoint> Checkpoint::Parse(absl::string_view body) {
  const std::vector<absl::string_view> lines = absl::StrSplit(body, '\n');
  if (lines.size() != 4 || !lines[3].empty()) {
    return absl::InvalidArgumentError("checkpoint: not three lines");
  }
  if (lines[0].empty()) {
    return absl::InvalidArgumentError("checkpoint: empty origin");
  }
  MINGA_RETURN_IF_ERROR(At("checkpoint origin", ValidateText(lines[0], "")));
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines[0]);
  // SimpleAtoi takes signs, blanks and leading zeros; one size has one form.
  if (!absl::SimpleAtoi(lines[1], &checkpoint.size) ||
      absl::StrCat(checkpoint.size) != lines[1]) {
    return absl::InvalidArgumentError(absl::StrCat(
        "checkpoint: `", Printable(lines[1], 40), "` is not a size"));
  }
  absl::StatusOr<std::string> root = FromBase64(lines[2]);
  if (!root.ok()) return At("checkpoint root", root.status());
  absl::StatusOr<Digest> digest = ToDigest(*root);
  if (!digest.ok()) return At("checkpoint root", digest.status());
  checkpoint.root = *digest;
  return checkpoint;
}

std::string TilePath(int level, std::uint64_t index, int width) {
  std::string path = ThreeDigits(index);
  for (std::uint64_t rest = index / 1000; rest > 0; rest /= 1000) {
    path = absl::StrCat("x", ThreeDigits(rest), "/", path);
  }
  return absl::StrCat(
      "tile/", level < 0 ? "entries" : absl::StrCat(level), "/", path,
      width < kTileWidth ? absl::StrCat(".p/", width) : std::string());
}

absl::StatusOr<std::vector<std::string>> SplitBundle(absl::string_view bundle) {
  std::vector<std::string> entries;
  while (!bundle.empty()) {
    if (bundle.size() < 2) {
      return absl::InvalidArgumentError("entry bundle: half a length");
    }
    const std::size_t length =
        static_cast<std::size_t>(static_cast<unsigned char>(bundle[0])) << 8 |
        static_cast<unsigned char>(bundle[1]);
    bundle.remove_prefix(2);
    if (bundle.size() < length) {
      return absl::InvalidArgumentError(
          absl::StrCat("entry bundle: entry ", entries.size(), " says ", length,
                       " bytes, ", bundle.size(), " are left"));
    }
    if (entries.size() == kTileWidth) {
      return absl::InvalidArgumentError(
          absl::StrCat("entry bundle: more than ", kTileWidth, " entries"));
    }
    entries.emplace_back(bundle.substr(0, length));
    bundle.remove_prefix(length);
  }
  return entries;
}

}  // namespace minga::storage
