// The stories in tests/simulation/stories, and how stories are read.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/simulation/region/fate.h"
#include "tests/simulation/region/story.h"
#include "tests/simulation/region/teller.h"

namespace minga::region {
namespace {

std::vector<std::filesystem::path> StoryFiles() {
  const char* const source = std::getenv("MINGA_SOURCE_DIR");
  REQUIRE(source != nullptr);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(source) / "tests/simulation/stories")) {
    if (entry.path().extension() == ".story") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string ErrorOf(const std::string& text) {
  return std::string(ParseStory(text).status().message());
}

TEST_CASE("every story ends well", "[stories]") {
  const auto files = StoryFiles();
  REQUIRE(files.size() > 5);
  for (const std::filesystem::path& path : files) {
    CAPTURE(path.filename().string());
    std::ifstream file(path);
    const auto story =
        ParseStory(std::string(std::istreambuf_iterator<char>(file), {}));
    INFO(story.status());
    REQUIRE(story.ok());
    const absl::Status told = Tell(*story);
    INFO(told);
    CHECK(told.ok());
  }
}

TEST_CASE("a story that is not so is told where") {
  const auto story = ParseStory(
      "countries co ec\n\nco puts 3 vacancies\nsettle\n"
      "ec sees 4 vacancies of co\n");
  REQUIRE(story.ok());
  CHECK(Tell(*story).message() == "line 5 (ec sees 4 vacancies of co): sees 3");
}

TEST_CASE("mistakes in stories name the line and the word") {
  CHECK(ErrorOf("co puts 3 vacancies\n") ==
        "line 1: expected `countries` first");
  CHECK(ErrorOf("countries co ec # two\n\nco sings\n") ==
        "line 3: `co sings` is no sentence of stories");
  CHECK(ErrorOf("countries co ec\npe crashes\n") ==
        "line 2: `pe` is no country of this story");
  CHECK(ErrorOf("countries co ec\ncut co-co\n") ==
        "line 2: a country and itself");
  CHECK(ErrorOf("countries co ec\nco puts many vacancies\n") ==
        "line 2: `many` is no number up to 1000000");
  CHECK(ErrorOf("countries co ec\n-1 days pass\n") ==
        "line 2: a number below 0");
  CHECK(ErrorOf("countries co ec\nco puts in force nonsense\n") ==
        "line 2: `nonsense` is the name of no law");
  CHECK(ErrorOf("countries co co\n") == "line 1: `co` twice");
  CHECK(ErrorOf("countries co\n") == "line 1: a story has 2 to 16 countries");
  CHECK(ErrorOf("seed x\n") == "line 1: `x` is no seed");
  CHECK(absl::StrContains(ErrorOf("# nothing\n"), "has no countries"));
  CHECK(absl::StrContains(ErrorOf(std::string(kStoryBytesMax + 1, '#')),
                          "at most 262144"));
}

TEST_CASE("stories that are made up can be written down and read") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const std::string text = MakeUp(seed, {}).ToString();
    const auto read = ParseStory(text);
    INFO(read.status());
    REQUIRE(read.ok());
    CHECK(read->ToString() == text);
  }
}

TEST_CASE("the same story happens the same way again") {
  const Story story = MakeUp(3, {.faults = 30, .days = 5});
  Figures first;
  Figures second;
  REQUIRE(Tell(story, &first).ok());
  REQUIRE(Tell(story, &second).ok());
  CHECK(first.events == second.events);
  CHECK(first.bytes == second.bytes);
  CHECK(first.simulated == second.simulated);
}

}  // namespace
}  // namespace minga::region
