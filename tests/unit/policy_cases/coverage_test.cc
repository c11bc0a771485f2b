// What cases leave untried, and what they would not notice.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "policy/cases/cases.h"
#include "texts.h"

namespace minga::policy::cases {
namespace {

using Lines = std::vector<std::string>;

Report Run(const std::string& rules, const std::string& cases) {
  const auto report = TestPolicy(National(rules), CasesFile(cases));
  INFO(report.status());
  REQUIRE(report.ok());
  for (const Failure& failure : report->failures) {
    FAIL_CHECK(failure.id << ": " << failure.message);
  }
  return *report;
}

const std::string kBoth =
    Permit("co.both", "vacancy.cross_border && vacancy.status == 'open'");

TEST_CASE("an atom that is not reached was not tried", "[cases]") {
  const Report report =
      Run(kBoth, Vacancy("no", false, Fact("vacancy.cross_border = false")));
  CHECK(report.rules == 1);
  CHECK(report.atoms == 2);
  CHECK(report.uncovered ==
        Lines{"rule `co.both` never applies",
              "rule `co.both`: `vacancy.cross_border` is never true",
              "rule `co.both`: `vacancy.status == 'open'` is never true",
              "rule `co.both`: `vacancy.status == 'open'` is never false"});
}

TEST_CASE("a rule that always applies was not tried either", "[cases]") {
  const Report report = Run(kBoth, Vacancy("yes", true));
  CHECK(report.uncovered ==
        Lines{"rule `co.both` is never kept from applying by its condition",
              "rule `co.both`: `vacancy.cross_border` is never false",
              "rule `co.both`: `vacancy.status == 'open'` is never false"});
}

TEST_CASE("cases that try everything once are all needed", "[cases]") {
  const std::vector<std::string> cases = {
      Vacancy("yes", true),
      Vacancy("not shared", false, Fact("vacancy.cross_border = false")),
      Vacancy("closed", false, Fact("vacancy.status = 'closed'"))};
  const auto named = [&](std::size_t without) {
    std::string text;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      if (i != without) text += cases[i];
    }
    return absl::StrReplaceAll(text, {{"not shared", "not-shared"}});
  };
  const Report all = Run(kBoth, named(cases.size()));
  CHECK(all.ok());
  CHECK(all.mutants == 4);  // left out, two atoms, one `&&`
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO(i);
    CHECK_FALSE(Run(kBoth, named(i)).ok());
  }
}

TEST_CASE("what no case would notice is listed", "[cases]") {
  // The rule's own case says nothing of what the rule gives.
  const std::string rules =
      Permit("co.all", "true") +
      Rule("co.duty", "OBLIGE",
           "obligations { erase_within_hours: 24 } "
           "when: \"vacancy.remote || vacancy.employer_confidential\"");
  const std::string cases =
      Vacancy("plain", true) +
      Vacancy("remote", true, Fact("vacancy.remote = true")) +
      Vacancy("agency", true, Fact("vacancy.employer_confidential = true"));
  const Report report = Run(rules, cases);
  CHECK(report.survivors ==
        Lines{"rule `co.duty` left out, no case fails",
              "rule `co.duty`: `vacancy.remote` flipped, no case fails",
              "rule `co.duty`: `vacancy.employer_confidential` flipped, no "
              "case fails",
              "rule `co.duty`: `||` of `vacancy.remote || "
              "vacancy.employer_confidential` "
              "turned into `&&`, no case fails"});
  const Report better = Run(
      rules, Vacancy("plain", true, "obligations { erase_within_hours: 0 }") +
                 Vacancy("remote", true,
                         Fact("vacancy.remote = true") +
                             "obligations { erase_within_hours: 24 }") +
                 Vacancy("agency", true,
                         Fact("vacancy.employer_confidential = true") +
                             "obligations { erase_within_hours: 24 }"));
  CHECK(better.survivors.empty());
}

TEST_CASE("a forbid must take effect", "[cases]") {
  const std::string rules = Permit("co.open", "vacancy.status == 'open'") +
                            Forbid("co.fee", "vacancy.remote");
  const std::string open_and_closed =
      Vacancy("open", true) +
      Vacancy("closed", false, Fact("vacancy.status = 'closed'"));
  const Report report = Run(rules, open_and_closed);
  CHECK(report.uncovered ==
        Lines{"rule `co.fee` never applies",
              "rule `co.fee`: `vacancy.remote` is never true"});
  CHECK(report.survivors == Lines{"rule `co.fee` left out, no case fails"});
  CHECK(Run(rules, open_and_closed +
                       Vacancy("fee", false, Fact("vacancy.remote = true")))
            .ok());
}

// Rules about received profiles.
std::string Received(absl::string_view id, absl::string_view more) {
  return absl::StrCat("rules { id: '", id,
                      "' directions: DIRECTION_RECEIVE kinds: "
                      "RECORD_KIND_PROFILE purposes: PURPOSE_JOB_MATCHING ",
                      kCitation, more, " }\n");
}

