// What a set of documents answers: layers, levels, obligations, dates, reasons.
#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/policy_set.h"
#include "tests/unit/policy/documents.h"

namespace minga::policy {
namespace {

std::shared_ptr<const PolicySet> Load(const std::string& national,
                                      const std::string& mou,
                                      const std::string& node = "") {
  PolicySources sources;
  sources.national = National(national);
  if (!mou.empty()) sources.mous.push_back(Agreement(mou));
  if (!node.empty()) sources.overrides.push_back(Override(node));
  auto set = PolicySet::Load(Country::Of("CO"), sources);
  INFO(set.status());
  REQUIRE(set.ok());
  return *set;
}

std::string LevelOf(const Decision& decision, absl::string_view field) {
  return decision.levels[*SchemaOf(RecordKind::kVacancy).FindField(field)]
      .ToString();
}

std::string Summary(const std::shared_ptr<const PolicySet>& set,
                    const Question& question, const Facts& facts) {
  return set->Explain(question, facts).summary;
}

TEST_CASE("levels are ordered", "[policy][decision]") {
  CHECK(Level::Suppress() < Level::Generalise(4));
  CHECK(Level::Generalise(4) < Level::Generalise(1));
  CHECK(Level::Generalise(1) < Level::Pseudonym());
  CHECK(Level::Pseudonym() < Level::Raw());
  CHECK(Level::Generalise(3).ToString() == "GENERALISE(3)");
  for (const Level level :
       {Level::Suppress(), Level::Generalise(15), Level::Generalise(1),
        Level::Pseudonym(), Level::Raw()}) {
    CHECK(Level::FromStored(level.stored()) == level);
  }
  CHECK(Level::FromStored(50) == Level::Suppress());
  CHECK(Level::FromStored(150) == Level::Generalise(1));
  CHECK(Level::FromStored(254) == Level::Pseudonym());
}

TEST_CASE("both layers must permit", "[policy][decision]") {
  const Question question = AskVacancy();
  const Facts facts = VacancyFacts();
  CHECK(Load(Permit("n"), Permit("m"))->Decide(question, facts).permitted);
  CHECK_FALSE(Load(Permit("n"), "")->Decide(question, facts).permitted);
  CHECK_FALSE(Load("", Permit("m"))->Decide(question, facts).permitted);
  CHECK_FALSE(Load("", "")->Decide(question, facts).permitted);
}

TEST_CASE("a refused record shows nothing at all", "[policy][decision]") {
  const auto set = Load(Permit("n"), Permit("m"), Forbid("f", "title"));
  CHECK(set->Decide(AskVacancy(), VacancyFacts()).levels == Decision().levels);
  CHECK(Summary(set, AskVacancy(), VacancyFacts()) ==
        "withheld: forbidden by override rule `f`");
}

TEST_CASE("a forbid lowers to its level, whatever permits",
          "[policy][decision]") {
  const std::string coarse =
      "rules { id: 'c' effect: EFFECT_FORBID directions: DIRECTION_SEND "
      "kinds: RECORD_KIND_VACANCY fields: 'occupation.isco' "
      "level: LEVEL_GENERALISE generalise_steps: 2 }";
  const auto decide = [](const std::string& national, const std::string& mou,
                         const std::string& node) {
    return Load(national, mou, node)->Decide(AskVacancy(), VacancyFacts());
  };
  for (int layer = 0; layer < 3; ++layer) {
    const Decision d = decide(Permit("n") + (layer == 0 ? coarse : ""),
                              Permit("m") + (layer == 1 ? coarse : ""),
                              layer == 2 ? coarse : "");
    CHECK(LevelOf(d, "occupation.isco") == "GENERALISE(2)");
    CHECK(LevelOf(d, "title") == "RAW");
  }
  const Decision pay =
      decide(Forbid("f", "pay") + Permit("n"), Permit("m"), coarse);
  CHECK(LevelOf(pay, "pay") == "SUPPRESS");
  CHECK(LevelOf(pay, "occupation.isco") == "GENERALISE(2)");
}

TEST_CASE("permits join within a layer and meet between layers",
          "[policy][decision]") {
  const auto isco = [](absl::string_view id, int steps) {
    return absl::StrCat("rules { id: '", id,
                        "' effect: EFFECT_PERMIT directions: DIRECTION_SEND "
                        "kinds: RECORD_KIND_VACANCY fields: 'occupation.isco' "
                        "level: LEVEL_GENERALISE generalise_steps: ",
                        steps, " purposes: PURPOSE_JOB_MATCHING ", kCitation,
                        "}");
  };
  const std::string base = absl::StrCat(
      "rules { id: 'base' effect: EFFECT_PERMIT directions: "
      "DIRECTION_SEND kinds: RECORD_KIND_VACANCY fields: "
      "['title', 'status', 'location.country'] level: LEVEL_RAW "
      "purposes: PURPOSE_JOB_MATCHING ",
      kCitation, "}");
  const auto level = [&](const std::string& national, const std::string& mou) {
    return LevelOf(
        Load(base + national, base + mou)->Decide(AskVacancy(), VacancyFacts()),
        "occupation.isco");
  };
  CHECK(level(isco("a", 3) + isco("b", 1), isco("m", 1)) == "GENERALISE(1)");
  CHECK(level(isco("a", 3) + isco("b", 1), isco("m", 2)) == "GENERALISE(2)");
  CHECK(level(isco("a", 3), Permit("m")) == "GENERALISE(3)");
  CHECK(level(isco("a", 3), "") == "SUPPRESS");
}

TEST_CASE("a missing required fact denies", "[policy][decision]") {
  const auto set = Load(Permit("n"), Permit("m"));
  Facts facts = VacancyFacts();
  facts.Set(*SchemaOf(RecordKind::kVacancy).FindFact("vacancy.remote"),
            FactValue());
  CHECK_FALSE(set->Decide(AskVacancy(), facts).permitted);
  CHECK(Summary(set, AskVacancy(), facts) ==
        "withheld: required fact `vacancy.remote` is missing");
  CHECK_FALSE(set->Decide(AskVacancy(), Facts(RecordKind::kProfile)).permitted);
}

TEST_CASE("a fact of the wrong type is absent", "[policy][facts]") {
  Facts facts(RecordKind::kVacancy);
  CHECK_FALSE(facts.Set("vacancy.remote", std::string("yes")));
  CHECK_FALSE(facts.Set("vacancy.unknown", true));
  CHECK(facts.Set("vacancy.remote", true));
  const FactId id = *SchemaOf(RecordKind::kVacancy).FindFact("vacancy.remote");
  CHECK((facts.present() >> id & 1) == 1);
  facts.Set(id, std::int64_t{1});
  CHECK((facts.present() >> id & 1) == 0);
  facts.Set(200, true);  // no such fact: nothing happens
  CHECK(facts.present() == 0);
}

TEST_CASE("questions that make no sense are denied", "[policy][decision]") {
  const auto set = Load(Permit("n"), Permit("m"));
  const Facts facts = VacancyFacts();
  Question question = AskVacancy();
  REQUIRE(set->Decide(question, facts).permitted);
  SECTION("another's question") { question.own = Country::Of("EC"); }
  SECTION("to itself") { question.peer = Country::Of("CO"); }
  SECTION("to nobody") { question.peer = Country(); }
  SECTION("of no kind") { question.kind = RecordKind::kUnspecified; }
  SECTION("of another kind") { question.kind = RecordKind::kProfile; }
  SECTION("without purpose") { question.purpose = Purpose::kUnspecified; }
  SECTION("for another purpose") { question.purpose = Purpose::kStatistics; }
  SECTION("in no direction") { question.direction = Direction{}; }
  CHECK_FALSE(set->Decide(question, facts).permitted);
  CHECK(Summary(set, question, facts).find("withheld: ") == 0);
}

TEST_CASE("peers and groups are matched", "[policy][decision]") {
  PolicySources sources;
  sources.national = National(
      absl::StrCat("peer_groups { name: 'CAN' countries: ['EC', 'PE'] }",
                   Permit("n", "peer_groups: 'CAN'"),
                   Permit("x", "peers: 'MX' when: '\"CAN\" in peer.groups'")));
  sources.mous = {Agreement(Permit("m")), Agreement(Permit("m"), "MX", "CO"),
                  Agreement(Permit("m", "peers: 'CO'"), "PE", "CO")};
  const auto set = PolicySet::Load(Country::Of("CO"), sources);
  REQUIRE(set.ok());
  const Facts facts = VacancyFacts();
  CHECK((*set)->Decide(AskVacancy("EC"), facts).permitted);
  CHECK_FALSE((*set)->Decide(AskVacancy("MX"), facts).permitted);
  // A rule for exchanges with CO says nothing about sending to PE.
  CHECK_FALSE((*set)->Decide(AskVacancy("PE"), facts).permitted);
  CHECK(Summary(*set, AskVacancy("BR"), facts) ==
        "withheld: layer mou: no agreement with BR is signed");
}

TEST_CASE("dates are inclusive and announce their boundaries",
          "[policy][decision]") {
  const auto set =
      Load(Permit("n", "valid_from: '2026-02-01' valid_until: '2026-11-30'") +
               Forbid("f", "pay", "when: 'as_of >= date(\"2026-06-01\")'"),
           Permit("m"));
  const auto at = [&](int month, int day) {
    Question question = AskVacancy();
    question.as_of = absl::CivilDay(2026, month, day);
    return set->Decide(question, VacancyFacts());
  };
  CHECK_FALSE(at(1, 31).permitted);
  CHECK(at(2, 1).permitted);
  CHECK(LevelOf(at(5, 31), "pay") == "RAW");
  CHECK(LevelOf(at(6, 1), "pay") == "SUPPRESS");
  CHECK(at(11, 30).permitted);
  CHECK_FALSE(at(12, 1).permitted);

  std::vector<absl::CivilDay> days;
  for (absl::CivilDay day(2025, 1, 1); day != absl::CivilDay::max();) {
    day = set->NextBoundary(day);
    days.push_back(day);
  }
  CHECK(days == std::vector<absl::CivilDay>{
                    absl::CivilDay(2026, 1, 1), absl::CivilDay(2026, 2, 1),
                    absl::CivilDay(2026, 6, 1), absl::CivilDay(2026, 6, 2),
                    absl::CivilDay(2026, 12, 1), absl::CivilDay(2027, 1, 1),
                    absl::CivilDay::max()});
}

TEST_CASE("an agreement out of its dates is no agreement",
          "[policy][decision]") {
  const auto set = Load(Permit("n"), Permit("m"));
  Question question = AskVacancy();
  question.as_of = absl::CivilDay(2027, 1, 1);
  CHECK_FALSE(set->Decide(question, VacancyFacts()).permitted);
  CHECK(Summary(set, question, VacancyFacts()) ==
        "withheld: layer mou: no agreement with EC in force on 2027-01-01");
}

TEST_CASE("the strictest obligation wins", "[policy][decision]") {
  const auto set = Load(
      Permit("a",
             "obligations { retention_until: '2027-03-01' } "
             "obligations { fee_rule { max_percent_of_first_pay: 10 } } "
             "obligations { retention_days: 90 } "
             "obligations { notice: 'z' } obligations { notice: 'b' }") +
          Permit("b",
                 "obligations { retention_until: '2027-01-31' } "
                 "obligations { fee_rule { max_percent_of_first_pay: 0 } } "
                 "obligations { retention_days: 30 } "
                 "obligations { national_first_days: 2 }") +
          Permit("never",
                 "when: 'vacancy.remote' obligations { retention_days: 1 }") +
          "rules { id: 'o' effect: EFFECT_OBLIGE directions: DIRECTION_SEND "
          "kinds: RECORD_KIND_VACANCY obligations { transform { operation: "
          "OPERATION_TRUNCATE_TEXT field: 'description' max_characters: 9 } "
          "} " +
          kCitation + " }",
      Permit("m",
             "obligations { erase_within_hours: 24 } "
             "obligations { erase_within_hours: 48 } "
             "obligations { breach_notice_hours: 72 } "
             "obligations { no_onward_transfer: true } "
             "obligations { hold_for_officer: true } "
             "obligations { notice: 'b' }"));
  Obligations expected;
  expected.retention_until = absl::CivilDay(2027, 1, 31);
  expected.fee_percent_max = 0;
  expected.transforms = {
      {Transform::Operation::kTruncateText,
       *SchemaOf(RecordKind::kVacancy).FindField("description"), 9}};
  expected.retention_days = 30;
  expected.erase_within_hours = 24;
  expected.breach_notice_hours = 72;
  expected.national_first_days = 2;
  expected.no_onward_transfer = true;
  expected.hold_for_officer = true;
  expected.notices = {"b", "z"};
  CHECK(set->Decide(AskVacancy(), VacancyFacts()).obligations == expected);
}

TEST_CASE("receiving is decided by the rules about receiving",
          "[policy][decision]") {
  const auto set = Load(Permit("n") + Forbid("f", "*"), Permit("m"));
  Question question = AskVacancy();
  CHECK_FALSE(set->Decide(question, VacancyFacts()).permitted);
  question.direction = Direction::kReceive;
  CHECK(set->Decide(question, VacancyFacts()).permitted);
}

TEST_CASE("a profile is received without the sender's consent facts",
          "[policy][decision]") {
  const std::string rule = absl::StrCat(
      "rules { id: 'r' effect: EFFECT_PERMIT "
      "directions: [DIRECTION_RECEIVE, DIRECTION_SEND] "
      "kinds: RECORD_KIND_PROFILE fields: '*' level: LEVEL_RAW "
      "purposes: PURPOSE_JOB_MATCHING ",
      kCitation, "}");
  const auto set = Load(rule, rule);
  Question question = AskVacancy();
  question.kind = RecordKind::kProfile;
  Facts facts(RecordKind::kProfile);
  facts.Set("profile.active", true);
  facts.Set("record.imported", false);
  CHECK_FALSE(set->Decide(question, facts).permitted);
  question.direction = Direction::kReceive;
  const Decision received = set->Decide(question, facts);
  CHECK(received.permitted);
  const KindSchema& schema = SchemaOf(RecordKind::kProfile);
  CHECK(received.levels[*schema.FindField("pseudonym")].pseudonym());
}

TEST_CASE("identity never leaves even where everything is permitted",
          "[policy][decision]") {
  const std::string rule = absl::StrCat(
      "rules { id: 'r' effect: EFFECT_PERMIT directions: DIRECTION_SEND "
      "kinds: RECORD_KIND_PROFILE fields: '*' level: LEVEL_RAW "
      "purposes: PURPOSE_JOB_MATCHING ",
      kCitation, "}");
  const auto set = Load(rule, rule);
  Question question = AskVacancy();
  question.kind = RecordKind::kProfile;
  Facts facts(RecordKind::kProfile);
  std::vector<std::string> sections;
  for (const auto section : ConsentSections()) sections.emplace_back(section);
  sections.push_back("");
  facts.Set("profile.active", true);
  facts.Set("record.imported", false);
  facts.Set("consent.given", true);
  facts.Set("consent.countries", std::vector<std::string>{"EC"});
  facts.Set("consent.purposes", std::vector<std::string>{"job_matching"});
  facts.Set("consent.sections", sections);
  facts.Set("consent.expires", question.as_of);
  const Decision decision = set->Decide(question, facts);
  REQUIRE(decision.permitted);
  const KindSchema& schema = SchemaOf(RecordKind::kProfile);
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    INFO(schema.fields[i].name);
    CHECK(decision.levels[i].suppressed() ==
          schema.fields[i].consent_section.empty());
  }
}

TEST_CASE("an explanation names rules, citations and what failed",
          "[policy][explain]") {
  const auto set =
      Load(Permit("far", "peers: 'MX'") +
               Permit("near", "when: 'vacancy.cross_border && vacancy.remote'"),
           Permit("m"));
  const Explanation why = set->Explain(AskVacancy(), VacancyFacts());
  CHECK(why.summary ==
        "withheld: layer national: no permit applies to every required field; "
        "nearest rule `near` fails on `vacancy.remote`");
  REQUIRE(why.nearest.size() == 2);
  CHECK(why.nearest[0].rule_id == "near");
  CHECK(why.nearest[0].citations[0].ToString() == "Ley 1 art. 2 (verified)");
  CHECK(why.nearest[1].failed == "peer");
  REQUIRE(why.deciding.size() == 1);
  CHECK(why.deciding[0].layer == Layer::kMou);
  CHECK(why.deciding[0].failed.empty());

  Facts remote = VacancyFacts();
  remote.Set("vacancy.remote", true);
  const Explanation yes = set->Explain(AskVacancy(), remote);
  CHECK(yes.summary == "permitted: 32 of 32 fields");
  CHECK(yes.nearest.empty());
  CHECK(yes.deciding.size() == 2);
}

TEST_CASE("threads share one set", "[policy][decision]") {
  const auto set =
      Load(Permit("n", "when: 'vacancy.cross_border'") + Forbid("f", "pay"),
           Permit("m"));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&set, &wrong, t] {
      Facts facts = VacancyFacts();
      for (int i = 0; i < 2000; ++i) {
        const bool shared = (i + t) % 2 == 0;
        facts.Set("vacancy.cross_border", shared);
        Question question = AskVacancy();
        // Other keys of the cache are filled meanwhile.
        question.purpose =
            i % 7 == 0 ? Purpose::kStatistics : Purpose::kJobMatching;
        question.as_of = absl::CivilDay(2026, 1 + i % 12, 1);
        const bool expected = shared && i % 7 != 0;
        if (set->Decide(question, facts).permitted != expected) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace minga::policy
