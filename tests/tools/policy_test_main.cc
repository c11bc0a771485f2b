// minga-policy-test DOCUMENT CASES: runs the cases of a pack without a node and
// prints the report. Exit 0 if all is well, 8 if something failed, is uncovered
// or survived, 3 if a file does not load.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/time/clock.h"
#include "policy/cases/cases.h"

namespace {

bool Read(const char* path, minga::policy::DocumentSource& source) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  source.name = path;
  source.text = text.str();
  if (file.good()) return true;
  std::fprintf(stderr, "cannot read %s\n", path);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s DOCUMENT CASES\n", argv[0]);
    return 2;
  }
  minga::policy::DocumentSource document;
  minga::policy::DocumentSource cases;
  if (!Read(argv[1], document) || !Read(argv[2], cases)) return 4;
  const absl::Time start = absl::Now();
  const auto report = minga::policy::cases::TestPolicy(document, cases);
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n",
                 std::string(report.status().message()).c_str());
    return 3;
  }
  for (const auto& failure : report->failures) {
    std::printf("FAILED %s (%s): %s\n", failure.id.c_str(),
                failure.place.c_str(), failure.message.c_str());
  }
  for (const std::string& line : report->uncovered) {
    std::printf("UNCOVERED %s\n", line.c_str());
  }
  for (const std::string& line : report->survivors) {
    std::printf("SURVIVED %s\n", line.c_str());
  }
  std::printf(
      "%d cases, %zu failed; %d rules, %d atoms, %zu uncovered; %d mutants, "
      "%zu survived; %.0f ms\n",
      report->cases, report->failures.size(), report->rules, report->atoms,
      report->uncovered.size(), report->mutants, report->survivors.size(),
      absl::ToDoubleMilliseconds(absl::Now() - start));
  return report->ok() ? 0 : 8;
}
