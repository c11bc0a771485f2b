#include "storage/merkle.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/strings.h"

namespace minga::storage {
namespace {

// A log in memory, with the tiles that its entries define.
class MemoryLog final : public AuditReader {
 public:
  explicit MemoryLog(LeafIndex size, absl::string_view entry = "entry ") {
    for (LeafIndex i = 0; i < size; ++i) {
      leaves_.push_back(LeafHash(absl::StrCat(entry, i)));
    }
  }
  const std::vector<Digest>& leaves() const { return leaves_; }

  absl::StatusOr<LeafIndex> Size() const override { return leaves_.size(); }
  absl::StatusOr<std::string> Tile(int level,
                                   std::uint64_t index) const override {
    std::vector<Digest> row = leaves_;
    for (int l = 0; l < level; ++l) {
      std::vector<Digest> above;
      for (std::size_t i = 0; i + kTileWidth <= row.size(); i += kTileWidth) {
        above.push_back(
            RootOf(absl::MakeConstSpan(row).subspan(i, kTileWidth)));
      }
      row = above;
    }
    std::string hashes;
    for (std::size_t i = index * kTileWidth;
         i < row.size() && i < (index + 1) * kTileWidth; ++i) {
      hashes += ToBytes(row[i]);
    }
    if (hashes.empty()) return absl::OutOfRangeError("no tile");
    return hashes;
  }
  absl::StatusOr<std::string> EntryBundle(std::uint64_t) const override {
    return absl::UnimplementedError("hashes only");
  }
  absl::StatusOr<std::string> Checkpoint() const override {
    return std::string();
  }

