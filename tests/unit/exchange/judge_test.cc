// What the judge remembers must be what the policy says.
#include "node/exchange/judge.h"

#include <catch2/catch.hpp>
#include <memory>
#include <set>

#include "node/base/random.h"
#include "node/exchange/facts.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

v1::Vacancy RandomVacancy(SeededRandom& random) {
  v1::Vacancy vacancy = SampleVacancy("v" + std::to_string(random.Below(100)));
  const auto coin = [&random] { return random.Below(2) == 0; };
  vacancy.mutable_sharing()->set_cross_border(coin());
  if (coin()) vacancy.mutable_sharing()->add_countries("PE");
  if (coin()) vacancy.mutable_sharing()->add_countries("EC");
  if (coin()) vacancy.mutable_recruitment()->add_worker_fees();
  if (coin()) vacancy.mutable_recruitment()->set_agency(true);
  vacancy.mutable_occupation()->set_isco(std::to_string(random.Below(9000)));
  if (coin()) vacancy.clear_closing_date();
  return vacancy;
}

TEST_CASE("the judge answers as the policy does") {
  const auto policy = policy::PolicySet::Load(
      kColombia, {SampleNational(), {SampleMou("EC"), SampleMou("PE")}, {}});
  REQUIRE(policy.ok());
  const Judge judge(*policy);
  const std::uint64_t seed = SystemRandom().Below(1'000'000'000);
  INFO("seed " << seed);
  SeededRandom random(seed);
  int permitted = 0;
  for (int i = 0; i < 3000; ++i) {
    const v1::Vacancy vacancy = RandomVacancy(random);
    policy::Question question;
    question.own = kColombia;
    question.peer = random.Below(2) == 0 ? kEcuador : kPeru;
    question.kind = RecordKind::kVacancy;
    question.as_of = absl::CivilDay(2027, 6, 29) +
                     static_cast<std::int64_t>(random.Below(4));
    const policy::Facts facts = FactsForSending(
        {RecordKind::kVacancy, &vacancy}, nullptr, question.as_of);
    const policy::Decision expected = (*policy)->Decide(question, facts);
    const auto verdict = judge.Ask(question, facts).verdict;
    REQUIRE(verdict->decision.permitted == expected.permitted);
    REQUIRE(verdict->decision.levels == expected.levels);
    REQUIRE(verdict->decision.obligations == expected.obligations);
    REQUIRE((verdict->reason == "permit") == expected.permitted);
    permitted += expected.permitted ? 1 : 0;
  }
  CHECK(permitted > 0);
  CHECK(permitted < 3000);
}

TEST_CASE("the judge remembers reasons, not records") {
  const auto policy = policy::PolicySet::Load(
      kColombia, {SampleNational(), {SampleMou("EC")}, {}});
  REQUIRE(policy.ok());
  const Judge judge(*policy);
  policy::Question question;
  question.own = kColombia;
  question.peer = kEcuador;
  question.kind = RecordKind::kVacancy;
  question.as_of = absl::CivilDay(2026, 11, 21);
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.mutable_occupation()->set_isco("7212");
  const auto ask = [&] {
    return judge.Ask(question, FactsForSending({RecordKind::kVacancy, &vacancy},
                                               nullptr, question.as_of))
        .verdict;
  };
  const auto first = ask();
  REQUIRE(first->decision.permitted);
  vacancy.mutable_occupation()->set_isco("2512");  // no rule asks
  CHECK(ask() == first);
  vacancy.mutable_recruitment()->add_worker_fees();
  const auto charged = ask();
  CHECK(charged != first);
  CHECK(ask() == charged);
  // Explanations may name the day.
  question.as_of += 1;
  CHECK(ask() != charged);
  CHECK(ask()->reason == charged->reason);
}

TEST_CASE("each verdict has the next change of its own record") {
  policy::DocumentSource national = SampleNational();
  const std::size_t end = national.text.rfind('}');
  national.text.insert(
      end,
      "rules { id: 'late' effect: EFFECT_FORBID directions: DIRECTION_SEND "
      "kinds: RECORD_KIND_VACANCY fields: 'pay' "
      "when: \"has(vacancy.closing_date) && as_of > vacancy.closing_date\" }");
  const auto policy =
      policy::PolicySet::Load(kColombia, {national, {SampleMou("EC")}, {}});
  INFO(policy.status());
  REQUIRE(policy.ok());
  const Judge judge(*policy);
  policy::Question question;
  question.own = kColombia;
  question.peer = kEcuador;
  question.kind = RecordKind::kVacancy;
  question.as_of = absl::CivilDay(2026, 11, 21);
  std::set<std::shared_ptr<const Verdict>> verdicts;
  const auto change_of = [&](const std::string& closing) {
    v1::Vacancy vacancy = SampleVacancy("v1");
    vacancy.set_closing_date(closing);
    const Ruling ruling =
        judge.Ask(question, FactsForSending({RecordKind::kVacancy, &vacancy},
                                            nullptr, question.as_of));
    verdicts.insert(ruling.verdict);
    return ruling.next_change;
  };
  for (int twice = 0; twice < 2; ++twice) {
    CHECK(change_of("2026-11-25") == absl::CivilDay(2026, 11, 26));
    CHECK(change_of("2026-11-28") == absl::CivilDay(2026, 11, 29));
    CHECK(change_of("2026-11-21") == absl::CivilDay(2026, 11, 22));
  }
  CHECK(verdicts.size() == 1);
}

TEST_CASE("an explanation that is cut says so") {
  const std::string whole(kExplanationBytesMax, 'a');
  CHECK(CutExplanation(whole) == whole);
  const std::string cut = CutExplanation(whole + "b");
  CHECK(cut == std::string(kExplanationBytesMax - 3, 'a') + "...");
  // Between characters, never within.
  const std::string accents = CutExplanation(
      std::string(kExplanationBytesMax - 4, 'a') + "\u00f3\u00f3");
  CHECK(accents == std::string(kExplanationBytesMax - 4, 'a') + "\u00f3\u00f3");
  CHECK(CutExplanation(std::string(kExplanationBytesMax - 4, 'a') +
                       "\u00f3\u00f3\u00f3") ==
        std::string(kExplanationBytesMax - 4, 'a') + "...");
}

}  // namespace
}  // namespace minga::exchange
