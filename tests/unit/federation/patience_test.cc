// Backoff and StaleRows: who is tried again, and when.
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "federation/backoff.h"
#include "federation/stale_rows.h"

namespace minga::federation {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'795'000'000);

TEST_CASE("failures double the wait up to a minute, half of it random") {
  SeededRandom random(5);
  Backoff backoff(random);
  absl::Duration whole = absl::Seconds(1);
  for (int i = 0; i < 20; ++i) {
    const absl::Duration wait = backoff.AfterFailure();
    CHECK(wait <= whole);
    CHECK(wait >= whole / 2);
    whole = std::min(2 * whole, absl::Minutes(1));
  }
  backoff.Reset();
  CHECK(backoff.AfterFailure() <= absl::Seconds(1));
}

TEST_CASE("two nodes cut off together do not come back together") {
  SeededRandom one(1);
  SeededRandom other(2);
  Backoff a(one);
  Backoff b(other);
  CHECK(a.AfterFailure() != b.AfterFailure());
}

TEST_CASE("five offences within ten minutes cost minutes, for an hour") {
  SeededRandom random(5);
  Backoff backoff(random);
  absl::Time now = kStart;
  for (int i = 0; i < 4; ++i) {
    CHECK(backoff.AfterOffence(now) <= absl::Seconds(10));
    now += absl::Minutes(1);
  }
  CHECK(backoff.AfterOffence(now) >= absl::Minutes(5));
  now += absl::Minutes(50);  // the window has passed, the hour has not
  CHECK(backoff.AfterOffence(now) >= absl::Minutes(5));
  backoff.Reset();  // what worked since does not undo it
  now += absl::Minutes(59);
  CHECK(backoff.AfterOffence(now) >= absl::Minutes(5));
  now += absl::Minutes(61);
  CHECK(backoff.AfterOffence(now) <= absl::Seconds(10));
}

TEST_CASE("offences far apart cost seconds") {
  SeededRandom random(5);
  Backoff backoff(random);
  absl::Time now = kStart;
  for (int i = 0; i < 20; ++i) {
    CHECK(backoff.AfterOffence(now) <= absl::Seconds(10));
    now += absl::Minutes(3);
  }
}

TEST_CASE("a stale row is asked about now and then, and given up in time") {
  const RecordKey one{Country::Of("CO"), RecordKind::kVacancy, "1"};
  const RecordKey two{Country::Of("CO"), RecordKind::kVacancy, "2"};
  StaleRows rows;
  CHECK(rows.Update({one, two}, kStart).size() == 2);
  CHECK(rows.Update({one, two}, kStart + absl::Seconds(4)).empty());
  CHECK(rows.Update({one}, kStart + absl::Seconds(5)) ==
        std::vector<RecordKey>{one});
  CHECK(rows.GivenUp(kStart + absl::Seconds(59)).empty());
  CHECK(rows.GivenUp(kStart + absl::Seconds(60)).contains(one));
  // A row that was shown between is stale from now on only.
  CHECK(rows.Update({one, two}, kStart + absl::Seconds(61)).size() == 2);
  CHECK_FALSE(rows.GivenUp(kStart + absl::Seconds(62)).contains(two));
  CHECK(rows.Update({}, kStart + absl::Seconds(63)).empty());
  CHECK(rows.empty());
}

}  // namespace
}  // namespace minga::federation
