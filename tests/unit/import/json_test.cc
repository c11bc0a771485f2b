#include "absl/strings/match.h"
#include "node/base/limits.h"
#include "node/exchange/import/json_check.h"
#include "node/exchange/import/jsonl.h"
#include "tests/generator/sample_generator.h"
#include "tests/unit/import/import_test_support.h"

namespace minga::importing {
namespace {

constexpr RecordKind kWrapped = RecordKind::kUnspecified;

std::string ErrorOf(const std::string& line, RecordKind bare = kWrapped) {
  Row row;
  const absl::Status status = ParseRecordLine(line, bare, row);
  CHECK(row.record == nullptr);
  CHECK(row.consent == nullptr);
  CHECK_FALSE(status.ok());
  return std::string(status.message());
}

TEST_CASE("JSON is checked strictly", "[import][json]") {
  for (const char* good :
       {"{}", " [1, 2.5e+3, -0, \"\\ud83d\\ude00\\n\", true, null] ", "0",
        "{\"a\": {\"a\": 1}, \"b\": []}", "\"\""}) {
    INFO(good);
    CHECK(CheckJson(good).ok());
  }
  for (const char* bad : {"",
                          " ",
                          "{",
                          "}",
                          "{'a': 1}",
                          "{a: 1}",
                          "{\"a\": 1,}",
                          "[1,]",
                          "01",
                          "1.",
                          ".5",
                          "+1",
                          "1e",
                          "\"\n\"",
                          "\"\\x\"",
                          "\"\\u12\"",
                          "\"\\ud800\"",
                          "\"\\udc00\"",
                          "\"\\ud800\\u0041\"",
                          "{} {}",
                          "// c",
                          "nul",
                          "NaN",
                          "{\"a\" 1}",
                          "{\"a\": 1, \"a\": 2}",
                          "{\"a\": 1, \"\\u0061\": 2}",
                          "\"\xFF\""}) {
    INFO(bad);
    CHECK_FALSE(CheckJson(bad).ok());
  }
  const auto nested = [](int depth) {
    const auto count = static_cast<std::size_t>(depth);
    return std::string(count, '[') + std::string(count, ']');
  };
  CHECK(CheckJson(nested(kJsonDepthMax + 1)).ok());
  CHECK_FALSE(CheckJson(nested(kJsonDepthMax + 2)).ok());
  CHECK_FALSE(CheckJson(std::string(1'000'000, '[')).ok());
}

TEST_CASE("the members of an object", "[import][json]") {
  const auto members =
      JsonMembers(" {\"a\\u0062\" : {\"x\": [1] } ,\"c\":null}");
  REQUIRE(members.ok());
  REQUIRE(members->size() == 2);
  CHECK((*members)[0].name == "ab");
  CHECK((*members)[0].value == "{\"x\": [1] }");
  CHECK((*members)[1].value == "null");
  CHECK_FALSE(JsonMembers("[1]").ok());
}

TEST_CASE("a line is one record", "[import][json]") {
  Row row;
  REQUIRE(ParseRecordLine(R"({"vacancy": {"id": "7", "openings": 2}})",
                          kWrapped, row)
              .ok());
  CHECK(row.record->vacancy().openings() == 2);
  CHECK(row.consent == nullptr);
  Row person;
  REQUIRE(ParseRecordLine(
              R"({"consent": {"countries": ["EC"]}, "profile": {"id": "8"}})",
              kWrapped, person)
              .ok());
  CHECK(person.record->profile().id() == "8");
  REQUIRE(person.consent != nullptr);
  CHECK(person.consent->countries(0) == "EC");
  Row bare;
  REQUIRE(ParseRecordLine(R"( {"id": "9"} )", RecordKind::kProfile, bare).ok());
  CHECK(bare.record->profile().id() == "9");
}

TEST_CASE("a line that is no record says why", "[import][json]") {
  CHECK(ErrorOf("{}") == "line has not exactly one of `vacancy` and `profile`");
  CHECK(ErrorOf(R"({"vacancy": {}, "profile": {}})") ==
        "line has not exactly one of `vacancy` and `profile`");
  CHECK(ErrorOf(R"({"vacancy": {}, "consent": {}})") ==
        "`consent` belongs to a profile");
  CHECK(ErrorOf(R"({"vacancie": {}})") ==
        "unknown name `vacancie`; did you mean `vacancy`?");
  CHECK(ErrorOf(R"({"x": {}})") ==
        "unknown name `x`: expected `vacancy` or `profile`");
  CHECK(ErrorOf(R"({"vacancy": null})") == "`vacancy` is not an object");
  CHECK(ErrorOf("[]") == "not JSON at byte 0: expected an object");
  CHECK(ErrorOf("nonsense", RecordKind::kVacancy) ==
        "not JSON at byte 0: expected a value");
  CHECK(ErrorOf("[]", RecordKind::kVacancy) == "`vacancy` is not an object");
  CHECK(absl::StartsWith(ErrorOf(R"({"vacancy": {"tittle": "x"}})"),
                         "vacancy: "));
  CHECK(absl::StartsWith(ErrorOf(R"({"vacancy": {"openings": "many"}})"),
                         "vacancy: "));
  CHECK(absl::StartsWith(ErrorOf(R"({"profile": {}, "consent": {"to": 1}})"),
                         "consent: "));
  CHECK(absl::StrContains(ErrorOf(R"({"vacancy": {"id": "1", "id": "2"}})"),
                          "name `id` twice"));
}

TEST_CASE("two names of one field are refused", "[import][json]") {
  // protobuf takes both spellings and keeps the last.
  CHECK(absl::StrContains(ErrorOf(R"({"vacancy": {"start_date": "2026-12-01",)"
                                  R"( "startDate": "2026-12-02"}})"),
                          "name `startDate` twice"));
}

TEST_CASE("bad lines do not stop the good ones", "[import][json]") {
  auto source =
      ReadRecords(BytesOf("\xEF\xBB\xBF{\"vacancy\": {\"id\": \"1\"}}\r\n"
                          "\n  \n"
                          "oops\n"
                          "{\"vacancy\": {\"id\": \"2\"}}"),
                  {});
  REQUIRE(source.ok());
  const auto rows = ReadAll(**source);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].status.ok());
  CHECK(rows[1].line == 4);
  CHECK_FALSE(rows[1].status.ok());
  CHECK(rows[2].line == 5);
  CHECK(rows[2].record->vacancy().id() == "2");
}

