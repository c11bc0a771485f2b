// JSONTestSuite: what is not JSON is refused, what is JSON but no record is
// refused as well, and nothing crashes.
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "minga/v1/pes.pb.h"
#include "node/exchange/import/json_check.h"
#include "node/exchange/import/jsonl.h"
#include "tests/conformance/import/conformance_data.h"

namespace minga::importing {
namespace {

void MustBeRefused(const std::string& text) {
  for (const RecordKind kind :
       {RecordKind::kUnspecified, RecordKind::kVacancy, RecordKind::kProfile}) {
    Row row;
    const absl::Status status = ParseRecordLine(text, kind, row);
    // An empty object is a bare record without fields, for validation to
    // refuse.
    if (kind != RecordKind::kUnspecified &&
        text.find_first_not_of("{} \t\r\n") == std::string::npos &&
        status.ok()) {
      continue;
    }
    CHECK_FALSE(status.ok());
    CHECK(row.record == nullptr);
  }
}

TEST_CASE("JSONTestSuite", "[conformance]") {
  const auto folder = FindData("conformance/json-test-suite/test_parsing");
  if (!folder.has_value()) return;
  int must_accept = 0;
  int must_reject = 0;
  int either = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    const std::string name = entry.path().filename().string();
    const std::string text = ReadFile(entry.path());
    INFO(name);
    const bool json = CheckJson(text).ok();
    if (name[0] == 'y') {
      ++must_accept;
      // Valid by the grammar, but a name twice is refused on purpose.
      const bool twice = name.find("duplicated_key") != std::string::npos;
      CHECK(json == !twice);
    } else if (name[0] == 'n') {
      ++must_reject;
      CHECK_FALSE(json);
    } else {
      ++either;
    }
    MustBeRefused(text);
  }
  CHECK(must_accept == 95);
  CHECK(must_reject == 188);
  CHECK(either == 35);
}

}  // namespace
}  // namespace minga::importing
