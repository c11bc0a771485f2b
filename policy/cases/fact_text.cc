#include "policy/cases/fact_text.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/strings.h"
#include "policy/near_name.h"
#include "policy/parser.h"

namespace minga::policy::cases {
namespace {

constexpr std::size_t kNameShownMax = 80;

std::nullopt_t Fail(ConditionError& error, std::size_t offset,
                    std::string message) {
  error = ConditionError{offset, std::move(message)};
  return std::nullopt;
}

Type TypeOf(FactType type) {
  switch (type) {
    case FactType::kBool:
      return Type{Type::Base::kBool, false};
    case FactType::kInt:
      return Type{Type::Base::kInt, false};
    case FactType::kString:
      return Type{Type::Base::kString, false};
    case FactType::kDate:
      return Type{Type::Base::kDate, false};
    case FactType::kStringList:
      break;
  }
  return Type{Type::Base::kString, true};
}

FactValue ScalarOf(const Expr& literal) {
  switch (literal.type.base) {
    case Type::Base::kBool:
      return literal.number != 0;
    case Type::Base::kInt:
      return literal.number;
    case Type::Base::kDate:
      return absl::CivilDay(1970, 1, 1) + literal.number;
    default:
      return literal.text;
  }
}

// The value of `expr`; nullopt if it is no literal, or its type is not `type`.
std::optional<FactValue> ValueOf(const Expr& expr, Type type) {
  if (expr.kind == Expr::Kind::kLiteral) {
    if (!(expr.type == type)) return std::nullopt;
    return ScalarOf(expr);
  }
  if (expr.kind != Expr::Kind::kList || !type.list) return std::nullopt;
  std::vector<std::string> items;
  for (const std::unique_ptr<Expr>& item : expr.children) {
    if (item->kind != Expr::Kind::kLiteral ||
        item->type.base != Type::Base::kString) {
      return std::nullopt;
    }
    items.push_back(item->text);
  }
  return items;
}

std::optional<FactId> FindFact(absl::string_view name, std::size_t offset,
                               const KindSchema& schema,
                               ConditionError& error) {
  const std::optional<FactId> id = schema.FindFact(name);
  if (id.has_value() && *id >= kQuestionFacts) return id;
  if (id.has_value()) {
    return Fail(error, offset,
                absl::StrCat("`", name,
                             "` is not a fact of the record: the case itself "
                             "says it"));
  }
  std::vector<absl::string_view> names;
  for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
    names.push_back(schema.facts[i].name);
  }
  return Fail(
      error, offset,
      absl::StrCat("unknown fact `", Printable(name, kNameShownMax), "` of a ",
                   KindName(schema.kind), Suggest(name, names)));
}

}  // namespace

std::optional<FactText> ParseFact(absl::string_view text,
                                  const KindSchema& schema,
                                  ConditionError& error) {
  const std::size_t equals = text.find('=');
  if (equals == absl::string_view::npos) {
    return Fail(error, 0,
                "expected `name = literal` such as `vacancy.status = 'open'`");
  }
  const absl::string_view before = text.substr(0, equals);
  const absl::string_view name = absl::StripAsciiWhitespace(before);
  const auto name_at = static_cast<std::size_t>(
      absl::StripLeadingAsciiWhitespace(before).data() - text.data());
  const std::optional<FactId> fact = FindFact(name, name_at, schema, error);
  if (!fact.has_value()) return std::nullopt;

  const absl::string_view literal = text.substr(equals + 1);
  FactText result;
  result.fact = *fact;
  if (absl::StripAsciiWhitespace(literal) == "absent") return result;
  const std::unique_ptr<Expr> expr = ParseCondition(literal, error);
  if (expr == nullptr) {
    error.offset += equals + 1;
    return std::nullopt;
  }
  const FactType type = schema.facts[*fact].type;
  std::optional<FactValue> value = ValueOf(*expr, TypeOf(type));
  if (!value.has_value()) {
    return Fail(error, equals + 1 + expr->begin,
                absl::StrCat("expected a literal of type ", FactTypeName(type),
                             " for the fact `", name, "`, or `absent`"));
  }
  result.value = *std::move(value);
  return result;
}

}  // namespace minga::policy::cases
