// Processor time of a process by thread, from /proc: where the time of a
// benchmark went.
#ifndef MINGA_TESTS_BENCH_THREAD_TIMES_H_
#define MINGA_TESTS_BENCH_THREAD_TIMES_H_

#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace minga::testing {

// Seconds of user and system time by thread name, threads of one name summed.
// gRPC's threads count as "grpc".
inline std::map<std::string, double> ThreadTimes(pid_t pid) {
  std::map<std::string, double> seconds;
  const double tick = static_cast<double>(sysconf(_SC_CLK_TCK));
  std::error_code error;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
    std::ifstream file(task.path() / "stat");
    const std::string stat{std::istreambuf_iterator<char>(file),
                           std::istreambuf_iterator<char>()};
    const std::size_t open = stat.find('(');
    const std::size_t close = stat.rfind(')');
    if (open == std::string::npos || close == std::string::npos) continue;
    std::string name = stat.substr(open + 1, close - open - 1);
    if (name != "minga" && name != "db writer" && name != "indexer" &&
        name != "federation" && name != "housekeeper") {
      name = "grpc";
    }
    // utime and stime are the 14th and 15th field; the 3rd follows the name.
    std::size_t at = close + 1;
    for (int field = 3; field < 14 && at != std::string::npos; ++field) {
      at = stat.find(' ', at + 1);
    }
    if (at == std::string::npos) continue;
    std::size_t used = 0;
    const std::string rest = stat.substr(at);
    const double user = std::stod(rest, &used);
    seconds[name] += (user + std::stod(rest.substr(used))) / tick;
  }
  return seconds;
}

}  // namespace minga::testing

#endif  // MINGA_TESTS_BENCH_THREAD_TIMES_H_
