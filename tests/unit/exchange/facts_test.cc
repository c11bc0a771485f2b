// What is known of a record at home and of one that a peer brings.
#include "node/exchange/facts.h"

#include <catch2/catch.hpp>
#include <optional>

#include "node/exchange/obligations.h"
#include "node/exchange/project.h"
#include "node/exchange/received.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

constexpr absl::CivilDay kToday(2026, 11, 21);

// Nullopt: not known.
std::optional<bool> Known(const policy::Facts& facts, absl::string_view name) {
  const auto id = policy::SchemaOf(RecordKind::kVacancy).FindFact(name);
  REQUIRE(id.has_value());
  const policy::FactValue& value = facts.Get(*id);
  if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
  return std::get<bool>(value);
}

struct Knowledge {
  std::optional<bool> fee;
  std::optional<bool> documents;
  std::optional<bool> agency;

  friend bool operator==(const Knowledge&, const Knowledge&) = default;
};

Knowledge Of(const policy::Facts& facts) {
  return {Known(facts, "vacancy.fee_charged"),
          Known(facts, "vacancy.documents_retained"),
          Known(facts, "vacancy.is_agency")};
}

Knowledge AtHome(const v1::Vacancy& vacancy) {
  return Of(FactsForSending({RecordKind::kVacancy, &vacancy}, nullptr, kToday));
}

Knowledge OnReceipt(const v1::Vacancy& vacancy) {
  return Of(FactsForReceiving({RecordKind::kVacancy, &vacancy}, kToday));
}

// `vacancy` at RAW, without the fields of `hidden`.
v1::Vacancy Shown(const v1::Vacancy& vacancy,
                  const std::vector<std::string>& hidden, bool received) {
  policy::Decision decision;
  decision.levels.fill(policy::Level::Raw());
  for (const std::string& field : hidden) {
    decision.levels[*policy::SchemaOf(RecordKind::kVacancy).FindField(field)] =
        policy::Level::Suppress();
  }
  const Content content{RecordKind::kVacancy, &vacancy};
  const OwnedContent out =
      received
          ? ProjectReceived(content, decision, "v1", *Hierarchies::BuiltIn())
          : Project(content, decision, "v1", *Hierarchies::BuiltIn());
  return static_cast<const v1::Vacancy&>(*out.message);
}

TEST_CASE("what a peer does not say of its recruiting is not known") {
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.clear_recruitment();
  const Knowledge nothing;
  CHECK(AtHome(vacancy) == Knowledge{false, false, false});
  CHECK(OnReceipt(vacancy) == nothing);
  // Not even if it says something else.
  vacancy.mutable_recruitment()->set_recruiter_name("Talento SAS");
  CHECK(OnReceipt(vacancy) == nothing);
  vacancy.mutable_recruitment()->set_agency(false);
  CHECK(OnReceipt(vacancy) == Knowledge{std::nullopt, std::nullopt, false});
  vacancy.mutable_recruitment()->add_worker_fees();
  CHECK(OnReceipt(vacancy) == Knowledge{true, std::nullopt, false});
  vacancy.mutable_recruitment()->clear_worker_fees();
  vacancy.mutable_recruitment()->set_documents_retained(false);
  CHECK(OnReceipt(vacancy) == Knowledge{false, false, false});
}

TEST_CASE("a sender says what it is not asked for") {
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.clear_recruitment();
  const Knowledge none{false, false, false};
  CHECK(OnReceipt(Shown(vacancy, {}, false)) == none);
  // Also of an employer that is not named: that it is no agency names nobody.
  vacancy.mutable_employer()->set_confidential(true);
  vacancy.mutable_recruitment()->set_recruiter_name("Minera SA");
  const v1::Vacancy unnamed = Shown(vacancy, {}, false);
  CHECK(OnReceipt(unnamed) == none);
  CHECK(unnamed.recruitment().recruiter_name().empty());
  vacancy.mutable_employer()->set_confidential(false);
  // What is withheld is not said by the other half.
  CHECK(OnReceipt(Shown(vacancy, {"contract_terms"}, false)) ==
        Knowledge{std::nullopt, std::nullopt, false});
  CHECK(OnReceipt(Shown(vacancy, {"recruiter"}, false)) ==
        Knowledge{false, false, std::nullopt});
  CHECK_FALSE(
      Shown(vacancy, {"recruiter", "contract_terms"}, false).has_recruitment());
}

TEST_CASE("a receiver says nothing for the sender") {
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.clear_recruitment();
  CHECK_FALSE(Shown(vacancy, {}, true).has_recruitment());
  vacancy.mutable_recruitment()->set_recruiter_name("Talento SAS");
  const v1::Vacancy kept = Shown(vacancy, {"pay"}, true);
  CHECK(kept.recruitment().recruiter_name() == "Talento SAS");
  CHECK(OnReceipt(kept) == Knowledge());
  vacancy.mutable_recruitment()->set_agency(true);
  vacancy.mutable_recruitment()->set_documents_retained(false);
  CHECK(OnReceipt(Shown(vacancy, {"pay"}, true)) ==
        Knowledge{false, false, true});
}

TEST_CASE("a bound on fees keeps out what does not say them") {
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.clear_recruitment();
  policy::Obligations bound;
  bound.fee_percent_max = 10;
  const Content content{RecordKind::kVacancy, &vacancy};
  CHECK(NotReceivable(bound, content, kToday) ==
        "fee_rule: what the worker is asked for is not said");
  CHECK(NotReceivable({}, content, kToday).empty());
  vacancy.mutable_recruitment()->set_documents_retained(true);
  CHECK(NotReceivable(bound, content, kToday).empty());
}

}  // namespace
}  // namespace minga::exchange
