#include "node/exchange/support.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "node/exchange/display.h"

namespace minga::exchange {

using storage::ClassResident;

std::vector<std::vector<std::uint64_t>> SupportedValues(
    const std::vector<ClassResident>& members, int k) {
  std::vector<std::vector<std::uint64_t>> values;
  values.reserve(members.size());
  for (const ClassResident& member : members) {
    values.push_back(DecodeValues(member.values));
  }
  absl::flat_hash_map<std::uint64_t, int> support;
  const auto count = [&] {
    support.clear();
    for (const auto& of_one : values) {
      for (const std::uint64_t value : of_one) ++support[value];
    }
  };
  const auto drop_rare = [&] {
    bool dropped = false;
    for (auto& of_one : values) {
      dropped |= std::erase_if(of_one, [&](std::uint64_t value) {
                   return support[value] < k;
                 }) > 0;
    }
    return dropped;
  };
  count();
  drop_rare();
  for (auto& of_one : values) {
    std::sort(
        of_one.begin(), of_one.end(), [&](std::uint64_t a, std::uint64_t b) {
          return support[a] != support[b] ? support[a] > support[b] : a < b;
        });
    if (of_one.size() > kValuesShownMax) of_one.resize(kValuesShownMax);
  }
  // What some had no room for may have become rare.
  do {
    count();
  } while (drop_rare());
  return values;
}

void Diversity::Add(absl::string_view sensitive) {
  const std::vector<std::uint64_t> values = DecodeValues(sensitive);
  for (std::size_t i = 0; i < values.size(); ++i) Add(i, values[i]);
}

void Diversity::Add(std::size_t attribute, std::uint64_t value) {
  if (values_.size() <= attribute) values_.resize(attribute + 1);
  // One more than l, as 0 alone must be told from nothing else.
  if (values_[attribute].size() <= l_) values_[attribute].insert(value);
}

bool Diversity::Enough() const {
  if (l_ < 2) return true;
  for (const auto& of_attribute : values_) {
    const bool unknown_of_all =
        of_attribute.size() == 1 && of_attribute.contains(0);
    if (!unknown_of_all && of_attribute.size() < l_) return false;
  }
  return true;
}

bool AreDiverse(const std::vector<ClassResident>& members, int l) {
  if (l < 2) return true;
  Diversity diversity(l);
  for (const ClassResident& member : members) diversity.Add(member.sensitive);
  return diversity.Enough();
}

bool IsDiverse(const storage::ClassState& klass, absl::string_view newcomer,
               int l) {
  if (l < 2) return true;
  Diversity diversity(l);
  diversity.Add(newcomer);
  for (const storage::SensitiveCount& count : klass.sensitive) {
    diversity.Add(static_cast<std::size_t>(count.attribute), count.value);
  }
  return diversity.Enough();
}

}  // namespace minga::exchange
