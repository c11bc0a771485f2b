// Ladders as files: what is read, and where mistakes are said to be.
#include "node/exchange/ladder_text.h"

#include <catch2/catch.hpp>

#include "node/exchange/ladder.h"

namespace minga::exchange {
namespace {

std::string ErrorOf(absl::string_view text) {
  const absl::StatusOr<v1::Ladder> ladder = ParseLadder("my.ladder", text);
  CHECK(absl::IsInvalidArgument(ladder.status()));
  return std::string(ladder.status().message());
}

TEST_CASE("a ladder is read with its comments") {
  const absl::StatusOr<v1::Ladder> ladder = ParseLadder("my.ladder",
                                                        R"(# By hand.
rungs {}
rungs {
  levels { field: "occupations" steps: 2 }  # two digits
  levels { field: "region" suppress: true }
}
release_margin: 2
release: RELEASE_RHYTHM_DAILY
)");
  INFO(ladder.status());
  REQUIRE(ladder.ok());
  CHECK(ladder->rungs_size() == 2);
  CHECK(ladder->rungs(1).levels_size() == 2);
  CHECK(ladder->release_margin() == 2);
  CHECK(ladder->release() == v1::RELEASE_RHYTHM_DAILY);
}

TEST_CASE("what is written is read again") {
  const v1::Ladder built_in = MessageOf(BuiltInLadder());
  const absl::StatusOr<v1::Ladder> again =
      ParseLadder("built-in", built_in.DebugString());
  INFO(again.status());
  REQUIRE(again.ok());
  CHECK(*LadderOf(*again) == BuiltInLadder());
}

TEST_CASE("mistakes are told with their place") {
  // Of the form: all of them.
  CHECK(ErrorOf("rung {}\n").find("my.ladder:1:") == 0);
  CHECK(ErrorOf("rungs {\n  levels { feild: \"region\" }\n}\n")
            .find("unknown field `feild` of RungLevel") != std::string::npos);
  CHECK(ErrorOf("rungs {\n").find("my.ladder:") == 0);
  // Of the meaning: the first.
  CHECK(ErrorOf("").find("my.ladder:1:1: rungs: ") == 0);
  CHECK(ErrorOf("rungs {}\nrungs {\n  levels { field: \"colour\" steps: 1 }\n}")
            .find("my.ladder:3:12: rungs[1]: levels[0]: field: a profile has "
                  "no field `colour`") == 0);
  CHECK(ErrorOf("rungs {\n  levels { field: \"region\" steps: 1 }\n"
                "  levels { field: \"region\" steps: 2 }\n}")
            .find("my.ladder:3:") == 0);
  CHECK(ErrorOf("rungs {\n levels {\n  field: \"region\"\n  steps: 9\n }\n}")
            .find("my.ladder:4:3: ") == 0);
  CHECK(ErrorOf("rungs { levels { field: 'region' steps: 1 } }\nrungs {}\n")
            .find("my.ladder:2:1: rungs[1]: must be coarser") == 0);
  CHECK(ErrorOf("rungs {}\nrelease_margin: 1001\n")
            .find("my.ladder:2:1: release_margin: ") == 0);
}

TEST_CASE("a file that is no ladder's is refused by its size") {
  const std::string large(kLadderBytesMax + 1, '#');
  CHECK(ErrorOf(large).find("at most 262144") != std::string::npos);
}

}  // namespace
}  // namespace minga::exchange
