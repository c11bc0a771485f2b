#include "tests/simulation/region/fate.h"

#include <utility>
#include <vector>

#include "node/base/random.h"

namespace minga::region {
namespace {

// The order in which they come into stories.
constexpr Country kCountries[] = {
    Country::Of("CO"), Country::Of("EC"), Country::Of("PE"), Country::Of("CL"),
    Country::Of("AR"), Country::Of("BR"), Country::Of("CR"), Country::Of("MX"),
    Country::Of("PA"), Country::Of("PY"), Country::Of("UY")};

struct Chance {
  Verb verb;
  unsigned weight;
  std::int64_t most;  // of its number; 0: has none
};

constexpr Chance kDeeds[] = {
    {Verb::kPut, 16, 12},
    {Verb::kPutWithFee, 3, 4},
    {Verb::kChange, 14, 6},
    {Verb::kClose, 5, 4},
    {Verb::kWithdraw, 5, 4},
    {Verb::kRegister, 8, 9},
    {Verb::kChangePeople, 8, 4},
    {Verb::kErase, 5, 3},
    {Verb::kRefuseConsent, 5, 3},
    {Verb::kConsent, 5, 4},
    {Verb::kActivate, 6, 0},
    {Verb::kSuspend, 2, 0},
    {Verb::kResume, 3, 0},
    {Verb::kRejoin, 1, 0},
    {Verb::kChangePseudonyms, 2, 0},
};
constexpr Chance kFaults[] = {
    {Verb::kCrash, 10, 0},      {Verb::kDieSoon, 14, 12},
    {Verb::kStop, 4, 0},        {Verb::kCut, 14, 0},
    {Verb::kCutAt, 16, 6000},   {Verb::kPart, 6, 0},
    {Verb::kRepeatPage, 8, 0},  {Verb::kDamagePage, 2, 0},
    {Verb::kDiskFull, 5, 0},    {Verb::kDiskSlow, 5, 0},
    {Verb::kClockWrong, 3, 30},
};
constexpr Chance kRelief[] = {
    {Verb::kStart, 4, 0},
    {Verb::kJoin, 4, 0},
    {Verb::kDiskWell, 4, 0},
    {Verb::kClockRight, 4, 0},
};
constexpr Chance kTimes[] = {
    {Verb::kSteps, 20, 60}, {Verb::kSettle, 8, 0}, {Verb::kMinutes, 8, 10},
    {Verb::kHours, 4, 20},  {Verb::kDays, 6, 6},   {Verb::kAllIsWell, 3, 0},
};

class Fate {
 public:
  Fate(std::uint64_t seed, const FateOptions& options)
      : options_(options), random_(seed) {
    story_.seed = seed;
    const std::size_t count = options.countries > 0
                                  ? static_cast<std::size_t>(options.countries)
                                  : 2 + random_.Below(3);
    story_.countries.assign(kCountries, kCountries + count);
  }

  Story Make() {
    int faults = 0;
    std::int64_t days = 0;
    while (faults < options_.faults || days < options_.days) {
      switch (random_.Below(9)) {
        case 0:
        case 1:
        case 2:
          Add(Drawn(kDeeds));
          break;
        case 3:
        case 4:
        case 5:
          Add(Drawn(kFaults));
          ++faults;
          break;
        case 6:
          Add(Drawn(kRelief));
          break;
        default:
          Add(Drawn(kTimes));
          if (story_.steps.back().verb == Verb::kDays) {
            days += story_.steps.back().number;
          }
      }
    }
    // The faults end, everybody speaks to everybody again.
    for (const Country a : story_.countries) {
      for (const Country b : story_.countries) {
        if (a == b) continue;
        for (const Verb verb : {Verb::kStart, Verb::kDiskWell, Verb::kResume}) {
          story_.steps.push_back({verb, a, b, 0, nullptr, 0});
        }
      }
    }
    story_.steps.emplace_back();
    story_.steps.back().verb = Verb::kAllIsWell;
    return std::move(story_);
  }

 private:
  template <std::size_t kSize>
  const Chance& Drawn(const Chance (&chances)[kSize]) {
    std::uint64_t whole = 0;
    for (const Chance& chance : chances) whole += chance.weight;
    std::uint64_t at = random_.Below(whole);
    for (const Chance& chance : chances) {
      if (at < chance.weight) return chance;
      at -= chance.weight;
    }
    return chances[0];
  }

  Country AnyCountry() {
    return story_.countries[random_.Below(story_.countries.size())];
  }

  void Add(const Chance& chance) {
    Step step;
    step.verb = chance.verb;
    if (step.verb < Verb::kMinutes) {
      step.who = AnyCountry();
      do {
        step.whom = AnyCountry();
      } while (step.whom == step.who);
    }
    if (chance.most > 0) {
      step.number = 1 + static_cast<std::int64_t>(random_.Below(
                            static_cast<std::uint64_t>(chance.most)));
    }
    if (step.verb == Verb::kClockWrong && random_.Below(2) == 0) {
      step.number = -step.number;
    }
    // The usual law is the usual one.
    if (step.verb == Verb::kActivate) {
      step.law =
          &Laws()[random_.Below(2) == 0 ? 0 : random_.Below(Laws().size())];
    }
    story_.steps.push_back(step);
  }

  const FateOptions options_;
  SeededRandom random_;
  Story story_;
};

}  // namespace

Story MakeUp(std::uint64_t seed, const FateOptions& options) {
  return Fate(seed, options).Make();
}

}  // namespace minga::region
