// Random histories: what a peer sees of people is anonymous after every commit,
// whatever happens. MINGA_HISTORY_CHANGES, MINGA_HISTORY_PEOPLE and
// MINGA_HISTORY_SEED ask for other ones than CI's; tests/long_anonymity.sh sets
// them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "node/base/random.h"
#include "tests/histories/history.h"

namespace minga::histories {
namespace {

// A plan takes as long as some hundred changes.
constexpr std::uint64_t kChangesOfMomentMin = 10'000;
constexpr std::uint64_t kMoments = 20;

std::uint64_t Asked(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  std::uint64_t number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number
                                                            : otherwise;
}

void PrintHead() {
  std::printf(
      "hidden: share of people whom the law permits; rung: mean of those "
      "shown;\nmargin: of the ladder, d: released once a day\n"
      "                              |   as it is   |  anew, same ladder   | "
      "anew, ladder of the day\n"
      "  changes peer  people margin | hidden  rung | hidden  rung   loss  | "
      "hidden  rung   loss\n");
}

void Print(const Figures& figures) {
  std::printf(
      "%9llu  %s  %7lld   %d %s   | %5.1f%%  %4.2f | %5.1f%%  %4.2f  %.3f  | "
      "%5.1f%%  %4.2f  %.3f\n",
      static_cast<unsigned long long>(figures.changes), figures.peer.c_str(),
      static_cast<long long>(figures.people), figures.margin,
      figures.daily ? "d" : " ", 100 * figures.online.hidden,
      figures.online.mean_rung, 100 * figures.anew.hidden,
      figures.anew.mean_rung, figures.loss_anew, 100 * figures.planned.hidden,
      figures.planned.mean_rung, figures.loss_planned);
  std::fflush(stdout);
}

TEST_CASE("what a peer sees is anonymous after every commit") {
  Settings settings;
  settings.seed =
      Asked("MINGA_HISTORY_SEED", SystemRandom().Below(1'000'000'000));
  settings.changes = Asked("MINGA_HISTORY_CHANGES", 20'000);
  settings.people = Asked("MINGA_HISTORY_PEOPLE", 1000);
  std::printf("seed %llu, %llu changes, at most %llu people\n",
              static_cast<unsigned long long>(settings.seed),
              static_cast<unsigned long long>(settings.changes),
              static_cast<unsigned long long>(settings.people));
  PrintHead();
  auto made = History::Make(settings);
  INFO(made.status());
  REQUIRE(made.ok());
  History& history = **made;
  const absl::Time start = absl::Now();
  const std::uint64_t apart =
      std::max(settings.changes / kMoments, kChangesOfMomentMin);
  std::uint64_t next = apart;
  std::size_t most = 0;
  while (!history.done()) {
    const absl::Status step = history.Step();
    INFO(step);
    REQUIRE(step.ok());
    most = std::max(most, history.mirror(0).people());
    if (history.changes() < next) continue;
    next += apart;
    const auto figures = history.Measure();
    INFO(figures.status());
    REQUIRE(figures.ok());
    for (const Figures& one : *figures) Print(one);
  }
  for (std::size_t i = 0; i < History::kPeers; ++i) {
    const Mirror::Counts& counts = history.mirror(i).counts();
    std::printf(
        "%s: %llu commits checked, %llu rows, %llu decided again, %llu broken "
        "the invariant\n",
        history.mirror(i).peer().ToString().c_str(),
        static_cast<unsigned long long>(counts.commits),
        static_cast<unsigned long long>(counts.rows),
        static_cast<unsigned long long>(counts.stale),
        static_cast<unsigned long long>(counts.violations));
    CHECK(counts.violations == 0);
  }
  std::printf(
      "%llu changes, %llu laws, %llu epochs by command, %llu restarts; %.0f "
      "s\n",
      static_cast<unsigned long long>(history.changes()),
      static_cast<unsigned long long>(history.laws()),
      static_cast<unsigned long long>(history.epochs()),
      static_cast<unsigned long long>(history.restarts()),
      absl::ToDoubleSeconds(absl::Now() - start));
  // The history was not a quiet one.
  CHECK(most > settings.people / 10);
  CHECK(history.restarts() > 0);
}

}  // namespace
}  // namespace minga::histories
