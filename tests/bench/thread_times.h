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
#include <set>
#include <string>
#include <utility>

namespace minga::testing {

// The name and the user and system time of a `stat` file of /proc.
inline std::pair<std::string, double> ReadThreadTime(
    const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::string stat{std::istreambuf_iterator<char>(file),
                         std::istreambuf_iterator<char>()};
  const std::size_t open = stat.find('(');
  const std::size_t close = stat.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return {"", 0};
  const std::string name = stat.substr(open + 1, close - open - 1);
  // utime and stime are the 14th and 15th field; the 3rd follows the name.
  std::size_t at = close + 1;
  for (int field = 3; field < 14 && at != std::string::npos; ++field) {
    at = stat.find(' ', at + 1);
  }
  if (at == std::string::npos) return {name, 0};
  std::size_t used = 0;
  const std::string rest = stat.substr(at);
  const double user = std::stod(rest, &used);
  return {name, (user + std::stod(rest.substr(used))) /
                    static_cast<double>(sysconf(_SC_CLK_TCK))};
}

// Seconds of user and system time by thread name, threads of one name summed.
// All others, those that have ended too, count as "grpc", which makes and ends
// threads as calls come.
inline std::map<std::string, double> ThreadTimes(pid_t pid) {
  static const std::set<std::string> own = {"minga", "db writer", "indexer",
                                            "federation", "housekeeper"};
  std::map<std::string, double> seconds;
  const std::filesystem::path process = "/proc/" + std::to_string(pid);
  double& rest = seconds["grpc"];
  rest = ReadThreadTime(process / "stat").second;
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator(process / "task", error)) {
    const auto [name, time] = ReadThreadTime(task.path() / "stat");
    if (!own.contains(name)) continue;
    seconds[name] += time;
    rest -= time;
  }
  return seconds;
}

}  // namespace minga::testing

#endif  // MINGA_TESTS_BENCH_THREAD_TIMES_H_
