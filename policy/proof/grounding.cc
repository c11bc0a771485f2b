#include "policy/proof/grounding.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policy/condition_eval.h"

namespace minga::policy::proof {
namespace {

using TextList = Vocabulary::TextList;

absl::CivilDay DayOf(std::int64_t number) {
  return absl::CivilDay(1970, 1, 1) + number;
}

class Reader {
 public:
  Reader(const z3::model& model, const Symbols& symbols)
      : model_(model), symbols_(symbols) {
    for (const Vocabulary::TextList& list : symbols.words().lists()) {
      used_.insert(list);
    }
  }

  Example Run() {
    ReadTexts();
    const KindSchema& schema = symbols_.schema();
    Example example{Question(), Facts(schema.kind), true};
    Question& question = example.question;
    question.kind = schema.kind;
    question.direction = symbols_.direction();
    question.as_of = DayOf(Number(symbols_.as_of()));
    question.own = CountryOf(kFactOwnCountry);
    question.peer = CountryOf(kFactPeerCountry);
    for (int i = 0; i < kPurposes; ++i) {
      const auto purpose = static_cast<Purpose>(i);
      if (TextOf(kFactPurpose) == PurposeName(purpose)) {
        question.purpose = purpose;
      }
    }
    for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
      const auto fact = static_cast<FactId>(i);
      if (!IsTrue(model_, symbols_.Has(fact))) continue;
      example.facts.Set(fact, ValueOf(fact, schema.facts[i].type));
    }
    example.in_force = IsTrue(model_, symbols_.in_force());
    return example;
  }

 private:
  std::int64_t Number(const z3::expr& term) const {
    return model_.eval(term, true).get_numeral_int64();
  }

  // Texts of all string facts at once: those that no document names must keep
  // their order.
  void ReadTexts() {
    std::set<std::int64_t> numbers;
    const KindSchema& schema = symbols_.schema();
    for (std::size_t i = 0; i < schema.facts.size(); ++i) {
      if (schema.facts[i].type != FactType::kString) continue;
      const auto fact = static_cast<FactId>(i);
      if (i < kQuestionFacts || IsTrue(model_, symbols_.Has(fact))) {
        numbers.insert(Number(symbols_.Value(fact)));
      }
    }
    for (const std::string& word : symbols_.words().words()) {
      numbers.insert(symbols_.words().Of(word));
    }
    texts_ = symbols_.words().Read(numbers);
  }

  const std::string& TextOf(FactId fact) {
    return texts_[Number(symbols_.Value(fact))];
  }

  Country CountryOf(FactId fact) {
    return Country::Parse(TextOf(fact)).value_or(Country());
  }

  FactValue ValueOf(FactId fact, FactType type) {
    switch (type) {
      case FactType::kBool:
        return FactValue(IsTrue(model_, symbols_.Value(fact)));
      case FactType::kInt:
        return FactValue(Number(symbols_.Value(fact)));
      case FactType::kDate:
        return FactValue(DayOf(Number(symbols_.Value(fact))));
      case FactType::kString:
        return FactValue(TextOf(fact));
      case FactType::kStringList:
        break;
    }
    return FactValue(ListOf(symbols_.List(fact)));
  }

  // A list with the right members that is none of the compared lists but the
  // one that it is said to be.
  TextList ListOf(const SymbolicList& symbolic) {
    const std::int64_t id = Number(symbolic.id);
    const auto& known = symbols_.words().lists();
    if (id < static_cast<std::int64_t>(known.size())) {
      return known[static_cast<std::size_t>(id)];
    }
    // Numbers of other lists mean something where lists are compared.
    if (symbols_.words().compares_lists()) {
      const auto it = others_.find(id);
      if (it != others_.end()) return it->second;
    }
    TextList list;
    for (const auto& [number, text] : texts_) {
      const z3::expr at = symbols_.Number(number);
      if (IsTrue(model_, z3::select(symbolic.members, at))) {
        list.push_back(text);
      }
    }
    // Repeating an item changes the list and not what it holds; an empty list
    // that is not the empty list holds something that nobody asks about.
    while (!used_.insert(list).second) {
      list.push_back(list.empty() ? std::string("something-else")
                                  : std::string(list.back()));
    }
    return others_[id] = list;
  }

