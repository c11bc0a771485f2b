// Every class of mistake in a document is refused with its place.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "node/base/limits.h"
#include "policy/policy_set.h"
#include "tests/unit/policy/documents.h"

namespace minga::policy {
namespace {

std::string ErrorOf(const DocumentSource& source) {
  const absl::Status status = CheckDocument(source);
  CHECK(status.code() == (status.ok() ? absl::StatusCode::kOk
                                      : absl::StatusCode::kInvalidArgument));
  return std::string(status.message());
}

// The error of a national policy whose third line is `rule`.
std::string ErrorOfRule(absl::string_view rule) {
  return ErrorOf(National(rule));
}

// A rule as text, with `from` replaced by `to`.
std::string Changed(absl::string_view from, absl::string_view to) {
  const std::string rule = Permit("a");
  const std::string changed = absl::StrReplaceAll(rule, {{from, to}});
  CHECK(changed != rule);
  return changed;
}

TEST_CASE("a sound document passes", "[policy][document]") {
  CHECK(ErrorOfRule(Permit("a")).empty());
  CHECK(ErrorOf(Agreement(Permit("a"))).empty());
  CHECK(ErrorOf(Override(Forbid("a", "pay"))).empty());
}

TEST_CASE("syntax errors say where", "[policy][document]") {
  CHECK(ErrorOf({"x.textproto", "national_policy {\n  cuontry: 'CO'\n}\n"}) ==
        "x.textproto:2:10: unknown field `cuontry` of NationalPolicy; did you "
        "mean `country`?");
  CHECK(ErrorOf({"x.textproto", "national_policy {\n  country: CO\n}\n"}) ==
        "x.textproto:2:12: Expected string, got: CO");
  CHECK(ErrorOf({"x.textproto", "national_policy {\n"})
            .find("x.textproto:2:1: ") == 0);
  CHECK(ErrorOf({"x.textproto", ""}) ==
        "x.textproto:1:1: expected `national_policy {`, `mou {` or "
        "`node_override {`");
  CHECK(ErrorOf({"x.textproto", "#\n \xff"}).find("x.textproto:2:2: ") == 0);
}

TEST_CASE("an unknown obligation is refused", "[policy][document]") {
  const std::string error =
      ErrorOfRule(Permit("a", "\n obligations { min_kk: 5 }"));
  CHECK(error ==
        "co.textproto:4:22: unknown obligation `min_kk`; did you mean "
        "`min_k`?");
}

TEST_CASE("mistakes in a rule are found", "[policy][document]") {
  struct Case {
    std::string rule;
    std::string error;
  };
  const std::string at = "co.textproto:3:";
  const std::vector<Case> cases = {
      {Permit("a") + Permit("a"), "rule id `a` is used twice"},
      {Permit("A b"), "rule id `A b` is not 1 to 64"},
      {Changed("effect: EFFECT_PERMIT", ""), "rule `a` needs an effect"},
      {Changed("[DIRECTION_SEND, DIRECTION_RECEIVE]", "[]"),
       "rule `a` names no direction"},
      {Changed("kinds: RECORD_KIND_VACANCY", ""),
       "rule `a` names no record "
       "kind"},
      {Changed("RECORD_KIND_VACANCY", "[RECORD_KIND_UNSPECIFIED]"),
       "expected a record kind such as"},
      {Changed("RECORD_KIND_VACANCY",
               "[RECORD_KIND_VACANCY, RECORD_KIND_VACANCY]"),
       "kind vacancy is named twice"},
      {Changed("RECORD_KIND_VACANCY", "RECORD_KIND_COMPLAINT"),
       "records of kind complaint have no fields"},
      {Changed("fields: '*'", ""), "rule `a` names no field"},
      {Changed("'*'", "'titel'"),
       "unknown field `titel` of a vacancy; did you mean `title`?"},
      {Changed("'*'", "'name'"), "did you mean `employer.name`?"},
      {Changed("'*'", "'nothing.*'"), "unknown field `nothing.*`"},
      {Changed(kCitation, ""), "PERMIT rule `a` has no citation"},
      {Changed("article: 'art. 2'", ""), "citation of `Ley 1` has no article"},
      {Changed("statute: 'Ley 1'", ""), "this citation has no statute"},
      {Changed("certainty: CERTAINTY_VERIFIED", ""), "has no certainty"},
      {Changed("purposes: PURPOSE_JOB_MATCHING", ""),
       "PERMIT rule `a` names no purpose"},
      {Changed("PURPOSE_JOB_MATCHING", "PURPOSE_UNSPECIFIED"),
       "expected a purpose such as"},
      {Changed("level: LEVEL_RAW", ""), "a PERMIT needs a level"},
      {Changed("LEVEL_RAW", "LEVEL_SUPPRESS"), "a PERMIT needs a level"},
      {Changed("LEVEL_RAW", "LEVEL_PSEUDONYM"), "has no pseudonym"},
      {Changed("level: LEVEL_RAW", "level: LEVEL_GENERALISE"),
       "needs `generalise_steps` of 1 or more"},
      {Changed("LEVEL_RAW", "LEVEL_RAW generalise_steps: 1"),
       "goes with LEVEL_GENERALISE only"},
      {Changed("LEVEL_RAW", "LEVEL_GENERALISE generalise_steps: 1"),
       "field `title` has no hierarchy"},
      {absl::StrReplaceAll(
           Permit("a"),
           {{"'*'", "'occupation.isco'"},
            {"LEVEL_RAW", "LEVEL_GENERALISE generalise_steps: 5"}}),
       "field `occupation.isco` has a hierarchy of 4 steps, not of 5"},
      {Permit("a", "peers: 'Ecuador'"), "Ecuador"},
      {Permit("a", "peer_groups: 'CAN'"), "unknown peer group `CAN`"},
      {Permit("a", "valid_from: '2026-02-30'"), "2026-02-30"},
      {Permit("a", "valid_from: '01/02/2026'"), "01/02/2026"},
      {Permit("a", "valid_from: '2026-02-02' valid_until: '2026-02-01'"),
       "rule `a` ends on 2026-02-01, before it begins on 2026-02-02"},
      {Permit("a", "obligations { min_k: 0 }"), "obligation of 0; expected 1"},
      {Permit("a", "obligations { min_k: -1 }"), "obligation of -1"},
      {Permit("a", "obligations { notify_person: false }"), "expected `true`"},
      {Permit("a", "obligations { }"), "this obligation is empty"},
      {Permit("a", "obligations { notice: '' }"), "this notice is empty"},
      {Permit("a", "rationale { language: 'spanish' text: 'x' }"),
       "`spanish` is not a language of ISO 639-1"},
      {Permit("a", "rationale { language: 'es' text: '\\001' }"), "at byte"},
      {Forbid("a", "pay", "obligations { min_k: 5 }"),
       "obligations belong to a PERMIT"},
      {Forbid("a", "pay", "level: LEVEL_RAW"), "does nothing"},
      {Permit("a", "when: 'vacancy.remote ||'"), "found the end"},
  };
  for (const Case& c : cases) {
    const std::string error = ErrorOfRule(c.rule);
    INFO(c.rule << "\n-> " << error);
    CHECK(error.find(c.error) != std::string::npos);
    CHECK((error.find(at) == 0 || error.find("co.textproto:4:") == 0));
  }
}

TEST_CASE("a condition's error has its own column", "[policy][document]") {
  const auto error_of = [](absl::string_view when) {
    return ErrorOfRule(Permit("a", absl::StrCat("\n when: ", when)));
  };
  CHECK(error_of("'vacancy.remote && vacancy.sectr == \"B\"'") ==
        "co.textproto:4:27: unknown fact `vacancy.sectr` of a vacancy; did you "
        "mean `vacancy.sector`?");
  SECTION("over several literals and a comment") {
    CHECK(error_of("'vacancy.remote && ' # first\n  \"vacancy.age > 1\"")
              .find("co.textproto:5:4: unknown fact `vacancy.age`") == 0);
  }
  SECTION("behind an escape") {
    CHECK(error_of("'vacancy.status == \\'open\\' && vacancy.foo'")
              .find("co.textproto:4:39: unknown fact `vacancy.foo`") == 0);
  }
  SECTION("at the end") {
    CHECK(error_of("'vacancy.remote &&'").find("co.textproto:4:26: ") == 0);
  }
}

TEST_CASE("documents as wholes are checked", "[policy][document]") {
  CHECK(ErrorOf(National("", "Colombia")).find("co.textproto:2:3: ") == 0);
  CHECK(ErrorOf(Agreement("", "CO", "CO")).find("CO is named twice") !=
        std::string::npos);
  CHECK(ErrorOf({"m", "mou { parties: 'CO' valid_from: '2026-01-01' }"})
            .find("m:1:7: expected 2 to 32 parties, found 1") == 0);
  CHECK(ErrorOf({"m",
                 "mou { parties: ['CO', 'EC', 'PE'] valid_from: "
                 "'2026-01-01' }"})
            .empty());
  CHECK(ErrorOf({"c", "cases { country: 'CO' }"})
            .find("these are cases to test a policy with") !=
        std::string::npos);
  CHECK(ErrorOf({"m", "mou { parties: ['CO', 'EC'] }"})
            .find("an MoU needs `valid_from`") != std::string::npos);
  CHECK(ErrorOf(Agreement("", "CO", "EC", "2026-02-01", "2026-01-01"))
            .find("this MoU ends on 2026-01-01, before it begins on "
                  "2026-02-01") != std::string::npos);
  CHECK(ErrorOf(Agreement(Permit("a", "peers: 'MX'")))
            .find("peer `MX` is not a party of this MoU") != std::string::npos);
  CHECK(ErrorOf(Agreement(Permit("a", "peer_groups: 'CAN'")))
            .find("expected `peers`, not a group") != std::string::npos);
  CHECK(ErrorOf(Agreement(Permit("a", "when: '\"CAN\" in peer.groups'")))
            .find("depends on one side's groups") != std::string::npos);
  CHECK(
      ErrorOf(Override(Permit("a"))).find("a node override may only tighten") !=
      std::string::npos);
  const std::string groups = "peer_groups { name: 'G' countries: 'EC' } ";
  CHECK(ErrorOf(National(groups + Permit("a", "peer_groups: 'G'"))).empty());
  CHECK(ErrorOf(National(groups + groups))
            .find("peer group `G` is defined twice") != std::string::npos);
}

TEST_CASE("an OBLIGE has obligations and nothing else", "[policy][document]") {
  const auto oblige = [](absl::string_view more) {
    return ErrorOfRule(
        absl::StrCat("rules { id: 'o' effect: EFFECT_OBLIGE "
                     "directions: DIRECTION_SEND kinds: RECORD_KIND_VACANCY ",
                     more, " }"));
  };
  const std::string fee = absl::StrCat(
      "obligations { fee_rule { max_percent_of_first_pay: 10 } } ", kCitation);
  CHECK(oblige(fee).empty());
  CHECK(oblige(kCitation).find("has no obligation") != std::string::npos);
  CHECK(oblige(fee + " fields: 'pay'").find("expected no fields") !=
        std::string::npos);
  CHECK(oblige(fee + " level: LEVEL_RAW").find("changes no level") !=
        std::string::npos);
  CHECK(oblige("obligations { retention_days: 3 }").find("has no citation") !=
        std::string::npos);
  CHECK(ErrorOf(Override(absl::StrCat(
                    "rules { id: 'o' effect: EFFECT_OBLIGE directions: "
                    "DIRECTION_SEND kinds: RECORD_KIND_VACANCY ",
                    fee, " }")))
            .empty());
}

TEST_CASE("an obligation that cannot be carried out is refused",
          "[policy][document]") {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"min_k: 5",
       "records of kind vacancy are not shown in anonymity classes"},
      {"min_k: 65536", "obligation of 65536; expected 1 to 65535"},
      {"min_l: 5",
       "records of kind vacancy are not shown in anonymity classes"},
      {"min_l: 256", "obligation of 256; expected 2 to 255"},
      {"min_l: 1", "obligation of 1; expected 2 to 255"},
      {"min_l: 0", "obligation of 0; expected 2 to 255"},
      {"notify_person: true", "are not about a person"},
      {"fee_rule { max_percent_of_first_pay: 101 }", "expected 0 to 100"},
      {"retention_until: '2026-02-30'", "2026-02-30"},
      {"retention_until: ''", "expected a day"},
      {"transform { field: 'timestamps' }", "expected an operation"},
      {"transform { operation: OPERATION_ROUND_TO_DAY field: 'pay' }",
       "is for the field `timestamps`, not for `pay`"},
      {"transform { operation: OPERATION_TRUNCATE_TEXT field: 'description' }",
       "expected 1 to 32768, found 0"},
      {"transform { operation: OPERATION_ROUND_TO_DAY field: 'timestamps' "
       "max_characters: 3 }",
       "goes with OPERATION_TRUNCATE_TEXT only"},
  };
  for (const auto& [obligation, message] : refused) {
    INFO(obligation);
    const std::string error = ErrorOfRule(
        Permit("a", absl::StrCat("obligations { ", obligation, " }")));
    INFO(error);
    CHECK(error.find(message) != std::string::npos);
  }
}

