// Stories: what befalls a region, one sentence a line, as people would tell it.
//
//   # Ecuador is cut off in the middle of a page.
//   countries co ec
//   seed 7
//   co puts 30 vacancies
//   cut co-ec at byte 1200
//   2 minutes pass
//   ec sees 30 vacancies of co
//
// The first sentence names the countries; README.md lists all others. Text
// after '#' says something to people only.
#ifndef MINGA_TESTS_SIMULATION_REGION_STORY_H_
#define MINGA_TESTS_SIMULATION_REGION_STORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "tests/simulation/region/law.h"

namespace minga::region {

// Stories are read by people: nobody reads more.
inline constexpr std::size_t kStoryBytesMax = 256 * 1024;
inline constexpr std::size_t kStoryCountriesMax = 16;
// Of anything a sentence counts.
inline constexpr std::int64_t kStoryNumberMax = 1'000'000;

// In the order of kSentences (story.cc).
enum class Verb {
  kPut,
  kPutWithFee,
  kChange,
  kClose,
  kWithdraw,
  kRegister,
  kChangePeople,
  kErase,
  kRefuseConsent,
  kConsent,
  kActivate,
  kSuspend,
  kResume,
  kRejoin,
  kChangePseudonyms,
  kCrash,
  kDieSoon,
  kStop,
  kStart,
  kCut,
  kCutAt,
  kPart,
  kJoin,
  kRepeatPage,
  kDamagePage,
  kDiskFull,
  kDiskSlow,
  kDiskWell,
  kClockWrong,
  kClockRight,
  kMinutes,
  kHours,
  kDays,
  kSteps,
  kSettle,
  kAllIsWell,
  kSeesVacancies,
  kSeesPeople,
};
inline constexpr int kVerbs = static_cast<int>(Verb::kSeesPeople) + 1;

struct Step {
  Verb verb = Verb::kSettle;
  Country who;
  Country whom;
  std::int64_t number = 0;
  const Law* law = nullptr;
  int line = 0;  // 0: of no file

  // The sentence.
  std::string ToString() const;
};

// True if the step is a fault, rather than a deed, time or a question.
bool IsFault(Verb verb);

struct Story {
  std::uint64_t seed = 1;
  std::vector<Country> countries;
  std::vector<Step> steps;

  std::string ToString() const;
};

// INVALID_ARGUMENT "line 7: ..." with what was expected.
absl::StatusOr<Story> ParseStory(absl::string_view text);

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_STORY_H_