  const z3::model& model_;
  const Symbols& symbols_;
  std::map<std::int64_t, std::string> texts_;
  std::set<TextList> used_;
  std::map<std::int64_t, TextList> others_;
};

// Writes facts into a model.
class Grounder {
 public:
  Grounder(const Symbols& symbols, const Question& question, const Facts& facts)
      : symbols_(symbols),
        question_(question),
        facts_(facts),
        model_(symbols.z3()) {
    std::set<std::string> texts;
    for (const std::string& word : symbols.words().words()) texts.insert(word);
    for (std::size_t i = 0; i < symbols.schema().facts.size(); ++i) {
      const FactValue& value = facts.Get(static_cast<FactId>(i));
      if (const auto* text = std::get_if<std::string>(&value)) {
        texts.insert(*text);
      } else if (const auto* list = std::get_if<TextList>(&value)) {
        texts.insert(list->begin(), list->end());
      }
    }
    texts.insert(question.peer.ToString());
    places_ = symbols.words().Place(texts);
  }

  z3::model Run() {
    Put(symbols_.as_of(), symbols_.Number(DayNumber(question_.as_of)));
    Put(symbols_.peer(), Text(question_.peer.ToString()));
    Put(symbols_.Value(kFactPurpose),
        Text(std::string(PurposeName(question_.purpose))));
    const KindSchema& schema = symbols_.schema();
    for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
      const auto fact = static_cast<FactId>(i);
      const bool present = (facts_.present() >> i & 1) != 0;
      Put(symbols_.Has(fact), symbols_.z3().bool_val(present));
      if (present) PutFact(fact, facts_.Get(fact));
    }
    return model_;
  }

 private:
  void Put(const z3::expr& unknown, z3::expr value) {
    z3::func_decl declaration = unknown.decl();
    model_.add_const_interp(declaration, value);
  }

  z3::expr Text(const std::string& text) const {
    return symbols_.Number(places_.at(text));
  }

  void PutFact(FactId fact, const FactValue& value) {
    const z3::expr unknown = symbols_.Value(fact);
    z3::context& z3 = symbols_.z3();
    if (const auto* flag = std::get_if<bool>(&value)) {
      Put(unknown, z3.bool_val(*flag));
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      Put(unknown, symbols_.Number(*number));
    } else if (const auto* day = std::get_if<absl::CivilDay>(&value)) {
      Put(unknown, symbols_.Number(DayNumber(*day)));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      Put(unknown, Text(*text));
    } else if (const auto* list = std::get_if<TextList>(&value)) {
      z3::expr members = z3::const_array(z3.int_sort(), z3.bool_val(false));
      for (const std::string& item : *list) {
        members = z3::store(members, Text(item), z3.bool_val(true));
      }
      Put(unknown, members);
      Put(symbols_.List(fact).id, z3.int_val(ListId(*list)));
    }
  }

  int ListId(const TextList& list) {
    const auto& known = symbols_.words().lists();
    const int id = symbols_.words().ListId(list);
    const auto size = static_cast<int>(known.size());
    if (id < size && known[static_cast<std::size_t>(id)] == list) return id;
    const int fresh = size + static_cast<int>(others_.size());
    return others_.emplace(list, fresh).first->second;
  }

  const Symbols& symbols_;
  const Question& question_;
  const Facts& facts_;
  z3::model model_;
  std::map<std::string, std::int64_t> places_;
  std::map<TextList, int> others_;
};

}  // namespace

bool IsTrue(const z3::model& model, const z3::expr& formula) {
  return model.eval(formula, true).is_true();
}

Example Read(const z3::model& model, const Symbols& symbols) {
  return Reader(model, symbols).Run();
}

z3::model Ground(const Symbols& symbols, const Question& question,
                 const Facts& facts) {
  return Grounder(symbols, question, facts).Run();
}

Decision Evaluate(const z3::model& model, const DecisionModel& decisions) {
  Decision decision;
  if (!IsTrue(model, decisions.permitted())) return decision;
  decision.permitted = true;
  const std::size_t fields = decisions.symbols().schema().fields.size();
  for (std::size_t i = 0; i < fields; ++i) {
    const auto field = static_cast<FieldId>(i);
    for (const Level level : decisions.LevelsOf(field)) {
      if (!IsTrue(model, decisions.Shown(field, level))) break;
      decision.levels[i] = level;
    }
  }
  for (const DecisionModel::Rule& rule : decisions.rules()) {
    if (!rule.rule->forbids() && IsTrue(model, rule.applies)) {
      Tighten(decision.obligations, rule.rule->obligations);
    }
  }
  return decision;
}

}  // namespace minga::policy::proof
