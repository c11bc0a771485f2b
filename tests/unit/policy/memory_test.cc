// What a policy set remembers: bounded, dropped with its days, never wrong.
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/random.h"
#include "policy/document.h"
#include "policy/fact_key.h"
#include "policy/outcomes.h"
#include "policy/policy_set.h"
#include "policy/policy_set_impl.h"
#include "policy/specialised_cache.h"
#include "tests/unit/policy/documents.h"

namespace minga::policy {
namespace {

std::shared_ptr<const PolicySet> Load(const std::string& national) {
  PolicySources sources;
  sources.national = National(national);
  sources.mous = {Agreement(Permit("m"))};
  auto set = PolicySet::Load(Country::Of("CO"), sources);
  INFO(set.status());
  REQUIRE(set.ok());
  return *set;
}

TEST_CASE("keys of texts sort as the texts do", "[policy][memory]") {
  SeededRandom random(11);
  const auto text = [&random] {
    std::string out;
    for (std::uint64_t i = random.Below(10); i > 0; --i) {
      constexpr char kLetters[] = {'\0', 'a', 'b', '\xFF'};
      out.push_back(kLetters[random.Below(4)]);
    }
    return out;
  };
  for (int i = 0; i < 20000; ++i) {
    const std::string a = text();
    const std::string b = text();
    const std::uint64_t x = TextKey(a);
    const std::uint64_t y = TextKey(b);
    if (a < b) REQUIRE(x <= y);
    if (x == y && !IsLong(x)) REQUIRE(a == b);
    if (a == b) REQUIRE(x == y);
  }
}

TEST_CASE("closed lists have a bit for each word", "[policy][memory]") {
  for (int i = 0; i < kRecordKinds; ++i) {
    const auto kind = static_cast<RecordKind>(i);
    CHECK(ConsentSections(kind).size() <= kExactWordsMax);
    if (!SchemaOf(kind).about_person()) continue;
    const FactId sections = *SchemaOf(kind).FindFact("consent.sections");
    std::uint64_t bit = 1;
    for (const absl::string_view section : ConsentSections(kind)) {
      const ListWord word(kind, sections, section);
      CHECK(word.exact);
      CHECK(word.bit == bit);
      bit <<= 1;
    }
    CHECK_FALSE(ListWord(kind, sections, "no such section").exact);
    CHECK(ListWord(kind, sections, "no such section").bit >= bit);
  }
}

TEST_CASE("words that share a bit are told apart", "[policy][memory]") {
  const FactId countries =
      *SchemaOf(RecordKind::kVacancy).FindFact("vacancy.countries");
  Facts facts = VacancyFacts();
  int shared = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      const std::string name = {a, b};
      facts.Set(countries, std::vector<std::string>{"EC", name});
      const ListWord peru(RecordKind::kVacancy, countries, "PE");
      CHECK(peru.In(facts) == (name == "PE"));
      if ((facts.key(countries) & peru.bit) != 0) ++shared;
    }
  }
  CHECK(shared > 1);
}

TEST_CASE("texts are compared beyond their keys", "[policy][memory]") {
  const auto set =
      Load(Permit("n") +
           Forbid("f", "pay",
                  "when: 'has(vacancy.occupation) && (vacancy.occupation in "
                  "[\"7212-welder\", \"7212-wel\", \"b\"] || "
                  "(vacancy.occupation > \"7212-wem\" && "
                  "vacancy.occupation <= \"7212-wen\"))'"));
  const FieldId pay = *SchemaOf(RecordKind::kVacancy).FindField("pay");
  for (const auto& [text, forbidden] :
       std::vector<std::pair<std::string, bool>>{{"7212-welder", true},
                                                 {"7212-weldes", false},
                                                 {"7212-wel", true},
                                                 {"7212-we", false},
                                                 {"7212-wem", false},
                                                 {"7212-wema", true},
                                                 {"7212-wen", true},
                                                 {"7212-wena", false},
                                                 {"", false},
                                                 {"b", true},
                                                 {"c", false}}) {
    Facts facts = VacancyFacts();
    facts.Set("vacancy.occupation", text);
    INFO(text);
    CHECK(set->Decide(AskVacancy(), facts).levels[pay].suppressed() ==
          forbidden);
  }
}

TEST_CASE("an answer outlives its set", "[policy][memory]") {
  auto set = Load(Permit("n", "obligations { notice: 'quota' }"));
  const Answer answer = set->Ask(AskVacancy(), VacancyFacts());
  const Decision decision = set->Decide(AskVacancy(), VacancyFacts());
  CHECK(answer.basis() != nullptr);
  CHECK(set->Ask(AskVacancy(), VacancyFacts()).basis() == answer.basis());
  set.reset();
  // This thread asks another set, and then of many days.
  set = Load(Permit("x", "valid_from: '2026-02-01'") +
             Forbid("f", "pay", "valid_from: '2026-03-01'"));
  for (int i = 0; i < 400; ++i) {
    Question question = AskVacancy();
    question.as_of = absl::CivilDay(2026, 1, 1) + i;
    set->Decide(question, VacancyFacts());
  }
  CHECK(answer->permitted);
  CHECK(answer->obligations.notices == std::vector<std::string>{"quota"});
  REQUIRE(answer->deciding.size() == 2);
  CHECK(answer->deciding[0].id == "n");
  CHECK(decision.deciding[1].id == "m");
}

