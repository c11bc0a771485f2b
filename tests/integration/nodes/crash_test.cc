// kill -9 of real daemons: what was acknowledged stays, nothing is doubled,
// and everybody comes to hold the same.
//
// A longer run: MINGA_KILLS, MINGA_KILL_SEED (tests/long_kill.sh).
#include <signal.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "tests/integration/nodes/federation_fixture.h"
#include "tests/support/nodes/steady_writer.h"

namespace minga::testing {
namespace {

constexpr auto kVacancy = v1::RECORD_KIND_VACANCY;
constexpr int kIds = 500;
// Calls acknowledged between two kills, of all nodes together: from "while it
// catches up" to "in full swing".
constexpr std::uint64_t kCallsBetween = 60;
constexpr absl::Duration kReadyLimit = absl::Seconds(2);

std::uint64_t Setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// Three countries, each joined with each, and a national system at each.
class Restless {
 public:
  explicit Restless(std::uint64_t seed) : random_(seed) {
    nodes_ = {two_.co.get(), two_.ec.get()};
    pe_ = two_.Begin("PE");
    nodes_.push_back(pe_.get());
    two_.MustJoin();
    REQUIRE(Join(*two_.co, *pe_).ok());
    REQUIRE(Join(*two_.ec, *pe_).ok());
    for (NodeProcess* node : nodes_) {
      writers_.push_back(std::make_unique<SteadyWriter>(
          node->data(), node->country(), kIds, random_.Below(1U << 30)));
    }
  }

  // Kills one of them at some moment of the work and starts it again.
  void KillOne() {
    const std::int64_t moment =
        Calls() + static_cast<std::int64_t>(random_.Below(kCallsBetween));
    NodeProcess& victim = *nodes_[random_.Below(nodes_.size())];
    REQUIRE(WaitFor([&] { return Calls() >= moment; }, kPatience,
                    absl::Microseconds(100)));
    victim.Kill();
    const absl::Time started = absl::Now();
    const absl::Status again = victim.Start();
    INFO(victim.country() << ": " << again);
    REQUIRE(again.ok());
    ready_.push_back(absl::Now() - started);
  }

  // Everybody stops writing, and what was acknowledged is everywhere.
  void Settle() {
    for (const auto& writer : writers_) writer->Stop();
    for (NodeProcess* from : nodes_) {
      for (NodeProcess* to : nodes_) {
        if (from == to) continue;
        INFO(from->country() << " to " << to->country());
        REQUIRE(WaitFor([&] { return InStep(*from, *to); }, kPatience));
      }
    }
  }

  void Check() const {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      INFO("of " << nodes_[i]->country());
      CHECK(writers_[i]->broken() == std::vector<std::string>());
      for (NodeProcess* at : nodes_) CheckHeld(i, *at);
      std::string output;
      const int verified =
          RunMinga("--data " + nodes_[i]->data() + " audit verify", &output);
      INFO(output);
      CHECK(verified == 0);
    }
  }

  void Print(std::uint64_t kills) {
    std::int64_t puts = 0, withdrawals = 0, unanswered = 0;
    for (const auto& writer : writers_) {
      puts += writer->puts();
      withdrawals += writer->withdrawals();
      unanswered += writer->unanswered();
    }
    std::sort(ready_.begin(), ready_.end());
    std::printf(
        "%llu kills: %lld puts and %lld withdrawals acknowledged, %lld calls "
        "cut off; ready again p50 %.0f ms, max %.0f ms\n",
        static_cast<unsigned long long>(kills), static_cast<long long>(puts),
        static_cast<long long>(withdrawals), static_cast<long long>(unanswered),
        absl::ToDoubleMilliseconds(ready_[ready_.size() / 2]),
        absl::ToDoubleMilliseconds(ready_.back()));
  }

  absl::Duration SlowestStart() const {
    return *std::max_element(ready_.begin(), ready_.end());
  }

 private:
  std::int64_t Calls() const {
    std::int64_t sum = 0;
    for (const auto& writer : writers_) sum += writer->calls();
    return sum;
  }

  // Exactly what was acknowledged of writer `of`, and nothing besides.
  void CheckHeld(std::size_t of, NodeProcess& at) const {
    const std::string& country = nodes_[of]->country();
    INFO("at " << at.country());
    std::int64_t live = 0;
    std::vector<std::string> wrong;
    for (const auto& [id, state] : writers_[of]->acknowledged()) {
      live += state.has_value() ? 1 : 0;
      const auto held = HeldVersion(at.client(), country, id);
      if (!held.ok() || *held != state) wrong.push_back(id);
    }
    CHECK(wrong == std::vector<std::string>());
    CHECK(Held(at, country, kVacancy) == live);
    CHECK(live > 0);
  }

  SeededRandom random_;
  TwoCountries two_;
  std::unique_ptr<NodeProcess> pe_;
  std::vector<NodeProcess*> nodes_;
  std::vector<std::unique_ptr<SteadyWriter>> writers_;
  std::vector<absl::Duration> ready_;
};

TEST_CASE("kills under load lose and double nothing", "[integration][kill]") {
  const std::uint64_t kills = Setting("MINGA_KILLS", 20);
  const std::uint64_t seed = Setting("MINGA_KILL_SEED", 20261121);
  INFO("seed " << seed);
  Restless countries(seed);
  for (std::uint64_t round = 0; round < kills; ++round) {
    INFO("kill " << round);
    countries.KillOne();
  }
  countries.Settle();
  countries.Check();
  countries.Print(kills);
  CHECK(countries.SlowestStart() < kReadyLimit);
}

TEST_CASE("SIGTERM ends a node in order", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  MustPut(*two.co, {two.OpenVacancy("v1", "jardinero")});
  CHECK(two.co->Stop() == 0);
  CHECK(two.ec->Stop() == 0);
  REQUIRE(two.co->Start().ok());
  REQUIRE(two.ec->Start().ok());
  CHECK(WaitFor([&] { return Finds(*two.ec, "jardinero", "v1"); }, kPatience));
}

}  // namespace
}  // namespace minga::testing
