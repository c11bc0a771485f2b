#include "policy/facts.h"

#include <utility>

namespace minga::policy {
namespace {

bool HasType(const FactValue& value, FactType type) {
  switch (type) {
    case FactType::kBool:
      return std::holds_alternative<bool>(value);
    case FactType::kInt:
      return std::holds_alternative<std::int64_t>(value);
    case FactType::kString:
      return std::holds_alternative<std::string>(value);
    case FactType::kDate:
      return std::holds_alternative<absl::CivilDay>(value);
    case FactType::kStringList:
      return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

}  // namespace

Facts::Facts(RecordKind kind)
    : kind_(kind), values_(SchemaOf(kind).facts.size()) {}

void Facts::Set(FactId id, FactValue value) {
  if (id >= values_.size()) return;
  const std::uint64_t bit = std::uint64_t{1} << id;
  if (!HasType(value, SchemaOf(kind_).facts[id].type)) {
    values_[id] = std::monostate();
    present_ &= ~bit;
    return;
  }
  values_[id] = std::move(value);
  present_ |= bit;
}

bool Facts::Set(absl::string_view name, FactValue value) {
  const std::optional<FactId> id = SchemaOf(kind_).FindFact(name);
  if (!id.has_value() || !HasType(value, SchemaOf(kind_).facts[*id].type)) {
    return false;
  }
  Set(*id, std::move(value));
  return true;
}

}  // namespace minga::policy
