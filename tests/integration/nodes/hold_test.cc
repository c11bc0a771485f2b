// Records that wait for an officer, between running nodes.
#include <catch2/catch.hpp>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kVacancy = v1::RECORD_KIND_VACANCY;

constexpr char kOverride[] = R"(node_override {
  country: 'CO'
  rules {
    id: 'own.hold'
    effect: EFFECT_OBLIGE
    directions: DIRECTION_SEND
    kinds: RECORD_KIND_VACANCY
    obligations { hold_for_officer: true }
    citations {
      statute: 'Circular 4/2026'
      article: 'num. 2'
      certainty: CERTAINTY_UNVERIFIED
    }
  }
}
)";

TEST_CASE("an officer releases what an override holds", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  MustPut(*two.co, {two.OpenVacancy("v1", "soldadora naval")});
  REQUIRE(
      WaitFor([&] { return Finds(*two.ec, "soldadora", "v1"); }, kPatience));
  const std::string file = two.folder.path() + "/own.textproto";
  std::ofstream(file, std::ios::binary) << kOverride;

  const Ran diff = Run(*two.co, "policy diff --override " + file);
  INFO(diff.output);
  CHECK(diff.code == 0);
  CHECK(absl::StrContains(diff.output,
                          "EC: 0 records released, 1 records "
                          "withdrawn"));
  CHECK(absl::StrContains(diff.output, "Circular 4/2026 num. 2"));
  CHECK(absl::StrContains(diff.output, "v1"));
  CHECK(Views(*two.co, "EC", "shown", kVacancy) == 1);

  const Ran active = Run(*two.co, "policy activate --override " + file);
  INFO(active.output);
  REQUIRE(active.code == 0);
  CHECK(WaitFor([&] { return Held(*two.ec, "CO", kVacancy) == 0; }, kPatience));
  const Ran held = Run(*two.co, "policy held list");
  INFO(held.output);
  CHECK(held.code == 0);
  CHECK(absl::StrContains(held.output, "CO/vacancy/v1"));

  const std::string v1 = "CO/vacancy/v1 --peer EC --officer maria.perez ";
  const Ran mute = Run(*two.co, "policy held release " + v1 + "--reason ''");
  CHECK(mute.code == 3);
  const Ran release =
      Run(*two.co, "policy held release " + v1 + "--reason 'checked by phone'");
  INFO(release.output);
  CHECK(release.code == 0);
  CHECK(WaitFor([&] { return Finds(*two.ec, "soldadora", "v1"); }, kPatience));
  const std::string list = Run(*two.co, "policy held list --peer EC").output;
  INFO(list);
  CHECK(absl::StrContains(list, "released"));
  CHECK(absl::StrContains(list, "maria.perez "));
  CHECK(absl::StrContains(list, ": checked by phone"));
  const Ran revoke =
      Run(*two.co, "policy held revoke " + v1 + "--reason 'no longer true'");
  INFO(revoke.output);
  CHECK(revoke.code == 0);
  CHECK(WaitFor([&] { return Held(*two.ec, "CO", kVacancy) == 0; }, kPatience));
}

TEST_CASE("a release ends when an override lets more out", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  const std::string wide = two.folder.path() + "/own.textproto";
  std::ofstream(wide, std::ios::binary) << kOverride;
  const std::string narrow = two.folder.path() + "/narrow.textproto";
  std::ofstream(narrow, std::ios::binary) << absl::StrReplaceAll(
      kOverride,
      {{"  rules {\n    id: 'own.hold'",
        "  rules {\n    id: 'own.place'\n    effect: EFFECT_FORBID\n"
        "    directions: DIRECTION_SEND\n    kinds: "
        "RECORD_KIND_VACANCY\n    fields: 'location.municipality'\n"
        "    level: LEVEL_SUPPRESS\n    citations { statute: 'Circular "
        "5/2026' article: 'num. 1' certainty: CERTAINTY_UNVERIFIED }\n"
        "  }\n  rules {\n    id: 'own.hold'"}});
  const Ran active = Run(*two.co, "policy activate --override " + narrow);
  INFO(active.output);
  REQUIRE(active.code == 0);
  MustPut(*two.co, {two.OpenVacancy("v1", "soldadora naval")});
  const Ran release =
      Run(*two.co,
          "policy held release CO/vacancy/v1 --peer EC --officer maria.perez "
          "--reason 'checked by phone'");
  INFO(release.output);
  REQUIRE(release.code == 0);
  REQUIRE(
      WaitFor([&] { return Finds(*two.ec, "soldadora", "v1"); }, kPatience));

  const Ran diff = Run(*two.co, "policy diff --override " + wide);
  INFO(diff.output);
  CHECK(absl::StrContains(diff.output, "would wait for an officer (held)"));
  REQUIRE(Run(*two.co, "policy activate --override " + wide).code == 0);
  CHECK(WaitFor([&] { return Held(*two.ec, "CO", kVacancy) == 0; }, kPatience));
  const Ran held = Run(*two.co, "policy held list");
  INFO(held.output);
  CHECK(absl::StrContains(held.output, "held again"));
  CHECK(absl::StrContains(held.output,
                          "not covered: location.municipality RAW instead of "
                          "SUPPRESS (maria.perez"));
  const Ran json = Run(*two.co, "--json policy held list");
  INFO(json.output);
  CHECK(absl::StrContains(json.output, "\"reason\":\"checked by phone\""));
  CHECK(
      absl::StrContains(json.output, "\"beyond\":\"location.municipality RAW"));
}

}  // namespace
}  // namespace minga::testing
