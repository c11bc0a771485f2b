#include "node/config.h"

#include <catch2/catch.hpp>

#include "absl/strings/str_cat.h"

namespace minga {
namespace {

std::string ErrorOf(absl::string_view text) {
  const absl::StatusOr<Config> config = ParseConfig(text, "minga.toml");
  if (config.ok()) return "accepted";
  CHECK(absl::IsInvalidArgument(config.status()));
  return std::string(config.status().message());
}

constexpr absl::string_view kHead = "country = \"CO\"\nname = \"SPE\"\n";

TEST_CASE("what init writes is read back as it was", "[node][config]") {
  Config config;
  config.country = Country::Of("EC");
  config.name = "Red \"Socio\" \\ Empleo ñ";
  config.listen = "[::]:7444";
  config.endpoints = {"node.example.ec:7444", "192.0.2.7:7443"};
  config.memory_mb = 128;
  config.allowances.records_per_day = 20'000;
  config.allowances.megabytes_per_day = 99;
  config.allowances.calls_per_minute = 31;
  config.held_records = 3'000;
  config.held_megabytes = 44;
  config.handshakes_per_minute = 55;
  config.hierarchies = "hierarchies";
  config.connection_life = absl::Minutes(90);
  config.checkpoint_interval = absl::Milliseconds(2500);
  config.keep_years = 7;
  config.close_at_entries = 5'000'000;

  const absl::StatusOr<Config> read =
      ParseConfig(RenderConfig(config), "minga.toml");
  REQUIRE(read.status().message() == "");
  CHECK(read->country == config.country);
  CHECK(read->name == config.name);
  CHECK(read->listen == config.listen);
  CHECK(read->endpoints == config.endpoints);
  CHECK(read->memory_mb == config.memory_mb);
  CHECK(read->allowances.records_per_day == config.allowances.records_per_day);
  CHECK(read->allowances.megabytes_per_day ==
        config.allowances.megabytes_per_day);
  CHECK(read->allowances.calls_per_minute ==
        config.allowances.calls_per_minute);
  CHECK(read->held_records == config.held_records);
  CHECK(read->held_megabytes == config.held_megabytes);
  CHECK(read->handshakes_per_minute == config.handshakes_per_minute);
  CHECK(read->hierarchies == config.hierarchies);
  CHECK(read->connection_life == config.connection_life);
  CHECK(read->checkpoint_interval == config.checkpoint_interval);
  CHECK(read->keep_years == 7);
  CHECK(read->close_at_entries == 5'000'000);
}

TEST_CASE("a short configuration has the documented defaults",
          "[node][config]") {
  const absl::StatusOr<Config> read = ParseConfig(kHead, "minga.toml");
  REQUIRE(read.ok());
  CHECK(read->listen == "0.0.0.0:7443");
  CHECK(read->memory_mb == 256);
  CHECK(read->connection_life == absl::Hours(1));
  CHECK(read->checkpoint_interval == absl::Seconds(1));
}

TEST_CASE("an unknown key is refused with its place", "[node][config]") {
  CHECK(ErrorOf(absl::StrCat(kHead, "nmae = \"x\"\n")) ==
        "minga.toml:3:1: unknown key `nmae`; known here: country, name, "
        "peers, protection, anonymity, audit, log");
  CHECK(ErrorOf(absl::StrCat(kHead,
                             "[peers]\nlisten = \"0.0.0.0:1\"\n  "
                             "memory = 3\n")) ==
        "minga.toml:5:3: unknown key `peers.memory`; known here: listen, "
        "endpoints, memory_mb, connection_minutes");
  CHECK(ErrorOf(absl::StrCat(kHead, "[console]\n")).find("minga.toml:3:") == 0);
}

TEST_CASE("wrong values name the key and the place", "[node][config]") {
  CHECK(ErrorOf("country = \"CO\"\n").find("`name`: is missing") !=
        std::string::npos);
  CHECK(ErrorOf("country = \"co1\"\nname = \"x\"")
            .find("minga.toml:1:11: `country`: ") == 0);
  CHECK(ErrorOf("country = 7\n") ==
        "minga.toml:1:11: `country`: must be a string in quotes");
  CHECK(ErrorOf(absl::StrCat(kHead, "[peers]\nmemory_mb = 1\n")) ==
        "minga.toml:4:13: `peers.memory_mb`: 1 is not in 64..16384");
  CHECK(ErrorOf(absl::StrCat(kHead, "[peers]\nendpoints = [\"a:1\", 7]\n")) ==
        "minga.toml:4:21: must be a string");
  CHECK(ErrorOf(absl::StrCat(kHead, "peers = 1\n")) ==
        "minga.toml:3:9: `peers`: must be a section, [peers]");
  CHECK(ErrorOf(absl::StrCat(kHead, "[log]\ncheckpoint_ms = 99999\n")) ==
        "minga.toml:4:17: `log.checkpoint_ms`: 99999 is not in 100..60000");
  CHECK(ErrorOf(absl::StrCat(kHead, "[log]\nclose_at_entries = 5\n"))
            .find("`log.close_at_entries`: must be 0 or 100000 and more") !=
        std::string::npos);
}

TEST_CASE("a syntax error has its line and column", "[node][config]") {
  CHECK(ErrorOf("country = \"CO\"\nname = \n").find("minga.toml:2:") == 0);
  CHECK(ErrorOf("country = \"CO\"\ncountry = \"EC\"\n").find("minga.toml:2:") ==
        0);
  CHECK(ErrorOf(absl::string_view("\xff\xfe\0", 3)).find("minga.toml:") == 0);
}

TEST_CASE("addresses are host:port", "[node][config]") {
  CHECK(ValidateAddress("node.example.co:7443", false).ok());
  CHECK(ValidateAddress("[2001:db8::1]:7443", false).ok());
  CHECK(ValidateAddress("127.0.0.1:0", true).ok());
  for (const char* wrong :
       {"", "host", "host:", ":7443", "host:0", "host:65536", "host:-1",
        "host:+1", "host: 1", "host:12345678901", "2001:db8::1:7443",
        "[::1:7443", "a b:1", "unix:/tmp/x:1", "host/x:1", "host:1\n"}) {
    CAPTURE(wrong);
    CHECK(absl::IsInvalidArgument(ValidateAddress(wrong, false)));
  }
}

TEST_CASE("a node name must yield a key name", "[node][config]") {
  CHECK(ValidateNodeName("Servicio Nacional de Empleo").ok());
  CHECK_FALSE(ValidateNodeName("").ok());
  CHECK_FALSE(ValidateNodeName("日本").ok());
  CHECK_FALSE(ValidateNodeName("a\nb").ok());
  CHECK_FALSE(ValidateNodeName("\xc3").ok());
  CHECK_FALSE(ValidateNodeName(std::string(101, 'a')).ok());
}

}  // namespace
}  // namespace minga
