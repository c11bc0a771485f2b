#include "node/rpc/call_budgets.h"

#include <catch2/catch.hpp>

namespace minga::rpc {
namespace {

constexpr Country kEcuador = Country::Of("EC");
constexpr Country kPeru = Country::Of("PE");
const absl::Time kStart = absl::FromUnixSeconds(1'796'083'200);

int Spent(CallBudgets& budgets, Country peer, int calls, absl::Time now) {
  int spent = 0;
  for (int i = 0; i < calls; ++i) spent += budgets.Spend(peer, now).ok();
  return spent;
}

TEST_CASE("each peer has calls of its own", "[rpc][door]") {
  CallBudgets budgets(30);
  CHECK(Spent(budgets, kEcuador, 100, kStart) == 30);
  CHECK(Spent(budgets, kPeru, 100, kStart) == 30);
  CHECK(Spent(budgets, kEcuador, 100, kStart + absl::Seconds(10)) == 5);
  CHECK(Spent(budgets, kEcuador, 100, kStart + absl::Hours(10)) == 30);
  const absl::Status refused =
      budgets.Spend(kEcuador, kStart + absl::Hours(10));
  CHECK(absl::IsResourceExhausted(refused));
  CHECK(refused.message() ==
        "more than 30 such calls a minute; try again in a minute");
}

}  // namespace
}  // namespace minga::rpc
