#include "node/base/memo.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/status/status.h"

namespace minga {
namespace {

TEST_CASE("a text is read once, an error again") {
  Memo<std::size_t> memo(2);
  int read = 0;
  const auto length = [&](const std::string& text) {
    ++read;
    if (text.empty())
      return absl::StatusOr<std::size_t>(absl::InvalidArgumentError("empty"));
    return absl::StatusOr<std::size_t>(text.size());
  };
  CHECK(**memo.Get("four", length) == 4);
  CHECK(**memo.Get("four", length) == 4);
  CHECK(read == 1);
  CHECK(absl::IsInvalidArgument(memo.Get("", length).status()));
  CHECK(absl::IsInvalidArgument(memo.Get("", length).status()));
  CHECK(read == 3);
  SECTION("over the limit, all are forgotten; what was taken stays") {
    const auto four = *memo.Get("four", length);
    CHECK(**memo.Get("seven", length) == 5);
    CHECK(read == 4);
    CHECK(**memo.Get("no", length) == 2);
    CHECK(**memo.Get("four", length) == 4);
    CHECK(read == 6);
    CHECK(*four == 4);
  }
}

}  // namespace
}  // namespace minga
