// Closing a log and going on in the next, and pruning.
#include "storage/audit_chain.h"

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "storage/merkle.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

std::string Text(std::uint64_t i) { return absl::StrCat("entry ", i); }

template <typename Engine>
struct Chain {
  Engine engine;

  void Append(std::uint64_t from, std::uint64_t upto) {
    MINGA_CHECK_OK(engine.database().Write([&](Transaction& t) -> absl::Status {
      for (std::uint64_t i = from; i < upto; ++i) {
        const auto index = t.audit().Append(Text(i));
        if (!index.ok()) return index.status();
      }
      return absl::OkStatus();
    }));
  }
  absl::Status Close(bool fails = false) {
    return engine.database().Write([&](Transaction& t) -> absl::Status {
      const LeafIndex size = Must(t.audit().Size());
      const absl::Status saved = t.audit().SaveCheckpoint("note", size);
      if (!saved.ok()) return saved;
      const absl::Status closed = AuditChain::Of(t.audit())->Close();
      if (!closed.ok()) return closed;
      const auto first = t.audit().Append("goes on");
      if (!first.ok()) return first.status();
      CHECK(*first == 0);
      return fails ? absl::AbortedError("no") : absl::OkStatus();
    });
  }
  void Read(const std::function<void(const AuditReader&)>& look) {
    MINGA_CHECK_OK(engine.database().Read([&](const Snapshot& snapshot) {
      look(snapshot.audit());
      return absl::OkStatus();
    }));
  }
  void Reopen() { engine.Reopen(); }
};

}  // namespace

TEMPLATE_TEST_CASE("a log is closed and goes on in the next",
                   "[storage][contract]", InSqlite) {
  Chain<TestType> chain;
  chain.Append(0, 700);
  Digest root{};
  chain.Read([&](const AuditReader& log) { root = Must(RootAt(log, 700)); });

  SECTION("not before it is signed to its end") {
    CHECK(absl::IsFailedPrecondition(chain.engine.database().Write(
        [](Transaction& t) { return AuditChain::Of(t.audit())->Close(); })));
  }
  SECTION("not if the transaction fails") {
    CHECK(absl::IsAborted(chain.Close(/*fails=*/true)));
    chain.Append(700, 800);
    chain.Reopen();
    chain.Read([&](const AuditReader& log) {
      CHECK(Must(AuditChain::Of(log)->Number()) == 0);
      CHECK(Must(log.Size()) == 800);
      CHECK(Must(RootAt(log, 700)) == root);
    });
  }
  SECTION("both are there, also when it is opened again") {
    MINGA_CHECK_OK(chain.Close());
    chain.Append(1, 300);
    if (GENERATE(false, true)) chain.Reopen();
    chain.Read([&](const AuditReader& log) {
      const AuditChain& all = *AuditChain::Of(log);
      CHECK(Must(all.Number()) == 1);
      CHECK(Must(log.Size()) == 300);
      CHECK(Must(log.Checkpoint()).empty());
      CHECK(Must(SplitBundle(Must(log.EntryBundle(0))))[0] == "goes on");
      CHECK(absl::IsOutOfRange(log.EntryBundle(2).status()));
      const auto closed = Must(all.Earlier(0));
      CHECK(Must(closed->Size()) == 700);
      CHECK(Must(closed->Checkpoint()) == "note");
      CHECK(Must(RootAt(*closed, 700)) == root);
      CHECK(Must(SplitBundle(Must(closed->EntryBundle(2))))[100] == Text(612));
      CHECK(absl::IsOutOfRange(closed->EntryBundle(3).status()));
      CHECK(absl::IsOutOfRange(all.Earlier(1).status()));
      // The same, without asking which of them is the present one.
      CHECK(Must(NumberOf(log)) == 1);
      CHECK(Must(Must(OpenLog(log, 0))->Size()) == 700);
      CHECK(Must(Must(OpenLog(log, 1))->Size()) == 300);
      CHECK(Must(Must(OpenLog(log, 1))->Tile(0, 0)) == Must(log.Tile(0, 0)));
      CHECK(absl::IsOutOfRange(OpenLog(log, 2).status()));
      CHECK(absl::IsOutOfRange(OpenLog(log, -1).status()));
    });
    // The next one is a log as the first was.
    MINGA_CHECK_OK(chain.Close());
    chain.Read([&](const AuditReader& log) {
      CHECK(Must(AuditChain::Of(log)->Number()) == 2);
      CHECK(Must(Must(AuditChain::Of(log)->Earlier(1))->Size()) == 300);
    });
  }
}

TEMPLATE_TEST_CASE("what is pruned keeps its hashes", "[storage][contract]",
                   InSqlite) {
  Chain<TestType> chain;
  chain.Append(0, 1000);
  const bool closed = GENERATE(false, true);
  if (closed) MINGA_CHECK_OK(chain.Close());
  const auto prune = [&](std::uint64_t bundle) {
    absl::StatusOr<std::uint64_t> left;
    const absl::Status written =
        chain.engine.database().Write([&](Transaction& t) -> absl::Status {
          left = AuditChain::Of(t.audit())->Prune(0, bundle);
          return left.status();
        });
    return written.ok() ? left : written;
  };
  CHECK(absl::IsOutOfRange(prune(4).status()));  // has 232 entries only
  CHECK(Must(prune(2)) == 2);
  CHECK(Must(prune(1)) == 1);  // as it is
  if (GENERATE(false, true)) chain.Reopen();
  chain.Read([&](const AuditReader& present) {
    const AuditChain& all = *AuditChain::Of(present);
    const auto earlier = closed ? Must(all.Earlier(0)) : nullptr;
    const AuditReader& log = closed ? *earlier : present;
    CHECK(Must(all.Pruned(0)) == 2);
    CHECK(absl::IsNotFound(log.EntryBundle(1).status()));
    CHECK(Must(SplitBundle(Must(log.EntryBundle(2))))[0] == Text(512));
    const Digest root = Must(RootAt(log, 1000));
    const auto proof = Must(ProveInclusion(log, 77, 1000));
    MINGA_CHECK_OK(VerifyInclusion(LeafHash(Text(77)), 77, 1000, proof, root));
  });
  if (closed) return;
  chain.Append(1000, 1100);
  chain.Read([&](const AuditReader& log) {
    CHECK(Must(log.Size()) == 1100);
    CHECK(Must(AuditChain::Of(log)->Pruned(0)) == 2);
  });
}

}  // namespace minga::storage
