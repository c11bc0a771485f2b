// What the vacancies and the people of the generator have in common.
// Internal to this folder.
#ifndef MINGA_TESTS_GENERATOR_SAMPLE_PARTS_H_
#define MINGA_TESTS_GENERATOR_SAMPLE_PARTS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "tests/generator/catalog.h"
#include "tests/generator/draw.h"

namespace google::protobuf {
class Timestamp;
}  // namespace google::protobuf

namespace minga::v1 {
class Location;
}  // namespace minga::v1

namespace minga::testing {

// What one record is made from.
struct Setting {
  const CountryCatalog& country;
  std::uint64_t seed;
  std::uint64_t n;
  absl::CivilDay as_of;
};

// The seed of one record: `salt` tells vacancies from people.
std::uint64_t SeedOf(const Setting& setting, std::uint64_t salt);

// `days` is after as_of if positive.
std::string Day(const Setting& setting, std::int64_t days);
void SetMoment(const Setting& setting, std::int64_t days, std::int64_t seconds,
               google::protobuf::Timestamp& moment);
void SetPlace(const Setting& setting, const Region& region, Draw& draw,
              v1::Location& place);

}  // namespace minga::testing

#endif  // MINGA_TESTS_GENERATOR_SAMPLE_PARTS_H_
