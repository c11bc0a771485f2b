// kill -9 of real daemons: what was acknowledged stays, nothing is doubled.
#include <signal.h>

#include <catch2/catch.hpp>
#include <thread>

#include "node/base/random.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kVacancy = v1::RECORD_KIND_VACANCY;
constexpr int kKills = 20;
constexpr int kBatch = 200;
constexpr absl::Duration kReadyLimit = absl::Seconds(2);

// Puts batches until the node dies or `batches` are in; returns the number of
// records that were acknowledged.
int PutUntilKilled(NodeProcess& node, TwoCountries& two, int from,
                   int batches) {
  int acknowledged = 0;
  for (int b = 0; b < batches; ++b) {
    v1::PutRecordsRequest request;
    for (int i = 0; i < kBatch; ++i) {
      *request.add_records() = two.OpenVacancy(
          "n" + std::to_string(from + b * kBatch + i), "operaria de costura");
    }
    if (!rpc::Call(node.client().pes(),
                   &v1::PesService::StubInterface::PutRecords, request)
             .ok()) {
      break;
    }
    acknowledged += kBatch;
  }
  return acknowledged;
}

TEST_CASE("twenty kills under load lose and double nothing", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  const std::uint64_t seed = 20261121;
  INFO("seed " << seed);
  SeededRandom random(seed);
  int acknowledged = 0;
  for (int round = 0; round < kKills; ++round) {
    NodeProcess& victim = round % 2 == 0 ? *two.ec : *two.co;
    const auto when =
        absl::Milliseconds(static_cast<std::int64_t>(random.Below(60)));
    // The kill comes from outside, at a moment the node does not choose.
    std::thread killer([&victim, when] {
      absl::SleepFor(when);
      kill(victim.pid(), SIGKILL);
    });
    acknowledged += PutUntilKilled(*two.co, two, round * 10000, 4);
    killer.join();
    victim.Kill();
    const absl::Time started = absl::Now();
    const absl::Status again = victim.Start();
    INFO("round " << round << ": " << again);
    REQUIRE(again.ok());
    CHECK(absl::Now() - started < kReadyLimit);
    CHECK(Held(*two.co, "CO", kVacancy) >= acknowledged);
  }
  REQUIRE(WaitFor([&] { return InStep(*two.co, *two.ec); }, kPatience));
  const std::int64_t own = Held(*two.co, "CO", kVacancy);
  CHECK(Views(*two.co, "EC", "shown", kVacancy) == own);
  CHECK(Held(*two.ec, "CO", kVacancy) == own);
  for (NodeProcess* node : {two.co.get(), two.ec.get()}) {
    std::string output;
    INFO(output);
    CHECK(RunMinga("--data " + node->data() + " audit verify", &output) == 0);
  }
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
