// Which version and features two nodes use.
#include "federation/protocol.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace minga::federation {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("the highest common version is spoken") {
  CHECK(*Negotiate({1, 2}, 1, 1) == 1);
  CHECK(*Negotiate({1, 2}, 1, 2) == 2);
  CHECK(*Negotiate({1, 2}, 2, 9) == 2);
  CHECK(*Negotiate({1, 1}, 1, 2) == 1);
  const absl::Status none = Negotiate({1, 2}, 3, 4).status();
  CHECK(absl::IsFailedPrecondition(none));
  CHECK(none.message() ==
        "no common protocol: this node speaks 1-2, the other 3-4");
  CHECK(absl::IsInvalidArgument(Negotiate({1, 2}, 0, 1).status()));
  CHECK(absl::IsInvalidArgument(Negotiate({1, 2}, 2, 1).status()));
}

TEST_CASE("features are what both sides name, of a version that has them") {
  CHECK(FullDialect(1).Features().empty());
  CHECK(FullDialect(2).Features() ==
        Strings{"row-obligations", "retention-report"});
  const Dialect some = Agree(2, Strings{"row-obligations", "telepathy"});
  CHECK(some.row_obligations);
  CHECK_FALSE(some.retention_report);
  CHECK(some.Features() == Strings{"row-obligations"});
  // Version 1 has none, whatever a node may say.
  CHECK(Agree(1, Strings{"row-obligations"}).Features().empty());
}

}  // namespace
}  // namespace minga::federation
