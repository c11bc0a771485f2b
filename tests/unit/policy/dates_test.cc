// When dates alone change an answer: rules, documents, dates of the record,
// ages and consents.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/policy_set.h"
#include "tests/unit/policy/documents.h"
#include "tests/unit/policy/random_policy.h"
#include "tests/unit/policy/random_sources.h"

namespace minga::policy {
namespace {

constexpr absl::CivilDay kNever = absl::CivilDay::max();

std::shared_ptr<const PolicySet> Load(const std::string& national,
                                      const std::string& own = "CO",
                                      const std::string& until = "2030-12-31") {
  PolicySources sources;
  sources.national = National(national, own);
  sources.mous = {Agreement(Permit("m"), own, "EC", "2026-01-01", until)};
  auto set = PolicySet::Load(*Country::Parse(own), sources);
  INFO(set.status());
  REQUIRE(set.ok());
  return *set;
}

Question On(absl::CivilDay day) {
  Question question = AskVacancy();
  question.as_of = day;
  return question;
}

// `facts` `days` later: ages grow.
Facts Later(const Facts& facts, std::int64_t days) {
  Facts later = facts;
  const KindSchema& schema = SchemaOf(facts.kind());
  for (std::size_t i = 0; i < schema.facts.size(); ++i) {
    if (!absl::EndsWith(schema.facts[i].name, "age_days")) continue;
    const auto id = static_cast<FactId>(i);
    const auto* age = std::get_if<std::int64_t>(&facts.Get(id));
    if (age != nullptr) later.Set(id, *age + days);
  }
  return later;
}

absl::CivilDay NextOf(absl::string_view when, const Facts& facts,
                      absl::CivilDay day) {
  const auto set = Load(Permit("n") +
                        Forbid("f", "pay", absl::StrCat("when: '", when, "'")));
  return set->NextChange(On(day), facts);
}

TEST_CASE("the day of the next change", "[policy][dates]") {
  const absl::CivilDay today(2026, 6, 15);
  const absl::CivilDay agreement_ends(2031, 1, 1);
  Facts facts = VacancyFacts();
  facts.Set("vacancy.closing_date", absl::CivilDay(2026, 7, 1));
  facts.Set("vacancy.age_days", std::int64_t{10});
  const auto next = [&](absl::string_view when) {
    return NextOf(when, facts, today);
  };
  CHECK(next("vacancy.remote") == agreement_ends);
  const std::string closing = "has(vacancy.closing_date) && ";
  CHECK(next(closing + "as_of >= vacancy.closing_date") ==
        absl::CivilDay(2026, 7, 1));
  CHECK(next(closing + "vacancy.closing_date < as_of") ==
        absl::CivilDay(2026, 7, 2));
  CHECK(next(closing + "as_of == vacancy.closing_date") ==
        absl::CivilDay(2026, 7, 1));
  CHECK(NextOf(closing + "as_of == vacancy.closing_date", facts,
               absl::CivilDay(2026, 7, 1)) == absl::CivilDay(2026, 7, 2));
  CHECK(NextOf(closing + "as_of == vacancy.closing_date", facts,
               absl::CivilDay(2026, 7, 2)) == agreement_ends);
  const std::string age = "has(vacancy.age_days) && ";
  CHECK(next(age + "vacancy.age_days > 30") == today + 21);
  CHECK(next(age + "vacancy.age_days >= 30") == today + 20);
  CHECK(next(age + "vacancy.age_days == 10") == today + 1);
  CHECK(next(age + "vacancy.age_days < 10") == agreement_ends);
  CHECK(next(age + "vacancy.age_days in [3, 12]") == today + 2);
  CHECK(next("as_of > date(\"2026-08-01\")") == absl::CivilDay(2026, 8, 1));
  // A date that the day is not compared with is of no day.
  CHECK(next(closing + "vacancy.closing_date > date(\"2026-08-01\")") ==
        agreement_ends);
}

TEST_CASE("what is refused for ever has no next change", "[policy][dates]") {
  const auto set = Load(Permit("n"));
  CHECK(set->NextChange(On(absl::CivilDay(2026, 6, 15)), VacancyFacts()) ==
        absl::CivilDay(2031, 1, 1));
  CHECK(set->NextChange(On(absl::CivilDay(2031, 1, 1)), VacancyFacts()) ==
        kNever);
  CHECK(set->NextChange(AskVacancy("PE"), VacancyFacts()) == kNever);
  CHECK(set->NextChange(AskVacancy(), Facts(RecordKind::kVacancy)) == kNever);
  CHECK(set->NextChange(AskVacancy(), Facts(RecordKind::kProfile)) == kNever);
}

TEST_CASE("a consent ends the day after its last", "[policy][dates]") {
  const std::string rule = absl::StrCat(
      "rules { id: 'r' effect: EFFECT_PERMIT directions: DIRECTION_SEND "
      "kinds: RECORD_KIND_PROFILE fields: '*' level: LEVEL_RAW "
      "purposes: PURPOSE_JOB_MATCHING ",
      kCitation, "}");
  PolicySources sources;
  sources.national = National(rule);
  sources.mous = {Agreement(rule)};
  const auto set = PolicySet::Load(Country::Of("CO"), sources);
  REQUIRE(set.ok());
  Question question = AskVacancy();
  question.kind = RecordKind::kProfile;
  Facts facts(RecordKind::kProfile);
  facts.Set("profile.active", true);
  facts.Set("record.imported", false);
  facts.Set("consent.given", true);
  facts.Set("consent.countries", std::vector<std::string>{"EC"});
  facts.Set("consent.purposes", std::vector<std::string>{"job_matching"});
  facts.Set("consent.sections", std::vector<std::string>{"basic"});
  facts.Set("consent.expires", question.as_of + 3);
  CHECK((*set)->NextChange(question, facts) == question.as_of + 4);
  question.as_of += 3;
  CHECK((*set)->Decide(question, facts).permitted);
  CHECK((*set)->NextChange(question, facts) == question.as_of + 1);
  question.as_of += 1;
  CHECK_FALSE((*set)->Decide(question, facts).permitted);
  CHECK((*set)->NextChange(question, facts) == absl::CivilDay(2027, 1, 1));
}

TEST_CASE("nothing changes before the next change", "[policy][dates]") {
  int changed = 0;
  int waited = 0;
  for (int i = 0; i < 250; ++i) {
    RandomPolicy random(static_cast<std::uint64_t>(4000 + i));
    const auto set = LoadRandom(random.MakeDocuments());
    for (int j = 0; j < 12; ++j) {
      Question question = random.MakeQuestion();
      const Facts facts = random.MakeFacts(question.kind);
      const absl::CivilDay today = question.as_of;
      const Decision before = set->Decide(question, facts);
      const absl::CivilDay next = set->NextChange(question, facts);
      REQUIRE(next > today);
      const absl::CivilDay last = std::min(next, today + 150);
      INFO("policy " << i << ", question " << j << ", on " << today);
      for (question.as_of += 1; question.as_of < last; question.as_of += 1) {
        const Facts later = Later(facts, question.as_of - today);
        INFO("differs on " << question.as_of << " before " << next);
        REQUIRE(SameAnswer(before, set->Decide(question, later)));
        ++waited;
      }
      if (next == kNever) continue;
      question.as_of = next;
      const Facts then = Later(facts, next - today);
      changed += SameAnswer(before, set->Decide(question, then)) ? 0 : 1;
    }
  }
  // Days that were announced are worth announcing, and not all are.
  CHECK(changed > 100);
  CHECK(waited > 10000);
}

// Facts of law: Ley 21.719 replaces Ley 19.628 on 2026-12-01; Ley 7593/2025 is
// in force from about 2027-11-27, both from secondary sources.
std::string Switch(absl::string_view first_day, absl::string_view last_day,
                   absl::string_view old_law, absl::string_view new_law) {
  const auto permit = [](absl::string_view id, absl::string_view fields,
                         absl::string_view dates, absl::string_view law) {
    return absl::StrCat(
        "rules { id: '", id, "' effect: EFFECT_PERMIT ",
        "directions: DIRECTION_SEND kinds: RECORD_KIND_VACANCY ",
        "fields: ", fields, " level: LEVEL_RAW ",
        "purposes: PURPOSE_JOB_MATCHING ", dates, " citations { statute: '",
        law, "' article: 'all' certainty: CERTAINTY_SECONDARY } }\n");
  };
  return permit("old", "'*'", absl::StrCat("valid_until: '", last_day, "'"),
                old_law) +
         permit("new", "['title', 'status', 'location.country']",
                absl::StrCat("valid_from: '", first_day, "'"), new_law);
}

void CheckSwitch(const std::string& own, const std::string& rules,
                 absl::CivilDay day) {
  const auto set = Load(rules, own);
  const auto at = [&](absl::CivilDay when) {
    Question question = On(when);
    question.own = *Country::Parse(own);
    return question;
  };
  const FieldId pay = *SchemaOf(RecordKind::kVacancy).FindField("pay");
  const Facts facts = VacancyFacts();
  for (const absl::CivilDay eve : {day - 200, day - 1}) {
    const Decision decision = set->Decide(at(eve), facts);
    CHECK(decision.permitted);
    CHECK(decision.levels[pay].raw());
    REQUIRE(decision.deciding.size() == 2);
    CHECK(decision.deciding[0].id == "old");
    CHECK(set->NextChange(at(eve), facts) == day);
    CHECK(set->NextBoundary(eve) == day);
  }
  // Back and forth: what was remembered of one day is not said of another.
  for (const absl::CivilDay after : {day, day + 400, day - 1, day}) {
    const Decision decision = set->Decide(at(after), facts);
    CHECK(decision.permitted);
    CHECK(decision.levels[pay].raw() == (after < day));
    CHECK(decision.deciding[0].id == (after < day ? "old" : "new"));
  }
  const Explanation why = set->Explain(at(day), facts);
  REQUIRE(why.deciding.size() == 2);
  CHECK(why.deciding[0].rule_id == "new");
}

TEST_CASE("Chile's law changes on 2026-12-01", "[policy][dates]") {
  CheckSwitch("CL",
              Switch("2026-12-01", "2026-11-30", "Ley 19.628", "Ley 21.719"),
              absl::CivilDay(2026, 12, 1));
}

TEST_CASE("Paraguay's law changes on 2027-11-27", "[policy][dates]") {
  CheckSwitch("PY",
              Switch("2027-11-27", "2027-11-26", "Ley 6534", "Ley 7593/2025"),
              absl::CivilDay(2027, 11, 27));
}

}  // namespace
}  // namespace minga::policy
