// Random lives of three countries: puts, erasures, stale rows, new epochs,
// suspensions, cuts and crashes in any order, from a seed.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

constexpr std::uint64_t kSeeds = 60;
constexpr int kActions = 60;
constexpr std::uint64_t kIds = 40;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  std::uint64_t value = 0;
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : world_(seed, {kColombia, kEcuador, kPeru}), random_(world_.random()) {
    world_.Join();
  }

  void Run() {
    for (int action = 0; action < kActions; ++action) {
      Act();
      for (std::uint64_t steps = random_.Below(60); steps > 0; --steps) {
        world_.RandomStep();
      }
      if (random_.Below(4) == 0) {
        world_.clock().Advance(
            absl::Seconds(static_cast<std::int64_t>(random_.Below(90))));
      }
    }
    for (const Country a : kAll) {
      for (const Country b : kAll) {
        if (a != b) {
          world_.node(a).SetState(b, storage::PeerState::kActive);
        }
      }
      world_.network().SetReachable(a, true);
    }
  }

  World& world() { return world_; }

 private:
  inline static const std::vector<Country> kAll = {kColombia, kEcuador, kPeru};

  Node& Any() { return world_.node(kAll[random_.Below(kAll.size())]); }
  std::string AnyId() { return absl::StrCat("v", random_.Below(kIds)); }

  void Act() {
    Node& node = Any();
    Node& other = Any();
    switch (random_.Below(16)) {
      case 0:
        node.Erase(AnyId());
        return;
      case 1:
        node.Write([&](storage::Transaction& t) {
          return PutTextUndecided(t, node.Key(AnyId()), "not decided on");
        });
        return;
      case 2:
        node.Put(AnyId(), kRejectedText);
        return;
      case 3:
        if (node.country() != other.country()) {
          node.StartEpoch(other.country(),
                          node.HeadOf(other.country()).epoch + 1);
        }
        return;
      case 4:
        if (node.country() != other.country()) {
          node.SetState(other.country(), random_.Below(2) == 0
                                             ? storage::PeerState::kSuspended
                                             : storage::PeerState::kActive);
        }
        return;
      case 5:
        world_.network().CutAll();
        return;
      case 6:
        node.Restart();
        return;
      case 7:
        node.database().Step(/*tell=*/false);
        node.Restart();
        return;
      case 8:
        world_.network().SetReachable(node.country(), random_.Below(3) != 0);
        return;
      default:
        node.Put(AnyId(), absl::StrCat("text ", random_.Next()));
    }
  }

  World world_;
  SeededRandom& random_;
};

// A text put without a decision stands in the store but is not what is shown:
// decided anew only when it is sent, or at the end.
void DecideAll(World& world, const std::vector<Country>& all) {
  for (const Country a : all) {
    for (const Country b : all) {
      if (a == b) continue;
      Node& node = world.node(a);
      node.Write([&](storage::Transaction& t) {
        for (std::uint64_t i = 0; i < kIds; ++i) {
          const RecordKey key = node.Key(absl::StrCat("v", i));
          const auto record = t.records().Get(key);
          if (!record.ok()) return record.status();
          if (!record->has_value()) continue;
          const absl::Status decided = Decide(t, key, b);
          if (!decided.ok()) return decided;
        }
        return absl::OkStatus();
      });
    }
  }
}

void LiveOn(std::uint64_t seed) {
  const std::vector<Country> all = {kColombia, kEcuador, kPeru};
  Life life(seed);
  life.Run();
  DecideAll(life.world(), all);
  const bool converged = life.world().Converge(absl::Hours(2));
  INFO("repeat with MINGA_SIMULATION_SEED=" << seed);
  INFO(life.world().Differences());
  REQUIRE(converged);
  for (const Country a : all) {
    for (const Country b : all) {
      if (a != b) CHECK(LogFaults(life.world(), a, b) == "");
    }
  }
}

TEST_CASE("random lives end in agreement", "[random]") {
  const std::uint64_t one = FromEnvironment("MINGA_SIMULATION_SEED", 0);
  if (one != 0) {
    LiveOn(one);
    return;
  }
  const std::uint64_t seeds = FromEnvironment("MINGA_SIMULATION_SEEDS", kSeeds);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) LiveOn(seed);
}

}  // namespace
}  // namespace minga::test
