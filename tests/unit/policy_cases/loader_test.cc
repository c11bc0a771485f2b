// What is wrong with a file of cases is said with its place.
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/cases/cases.h"
#include "texts.h"

namespace minga::policy::cases {
namespace {

std::string Wrong(const std::string& cases) {
  const absl::Status status = CheckCases(CasesFile(cases));
  if (status.ok()) return "";
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST_CASE("good cases load", "[cases]") {
  CHECK(Wrong(Vacancy("a", true)) == "");
  CHECK(Wrong(Vacancy("a", true, Fact("vacancy.sector = 'C252'"))) == "");
  CHECK(Wrong(Vacancy("a", true, Fact("vacancy.age_days=-3"))) == "");
  CHECK(Wrong(Vacancy("a", true, Fact("vacancy.sector = absent"))) == "");
  CHECK(Wrong(Vacancy("a", true,
                      Fact("vacancy.closing_date = date('2027-02-28')"))) ==
        "");
}

TEST_CASE("facts are checked against the schema", "[cases]") {
  const auto fact = [](const std::string& text) {
    return Wrong(Vacancy("a", true, "\n" + Fact(text)));
  };
  // Facts stand on line 21; their text begins in column 9.
  CHECK(fact("vacancy.sectr = 'C'") ==
        "co.cases:21:9: unknown fact `vacancy.sectr` of a vacancy; did you "
        "mean `vacancy.sector`?");
  CHECK(fact("vacancy.remote = 1") ==
        "co.cases:21:26: expected a literal of type bool for the fact "
        "`vacancy.remote`, or `absent`");
  CHECK(fact("vacancy.countries = ['EC', 5]") ==
        "co.cases:21:29: expected a literal of type list of string for the "
        "fact `vacancy.countries`, or `absent`");
  CHECK(fact("vacancy.status = vacancy.country") ==
        "co.cases:21:26: expected a literal of type string for the fact "
        "`vacancy.status`, or `absent`");
  CHECK(fact("vacancy.closing_date = date('2027-02-29')") ==
        "co.cases:21:37: `2027-02-29` is not a day of the form `2026-12-01`");
  CHECK(fact("vacancy.status") ==
        "co.cases:21:9: expected `name = literal` such as `vacancy.status = "
        "'open'`");
  CHECK(fact("peer.country = 'EC'") ==
        "co.cases:21:9: `peer.country` is not a fact of the record: the case "
        "itself says it");
  CHECK(fact("vacancy.remote = absent") ==
        "co.cases:20:3: case `a` lacks the required fact `vacancy.remote`");
  CHECK(fact("vacancy.remote = true\" facts: \"vacancy.remote = true") ==
        "co.cases:21:40: fact `vacancy.remote` is given twice");
}

TEST_CASE("a fact in a list has its own place", "[cases]") {
  CHECK(Wrong(Vacancy("a", true,
                      "facts: [\"vacancy.remote = true\",\n"
                      "  \"vacancy.remot = true\"]")) ==
        "co.cases:21:4: unknown fact `vacancy.remot` of a vacancy; did you "
        "mean `vacancy.remote`?");
}

TEST_CASE("the question is checked", "[cases]") {
  CHECK_THAT(Wrong("cases { id: 'A b' }"),
             Catch::Contains("case id `A b` is not 1 to 64 of a-z") &&
                 Catch::Contains("expected DIRECTION_SEND") &&
                 Catch::Contains("expected a record kind") &&
                 Catch::Contains("expected a purpose"));
  CHECK_THAT(Wrong(Vacancy("a", true) + Vacancy("a", true)),
             Catch::Contains("co.cases:21:11: case id `a` is used twice"));
  CHECK_THAT(Wrong("cases { id: 'a' kind: RECORD_KIND_STATISTIC }"),
             Catch::Contains("records of kind statistic have no fields"));
  CHECK_THAT(Wrong("cases { id: 'a' peer: 'CO' }"),
             Catch::Contains("the peer CO is the country of these cases"));
  CHECK_THAT(Wrong(""), Catch::Contains("there is no case"));
  CHECK(CheckCases({"x", "national_policy { }"}).message() ==
        "x:1:1: expected `cases {`");
  CHECK_THAT(Wrong("cases { nonsense: 1 }"),
             Catch::Contains("unknown field `nonsense` of PolicyCase"));
}

TEST_CASE("expectations are checked", "[cases]") {
  const auto levels = [](const std::string& text) {
    return Wrong(Vacancy("a", true, "levels { " + text + " }"));
  };
  CHECK_THAT(levels("fields: 'titel' level: LEVEL_RAW"),
             Catch::Contains("unknown field `titel` of a vacancy; did you mean "
                             "`title`?"));
  CHECK_THAT(levels("fields: 'title'"), Catch::Contains("expected a level"));
  CHECK_THAT(levels("level: LEVEL_RAW"),
             Catch::Contains("this names no field"));
  CHECK_THAT(levels("fields: 'title' level: LEVEL_GENERALISE "
                    "generalise_steps: 1"),
             Catch::Contains("has a hierarchy of 0 steps, not of 1"));
  CHECK_THAT(levels("fields: 'title' level: LEVEL_RAW generalise_steps: 1"),
             Catch::Contains("goes with LEVEL_GENERALISE"));
  CHECK_THAT(levels("fields: ['*', 'title'] level: LEVEL_RAW"),
             Catch::Contains("field `title` is expected twice"));
  CHECK_THAT(
      Wrong(Vacancy("a", false, "levels { fields: '*' level: LEVEL_RAW }")),
      Catch::Contains("`levels` go with `permitted: true` only"));
  CHECK_THAT(Wrong(Vacancy("a", false, "obligations { min_k: 5 }")),
             Catch::Contains("`obligations` go with `permitted: true` only"));
  CHECK_THAT(Wrong(Vacancy("a", true, "obligations { }")),
             Catch::Contains("this obligation is empty"));
  CHECK_THAT(
      Wrong(Vacancy("a", true, "obligations { retention_until: 'never' }")),
      Catch::Contains("expected a day"));
}

TEST_CASE("a receiver has no facts of the origin", "[cases]") {
  const auto received = [](const std::string& more) {
    return Wrong(
        "cases { id: 'a' direction: DIRECTION_RECEIVE kind: "
        "RECORD_KIND_PROFILE purpose: PURPOSE_JOB_MATCHING peer: 'EC' "
        "as_of: '2026-11-21' " +
        more + "}");
  };
  CHECK(received("") == "");
  CHECK_THAT(received(Fact("consent.given = true")),
             Catch::Contains("`consent.given` is known to the origin only"));
}

TEST_CASE("a file of cases is bounded", "[cases]") {
  std::string many;
  for (int i = 0; i <= 500; ++i) {
    absl::StrAppend(&many, "cases { id: 'c", i, "' }\n");
  }
  CHECK_THAT(Wrong(many), Catch::Contains("501 cases; at most 500"));
  // A file of nothing but mistakes lists 50 of them.
  std::string wrong;
  for (int i = 0; i < 200; ++i) absl::StrAppend(&wrong, "cases { }\n");
  const std::vector<std::string> lines = absl::StrSplit(Wrong(wrong), '\n');
  CHECK(lines.size() == 50);
}

}  // namespace
}  // namespace minga::policy::cases
