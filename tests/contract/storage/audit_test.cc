#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

std::string Entry(LeafIndex index) { return absl::StrCat("entry ", index); }

// Appends entries up to `size`.
template <typename Engine>
void Grow(Engine& engine, LeafIndex size) {
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(LeafIndex next, t.audit().Size());
    for (; next < size; ++next) {
      MINGA_ASSIGN_OR_RETURN(const LeafIndex index,
                             t.audit().Append(Entry(next)));
      if (index != next) return absl::InternalError("wrong index");
    }
    return absl::OkStatus();
  });
}

// The log is exactly Entry(0) .. Entry(size - 1), in tiles and in bundles.
void CheckLog(const AuditReader& log, LeafIndex size) {
  REQUIRE(Must(log.Size()) == size);
  std::vector<Digest> leaves;
  for (LeafIndex i = 0; i < size; ++i) leaves.push_back(LeafHash(Entry(i)));
  CHECK(Must(RootAt(log, size)) == RootOf(leaves));
  for (std::uint64_t bundle = 0; bundle * kTileWidth < size; ++bundle) {
    const auto entries = Must(SplitBundle(Must(log.EntryBundle(bundle))));
    const LeafIndex first = bundle * kTileWidth;
    REQUIRE(entries.size() == std::min<LeafIndex>(kTileWidth, size - first));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      REQUIRE(entries[i] == Entry(first + i));
    }
  }
  const std::uint64_t beyond = (size + kTileWidth - 1) / kTileWidth;
  CHECK(absl::IsOutOfRange(log.EntryBundle(beyond).status()));
  CHECK(absl::IsOutOfRange(log.Tile(0, beyond).status()));
  CHECK(absl::IsOutOfRange(log.Tile(6, 0).status()));
  CHECK(absl::IsOutOfRange(log.Tile(-1, 0).status()));
  CHECK(absl::IsOutOfRange(RootAt(log, size + 1).status()));
}

}  // namespace

TEMPLATE_TEST_CASE("the log is the same tree however it was appended",
                   "[storage][contract][audit]", InSqlite) {
  TestType engine;
  // One by one, across a full tile, several tiles, and restarts in between.
  for (const LeafIndex size : {0, 1, 2, 255, 256, 257, 700, 1024, 1025}) {
    Grow(engine, size);
    Read(engine.database(),
         [&](const Snapshot& s) { CheckLog(s.audit(), size); });
    Write(engine.database(), [&](Transaction& t) {
      CheckLog(t.audit(), size);
      return absl::OkStatus();
    });
    engine.Reopen();
  }
}

TEMPLATE_TEST_CASE("a log of two levels of tiles gives valid proofs",
                   "[storage][contract][audit]", InSqlite) {
  TestType engine;
  constexpr LeafIndex kSize = 256 * 256 + 300;
  Grow(engine, kSize);
  Read(engine.database(), [&](const Snapshot& s) {
    const AuditReader& log = s.audit();
    CHECK(Must(log.Tile(1, 0)).size() == 256 * 32);
    CHECK(Must(log.Tile(1, 1)).size() == 32);
    CHECK(Must(log.Tile(2, 0)).size() == 32);
    const Digest root = Must(RootAt(log, kSize));
    for (const LeafIndex index :
         {LeafIndex{0}, LeafIndex{255}, LeafIndex{256}, LeafIndex{65535},
          LeafIndex{65536}, kSize - 1}) {
      const auto proof = Must(ProveInclusion(log, index, kSize));
      CHECK(VerifyInclusion(LeafHash(Entry(index)), index, kSize, proof, root)
                .ok());
      CHECK(
          !VerifyInclusion(LeafHash("other"), index, kSize, proof, root).ok());
    }
    for (const LeafIndex old : {1, 2, 255, 256, 257, 65535, 65536, 65537}) {
      const auto proof = Must(ProveConsistency(log, old, kSize));
      const Digest old_root = Must(RootAt(log, old));
      CHECK(VerifyConsistency(old, kSize, proof, old_root, root).ok());
      CHECK(!VerifyConsistency(old, kSize, proof, root, root).ok());
    }
  });
}

TEMPLATE_TEST_CASE("what a failed job appended never was",
                   "[storage][contract][audit]", InSqlite) {
  TestType engine;
  Grow(engine, 200);
  // Over no, one and several full tiles.
  for (const int entries : {10, 56, 57, 1000}) {
    const absl::Status status =
        engine.database().Write([&](Transaction& t) -> absl::Status {
          for (int i = 0; i < entries; ++i) {
            MINGA_RETURN_IF_ERROR(t.audit().Append("lie").status());
          }
          return absl::AbortedError("changed my mind");
        });
    CHECK(absl::IsAborted(status));
    Read(engine.database(),
         [&](const Snapshot& s) { CheckLog(s.audit(), 200); });
  }
  Grow(engine, 600);
  engine.Reopen();
  Read(engine.database(), [&](const Snapshot& s) { CheckLog(s.audit(), 600); });
}

TEMPLATE_TEST_CASE("the longest entry fits, a longer one does not",
                   "[storage][contract][audit]", InSqlite) {
  TestType engine;
  const std::string longest(kAuditEntryBytesMax, 'e');
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    CHECK(absl::IsInvalidArgument(t.audit().Append(longest + "e").status()));
    MINGA_RETURN_IF_ERROR(t.audit().Append("").status());
    return t.audit().Append(longest).status();
  });
  Read(engine.database(), [&](const Snapshot& s) {
    CHECK(Must(SplitBundle(Must(s.audit().EntryBundle(0)))) ==
          std::vector<std::string>{"", longest});
  });
}

TEMPLATE_TEST_CASE("a checkpoint never covers less than the one before",
                   "[storage][contract][audit]", InSqlite) {
  TestType engine;
  Grow(engine, 10);
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    CHECK(Must(t.audit().Checkpoint()).empty());
    MINGA_RETURN_IF_ERROR(t.audit().SaveCheckpoint("five", 5));
    MINGA_RETURN_IF_ERROR(t.audit().SaveCheckpoint("five again", 5));
    CHECK(absl::IsFailedPrecondition(t.audit().SaveCheckpoint("four", 4)));
    CHECK(absl::IsFailedPrecondition(t.audit().SaveCheckpoint("eleven", 11)));
    return absl::OkStatus();
  });
  engine.Reopen();
  Read(engine.database(), [](const Snapshot& s) {
    CHECK(Must(s.audit().Checkpoint()) == "five again");
  });
}

}  // namespace minga::storage
