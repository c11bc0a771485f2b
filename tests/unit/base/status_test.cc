#include "node/base/status.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "absl/strings/cord.h"

namespace minga {
namespace {

absl::StatusOr<int> Half(int n) {
  if (n % 2 != 0) return absl::InvalidArgumentError("odd");
  return n / 2;
}

absl::StatusOr<int> Quarter(int n) {
  MINGA_ASSIGN_OR_RETURN(const int half, Half(n));
  MINGA_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

absl::StatusOr<std::unique_ptr<int>> Owned(bool good) {
  if (!good) return absl::NotFoundError("none");
  return std::make_unique<int>(7);
}

absl::Status Count(const absl::Status& status, int& after) {
  MINGA_RETURN_IF_ERROR(status);
  ++after;
  return absl::OkStatus();
}

TEST_CASE("At names the place and keeps code and payload", "[base][status]") {
  absl::Status status = absl::DataLossError("torn page");
  status.SetPayload("minga/offset", absl::Cord("17"));
  const absl::Status placed = At("page 3", status);
  CHECK(absl::IsDataLoss(placed));
  CHECK(placed.message() == "page 3: torn page");
  REQUIRE(placed.GetPayload("minga/offset").has_value());
  CHECK(*placed.GetPayload("minga/offset") == "17");
  CHECK(At("page 3", absl::OkStatus()).ok());
}

TEST_CASE("ASSIGN_OR_RETURN takes the value or leaves", "[base][status]") {
  CHECK(*Quarter(12) == 3);
  CHECK(Quarter(6).status().message() == "odd");
  CHECK(Quarter(3).status().message() == "odd");
}

TEST_CASE("ASSIGN_OR_RETURN moves what cannot be copied", "[base][status]") {
  const auto unwrap = [](bool good) -> absl::StatusOr<int> {
    std::unique_ptr<int> owned;
    MINGA_ASSIGN_OR_RETURN(owned, Owned(good));
    return *owned;
  };
  CHECK(*unwrap(true) == 7);
  CHECK(absl::IsNotFound(unwrap(false).status()));
}

TEST_CASE("RETURN_IF_ERROR goes on only after OK", "[base][status]") {
  int after = 0;
  CHECK(Count(absl::OkStatus(), after).ok());
  CHECK(after == 1);
  CHECK(absl::IsAborted(Count(absl::AbortedError("no"), after)));
  CHECK(after == 1);
}

}  // namespace
}  // namespace minga
