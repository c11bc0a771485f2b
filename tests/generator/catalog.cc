#include "tests/generator/catalog.h"

namespace minga::testing {
namespace {

constexpr int kMainWeight = 9;  // occupations this common have most people
constexpr std::size_t kUses = 5;

}  // namespace

Catalog::Catalog() : by_use_(kUses) {
  for (const absl::Span<const Occupation> list :
       {ProfessionalOccupations(), TechnicalOccupations(), ServiceOccupations(),
        CraftOccupations(), OperatorOccupations()}) {
    for (const Occupation& occupation : list) {
      by_use_[static_cast<std::size_t>(occupation.use)].Add(occupation,
                                                            occupation.weight);
      if (occupation.use != Use::kCommon && occupation.use != Use::kHousehold) {
        continue;
      }
      open_.Add(occupation, occupation.weight);
      if (occupation.weight >= kMainWeight) {
        main_.Add(occupation, occupation.weight);
      }
    }
  }
  for (const CountryWords& words : Countries()) {
    CountryCatalog country;
    country.words = &words;
    for (const Region& region : words.regions) {
      country.regions.Add(region, region.weight);
      country.rarest = &region;  // the lists end with the smallest
    }
    for (const CountryWords& other : Countries()) {
      if (&other != &words) country.others.emplace_back(other.code);
    }
    countries_.push_back(std::move(country));
  }
}

const Catalog& Catalog::Get() {
  static const auto* const catalog = new Catalog;
  return *catalog;
}

const CountryCatalog* Catalog::Find(absl::string_view country) const {
  for (const CountryCatalog& one : countries_) {
    if (country == one.words->code) return &one;
  }
  return nullptr;
}

}  // namespace minga::testing