TEST_CASE("a guard against what nothing permits is tested too", "[cases]") {
  const std::string rules =
      Received("co.in",
               "effect: EFFECT_PERMIT fields: 'pseudonym' level: LEVEL_RAW") +
      Received("co.guard",
               "effect: EFFECT_FORBID fields: 'identity.*' "
               "when: \"profile.active\"");
  const auto profile = [](absl::string_view id, absl::string_view more) {
    return absl::StrCat("cases { id: '", id,
                        "' direction: DIRECTION_RECEIVE kind: "
                        "RECORD_KIND_PROFILE purpose: PURPOSE_JOB_MATCHING "
                        "peer: 'EC' as_of: '2026-11-21' permitted: true ",
                        more, "}\n");
  };
  const std::string kept =
      "levels { fields: 'identity.name' level: LEVEL_SUPPRESS } ";
  const Report silent =
      Run(rules, profile("active", "") +
                     profile("idle", Fact("profile.active = false")));
  CHECK(silent.uncovered.empty());
  CHECK(silent.survivors ==
        Lines{"rule `co.guard` left out, no case fails",
              "rule `co.guard`: `profile.active` flipped, no case fails"});
  CHECK(Run(rules, profile("active", kept) +
                       profile("idle", Fact("profile.active = false") + kept))
            .ok());
}

TEST_CASE("what the schema keeps in is not asked for", "[cases]") {
  const Report report =
      Run("rules { id: 'co.guard' effect: EFFECT_FORBID directions: "
          "DIRECTION_SEND kinds: RECORD_KIND_PROFILE fields: 'identity.*' }\n",
          "cases { id: 'p' direction: DIRECTION_SEND kind: "
          "RECORD_KIND_PROFILE purpose: PURPOSE_JOB_MATCHING peer: 'EC' "
          "as_of: '2026-11-21' }");
  CHECK(report.ok());
  CHECK(report.mutants == 0);
}

TEST_CASE("a mutant that does not load is noticed", "[cases]") {
  const std::string rules =
      Permit("co.sector", "!has(vacancy.sector) || vacancy.sector != 'O8422'");
  const Report report =
      Run(rules, Vacancy("none", true) +
                     Vacancy("mine", true, Fact("vacancy.sector = 'B0510'")) +
                     Vacancy("war", false, Fact("vacancy.sector = 'O8422'")));
  CHECK(report.ok());
  CHECK(report.atoms == 2);
  CHECK(report.mutants == 4);
}

TEST_CASE("atoms hide in choices, lists and comparisons of bools", "[cases]") {
  const Report report =
      Run(Permit("co.odd",
                 "(vacancy.remote ? 'a' : vacancy.status) == 'open' && "
                 "vacancy.employer_confidential == vacancy.pay_stated && "
                 "vacancy.country in [own.country, 'EC'] && "
                 "vacancy.countries != ['PE']"),
          Vacancy("no", false));
  // The choice and its test; two bools; `in`; the lists.
  CHECK(report.atoms == 6);
  CHECK_THAT(
      absl::StrJoin(report.uncovered, "\n"),
      Catch::Contains("`vacancy.remote` is never true") &&
          Catch::Contains("`vacancy.employer_confidential` is never true") &&
          Catch::Contains("`vacancy.pay_stated` is never false") &&
          Catch::Contains("`vacancy.country in [own.country, 'EC']` is "
                          "never true"));
}

TEST_CASE("an atom of a list comparison is what its text says", "[cases]") {
  const std::string rules = Permit("co.list", "vacancy.countries != ['PE']");
  const Report report = Run(rules, Vacancy("all", true));
  CHECK(report.uncovered ==
        Lines{"rule `co.list` is never kept from applying by its condition",
              "rule `co.list`: `vacancy.countries != ['PE']` is never false"});
  CHECK(Run(rules, Vacancy("all", true) +
                       Vacancy("pe", false, Fact("vacancy.countries = ['PE']")))
            .ok());
}

TEST_CASE("only cases in a rule's scope try it", "[cases]") {
  const std::string rules =
      Permit("co.all", "true") +
      Rule("co.late", "FORBID", "fields: 'pay' valid_from: '2027-01-01'") +
      Rule("co.peru", "FORBID", "fields: 'pay' peers: 'PE'");
  const Report report = Run(rules, Vacancy("now", true));
  CHECK(report.uncovered == Lines{
                                "rule `co.late` never applies",
                                "rule `co.peru` never applies",
                            });
}

TEST_CASE("failing cases cover nothing", "[cases]") {
  const auto report =
      TestPolicy(National(kBoth), CasesFile(Vacancy("wrong", false)));
  REQUIRE(report.ok());
  CHECK(report->failures.size() == 1);
  CHECK(report->uncovered.front() == "rule `co.both` never applies");
  CHECK(report->mutants == 0);
}

TEST_CASE("mutants are bounded", "[cases]") {
  // 401 atoms each, in as many bytes as a condition may have.
  std::string when = "vacancy.remote";
  for (int i = 0; i < 400; ++i) when += " || vacancy.remote";
  std::string rules;
  for (int i = 0; i < 50; ++i) {
    absl::StrAppend(&rules, Permit(absl::StrCat("co.r", i), when));
  }
  const auto report =
      TestPolicy(National(rules), CasesFile(Vacancy("no", false)));
  CHECK(report.status().code() == absl::StatusCode::kResourceExhausted);
  const std::string message(report.status().message());
  CHECK_THAT(message, Catch::StartsWith("policy test: `co.textproto` is too "
                                        "long to be tested: 20150 changes"));
  CHECK_THAT(message, Catch::Contains("more than 1000000000 bytes") &&
                          Catch::Contains("joining rules"));
}

}  // namespace
}  // namespace minga::policy::cases