TEST_CASE("a receiver is not obliged to what is the sender's",
          "[policy][document]") {
  const auto receive = [](absl::string_view directions) {
    return ErrorOfRule(absl::StrCat(
        "rules { id: 'o' effect: EFFECT_OBLIGE directions: [", directions,
        "] kinds: RECORD_KIND_VACANCY obligations { hold_for_officer: true } ",
        kCitation, " }"));
  };
  CHECK(receive("DIRECTION_RECEIVE").find("it is the sender's") !=
        std::string::npos);
  CHECK(receive("DIRECTION_SEND, DIRECTION_RECEIVE").empty());
}

TEST_CASE("bounds are kept", "[policy][document]") {
  std::string rules;
  for (int i = 0; i <= kPolicyRulesMax; ++i) {
    absl::StrAppend(&rules, "rules {}\n");
  }
  CHECK(ErrorOf(National(rules)).find("2001 rules; at most 2000") !=
        std::string::npos);
  CHECK(ErrorOf({"big", std::string(kPolicyDocumentBytesMax + 1, ' ')})
            .find("big:1:1: document of 4194305 bytes") == 0);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "mou {";
  CHECK_FALSE(ErrorOf({"deep", deep}).empty());
}

TEST_CASE("all errors are collected, fifty at most, by place",
          "[policy][document]") {
  std::string rules;
  for (int i = 0; i < 60; ++i) rules += "rules { id: 'X' }\n";
  const std::vector<std::string> lines =
      absl::StrSplit(ErrorOf(National(rules)), '\n');
  CHECK(lines.size() == 50);
  CHECK(lines.front().find("co.textproto:3:") == 0);
  int last = 0;
  for (const std::string& line : lines) {
    const std::vector<std::string> parts = absl::StrSplit(line, ':');
    REQUIRE(parts.size() > 2);
    CHECK(std::stoi(parts[1]) >= last);
    last = std::stoi(parts[1]);
  }
}

