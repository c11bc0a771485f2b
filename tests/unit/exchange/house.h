// The housekeeping of an office, with a look behind the counter: how many
// records a day made it read.
#ifndef MINGA_TESTS_UNIT_EXCHANGE_HOUSE_H_
#define MINGA_TESTS_UNIT_EXCHANGE_HOUSE_H_

#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "node/exchange/core.h"
#include "tests/unit/exchange/office.h"

namespace minga::exchange {

// A second exchange on the database of `office`, as after a restart.
class House {
 public:
  explicit House(Office& office, const std::string& version = "",
                 const Clock* clock = nullptr)
      : office_(office) {
    Parts parts{kColombia,          office.database.get(),
                office.index.get(), clock != nullptr ? clock : &office.clock,
                &office.random,     &office.gate};
    parts.version = version;
    core = std::make_shared<Core>(parts);
    exchange = MakeExchange(core);
  }

  // Keeps house at noon of `day`, until nothing is left to do.
  void KeepOn(absl::CivilDay day) {
    office_.clock.Set(absl::FromCivil(day, absl::UTCTimeZone()) +
                      absl::Hours(12));
    core->due_evaluated = 0;
    core->sweep.Set({});
    const absl::Time now = office_.clock.Now();
    absl::StatusOr<absl::Time> next = exchange->Housekeep(now);
    while (next.ok() && *next <= now) next = exchange->Housekeep(now);
    INFO(next.status().ToString());
    REQUIRE(next.ok());
    CHECK(*next == absl::FromCivil(day + 1, absl::UTCTimeZone()));
  }

  // Of the last KeepOn: records evaluated because their day had come; and
  // whether everything was looked at.
  std::int64_t evaluated() const { return core->due_evaluated; }
  bool swept() const { return core->sweep.Read().pass != 0; }

  std::shared_ptr<Core> core;
  std::unique_ptr<Exchange> exchange;

 private:
  Office& office_;
};

}  // namespace minga::exchange

#endif  // MINGA_TESTS_UNIT_EXCHANGE_HOUSE_H_