TEST_CASE("a line of a gigabyte is refused and the next one read",
          "[import][json]") {
  auto source =
      ReadRecords(std::make_unique<RepeatedSource>(
                      "{\"vacancy\": {\"id\": \"", 'x', 1024ULL * 1024 * 1024,
                      "\"}}\n{\"vacancy\": {\"id\": \"2\"}}\n"),
                  {});
  REQUIRE(source.ok());
  const auto rows = ReadAll(**source);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].status.message() == "line is longer than 1048576 bytes");
  CHECK(rows[1].line == 2);
  CHECK(rows[1].status.ok());
}

TEST_CASE("what is written reads back", "[import][json]") {
  const testing::SampleGenerator generator(1, absl::CivilDay(2026, 11, 21));
  const Country country = Country::Of("BR");
  for (std::uint64_t n = 0; n < testing::kVacancyCycle; ++n) {
    v1::Record record;
    *record.mutable_vacancy() = generator.Vacancy(country, n);
    const auto line = FormatRecordLine(record, nullptr);
    REQUIRE(line.ok());
    Row row;
    REQUIRE(ParseRecordLine(*line, kWrapped, row).ok());
    CHECK(row.record->SerializeAsString() == record.SerializeAsString());

    testing::SamplePerson person = generator.Person(country, n);
    *record.mutable_profile() = person.profile;
    const v1::Consent* const consent =
        person.consent.has_value() ? &*person.consent : nullptr;
    const auto second = FormatRecordLine(record, consent);
    REQUIRE(second.ok());
    REQUIRE(ParseRecordLine(*second, kWrapped, row).ok());
    CHECK(row.record->SerializeAsString() == record.SerializeAsString());
    CHECK((row.consent != nullptr) == person.consent.has_value());
    if (consent == nullptr || row.consent == nullptr) continue;
    CHECK(row.consent->SerializeAsString() == consent->SerializeAsString());
  }
}

}  // namespace
}  // namespace minga::importing
