// What the programs that measure share: their command line, and how they give
// up.
#ifndef MINGA_TESTS_BENCH_COMMAND_LINE_H_
#define MINGA_TESTS_BENCH_COMMAND_LINE_H_

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace minga::testing {

[[noreturn]] inline void Die(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

inline void Must(const absl::Status& status, const char* what) {
  if (!status.ok()) Die(absl::StrCat(what, ": ", status.ToString()));
}

// `--records N` on the command line.
struct NumberOption {
  absl::string_view name;
  int* value;
  int least = 1;
  int most = std::numeric_limits<int>::max();
};

// Reads `numbers` and `--json`. Anything else, and a number that is none or out
// of its range, ends the program with status 2 and what it takes.
inline void ReadCommandLine(int argc, char** argv,
                            const std::vector<NumberOption>& numbers,
                            bool& json) {
  const auto understood = [&](int& i) {
    if (absl::string_view(argv[i]) == "--json") {
      json = true;
      return true;
    }
    const auto number = std::find_if(
        numbers.begin(), numbers.end(),
        [&](const NumberOption& option) { return option.name == argv[i]; });
    return number != numbers.end() && ++i < argc &&
           absl::SimpleAtoi(argv[i], number->value) &&
           *number->value >= number->least && *number->value <= number->most;
  };
  for (int i = 1; i < argc; ++i) {
    if (understood(i)) continue;
    std::string usage = absl::StrCat("usage: ", argv[0]);
    for (const NumberOption& number : numbers) {
      absl::StrAppend(&usage, " [", number.name, " ", number.least, "..");
      if (number.most != std::numeric_limits<int>::max()) {
        absl::StrAppend(&usage, number.most);
      }
      absl::StrAppend(&usage, "]");
    }
    std::fprintf(stderr, "%s [--json]\n", usage.c_str());
    std::exit(2);
  }
}

}  // namespace minga::testing

#endif  // MINGA_TESTS_BENCH_COMMAND_LINE_H_
