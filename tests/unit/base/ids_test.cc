#include "node/base/ids.h"

#include <catch2/catch.hpp>
#include <string>

#include "node/base/limits.h"

namespace minga {
namespace {

TEST_CASE("a country is two capital letters", "[base][ids]") {
  const auto country = Country::Parse("EC");
  REQUIRE(country.ok());
  CHECK(*country == Country::Of("EC"));
  CHECK(country->ToString() == "EC");
  CHECK_FALSE(country->empty());
  CHECK(Country::Of("CO") < Country::Of("EC"));

  for (const char* bad : {"", "E", "ec", "Ec", "ECU", "E1", " E", "\xC3\x89"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(Country::Parse(bad).status()));
  }
  CHECK(absl::IsInvalidArgument(
      Country::Parse(absl::string_view("E\0", 2)).status()));
}

TEST_CASE("no country prints as dashes and cannot be parsed", "[base][ids]") {
  CHECK(Country().empty());
  CHECK(Country().ToString() == "--");
  CHECK_FALSE(Country::Parse("--").ok());
}

TEST_CASE("kinds, names and numbers belong together", "[base][ids]") {
  for (int number = 1; number < kRecordKinds; ++number) {
    const auto kind = KindFromNumber(number);
    REQUIRE(kind.ok());
    CHECK(static_cast<int>(*kind) == number);
    const auto parsed = ParseKind(KindName(*kind));
    REQUIRE(parsed.ok());
    CHECK(*parsed == *kind);
  }
  CHECK(KindName(RecordKind::kContactRequest) == "contact_request");
  CHECK(KindName(RecordKind::kStatistic) == "statistic");
  CHECK(KindName(RecordKind::kUnspecified) == "unspecified");
  CHECK(KindName(static_cast<RecordKind>(200)) == "unspecified");
}

TEST_CASE("unknown kinds are refused with the ones that exist", "[base][ids]") {
  for (const int number : {0, -1, kRecordKinds, 256, 257}) {
    CHECK(absl::IsInvalidArgument(KindFromNumber(number).status()));
  }
  for (const char* bad : {"", "unspecified", "Vacancy", "vacancy ", "job"}) {
    CHECK(absl::IsInvalidArgument(ParseKind(bad).status()));
  }
  const std::string message(ParseKind("job\n").status().message());
  CHECK(message.find("`job\\x0a`") != std::string::npos);
  CHECK(message.find("vacancy, profile, ") != std::string::npos);
  CHECK(message.find("unspecified") == std::string::npos);
}

TEST_CASE("a record key is read as it is printed", "[base][ids]") {
  const RecordKey key{Country::Of("CO"), RecordKind::kVacancy, "12:34-a_b.c"};
  CHECK(key.ToString() == "CO/vacancy/12:34-a_b.c");
  const auto parsed = RecordKey::Parse(key.ToString());
  REQUIRE(parsed.ok());
  CHECK(*parsed == key);

  for (const char* bad :
       {"", "CO", "CO/vacancy", "CO/vacancy/", "CO/vacancy/a/b", "/vacancy/1",
        "co/vacancy/1", "CO/job/1", "CO/unspecified/1", "CO/vacancy/a b",
        "--/vacancy/1", "CO//1"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(RecordKey::Parse(bad).status()));
  }
}

TEST_CASE("record keys order by country, kind, id", "[base][ids]") {
  const auto key = [](const char* text) { return *RecordKey::Parse(text); };
  CHECK(key("CO/vacancy/b") < key("EC/vacancy/a"));
  CHECK(key("CO/vacancy/b") < key("CO/profile/a"));
  CHECK(key("CO/vacancy/a") < key("CO/vacancy/b"));
}

TEST_CASE("a record id is short printable ASCII", "[base][ids]") {
  CHECK(ValidateRecordId(std::string(kRecordIdBytesMax, 'x')).ok());
  CHECK_FALSE(ValidateRecordId(std::string(kRecordIdBytesMax + 1, 'x')).ok());
  CHECK_FALSE(ValidateRecordId("").ok());
  const std::string refused = " /\"'`\x7f";
  for (int c = 0; c < 256; ++c) {
    const std::string id(1, static_cast<char>(c));
    CAPTURE(c);
    CHECK(ValidateRecordId(id).ok() ==
          (c > 0x20 && c < 0x7f && refused.find(id) == std::string::npos));
  }
}

}  // namespace
}  // namespace minga
