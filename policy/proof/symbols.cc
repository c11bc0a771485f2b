#include "policy/proof/symbols.h"

#include <limits>
#include <string>

#include "policy/condition_eval.h"

namespace minga::policy::proof {
namespace {

// Days that a document or a record can write: years of four digits.
const absl::CivilDay kFirstDay(1, 1, 1);
const absl::CivilDay kLastDay(9999, 12, 31);

}  // namespace

Symbols::Symbols(z3::context& z3, const Vocabulary& words, RecordKind kind,
                 Direction direction)
    : z3_(z3),
      words_(words),
      schema_(SchemaOf(kind)),
      direction_(direction),
      in_force_(z3.bool_const("agreement.in_force")) {
  for (std::size_t i = 0; i < schema_.facts.size(); ++i) {
    const auto fact = static_cast<FactId>(i);
    facts_.push_back(i < kQuestionFacts ? QuestionFact(fact)
                                        : RecordFact(schema_.facts[i]));
  }
}

z3::expr Symbols::Number(std::int64_t number) const {
  return z3_.int_val(number);
}

z3::expr Symbols::Text(const std::string& text) const {
  return Number(words_.Of(text));
}

z3::expr Symbols::Is(Country country) const {
  return peer() == Text(country.ToString());
}

z3::expr Symbols::Within(absl::CivilDay from, absl::CivilDay until) const {
  z3::expr within = z3_.bool_val(true);
  if (from != absl::CivilDay::min()) {
    within = within && as_of() >= Number(DayNumber(from));
  }
  if (until != absl::CivilDay::max()) {
    within = within && as_of() <= Number(DayNumber(until));
  }
  return within;
}

SymbolicList Symbols::List(FactId fact) const {
  return SymbolicList{facts_[fact].value, *facts_[fact].id};
}

Symbols::Fact Symbols::QuestionFact(FactId fact) const {
  const z3::expr yes = z3_.bool_val(true);
  if (fact == kFactDirection) {
    return {yes, Text(std::string(DirectionName(direction_))), {}};
  }
  if (fact == kFactOwnCountry && words_.own().size() == 1) {
    return {yes, Text(words_.own().front().ToString()), {}};
  }
  const std::string name(schema_.facts[fact].name);
  return {yes, z3_.int_const(name.c_str()), {}};
}

Symbols::Fact Symbols::RecordFact(const FactDef& fact) const {
  const std::string name(fact.name);
  const z3::expr present = z3_.bool_const(("has " + name).c_str());
  switch (fact.type) {
    case FactType::kBool:
      return {present, z3_.bool_const(name.c_str()), {}};
    case FactType::kInt:
    case FactType::kDate:
    case FactType::kString:
      return {present, z3_.int_const(name.c_str()), {}};
    case FactType::kStringList:
      break;
  }
  const z3::sort set = z3_.array_sort(z3_.int_sort(), z3_.bool_sort());
  return {present, z3_.constant(name.c_str(), set),
          z3_.int_const((name + " is").c_str())};
}

z3::expr Symbols::SetOf(const Vocabulary::TextList& list) const {
  z3::expr set = z3::const_array(z3_.int_sort(), z3_.bool_val(false));
  for (const std::string& text : list) {
    set = z3::store(set, Text(text), z3_.bool_val(true));
  }
  return set;
}

void Symbols::ListDomain(FactId fact, z3::expr_vector& into) const {
  const SymbolicList list = List(fact);
  const std::vector<Vocabulary::TextList>& known = words_.lists();
  into.push_back(list.id >= 0);
  for (std::size_t i = 0; i < known.size(); ++i) {
    into.push_back(z3::implies(list.id == static_cast<int>(i),
                               list.members == SetOf(known[i])));
  }
  into.push_back(z3::implies(list.members == SetOf({}), list.id == 0));
  if (!words_.compares_lists()) return;
  for (FactId other = kQuestionFacts; other < fact; ++other) {
    if (schema_.facts[other].type != FactType::kStringList) continue;
    into.push_back(z3::implies(list.id == List(other).id,
                               list.members == List(other).members));
  }
}

z3::expr Symbols::Domain() const {
  z3::expr_vector all(z3_);
  const auto one_of = [&](const z3::expr& value, const auto& countries) {
    z3::expr_vector any(z3_);
    for (const Country country : countries) {
      any.push_back(value == Text(country.ToString()));
    }
    all.push_back(z3::mk_or(any));
  };
  one_of(peer(), words_.peers());
  one_of(Value(kFactOwnCountry), words_.own());
  all.push_back(peer() != Value(kFactOwnCountry));
  z3::expr_vector purposes(z3_);
  for (int i = 1; i < kPurposes; ++i) {
    purposes.push_back(Value(kFactPurpose) ==
                       Text(std::string(PurposeName(static_cast<Purpose>(i)))));
  }
  all.push_back(z3::mk_or(purposes));
  all.push_back(Within(kFirstDay, kLastDay));
  for (std::size_t i = kQuestionFacts; i < facts_.size(); ++i) {
    const z3::expr& value = facts_[i].value;
    switch (schema_.facts[i].type) {
      case FactType::kBool:
        break;
      case FactType::kInt:
        all.push_back(
            value >= Number(std::numeric_limits<std::int64_t>::min()) &&
            value <= Number(std::numeric_limits<std::int64_t>::max()));
        break;
      case FactType::kDate:
        all.push_back(value >= Number(DayNumber(kFirstDay)) &&
                      value <= Number(DayNumber(kLastDay)));
        break;
      case FactType::kString:
        all.push_back(value > Number(words_.below()) &&
                      value < Number(words_.above()));
        break;
      case FactType::kStringList:
        ListDomain(static_cast<FactId>(i), all);
        break;
    }
  }
  return z3::mk_and(all);
}

z3::expr Symbols::Complete() const {
  const std::uint64_t required =
      schema_.RequiredFacts(direction_ == Direction::kReceive);
  z3::expr_vector all(z3_);
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    if ((required >> i & 1) != 0) all.push_back(facts_[i].present);
  }
  return z3::mk_and(all);
}

z3::expr Symbols::ConsentCovers() const {
  if (!schema_.about_person()) return z3_.bool_val(false);
  const auto id = [&](const char* name) { return *schema_.FindFact(name); };
  const FactId given = id("consent.given");
  const FactId expires = id("consent.expires");
  const FactId countries = id("consent.countries");
  const FactId purposes = id("consent.purposes");
  return Has(given) && Value(given) && Has(expires) &&
         as_of() <= Value(expires) && Has(countries) &&
         z3::select(Value(countries), peer()) && Has(purposes) &&
         z3::select(Value(purposes), Value(kFactPurpose));
}

z3::expr Symbols::ConsentShows(const FieldDef& field) const {
  if (direction_ == Direction::kReceive || !schema_.about_person() ||
      field.impersonal) {
    return z3_.bool_val(true);
  }
  if (field.consent_section.empty()) return z3_.bool_val(false);
  const FactId sections = *schema_.FindFact("consent.sections");
  return ConsentCovers() && Has(sections) &&
         z3::select(Value(sections), Text(std::string(field.consent_section)));
}

}  // namespace minga::policy::proof
