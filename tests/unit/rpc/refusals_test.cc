#include "node/rpc/refusals.h"

#include <grpc/support/log.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace minga::rpc {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1796083200);

struct Logged {
  Logged()
      : clock(kStart), log(&clock, [this](const Refusal& refusal) {
          all.push_back(refusal);
        }) {}
  SimulatedClock clock;
  std::vector<Refusal> all;
  RefusalLog log;
};

TEST_CASE("a flood of refusals is counted, not written", "[rpc][refusals]") {
  Logged logged;
  for (int i = 0; i < 1000; ++i) logged.log.Report({.reason = "flood"});
  CHECK(logged.all.size() == kRefusalBurst);
  CHECK(logged.log.total() == 1000);

  logged.clock.Advance(kRefusalInterval);
  logged.log.Report({.reason = "later"});
  logged.log.Report({.reason = "too soon"});
  REQUIRE(logged.all.size() == kRefusalBurst + 1);
  CHECK(logged.all.back().reason == "later");
  CHECK(logged.all.back().unreported == 1000 - kRefusalBurst);

  logged.clock.Advance(kRefusalInterval);
  logged.log.Report({.reason = "again"});
  CHECK(logged.all.back().reason == "again");
  CHECK(logged.all.back().unreported == 1);
}

TEST_CASE("a day of flood stays within the promised bound", "[rpc][refusals]") {
  Logged logged;
  for (int second = 0; second < 86400; ++second) {
    logged.log.Report({.reason = "flood"});
    logged.clock.Advance(absl::Seconds(1));
  }
  CHECK(logged.all.size() <= kRefusalBurst + 2880 + 1);
  CHECK(logged.all.size() > 2880);
}

TEST_CASE("a clock that is set back does not silence the log",
          "[rpc][refusals]") {
  Logged logged;
  for (int i = 0; i < 100; ++i) logged.log.Report({.reason = "flood"});
  logged.clock.Set(kStart - absl::Hours(1000));
  logged.log.Report({.reason = "no token yet"});
  CHECK(logged.all.size() == kRefusalBurst);
  logged.clock.Advance(kRefusalInterval);
  logged.log.Report({.reason = "heard"});
  CHECK(logged.all.back().reason == "heard");
}

TEST_CASE("nothing is told after Close", "[rpc][refusals]") {
  Logged logged;
  logged.log.Close();
  logged.log.Report({.reason = "late"});
  CHECK(logged.all.empty());
  CHECK(logged.log.total() == 1);
}

TEST_CASE("gRPC's own lines about handshakes become refusals",
          "[rpc][refusals]") {
  Logged logged;
  logged.log.ListenToGrpc();
  gpr_log(GPR_ERROR, "%s",
          "Handshake failed with fatal error SSL_ERROR_SSL: error:0A000102:SSL "
          "routines::unsupported protocol.");
  gpr_log(GPR_ERROR, "%s", "No match found for server name: x.");
  REQUIRE(logged.all.size() == 1);
  CHECK(logged.all[0].reason == "TLS handshake failed: unsupported protocol");
  CHECK(logged.all[0].side == Refusal::Side::kUnknown);
  gpr_log(GPR_ERROR, "%s",
          "Handshake failed with fatal error SSL_ERROR_SSL: \x1b[31m\n.");
  REQUIRE(logged.all.size() == 2);
  CHECK(logged.all[1].reason.find('\x1b') == std::string::npos);
}

TEST_CASE("handshakes that gRPC gives up are reported if the other end did it",
          "[rpc][refusals]") {
  Logged logged;
  logged.log.ListenToGrpc();
  constexpr absl::string_view kGivenUp =
      "TlsServerSecurityConnector::cancel_check_peer error: UNKNOWN:";
  gpr_log(GPR_ERROR, "%s",
          absl::StrCat(kGivenUp, "Listener stopped serving. {}").c_str());
  CHECK(logged.all.empty());
  gpr_log(GPR_ERROR, "%s",
          absl::StrCat(kGivenUp, "Handshake timed out {}").c_str());
  REQUIRE(logged.all.size() == 1);
  CHECK(logged.all[0].reason == "TLS handshake not finished in time");
}

}  // namespace
}  // namespace minga::rpc
