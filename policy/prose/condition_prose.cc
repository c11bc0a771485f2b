#include "policy/prose/condition_prose.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "policy/parser.h"

namespace minga::policy::prose {
namespace {

// "a el país" is said "al país".
std::string Contract(std::string phrase, absl::string_view language) {
  if (language == "es") {
    absl::StrReplaceAll({{" a el ", " al "}, {" de el ", " del "}}, &phrase);
  } else if (language == "pt") {
    absl::StrReplaceAll({{" a o ", " ao "},
                         {" a os ", " aos "},
                         {" a a ", " à "},
                         {" de o ", " do "},
                         {" de os ", " dos "},
                         {" de a ", " da "},
                         {" de as ", " das "}},
                        &phrase);
  }
  return phrase;
}

bool HoldsCountries(absl::string_view fact) {
  return fact == "own.country" || fact == "peer.country" ||
         fact == "vacancy.country" || fact == "vacancy.countries" ||
         fact == "message.addressee" || fact == "consent.countries";
}

bool HoldsPurposes(absl::string_view fact) {
  return fact == "purpose" || fact == "consent.purposes";
}

Compare Negated(Compare op) {
  switch (op) {
    case Compare::kEq:
      return Compare::kNe;
    case Compare::kNe:
      return Compare::kEq;
    case Compare::kLt:
      return Compare::kGe;
    case Compare::kLe:
      return Compare::kGt;
    case Compare::kGt:
      return Compare::kLe;
    case Compare::kGe:
      return Compare::kLt;
  }
  return op;
}

absl::string_view OperatorName(Compare op) {
  switch (op) {
    case Compare::kEq:
      return "eq";
    case Compare::kNe:
      return "ne";
    case Compare::kLt:
      return "lt";
    case Compare::kLe:
      return "le";
    case Compare::kGt:
      return "gt";
    case Compare::kGe:
      return "ge";
  }
  return "eq";
}

class Writer {
 public:
  Writer(absl::string_view source, const std::vector<RecordKind>& kinds,
         const Words& words)
      : source_(source), kinds_(kinds), words_(words) {}

  // `nested` puts a chain in parentheses.
  std::string Phrase(const Expr& expr, bool negated, bool nested) const {
    std::optional<std::string> phrase;
    switch (expr.kind) {
      case Expr::Kind::kLiteral:
        phrase = std::string(words_.Get((expr.number != 0) != negated
                                            ? "condition.always"
                                            : "condition.never"));
        break;
      case Expr::Kind::kFact:
        phrase = Flag(expr.text, !negated);
        break;
      case Expr::Kind::kHas:
        phrase = Presence(expr.text, !negated);
        break;
      case Expr::Kind::kNot:
        return Phrase(*expr.children[0], !negated, nested);
      case Expr::Kind::kAnd:
      case Expr::Kind::kOr:
        return Chain(expr, negated, nested);
      case Expr::Kind::kIf:
        phrase = Choice(expr, negated);
        break;
      case Expr::Kind::kCompare:
        phrase = Comparison(*expr.children[0], *expr.children[1], expr.compare,
                            negated);
        break;
      case Expr::Kind::kIn:
        phrase = Membership(*expr.children[0], *expr.children[1], negated);
        break;
      case Expr::Kind::kList:
        break;
    }
    return phrase.has_value() ? Contract(*phrase, words_.language())
                              : Own(expr, negated);
  }

  std::vector<std::string> Parts(const Expr& chain) const {
    std::vector<std::string> parts;
    for (const auto& child : chain.children) {
      parts.push_back(Phrase(*child, false, false));
    }
    return parts;
  }

  std::string Own(const Expr& expr, bool negated) const {
    const std::string text(source_.substr(expr.begin, expr.end - expr.begin));
    return words_.Fill(negated ? "condition.own.not" : "condition.own", text);
  }

 private:
  // Nullopt for facts without words.
  std::optional<std::string> Lookup(const std::string& key) const {
    if (!words_.Has(key)) return std::nullopt;
    return std::string(words_.Get(key));
  }

  std::optional<std::string> Noun(absl::string_view fact) const {
    return Lookup(absl::StrCat("fact.", fact, ".noun"));
  }

  std::optional<std::string> Flag(absl::string_view fact, bool value) const {
    return Lookup(absl::StrCat("fact.", fact, value ? ".yes" : ".no"));
  }

  std::optional<std::string> Presence(absl::string_view fact,
                                      bool present) const {
    const std::optional<std::string> noun = Noun(fact);
    if (!noun.has_value()) return std::nullopt;
    const std::string key = absl::StrCat(
        "condition.has", TypeOf(fact) == FactType::kBool ? ".bool" : "",
        present ? "" : ".not");
    return words_.Fill(key, *noun);
  }

  std::string Chain(const Expr& expr, bool negated, bool nested) const {
    std::vector<std::string> parts;
    for (const auto& child : expr.children) {
      parts.push_back(Phrase(*child, negated, true));
    }
    const bool both = (expr.kind == Expr::Kind::kAnd) != negated;
    const std::string text = words_.Join(parts, both ? "and" : "or");
    return nested ? absl::StrCat("(", text, ")") : text;
  }

  std::optional<std::string> Choice(const Expr& expr, bool negated) const {
    return absl::StrCat(
        "(",
        words_.Fill("condition.if", Phrase(*expr.children[0], false, true),
                    Phrase(*expr.children[1], negated, true),
                    Phrase(*expr.children[2], negated, true)),
        ")");
  }