TEST_CASE("generations go when their days are over", "[policy][memory]") {
  const auto documents = std::make_shared<const CompiledDocuments>();
  const Generations generations(documents, {10, 20, 30, 40});
  const auto of = [&](std::int64_t day) { return generations.Of(day).get(); };
  const Generation* const first = of(9);
  CHECK(first == of(-5));
  CHECK(first != of(10));
  CHECK(of(10) == of(19));
  CHECK(generations.Of(10)->Holds(19));
  CHECK_FALSE(generations.Of(10)->Holds(20));
  // Each that lives holds the documents.
  const long without = documents.use_count() - 2;
  const auto living = [&] { return documents.use_count() - without; };
  of(20);
  CHECK(living() == 3);
  CHECK(first == of(9));
  of(30);
  CHECK(living() == 3);
  const std::shared_ptr<const Generation> held = generations.Of(9);
  CHECK(held.get() == first);
  for (const std::int64_t day : {10, 20, 30, 40}) of(day);
  CHECK(living() == 4);
  CHECK(of(9) != first);
  CHECK(generations.BoundaryAfter(9) == 10);
  CHECK(generations.BoundaryAfter(10) == 20);
}

TEST_CASE("a policy with more dates than are kept is still right",
          "[policy][memory]") {
  std::string rules = Permit("n");
  absl::CivilDay day(2026, 1, 2);
  for (int i = 0; i < 1900; ++i) {
    rules += Forbid(
        absl::StrCat("f", i), "pay",
        absl::StrCat("valid_from: '", absl::FormatCivilTime(day),
                     "' valid_until: '", absl::FormatCivilTime(day), "'"));
    day += 2;
  }
  PolicySources sources;
  sources.national = National(rules);
  sources.mous = {
      Agreement(Permit("m"), "CO", "EC", "2026-01-01", "2046-01-01")};
  const auto set = PolicySet::Load(Country::Of("CO"), sources);
  REQUIRE(set.ok());
  Question question = AskVacancy();
  question.as_of = absl::CivilDay(2026, 1, 1);
  int wrong = 0;
  const FieldId pay = *SchemaOf(RecordKind::kVacancy).FindField("pay");
  for (int i = 0; i < 3000; ++i) {
    const bool raw = (*set)->Decide(question, VacancyFacts()).levels[pay].raw();
    if (raw != (i % 2 == 0)) ++wrong;
    ++question.as_of;
  }
  CHECK(wrong == 0);
}

TEST_CASE("strangers leave room for peers", "[policy][memory]") {
  const auto documents = std::make_shared<const CompiledDocuments>();
  const Generation generation(documents, 0, 100);
  const auto add = [&](std::uint64_t key, std::size_t entries_max) {
    auto program = std::make_unique<const Specialised>(
        AskVacancy(), std::vector<std::string>(), *documents,
        generation.budget());
    return generation.Add(key, entries_max, program) != nullptr;
  };
  std::uint64_t key = 0;
  while (add(key, Generation::kStrangersMax)) ++key;
  CHECK(key == Generation::kStrangersMax);
  CHECK(add(key, Generation::kEntriesMax));
  CHECK(generation.Find(key) != nullptr);
  CHECK(generation.Find(key + 1) == nullptr);
  // Who is held stays held, even where nobody new is let in.
  CHECK(add(3, 0));
}

Signature SignatureOf(std::uint64_t number) { return {number, number % 3, 7}; }

TEST_CASE("outcomes are found again, up to a bound", "[policy][memory]") {
  MemoryBudget budget(std::size_t{1} << 30);
  OutcomeTable table(&budget);
  const auto decision = std::make_shared<const Decision>();
  std::uint64_t held = 0;
  while (table.Add(SignatureOf(held), {held % 5}, decision) != nullptr) {
    ++held;
    REQUIRE(held < 1'000'000);
  }
  CHECK(held > 1000);
  int missing = 0;
  for (std::uint64_t i = 0; i < held; ++i) {
    const OutcomeTable::Entry* entry = table.Find(SignatureOf(i));
    if (entry == nullptr || entry->signature != SignatureOf(i)) ++missing;
  }
  CHECK(missing == 0);
  CHECK(table.Find(SignatureOf(held)) == nullptr);
  // The same once more is no new entry.
  CHECK(table.Add(SignatureOf(0), {0}, decision) == table.Find(SignatureOf(0)));
}

TEST_CASE("a spent budget remembers nothing more", "[policy][memory]") {
  MemoryBudget budget(2000);
  OutcomeTable table(&budget);
  const auto decision = std::make_shared<const Decision>();
  std::uint64_t held = 0;
  while (table.Add(SignatureOf(held), {0}, decision) != nullptr) ++held;
  CHECK(held > 0);
  CHECK(held < 30);
  CHECK(budget.Take(0));
  CHECK_FALSE(budget.Take(2000));
}

