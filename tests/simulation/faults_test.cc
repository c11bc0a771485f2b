// A fault at every single place where one can fall, one at a time.
#include <catch2/catch.hpp>
#include <functional>

#include "absl/strings/str_cat.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

// Two countries with news of every sort: first sync in several pages, then a
// change, a withdrawal and a new record on the open stream.
void Live(World& world) {
  Node& co = world.node(kColombia);
  co.Write([&](storage::Transaction& t) {
    for (int i = 0; i < 1500; ++i) {
      const absl::Status put =
          PutText(t, co.Key(absl::StrCat("v", i)), "welder", {kEcuador});
      if (!put.ok()) return put;
    }
    return absl::OkStatus();
  });
  world.node(kEcuador).Put("e1", "nurse");
  world.Settle();
  co.Put("v1", "cook");
  co.Erase("v2");
  world.Settle();
  co.Put("new", "miner");
  world.Settle();
}

void MustEndWell(World& world) {
  const bool converged = world.Converge();
  INFO(world.Differences());
  REQUIRE(converged);
  CHECK(LogFaults(world, kColombia, kEcuador) == "");
  CHECK(LogFaults(world, kEcuador, kColombia) == "");
}

// Lives once for each step that `count` counts in a life without fault, with
// `fault` after that step.
void AfterEach(const std::function<std::uint64_t(World&)>& count,
               const std::function<void(World&)>& fault) {
  std::uint64_t last = 0;
  {
    World world(1, {kColombia, kEcuador});
    world.Join();
    Live(world);
    MustEndWell(world);
    last = count(world);
  }
  REQUIRE(last > 10);
  for (std::uint64_t at = 1; at <= last; ++at) {
    CAPTURE(at);
    World world(1, {kColombia, kEcuador});
    world.Join();
    bool done = false;
    world.after_step = [&] {
      if (!done && count(world) >= at) {
        done = true;
        fault(world);
      }
    };
    Live(world);
    MustEndWell(world);
    REQUIRE(done);
  }
}

TEST_CASE("a stream may be cut after any message") {
  AfterEach([](World& world) { return world.network().delivered(); },
            [](World& world) { world.network().CutAll(); });
}

void CrashAfterEachStep(Country who, bool commit_untold) {
  AfterEach([](World& world) { return world.steps(); },
            [&](World& world) {
              Node& node = world.node(who);
              if (commit_untold) node.database().Step(/*tell=*/false);
              node.Restart();
            });
}

TEST_CASE("the origin may crash after any step") {
  CrashAfterEachStep(kColombia, false);
}

TEST_CASE("the origin may crash after any commit it has not heard of") {
  CrashAfterEachStep(kColombia, true);
}

TEST_CASE("the follower may crash after any step") {
  CrashAfterEachStep(kEcuador, false);
}

TEST_CASE("the follower may crash after any commit it has not heard of") {
  CrashAfterEachStep(kEcuador, true);
}

}  // namespace
}  // namespace minga::test