  std::optional<FactType> TypeOf(absl::string_view fact) const {
    for (const RecordKind kind : kinds_) {
      const KindSchema& schema = SchemaOf(kind);
      const std::optional<FactId> id = schema.FindFact(fact);
      if (id.has_value()) return schema.facts[*id].type;
    }
    // What only properties ask.
    if (Flag(fact, true).has_value()) return FactType::kBool;
    return std::nullopt;
  }

  // A literal or another fact, as a value of `fact`.
  std::optional<std::string> Value(const Expr& expr,
                                   absl::string_view fact) const {
    if (expr.kind == Expr::Kind::kFact) return Noun(expr.text);
    if (expr.kind != Expr::Kind::kLiteral) return std::nullopt;
    switch (expr.type.base) {
      case Type::Base::kInt:
        return absl::StrCat(expr.number);
      case Type::Base::kDate:
        return words_.Day(absl::CivilDay(1970, 1, 1) + expr.number);
      case Type::Base::kString:
        break;
      default:
        return std::nullopt;
    }
    if (HoldsCountries(fact)) return words_.CountryName(expr.text);
    std::string key = absl::StrCat("value.", fact, ".", expr.text);
    if (HoldsPurposes(fact)) key = absl::StrCat("purpose.", expr.text);
    if (fact == "consent.sections") {
      key = absl::StrCat("section.", expr.text);
      if (words_.Has(key)) return std::string(words_.Get(key));
    }
    return words_.Fill("quote", words_.Has(key) ? words_.Get(key) : expr.text);
  }

  std::optional<std::string> Values(const Expr& list,
                                    absl::string_view fact) const {
    std::vector<std::string> texts;
    for (const auto& item : list.children) {
      std::optional<std::string> text = Value(*item, fact);
      if (!text.has_value()) return std::nullopt;
      texts.push_back(*std::move(text));
    }
    return absl::StrJoin(texts, ", ");
  }

  std::optional<std::string> Comparison(const Expr& left, const Expr& right,
                                        Compare op, bool negated) const {
    if (left.kind != Expr::Kind::kFact) {
      if (right.kind != Expr::Kind::kFact) return std::nullopt;
      return Comparison(right, left, Mirrored(op), negated);
    }
    if (negated) op = Negated(op);
    const std::optional<FactType> type = TypeOf(left.text);
    if (!type.has_value()) return std::nullopt;
    const bool equality = op == Compare::kEq || op == Compare::kNe;
    if (*type == FactType::kBool) {
      if (!equality || right.kind != Expr::Kind::kLiteral) return std::nullopt;
      return Flag(left.text, (right.number != 0) == (op == Compare::kEq));
    }
    if (*type == FactType::kStringList) return ListEquality(left, right, op);
    const std::optional<std::string> noun = Noun(left.text);
    const std::optional<std::string> value = Value(right, left.text);
    if (!noun.has_value() || !value.has_value()) return std::nullopt;
    std::string key = absl::StrCat("condition.", OperatorName(op));
    if (!equality) {
      if (*type == FactType::kString) return std::nullopt;
      absl::StrAppend(&key, *type == FactType::kDate ? ".date" : ".int");
    }
    return words_.Fill(key, *noun, *value);
  }

  std::optional<std::string> ListEquality(const Expr& left, const Expr& right,
                                          Compare op) const {
    const bool equal = op == Compare::kEq;
    if (right.kind == Expr::Kind::kList && right.children.empty()) {
      return Lookup(
          absl::StrCat("fact.", left.text, equal ? ".empty" : ".some"));
    }
    const std::optional<std::string> noun = Noun(left.text);
    const std::optional<std::string> value = right.kind == Expr::Kind::kList
                                                 ? Values(right, left.text)
                                                 : Value(right, left.text);
    if (!noun.has_value() || !value.has_value()) return std::nullopt;
    return words_.Fill(equal ? "condition.list.eq" : "condition.list.ne", *noun,
                       *value);
  }

  std::optional<std::string> Membership(const Expr& item, const Expr& list,
                                        bool negated) const {
    if (list.kind == Expr::Kind::kFact) {
      const std::string key =
          absl::StrCat("fact.", list.text, negated ? ".lacks" : ".contains");
      const std::optional<std::string> value = Value(item, list.text);
      if (!value.has_value() || !words_.Has(key)) return std::nullopt;
      return words_.Fill(key, *value);
    }
    if (item.kind != Expr::Kind::kFact || list.kind != Expr::Kind::kList) {
      return std::nullopt;
    }
    const std::optional<std::string> noun = Noun(item.text);
    const std::optional<std::string> values = Values(list, item.text);
    if (!noun.has_value() || !values.has_value() || values->empty()) {
      return std::nullopt;
    }
    return words_.Fill(negated ? "condition.in.not" : "condition.in", *noun,
                       *values);
  }

  const absl::string_view source_;
  const std::vector<RecordKind>& kinds_;
  const Words& words_;
};

}  // namespace

ConditionProse Describe(absl::string_view text,
                        const std::vector<RecordKind>& kinds,
                        const Words& words) {
  ConditionProse prose;
  if (text.empty()) return prose;
  ConditionError error;
  const std::unique_ptr<Expr> expr = ParseCondition(text, error);
  prose.kind = ConditionProse::Kind::kOne;
  if (expr == nullptr) {
    prose.parts = {words.Fill("condition.own", text)};
    return prose;
  }
  const Writer writer(text, kinds, words);
  if (expr->kind == Expr::Kind::kAnd || expr->kind == Expr::Kind::kOr) {
    prose.kind = expr->kind == Expr::Kind::kAnd ? ConditionProse::Kind::kAll
                                                : ConditionProse::Kind::kAny;
    prose.parts = writer.Parts(*expr);
  } else {
    prose.parts = {writer.Phrase(*expr, false, false)};
  }
  return prose;
}

}  // namespace minga::policy::prose
