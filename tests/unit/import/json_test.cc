#include <google/protobuf/util/json_util.h>

#include <optional>

#include "absl/strings/match.h"
#include "node/base/limits.h"
#include "node/exchange/import/json_check.h"
#include "node/exchange/import/json_message.h"
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
  const auto named = [](std::size_t count) {
    std::string object = "{\"n\": 0";
    for (std::size_t i = 1; i < count; ++i) {
      object += ", \"n" + std::to_string(i) + "\": 0";
    }
    return object + "}";
  };
  CHECK(CheckJson(named(kJsonNamesMax)).ok());
  CHECK_FALSE(CheckJson(named(kJsonNamesMax + 1)).ok());
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
  CHECK(ErrorOf(R"({"vacancy": null})") == "vacancy: expected an object");
  CHECK(ErrorOf("[]") == "not JSON at byte 0: expected an object");
  CHECK(ErrorOf("nonsense", RecordKind::kVacancy) ==
        "vacancy: expected an object");
  CHECK(ErrorOf("{\"id\": 'x'}", RecordKind::kVacancy) ==
        "vacancy: id: expected a text");
  CHECK(ErrorOf("{\"id\": \"x\"", RecordKind::kVacancy) ==
        "vacancy: not JSON at byte 10: expected `,` or `}`");
  CHECK(ErrorOf(R"({"vacancy": {"texts": [{"tittle": "x"}]}})") ==
        "vacancy: texts: no field `tittle` in LocalizedText; did you mean "
        "`title`?");
  CHECK(ErrorOf(R"({"vacancy": {"pay": {"min_hundredths": "much"}}})") ==
        "vacancy: pay.min_hundredths: expected a whole number");
  CHECK(ErrorOf(R"({"profile": {}, "consent": {"to": 1}})") ==
        "consent: no field `to` in Consent");
  CHECK(absl::StrContains(ErrorOf(R"({"vacancy": {"id": "1", "id": "2"}})"),
                          "name `id` twice"));
}

// As protobuf reads it, by its own parser.
template <typename Message>
std::optional<Message> ByProtobuf(const std::string& json) {
  Message message;
  const auto status =
      google::protobuf::util::JsonStringToMessage(json, &message);
  if (!status.ok()) return std::nullopt;
  return message;
}

TEST_CASE("each kind of value is read as protobuf reads it", "[import][json]") {
  REQUIRE(CanReadJson(*v1::Vacancy::descriptor()));
  REQUIRE(CanReadJson(*v1::Profile::descriptor()));
  REQUIRE(CanReadJson(*v1::Consent::descriptor()));
  CHECK_FALSE(CanReadJson(*v1::PutRecordsRequest::descriptor()));
  for (
      const char* json :
      {R"({"id": "ñ\u00e1\ud83d\ude00\n", "openings": 3, "remote": true})",
       R"({"openings": "-4", "pay": {"minHundredths": "9223372036854775807"}})",
       R"({"status": "VACANCY_STATUS_OPEN", "schedule": 2})",
       R"({"driving_licences": ["B", "C"], "skills": [{}, {"essential": true}]})",
       R"({"created_at": "2026-12-01T08:00:00.000000001-05:00"})",
       R"({"created_at": "0001-01-01T00:00:00Z"})",
       R"({"created_at": "1969-12-31T23:59:59.5Z"})",
       R"({"id": null, "texts": null, "isced_level": 0, "pay": {}})"}) {
    INFO(json);
    const auto expected = ByProtobuf<v1::Vacancy>(json);
    REQUIRE(expected.has_value());
    v1::Vacancy vacancy;
    CHECK(JsonToMessage(json, vacancy) == absl::OkStatus());
    CHECK(vacancy.SerializeAsString() == expected->SerializeAsString());
  }
  for (const char* json : {R"({"openings": 1.5})",
                           R"({"openings": ""})",
                           R"({"openings": " 1"})",
                           R"({"openings": "1 "})",
                           R"({"openings": 2147483648})",
                           R"({"openings": true})",
                           R"({"remote": "true"})",
                           R"({"remote": 1})",
                           R"({"id": 5})",
                           R"({"status": "OPEN"})",
                           R"({"texts": {}})",
                           R"({"driving_licences": "B"})",
                           R"({"driving_licences": [null]})",
                           R"({"pay": []})",
                           R"({"pay": "x"})",
                           R"({"created_at": "2026-12-01"})",
                           R"({"created_at": 0})",
                           R"({"created_at": "2026-13-01T00:00:00Z"})",
                           R"({"created_at": "2026-12-01T00:00:00"})",
                           R"({"created_at": "0000-12-01T00:00:00Z"})"}) {
    INFO(json);
    v1::Vacancy vacancy;
    CHECK_FALSE(JsonToMessage(json, vacancy).ok());
  }
}

TEST_CASE("a list has a bound", "[import][json]") {
  std::string list = "\"x\"";
  for (int i = 1; i < kRepeatedFieldItemsMax; ++i) list += ",\"x\"";
  v1::Vacancy vacancy;
  CHECK(JsonToMessage("{\"driving_licences\": [" + list + "]}", vacancy).ok());
  CHECK(JsonToMessage("{\"driving_licences\": [" + list + ",\"x\"]}", vacancy)
            .code() == absl::StatusCode::kResourceExhausted);
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
