// The word lists as distributions to draw from.
#ifndef MINGA_TESTS_GENERATOR_CATALOG_H_
#define MINGA_TESTS_GENERATOR_CATALOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/generator/draw.h"
#include "tests/generator/words.h"

namespace minga::testing {

// Things with weights: Pick is by binary search over their running sum.
template <typename T>
class Weighted {
 public:
  void Add(const T& item, int weight) {
    total_ += static_cast<std::uint64_t>(weight);
    items_.push_back(&item);
    sums_.push_back(total_);
  }
  const T& Pick(Draw& draw) const {
    const std::uint64_t at = draw.Below(total_);
    std::size_t low = 0;
    std::size_t high = sums_.size() - 1;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (sums_[middle] > at) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return *items_[low];
  }

 private:
  std::vector<const T*> items_;
  std::vector<std::uint64_t> sums_;
  std::uint64_t total_ = 0;
};

struct CountryCatalog {
  const CountryWords* words = nullptr;
  Weighted<Region> regions;
  const Region* rarest = nullptr;
  std::vector<std::string> others;  // the other countries of the region
};

// Immutable. Threads: any.
class Catalog {
 public:
  static const Catalog& Get();

  // Null if Minga has no words for it.
  const CountryCatalog* Find(absl::string_view country) const;

  // What vacancies are for: households included, the other uses not.
  const Occupation& OfVacancy(Draw& draw) const { return open_.Pick(draw); }
  // What people do: a few occupations have most of them.
  const Occupation& OfPerson(Draw& draw) const {
    return draw.Percent(84) ? main_.Pick(draw) : open_.Pick(draw);
  }
  const Occupation& OfUse(Use use, Draw& draw) const {
    return by_use_[static_cast<std::size_t>(use)].Pick(draw);
  }

 private:
  Catalog();

  Weighted<Occupation> open_;
  Weighted<Occupation> main_;
  std::vector<Weighted<Occupation>> by_use_;
  std::vector<CountryCatalog> countries_;
};

}  // namespace minga::testing

#endif  // MINGA_TESTS_GENERATOR_CATALOG_H_
