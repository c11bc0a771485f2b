#include "tests/generator/sample_parts.h"

#include <google/protobuf/timestamp.pb.h>

#include "minga/v1/common.pb.h"
#include "node/base/clock.h"

namespace minga::testing {
namespace {

constexpr std::int64_t kSecondsOfADay = 86400;

std::uint64_t Mix(std::uint64_t seed, std::uint64_t value) {
  SeededRandom random(seed ^ (value * 0x9e3779b97f4a7c15U));
  return random.Next();
}

}  // namespace

std::uint64_t SeedOf(const Setting& setting, std::uint64_t salt) {
  const char* code = setting.country.words->code;
  const auto country = static_cast<std::uint64_t>(code[0]) << 8 |
                       static_cast<std::uint64_t>(code[1]);
  return Mix(Mix(Mix(setting.seed, salt), country), setting.n + 1);
}

std::string Day(const Setting& setting, std::int64_t days) {
  return FormatDay(setting.as_of + days);
}

void SetMoment(const Setting& setting, std::int64_t days, std::int64_t seconds,
               google::protobuf::Timestamp& moment) {
  const std::int64_t day = (setting.as_of + days) - absl::CivilDay(1970, 1, 1);
  moment.set_seconds(day * kSecondsOfADay + seconds);
}

void SetPlace(const Setting& setting, const Region& region, Draw& draw,
              v1::Location& place) {
  std::uint64_t towns = 1;
  while (towns < 3 && region.towns[towns] != nullptr) ++towns;
  place.set_country(setting.country.words->code);
  place.set_subdivision(region.subdivision);
  place.set_municipality(region.towns[draw.Below(towns)]);
}

}  // namespace minga::testing