 private:
  std::vector<Digest> leaves_;
};

// RFC 6962, section 2.1, word for word.
Digest Mth(absl::Span<const Digest> leaves) {
  if (leaves.empty()) return Sha256("");
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  return NodeHash(Mth(leaves.subspan(0, k)), Mth(leaves.subspan(k)));
}

}  // namespace

TEST_CASE("hashes are those of RFC 6962", "[merkle]") {
  // The empty tree and the leaf "" of the Certificate Transparency tests.
  CHECK(Hex(AsView(RootOf({}))) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(Hex(AsView(LeafHash(""))) ==
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST_CASE("every tree has the root its definition gives", "[merkle]") {
  const MemoryLog log(600);
  for (LeafIndex size = 0; size <= 600; ++size) {
    const auto leaves = absl::MakeConstSpan(log.leaves()).subspan(0, size);
    const Digest root = Mth(leaves);
    REQUIRE(RootOf(leaves) == root);
    const auto from_tiles = RootAt(log, size);
    REQUIRE(from_tiles.ok());
    REQUIRE(*from_tiles == root);
  }
}

TEST_CASE("all proofs of small trees verify, and only where they belong",
          "[merkle]") {
  const MemoryLog log(40);
  const auto leaves = absl::MakeConstSpan(log.leaves());
  for (LeafIndex size = 1; size <= 40; ++size) {
    const Digest root = RootOf(leaves.subspan(0, size));
    for (LeafIndex index = 0; index < size; ++index) {
      auto proof = ProveInclusion(log, index, size);
      REQUIRE(proof.ok());
      REQUIRE(VerifyInclusion(leaves[index], index, size, *proof, root).ok());
      REQUIRE(
          !VerifyInclusion(leaves[index], index + 1, size, *proof, root).ok());
      proof->push_back(root);
      REQUIRE(!VerifyInclusion(leaves[index], index, size, *proof, root).ok());
    }
    for (LeafIndex old = 1; old <= size; ++old) {
      auto proof = ProveConsistency(log, old, size);
      REQUIRE(proof.ok());
      const Digest old_root = RootOf(leaves.subspan(0, old));
      REQUIRE(VerifyConsistency(old, size, *proof, old_root, root).ok());
      if (old < size) {
        REQUIRE(!VerifyConsistency(old, size, *proof, root, root).ok());
        proof->pop_back();
        REQUIRE(!VerifyConsistency(old, size, *proof, old_root, root).ok());
      }
    }
    CHECK(absl::IsOutOfRange(ProveInclusion(log, size, size).status()));
    CHECK(absl::IsOutOfRange(ProveConsistency(log, size + 1, size).status()));
  }
  CHECK(absl::IsOutOfRange(ProveInclusion(log, 0, 41).status()));
}

// What is remembered of tiles above the leaves belongs to one log, at one size.
TEST_CASE("proofs of logs that take turns verify", "[merkle]") {
  constexpr LeafIndex kSize = 140'000;
  const MemoryLog ours(kSize);
  const MemoryLog theirs(kSize, "other ");
  const MemoryLog shorter(kSize - 1000);
  for (const LeafIndex index : {0, 65'535, 65'536, 131'072, 138'999}) {
    for (const MemoryLog* log : {&ours, &theirs, &shorter, &ours}) {
      const LeafIndex size = log->leaves().size();
      const auto proof = ProveInclusion(*log, index, size);
      REQUIRE(proof.ok());
      const Digest root = RootOf(log->leaves());
      CHECK(VerifyInclusion(log->leaves()[index], index, size, *proof, root)
                .ok());
    }
  }
}

TEST_CASE("a checkpoint body has exactly three lines", "[merkle]") {
  Checkpoint checkpoint;
  checkpoint.origin = "minga/co/1";
  checkpoint.size = 70000;
  checkpoint.root = Sha256("root");
  const std::string body = checkpoint.Body();
  CHECK(body == absl::StrCat("minga/co/1\n70000\n",
                             Base64(AsView(checkpoint.root)), "\n"));
  const auto parsed = Checkpoint::Parse(body);
  REQUIRE(parsed.ok());
  CHECK(parsed->origin == checkpoint.origin);
  CHECK(parsed->size == checkpoint.size);
  CHECK(parsed->root == checkpoint.root);

  const std::string root = Base64(AsView(checkpoint.root));
  for (const std::string& wrong : {
           std::string(),
           std::string("\n\n\n"),
           body + "\n",
           body + "extension\n",
           body.substr(0, body.size() - 1),
           "o\n01\n" + root + "\n",
           "o\n+1\n" + root + "\n",
           "o\n 1\n" + root + "\n",
           "o\n-1\n" + root + "\n",
           "o\n18446744073709551616\n" + root + "\n",
           "\n1\n" + root + "\n",
           "o\n1\n" + root.substr(4) + "\n",
           std::string("o\n1\n!\n"),
           "o\x01\n1\n" + root + "\n",
       }) {
    INFO(wrong);
    CHECK(absl::IsInvalidArgument(Checkpoint::Parse(wrong).status()));
  }
}

TEST_CASE("tile paths follow tlog-tiles", "[merkle]") {
  CHECK(TilePath(0, 0, 256) == "tile/0/000");
  CHECK(TilePath(1, 12, 256) == "tile/1/012");
  CHECK(TilePath(0, 1234, 256) == "tile/0/x001/234");
  CHECK(TilePath(0, 1234067, 256) == "tile/0/x001/x234/067");
  CHECK(TilePath(2, 1000, 17) == "tile/2/x001/000.p/17");
  CHECK(TilePath(-1, 5, 256) == "tile/entries/005");
  CHECK(TilePath(-1, 5, 1) == "tile/entries/005.p/1");
}

TEST_CASE("a bundle splits into its entries or not at all", "[merkle]") {
  CHECK(SplitBundle("")->empty());
  CHECK(*SplitBundle(absl::string_view("\0\3abc\0\0\0\1d", 10)) ==
        std::vector<std::string>{"abc", "", "d"});
  for (const absl::string_view wrong :
       {absl::string_view("\0", 1), absl::string_view("\0\3ab", 4),
        absl::string_view("\xff\xff", 2), absl::string_view("\0\1a\0", 4)}) {
    CHECK(absl::IsInvalidArgument(SplitBundle(wrong).status()));
  }
  const std::string empties(2 * kTileWidth, '\0');
  CHECK(SplitBundle(empties)->size() == kTileWidth);
  CHECK(absl::IsInvalidArgument(
      SplitBundle(empties + std::string(2, '\0')).status()));
}

}  // namespace minga::storage
