// Cases are decided, and what is decided otherwise than expected is reported
// with its place.
#include <catch2/catch.hpp>
#include <string>

#include "policy/cases/cases.h"
#include "texts.h"

namespace minga::policy::cases {
namespace {

Report Run(const DocumentSource& document, const std::string& cases) {
  const auto report = TestPolicy(document, CasesFile(cases));
  INFO(report.status());
  REQUIRE(report.ok());
  return *report;
}

// The message of the one failure; "" if none.
std::string Failing(const DocumentSource& document, const std::string& cases) {
  const Report report = Run(document, cases);
  REQUIRE(report.failures.size() <= 1);
  return report.failures.empty() ? "" : report.failures[0].message;
}

const std::string kOpen = Permit("co.open", "vacancy.status == 'open'");

TEST_CASE("a case passes or fails with its place", "[cases]") {
  const Report report =
      Run(National(kOpen),
          Vacancy("open", true) +
              Vacancy("closed", true, Fact("vacancy.status = 'closed'")));
  CHECK(report.cases == 2);
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].id == "closed");
  // The cases begin behind a file of 20 lines.
  CHECK(report.failures[0].place == "co.cases:21:3");
  CHECK(report.failures[0].message ==
        "expected permitted, found withheld: layer national: no permit applies "
        "to every required field; nearest rule `co.open` fails on "
        "`vacancy.status == 'open'`");
  CHECK_FALSE(report.ok());
}

TEST_CASE("what should be withheld and is not fails", "[cases]") {
  CHECK(Failing(National(kOpen), Vacancy("open", false)) ==
        "expected withheld, found permitted: 32 of 32 fields");
}

TEST_CASE("levels are compared exactly", "[cases]") {
  const DocumentSource document =
      National(kOpen + Rule("co.isco", "FORBID",
                            "fields: 'occupation.isco' level: LEVEL_GENERALISE "
                            "generalise_steps: 2 when: \"vacancy.remote\""));
  const auto expect = [&](const std::string& level, const std::string& fact) {
    return Failing(
        document,
        Vacancy("isco", true,
                fact + "levels { fields: 'occupation.isco' " + level + " }"));
  };
  CHECK(expect("level: LEVEL_RAW", "") == "");
  CHECK(expect("level: LEVEL_RAW", Fact("vacancy.remote = true")) ==
        "`occupation.isco`: expected RAW, found GENERALISE(2)");
  CHECK(expect("level: LEVEL_GENERALISE generalise_steps: 2", "") ==
        "`occupation.isco`: expected GENERALISE(2), found RAW");
}

TEST_CASE("obligations are compared exactly, also with nothing", "[cases]") {
  const DocumentSource document =
      National(Permit("co.open", "true",
                      "obligations { erase_within_hours: 24 } "
                      "obligations { notice: 'Ley 1' } "
                      "obligations { retention_until: '2027-12-31' } "
                      "obligations { fee_rule { } } "
                      "obligations { transform { operation: "
                      "OPERATION_TRUNCATE_TEXT field: 'description' "
                      "max_characters: 500 } }"));
  const auto expect = [&](const std::string& obligation) {
    return Failing(document, Vacancy("duties", true,
                                     "obligations { " + obligation + " }"));
  };
  CHECK(expect("erase_within_hours: 24") == "");
  CHECK(expect("erase_within_hours: 25") ==
        "`erase_within_hours`: expected 25, found 24");
  CHECK(expect("breach_notice_hours: 0") == "");
  CHECK(expect("breach_notice_hours: 72") ==
        "`breach_notice_hours`: expected 72, found 0");
  CHECK(expect("hold_for_officer: false") == "");
  CHECK(expect("hold_for_officer: true") ==
        "`hold_for_officer`: expected true, found false");
  CHECK(expect("notice: 'Ley 1'") == "");
  CHECK(expect("notice: 'Ley 2'") ==
        "`notice`: expected Ley 2, found 1 others");
  CHECK(expect("retention_until: '2027-12-31'") == "");
  CHECK(expect("retention_until: '2027-12-30'") ==
        "`retention_until`: expected 2027-12-30, found 2027-12-31");
  CHECK(expect("fee_rule { }") == "");
  CHECK(expect("fee_rule { max_percent_of_first_pay: 10 }") ==
        "`fee_rule`: expected 10, found 0");
  const std::string cut =
      "transform { operation: OPERATION_TRUNCATE_TEXT field: 'description' ";
  CHECK(expect(cut + "max_characters: 500 }") == "");
  CHECK(expect(cut + "max_characters: 400 }") != "");
}

TEST_CASE("deciding rules are named or missing", "[cases]") {
  CHECK(Failing(National(kOpen),
                Vacancy("open", true, "deciding: 'co.open'")) == "");
  CHECK(Failing(National(kOpen + Permit("co.remote", "vacancy.remote")),
                Vacancy("open", true, "deciding: 'co.remote'")) ==
        "deciding: expected `co.remote`, found `co.open`, "
        "`minga.cases.permits-all`");
}

