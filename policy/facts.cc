#include "policy/facts.h"

#include <optional>
#include <utility>

#include "policy/fact_key.h"

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

std::uint64_t KeyOf(RecordKind kind, FactId id, const FactValue& value) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return static_cast<std::uint64_t>(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return TextKey(*text);
  }
  if (const auto* day = std::get_if<absl::CivilDay>(&value)) {
    return static_cast<std::uint64_t>(DayNumber(*day));
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return ListKey(kind, id, *list);
  }
  return 0;
}

}  // namespace

Facts::Facts(RecordKind kind)
    : kind_(kind), slots_(SchemaOf(kind).facts.size()) {}

void Facts::Set(FactId id, FactValue value) {
  if (id >= slots_.size()) return;
  const std::uint64_t bit = std::uint64_t{1} << id;
  present_ &= ~bit;
  truths_ &= ~bit;
  Slot& slot = slots_[id];
  if (!HasType(value, SchemaOf(kind_).facts[id].type)) {
    slot = Slot();
    return;
  }
  slot.key = KeyOf(kind_, id, value);
  slot.value = std::move(value);
  present_ |= bit;
  const bool* truth = std::get_if<bool>(&slot.value);
  if (truth != nullptr && *truth) truths_ |= bit;
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