TEST_CASE("a set is loaded whole or not at all", "[policy][document]") {
  const Country co = Country::Of("CO");
  PolicySources sources;
  sources.national = National(Permit("n"));
  REQUIRE(PolicySet::Load(co, sources).ok());

  SECTION("another country's policy") {
    const auto set = PolicySet::Load(Country::Of("EC"), sources);
    CHECK(std::string(set.status().message())
              .find("this is a document of CO; expected one of EC") !=
          std::string::npos);
  }
  SECTION("an agreement of others") {
    sources.mous.push_back(Agreement(Permit("m"), "EC", "MX"));
    CHECK(std::string(PolicySet::Load(co, sources).status().message())
              .find("EC-MX.textproto:2:3: expected CO as a party") == 0);
  }
  SECTION("a document of the wrong layer") {
    sources.mous.push_back(National(Permit("n")));
    CHECK(std::string(PolicySet::Load(co, sources).status().message())
              .find("expected a document of the layer mou, found one of the "
                    "layer national") != std::string::npos);
  }
  SECTION("two overrides") {
    sources.overrides = {Override(Forbid("a", "pay")),
                         Override(Forbid("a", "pay"))};
    CHECK(std::string(PolicySet::Load(co, sources).status().message())
              .find("at most one override") != std::string::npos);
  }
  SECTION("errors of several documents") {
    sources.national = National("rules {}");
    sources.mous.push_back(Agreement("rules {}"));
    const std::string error(PolicySet::Load(co, sources).status().message());
    CHECK(error.find("co.textproto:") != std::string::npos);
    CHECK(error.find("CO-EC.textproto:") != std::string::npos);
  }
}

TEST_CASE("the hash names the documents, not their order",
          "[policy][document]") {
  const Country co = Country::Of("CO");
  PolicySources sources;
  sources.national = National(Permit("n"));
  sources.mous = {Agreement(Permit("m")), Agreement(Permit("m"), "CO", "MX")};
  const Digest first = (*PolicySet::Load(co, sources))->hash();
  std::swap(sources.mous[0], sources.mous[1]);
  CHECK((*PolicySet::Load(co, sources))->hash() == first);
  sources.mous.pop_back();
  CHECK((*PolicySet::Load(co, sources))->hash() != first);
}

TEST_CASE("a document describes itself", "[policy][document]") {
  const auto info = DescribeDocument(
      Agreement(Permit("m") + "titles { language: 'es' text: 'Acuerdo' }"));
  REQUIRE(info.ok());
  CHECK(info->layer == Layer::kMou);
  CHECK(info->title == "Acuerdo");
  CHECK(info->until == absl::CivilDay(2026, 12, 31));
  CHECK(info->rules == 1);
  CHECK_FALSE(DescribeDocument({"x", "mou {"}).ok());
}

}  // namespace
}  // namespace minga::policy
