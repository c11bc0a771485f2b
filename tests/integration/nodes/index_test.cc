// A search index that cannot be written, in a running node.
#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

// Changes the index behind the daemon's back.
void Tamper(const NodeProcess& node, const char* sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open((node.data() + "/index.db").c_str(), &handle) ==
          SQLITE_OK);
  sqlite3_busy_timeout(handle, 10'000);
  INFO(sqlite3_errmsg(handle));
  CHECK(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
}

TEST_CASE_METHOD(TwoCountries, "an index that cannot follow is told and mended",
                 "[integration]") {
  CHECK(absl::StrContains(Minga(*co, "status --check"), "CO"));
  Tamper(*co,
         "CREATE TRIGGER no_more BEFORE INSERT ON doc BEGIN"
         " SELECT RAISE(ABORT, 'no place left'); END");
  MustPut(*co, {OpenVacancy("v1", "soldador")});
  REQUIRE(
      WaitFor([&] { return !co->Status().index_error().empty(); }, kPatience));
  CHECK(absl::StrContains(co->Status().index_error(), "no place left"));
  CHECK(co->Status().index_lag_rows() == 1);
  const Ran checked = Run(*co, "status --check");
  INFO(checked.output);
  CHECK(checked.code != 0);
  CHECK(absl::StrContains(checked.output, "search index does not follow"));
  CHECK(absl::StrContains(checked.output, "no place left"));
  // The record itself is safe.
  CHECK(absl::StrContains(Minga(*co, "get CO/vacancy/v1"), "soldador"));

  Tamper(*co, "DROP TRIGGER no_more");
  MustPut(*co, {OpenVacancy("v2", "cocinero")});
  REQUIRE(
      WaitFor([&] { return co->Status().index_error().empty(); }, kPatience));
  CHECK(Finds(*co, "soldador", "v1"));
  CHECK(Finds(*co, "cocinero", "v2"));
  Minga(*co, "status --check");
}

}  // namespace
}  // namespace minga::testing
