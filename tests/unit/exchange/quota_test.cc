// A peer does not fill the disk.
#include "node/exchange/quota.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "tests/unit/exchange/office.h"

namespace minga::exchange {
namespace {

const Country kFrom = Country::Of("EC");

storage::StoredRecord Held(const std::string& id, std::size_t bytes) {
  storage::StoredRecord record;
  record.key = {kFrom, RecordKind::kVacancy, id};
  record.body = std::string(bytes, 'x');
  record.digest = Sha256(record.body);
  return record;
}

std::string Why(storage::Transaction& transaction,
                const storage::RecordCount& most, const std::string& id,
                std::size_t bytes) {
  const absl::StatusOr<std::string> why =
      WhyFull(transaction, most, {kFrom, RecordKind::kVacancy, id}, bytes);
  REQUIRE(why.ok());
  return *why;
}

TEST_CASE("beyond the quota only what is held may change, and not grow") {
  Office office;
  office.Write([](storage::Transaction& t) -> absl::Status {
    for (const char* id : {"one", "two"}) {
      const auto put = t.records().Put(Held(id, 100), /*own=*/false);
      if (!put.ok()) return put.status();
    }
    CHECK(Why(t, {3, 1000}, "three", 100).empty());
    CHECK(Why(t, {2, 1000}, "three", 100) ==
          "quota: 2 records of 200 bytes are held of EC; at most 2 of 1000 are "
          "kept");
    CHECK(absl::StartsWith(Why(t, {9, 200}, "three", 1), "quota: "));
    CHECK(Why(t, {2, 200}, "one", 100).empty());
    CHECK_FALSE(Why(t, {2, 200}, "one", 101).empty());
    // What goes makes room.
    const auto put = t.records().Put(Held("one", 20), /*own=*/false);
    if (!put.ok()) return put.status();
    CHECK(Why(t, {9, 200}, "three", 100).empty());
    const auto erased = t.records().Erase(Held("two", 0).key);
    if (!erased.ok()) return erased.status();
    CHECK(Why(t, {2, 100}, "three", 100).empty());
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace minga::exchange
