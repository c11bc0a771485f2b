// Properties are checked as strictly as rules, with the place of a mistake.
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/policy_set.h"

namespace minga::policy {
namespace {

// A national policy with one property; `body` begins on line 4.
std::string Check(const std::string& body) {
  const absl::Status status =
      CheckDocument({"co", absl::StrCat("national_policy {\n  country: 'CO'\n"
                                        "  properties {\n",
                                        body, "\n  }\n}\n")});
  return status.ok() ? "" : std::string(status.message());
}

const char kRest[] = "\nfields: 'pay'\nat_most { level: LEVEL_SUPPRESS }";

TEST_CASE("a property loads with its facts of agreement and consent",
          "[policy][property]") {
  CHECK(Check(absl::StrCat("id: 'p' kinds: RECORD_KIND_VACANCY ",
                           "when: '!agreement.in_force'", kRest)) == "");
  CHECK(Check("id: 'p' kinds: RECORD_KIND_PROFILE "
              "when: '!consent.covers && profile.active' fields: 'identity.*' "
              "at_most { level: LEVEL_SUPPRESS }") == "");
  CHECK(Check("id: 'p' kinds: RECORD_KIND_PROFILE fields: '*' "
              "obliges { min_k: 5 }") == "");
  CHECK(Check("id: 'p' kinds: RECORD_KIND_VACANCY fields: 'occupation.isco' "
              "at_least { level: LEVEL_GENERALISE generalise_steps: 2 }") ==
        "");
}

TEST_CASE("a property that is wrong is refused at its place",
          "[policy][property]") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {absl::StrCat("id: 'P x' kinds: RECORD_KIND_VACANCY", kRest),
       "co:4:1: property id `P x` is not 1 to 64 of a-z, 0-9, `.`, `-`, "
       "`_`"},
      {"id: 'p'\nkinds: RECORD_KIND_VACANCY\nfields: 'employer.nme'\n"
       "at_most { level: LEVEL_SUPPRESS }",
       "co:6:1: unknown field `employer.nme` of a vacancy; did you mean "
       "`employer.name`?"},
      {"id: 'p' kinds: RECORD_KIND_VACANCY fields: 'pay'",
       "co:3:3: property `p` has no bound: expected `at_most`, `at_least` "
       "or `obliges`"},
      {"id: 'p' kinds: RECORD_KIND_VACANCY fields: 'pay'\nat_most { }",
       "co:5:1: this bound has no level"},
      {"id: 'p' kinds: RECORD_KIND_VACANCY fields: 'pay'\n"
       "at_most { level: LEVEL_RAW }",
       "co:5:11: every record is at most RAW: this property says nothing"},
      {"id: 'p' kinds: RECORD_KIND_VACANCY fields: 'pay'\n"
       "at_least { level: LEVEL_SUPPRESS }",
       "co:5:12: every record is at least SUPPRESS: this property says "
       "nothing"},
      {"id: 'p' kinds: RECORD_KIND_VACANCY fields: 'pay'\n"
       "at_least { level: LEVEL_GENERALISE generalise_steps: 1 }",
       "co:5:1: field `pay` has no hierarchy"},
      {"id: 'p' kinds: RECORD_KIND_VACANCY fields: '*'\n"
       "obliges { min_k: 3 }",
       "co:5:1: this obligation cannot be carried out: records of kind "
       "vacancy are not shown in anonymity classes"},
      {"id: 'p' kinds: RECORD_KIND_COMPLAINT fields: '*'\n"
       "at_most { level: LEVEL_SUPPRESS }",
       ""},
      {absl::StrCat("id: 'p' kinds: RECORD_KIND_VACANCY\n"
                    "when: 'consent.covers'",
                    kRest),
       "co:5:8: unknown fact `consent.covers` of a vacancy"},
      {absl::StrCat("id: 'p' kinds: RECORD_KIND_VACANCY\n"
                    "when: 'has(agreement.in_force)'",
                    kRest),
       "co:5:8: fact `agreement.in_force` is always known; expected it "
       "without has()"},
      {absl::StrCat("id: 'p' kinds: RECORD_KIND_VACANCY\n"
                    "when: 'agreement.in_froce'",
                    kRest),
       "co:5:8: unknown fact `agreement.in_froce` of a vacancy; did you "
       "mean `agreement.in_force`?"},
      {absl::StrCat("id: 'p' kinds: RECORD_KIND_VACANCY "
                    "valid_from: '2026-02-01'\nvalid_until: '2026-01-01'",
                    kRest),
       "co:5:1: property `p` ends on 2026-01-01, before it begins on "
       "2026-02-01"},
      {absl::StrCat("id: 'p' kinds: RECORD_KIND_VACANCY\n"
                    "peer_groups: 'CAN'",
                    kRest),
       "co:5:1: unknown peer group `CAN`"},
  }));
  INFO(body);
  const std::string found = Check(body);
  if (expected.empty()) {
    CHECK(found.find("co:4:") != std::string::npos);
  } else {
    CHECK(found == expected);
  }
}

TEST_CASE("rules may not ask what only properties may", "[policy][property]") {
  const absl::Status status = CheckDocument(
      {"co",
       "national_policy {\n  country: 'CO'\n  rules {\n    id: 'r' "
       "effect: EFFECT_FORBID directions: DIRECTION_SEND\n    "
       "kinds: RECORD_KIND_PROFILE fields: '*'\n    when: 'consent.covers'\n"
       "  }\n}\n"});
  CHECK(std::string(status.message()).find("co:6:12: unknown fact") == 0);
}

TEST_CASE("a property of an MoU is about its parties", "[policy][property]") {
  const auto check = [](const std::string& peer) {
    const absl::Status status = CheckDocument(
        {"m", absl::StrCat("mou {\n  parties: ['CO', 'EC']\n  valid_from: "
                           "'2026-01-01'\n  properties { id: 'p' kinds: "
                           "RECORD_KIND_VACANCY fields: 'pay' at_most { level: "
                           "LEVEL_SUPPRESS }\n    peers: '",
                           peer, "' }\n}\n")});
    return status.ok() ? "" : std::string(status.message());
  };
  CHECK(check("EC") == "");
  CHECK(check("PE") == "m:5:5: peer `PE` is not a party of this MoU");
}

TEST_CASE("two properties of one id are refused", "[policy][property]") {
  const std::string one =
      "  properties { id: 'p' kinds: RECORD_KIND_VACANCY fields: 'pay' "
      "at_most { level: LEVEL_SUPPRESS } }\n";
  const absl::Status status =
      CheckDocument({"co", absl::StrCat("national_policy {\n  country: 'CO'\n",
                                        one, one, "}\n")});
  CHECK(std::string(status.message()) ==
        "co:4:16: property id `p` is used twice");
}

}  // namespace
}  // namespace minga::policy