TEST_CASE("without an agreement nothing leaves", "[cases]") {
  CHECK(Failing(National(kOpen),
                Vacancy("none", false, "agreement: AGREEMENT_NONE")) == "");
  CHECK(Failing(National(kOpen),
                Vacancy("none", true, "agreement: AGREEMENT_NONE")) ==
        "expected permitted, found withheld: layer mou: no agreement with EC "
        "is signed");
}

TEST_CASE("consent is as the facts say", "[cases]") {
  const DocumentSource document = National(
      "rules { id: 'co.profile' effect: EFFECT_PERMIT directions: "
      "DIRECTION_SEND kinds: RECORD_KIND_PROFILE fields: '*' level: LEVEL_RAW "
      "purposes: PURPOSE_JOB_MATCHING " +
      std::string(kCitation) + "}");
  const auto expect = [&](bool permitted, const std::string& more) {
    return Failing(
        document,
        "cases { id: 'p' direction: DIRECTION_SEND kind: RECORD_KIND_PROFILE "
        "purpose: PURPOSE_JOB_MATCHING peer: 'EC' as_of: '2026-11-21' " +
            std::string(permitted ? "permitted: true " : "") + more + "}");
  };
  CHECK(expect(true,
               "levels { fields: 'pseudonym' level: LEVEL_RAW } "
               "levels { fields: ['skills', 'identity.*'] "
               "level: LEVEL_SUPPRESS } deciding: 'consent.sections'") == "");
  CHECK(expect(false, Fact("consent.expires = date('2026-11-20')") +
                          "deciding: 'consent.expires'") == "");
  CHECK(expect(false, Fact("consent.expires = absent")) == "");
  CHECK(expect(true, Fact("consent.countries = ['PE']")) != "");
}

TEST_CASE("only templates of agreements are filled", "[cases]") {
  const auto fill = [](const std::string& text) {
    return FillTemplate({"d", text}, *Country::Parse("XA"),
                        *Country::Parse("XB"))
        .text;
  };
  CHECK(
      fill("# of @A@\n\n mou{ parties: ['@A@', '@B@'] from: '@FROM@' until: "
           "'@UNTIL@' }") ==
      "# of XA\n\n mou{ parties: ['XA', 'XB'] from: '1970-01-01' until: '' }");
  for (const char* other :
       {"national_policy { country: '@A@' }", "node_override { '@B@' }",
        "# mou\nnational_policy { '@FROM@' }", "mous { '@UNTIL@' }", "@A@",
        ""}) {
    CHECK(fill(other) == other);
  }
}

TEST_CASE("a national policy is tested as it stands", "[cases]") {
  // Put in force it would keep in nothing: nobody is `@B@`.
  const DocumentSource document =
      National(kOpen + Rule("co.keep", "FORBID", "fields: '*' peers: '@B@'"));
  CHECK_FALSE(TestPolicy(document, CasesFile(Vacancy("ec", false))).ok());
}

TEST_CASE("an agreement and an override are tested alone", "[cases]") {
  const DocumentSource mou = {
      "mou.textproto",
      "mou { parties: ['@A@', '@B@'] valid_from: '@FROM@' valid_until: "
      "'@UNTIL@' " +
          Permit("mou.open", "vacancy.status == 'open'") + "}"};
  const Report report =
      Run(mou, Vacancy("open", true, "deciding: 'mou.open'") +
                   Vacancy("closed", false, Fact("vacancy.status = 'closed'")) +
                   Vacancy("none", false, "agreement: AGREEMENT_NONE"));
  CHECK(report.ok());
  CHECK(report.mutants == 2);

  const DocumentSource tight = {
      "node.textproto",
      "node_override { country: 'CO' " +
          Forbid("node.remote", "vacancy.remote") +
          Rule("node.group", "FORBID", "fields: '*' peer_groups: 'CAN'") + "}"};
  const Report over = Run(tight, Vacancy("remote", false,
                                         Fact("vacancy.remote = true") +
                                             "deciding: 'node.remote'") +
                                     Vacancy("other", true));
  CHECK(over.failures.empty());
  CHECK(over.uncovered ==
        std::vector<std::string>{"rule `node.group` never applies"});
}

TEST_CASE("cases of another country are refused", "[cases]") {
  const auto report = TestPolicy(
      {"pe.textproto", "national_policy { country: 'PE' " + kOpen + "}"},
      CasesFile(Vacancy("open", true)));
  CHECK(report.status() ==
        absl::InvalidArgumentError(
            "co.cases:2:3: these are cases of CO, but pe.textproto is not a "
            "document of it"));
}

TEST_CASE("a document that does not load says where", "[cases]") {
  const auto report = TestPolicy(National(Permit("co.open", "vacancy.sttus")),
                                 CasesFile(Vacancy("open", true)));
  CHECK(report.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(report.status().message()),
             Catch::Contains("co.textproto:3:") &&
                 Catch::Contains("did you mean `vacancy.status`?"));
}

}  // namespace
}  // namespace minga::policy::cases