TEST_CASE("a flood of different records is answered all the same",
          "[policy][memory]") {
  // 600 thresholds: 601 ages that differ, with 32 flags each.
  std::string rules = Permit("n");
  for (int i = 0; i < 600; ++i) {
    rules += Forbid(absl::StrCat("f", i), "pay",
                    absl::StrCat("when: 'has(vacancy.age_days) && "
                                 "vacancy.age_days == ",
                                 2 * i, " && vacancy.cross_border'"));
  }
  rules += Forbid("g", "benefits",
                  "when: 'vacancy.remote && vacancy.pay_stated && "
                  "has(vacancy.fee_charged) && vacancy.fee_charged && "
                  "has(vacancy.documents_retained) && "
                  "vacancy.documents_retained'");
  const auto set = Load(rules);
  const KindSchema& schema = SchemaOf(RecordKind::kVacancy);
  const FieldId pay = *schema.FindField("pay");
  const FieldId benefits = *schema.FindField("benefits");
  int wrong = 0;
  int forgotten = 0;
  Facts facts = VacancyFacts();
  for (std::int64_t i = 0; i < 20000; ++i) {
    const std::int64_t age = i % 1300;
    const bool agency = i % 2 == 0;
    const auto flag = [&](int bit) { return (i / 1300 >> bit & 1) != 0; };
    facts.Set("vacancy.age_days", age);
    facts.Set("vacancy.cross_border", agency);
    facts.Set("vacancy.remote", flag(0));
    facts.Set("vacancy.pay_stated", flag(1));
    facts.Set("vacancy.fee_charged", flag(2));
    facts.Set("vacancy.documents_retained", flag(3));
    const Answer answer = set->Ask(AskVacancy(), facts);
    const bool lowered = agency && age % 2 == 0 && age < 1200;
    if (answer->levels[pay].suppressed() != lowered) ++wrong;
    if (answer->levels[benefits].suppressed() != (i / 1300 == 15)) ++wrong;
    if (answer.basis() == nullptr) ++forgotten;
  }
  CHECK(wrong == 0);
  // The table was full before the flood was over.
  CHECK(forgotten > 0);
}

// A set whose rule `id` asks an optional fact without a guard, as no document
// that was checked can.
std::shared_ptr<const PolicySet> LoadUnguarded(absl::string_view id) {
  std::vector<std::string> errors;
  const Country own = Country::Of("CO");
  CompiledDocuments documents;
  documents.push_back(*LoadDocument(
      National(Permit("n") + Forbid("f", "pay", "when: 'vacancy.remote'")),
      {Layer::kNational, own, nullptr}, errors));
  documents.push_back(*LoadDocument(Agreement(Permit("m")),
                                    {Layer::kMou, own, nullptr}, errors));
  REQUIRE(errors.empty());
  for (CompiledRule& rule : documents[0].rules) {
    if (rule.id != id) continue;
    Condition condition;
    condition.source = "vacancy.written_contract";
    Atom atom;
    atom.left.kind = Operand::Kind::kFact;
    atom.left.fact =
        *SchemaOf(RecordKind::kVacancy).FindFact("vacancy.written_contract");
    condition.atoms.push_back(atom);
    Node node;
    node.kind = Node::Kind::kAtom;
    node.end = static_cast<std::uint32_t>(condition.source.size());
    condition.nodes.push_back(node);
    rule.parts[0].when = condition;
  }
  return std::make_shared<const PolicySetImpl>(own, std::move(documents),
                                               Digest());
}

TEST_CASE("a condition that cannot be evaluated denies and says so",
          "[policy][memory]") {
  for (const absl::string_view id : {"n", "f"}) {
    const auto set = LoadUnguarded(id);
    Facts facts = VacancyFacts();
    for (int twice = 0; twice < 2; ++twice) {
      const Decision decision = set->Decide(AskVacancy(), facts);
      CHECK_FALSE(decision.permitted);
      CHECK(decision.levels == Decision().levels);
      CHECK(decision.deciding.empty());
    }
    CHECK(set->Explain(AskVacancy(), facts).summary ==
          absl::StrCat("withheld: national rule `", id,
                       "`: its condition cannot be evaluated"));
    facts.Set("vacancy.written_contract", true);
    CHECK(set->Decide(AskVacancy(), facts).permitted);
    CHECK(set->Explain(AskVacancy(), facts).summary.substr(0, 9) ==
          "permitted");
  }
}

TEST_CASE("an activated set does not answer from its predecessor",
          "[policy][memory]") {
  const FieldId pay = *SchemaOf(RecordKind::kVacancy).FindField("pay");
  for (int i = 0; i < 20; ++i) {
    const bool forbidden = i % 2 == 0;
    const auto set =
        Load(Permit("n") + (forbidden ? Forbid("f", "pay") : std::string()));
    CHECK(set->Decide(AskVacancy(), VacancyFacts()).levels[pay].suppressed() ==
          forbidden);
  }
}

}  // namespace
}  // namespace minga::policy
