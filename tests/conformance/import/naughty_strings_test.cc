// The Big List of Naughty Strings, through CSV and JSON Lines and back.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "minga/v1/pes.pb.h"
#include "node/exchange/import/jsonl.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/reader.h"
#include "tests/conformance/import/conformance_data.h"

namespace minga::importing {
namespace {

constexpr std::size_t kStrings = 515;

// Empty if the list is not there.
std::vector<std::string> NaughtyStrings() {
  const auto path = FindData("conformance/naughty-strings/blns.json");
  if (!path.has_value()) return {};
  const std::vector<std::string> strings =
      nlohmann::json::parse(ReadFile(*path));
  REQUIRE(strings.size() == kStrings);
  return strings;
}

// RFC 4180.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

TEST_CASE("naughty strings survive CSV", "[conformance]") {
  const std::vector<std::string> strings = NaughtyStrings();
  if (strings.empty()) return;
  const auto mapping = Mapping::Parse(
      "[source]\nformat = \"csv\"\nkind = \"vacancy\"\n"
      "[id]\ncolumns = [\"n\"]\n[columns]\ns = \"texts[0].title\"\n",
      "naughty.toml");
  REQUIRE(mapping.ok());
  std::string csv = "n,s\r\n";
  for (std::size_t i = 0; i < strings.size(); ++i) {
    // Quotation marks around: outer spaces are not part of a value.
    csv += std::to_string(i) + "," + Quoted("<" + strings[i] + ">") + "\r\n";
  }
  ReadOptions options;
  options.mapping = *mapping;
  auto source = ReadRecords(BytesOf(csv), options);
  REQUIRE(source.ok());
  for (const std::string& text : strings) {
    const auto row = (*source)->Next();
    REQUIRE(row.ok());
    REQUIRE(row->has_value());
    INFO((*row)->line << ": " << (*row)->status);
    REQUIRE((*row)->status.ok());
    CHECK((*row)->record->vacancy().texts(0).title() == "<" + text + ">");
  }
  const auto end = (*source)->Next();
  REQUIRE(end.ok());
  CHECK_FALSE(end->has_value());
}

TEST_CASE("naughty strings survive JSON Lines", "[conformance]") {
  for (const std::string& text : NaughtyStrings()) {
    v1::Record record;
    record.mutable_vacancy()->add_texts()->set_title(text);
    const auto line = FormatRecordLine(record, nullptr);
    REQUIRE(line.ok());
    CHECK(line->find('\n') == std::string::npos);
    Row row;
    INFO(*line);
    REQUIRE(ParseRecordLine(*line, RecordKind::kUnspecified, row).ok());
    CHECK(row.record->vacancy().texts(0).title() == text);
  }
}

// Never a crash: as lines, as CSV and as mappings they are refused or read.
TEST_CASE("naughty strings as input", "[conformance]") {
  for (const std::string& text : NaughtyStrings()) {
    INFO(text);
    Row row;
    CHECK_FALSE(ParseRecordLine(text, RecordKind::kUnspecified, row).ok());
    CHECK_FALSE(Mapping::Parse(text, "naughty.toml").ok());
  }
}

}  // namespace
}  // namespace minga::importing
