#include "policy/fact_key.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "policy/decision.h"
#include "policy/facts.h"

namespace minga::policy {
namespace {

constexpr absl::civil_year_t kYearMax = 100'000;
// Beyond all days of those years.
constexpr std::int64_t kDayMax = 40'000'000;

struct ClosedList {
  FactId fact = 0;
  std::vector<absl::string_view> words;
};

std::vector<ClosedList> ClosedListsOf(RecordKind kind) {
  std::vector<ClosedList> lists;
  const KindSchema& schema = SchemaOf(kind);
  const auto add = [&](absl::string_view name,
                       std::vector<absl::string_view> words) {
    const std::optional<FactId> fact = schema.FindFact(name);
    if (!fact.has_value()) return;
    if (words.size() > kExactWordsMax) words.resize(kExactWordsMax);
    lists.push_back(ClosedList{*fact, std::move(words)});
  };
  add("consent.sections", ConsentSections(kind));
  std::vector<absl::string_view> purposes;
  for (int i = 0; i < kPurposes; ++i) {
    purposes.push_back(PurposeName(static_cast<Purpose>(i)));
  }
  add("consent.purposes", std::move(purposes));
  return lists;
}

const ClosedList* ClosedListOf(RecordKind kind, FactId fact) {
  using Lists = std::array<std::vector<ClosedList>, kRecordKinds>;
  static const auto* const all = [] {
    auto* by_kind = new Lists;
    for (std::size_t i = 0; i < by_kind->size(); ++i) {
      (*by_kind)[i] = ClosedListsOf(static_cast<RecordKind>(i));
    }
    return by_kind;
  }();
  const auto index = static_cast<std::size_t>(kind);
  if (index >= all->size()) return nullptr;
  for (const ClosedList& list : (*all)[index]) {
    if (list.fact == fact) return &list;
  }
  return nullptr;
}

struct WordBit {
  std::uint64_t bit = 0;
  bool exact = false;
};

WordBit BitOf(const ClosedList* closed, absl::string_view word) {
  // The upper bits of a product depend on all bits below.
  const std::uint64_t mixed = TextKey(word) * 0x9E3779B97F4A7C15;
  if (closed == nullptr) return {std::uint64_t{1} << (mixed >> 58), false};
  for (std::size_t i = 0; i < closed->words.size(); ++i) {
    if (closed->words[i] == word) return {std::uint64_t{1} << i, true};
  }
  static_assert(kExactWordsMax == 48);
  return {std::uint64_t{1} << (kExactWordsMax + (mixed >> 60)), false};
}

}  // namespace

std::int64_t DayNumber(absl::CivilDay day) {
  if (day.year() > kYearMax) return kDayMax;
  if (day.year() < -kYearMax) return -kDayMax;
  return day - absl::CivilDay(1970, 1, 1);
}

absl::CivilDay DayOfNumber(std::int64_t number) {
  if (number >= kDayMax) return absl::CivilDay::max();
  return absl::CivilDay(1970, 1, 1) + number;
}

std::uint64_t TextKey(absl::string_view text) {
  constexpr std::size_t kBytes = 7;
  std::uint64_t key = 0;
  const std::size_t kept = std::min(text.size(), kBytes);
  for (std::size_t i = 0; i < kept; ++i) {
    key = key << 8 | static_cast<unsigned char>(text[i]);
  }
  key <<= 8 * (kBytes - kept);
  return key << 8 | std::min(text.size(), kBytes + 1);
}

ListWord::ListWord(RecordKind kind, FactId in_fact, absl::string_view word)
    : fact(in_fact), text(word) {
  const WordBit found = BitOf(ClosedListOf(kind, fact), word);
  bit = found.bit;
  exact = found.exact;
}

bool ListWord::In(const Facts& facts) const {
  if ((facts.key(fact) & bit) == 0) return false;
  if (exact) return true;
  const auto* list = std::get_if<std::vector<std::string>>(&facts.Get(fact));
  return list != nullptr &&
         std::find(list->begin(), list->end(), text) != list->end();
}

std::uint64_t ListKey(RecordKind kind, FactId fact,
                      const std::vector<std::string>& words) {
  if (words.empty()) return 0;
  const ClosedList* closed = ClosedListOf(kind, fact);
  std::uint64_t key = 0;
  for (const std::string& word : words) key |= BitOf(closed, word).bit;
  return key;
}

}  // namespace minga::policy
