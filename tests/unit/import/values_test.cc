#include "node/exchange/import/values.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

namespace minga::importing {
namespace {

// Empty if the text is no number or no integer.
std::string Integer(const std::string& text, const NumberFormat& format,
                    std::int64_t scale = 1, bool round = false) {
  const auto decimal = ParseDecimal(text, format);
  if (!decimal.ok()) return "";
  const auto integer = ToInteger(*decimal, scale, round);
  return integer.ok() ? std::to_string(*integer) : "";
}

TEST_CASE("numbers are exact", "[import][values]") {
  const NumberFormat plain;
  CHECK(Integer("0", plain) == "0");
  CHECK(Integer("-17", plain) == "-17");
  CHECK(Integer("+8.0", plain) == "8");
  CHECK(Integer("0.1", plain, 100) == "10");
  CHECK(Integer("1234.56", plain, 100) == "123456");
  CHECK(Integer("999999999999999999", plain) == "999999999999999999");
  CHECK(Integer("9223372036854.77580", plain, 1'000'000) ==
        "9223372036854775800");
  CHECK(Integer("922337203685477580", plain, 10) == "9223372036854775800");
  CHECK(Integer("922337203685477581", plain, 10).empty());
}

TEST_CASE("what is no number is refused", "[import][values]") {
  const NumberFormat plain;
  for (const char* text :
       {"", "-", ".", "5.", ".5", "1e3", "0x10", " 1", "1 ", "1,5", "1.2.3",
        "--1", "NaN", "1000000000000000000", "١"}) {
    INFO(text);
    CHECK_FALSE(ParseDecimal(text, plain).ok());
  }
}

TEST_CASE("decimal commas and thousands", "[import][values]") {
  const NumberFormat latin{',', '.'};
  CHECK(Integer("1.234.567,89", latin, 100) == "123456789");
  CHECK(Integer("1234,5", latin, 100) == "123450");
  CHECK(Integer("12.34", latin).empty());
  CHECK(Integer("1.2345", latin).empty());
  CHECK(Integer(".123", latin).empty());
  CHECK(Integer("1234.567", latin).empty());
  CHECK(Integer("1.234,5.6", latin).empty());
}

TEST_CASE("rounding is asked for, and goes away from zero",
          "[import][values]") {
  const NumberFormat plain;
  CHECK(Integer("1.005", plain, 100).empty());
  CHECK(Integer("1.005", plain, 100, true) == "101");
  CHECK(Integer("-1.005", plain, 100, true) == "-101");
  CHECK(Integer("2.4", plain, 1, true) == "2");
}

TEST_CASE("products are exact", "[import][values]") {
  const auto integer = [](const char* a, const char* b) {
    return ToInteger(Product(*ParseDecimal(a, {}), *ParseDecimal(b, {})), 1,
                     true);
  };
  CHECK(*integer("7.5", "6") == 45);
  CHECK(*integer("10.0", "6") == 60);
  CHECK(*integer("0.00000000000000001", "0.00000000000000001") == 0);
  CHECK_FALSE(integer("999999999999999999", "999999999999999999").ok());
}

TEST_CASE("moments and zones", "[import][values]") {
  const auto colombia = ParseZone("-05:00");
  REQUIRE(colombia.ok());
  const auto moment =
      ParseMoment("2018-08-01 23:30:00.25", "%Y-%m-%d %H:%M:%E*S", *colombia);
  REQUIRE(moment.ok());
  CHECK(absl::FormatTime(*moment, absl::UTCTimeZone()) ==
        "2018-08-02T04:30:00.25+00:00");
  CHECK(ParseZone("UTC").ok());
  for (const char* zone : {"", "-5:00", "-05:60", "+15:00", "-05-00", "Bogota",
                           "../../etc/passwd"}) {
    INFO(zone);
    CHECK_FALSE(ParseZone(zone).ok());
  }
  for (const char* day :
       {"", "2026-02-29", "31/12/2026", "2026-13-01", "infinite-future"}) {
    INFO(day);
    CHECK_FALSE(ParseMoment(day, "%Y-%m-%d", *colombia).ok());
  }
}

TEST_CASE("yes and no are words", "[import][values]") {
  CHECK(*ParseYesNo("SI", {"si", "sí"}, {"no"}));
  CHECK_FALSE(*ParseYesNo("No", {"si"}, {"no"}));
  CHECK_FALSE(ParseYesNo("", {"si"}, {"no"}).ok());
  CHECK_FALSE(ParseYesNo("SÍ", {"sí"}, {"no"}).ok());  // ASCII case only
  CHECK_FALSE(ParseYesNo("tal vez", {"si"}, {"no"}).ok());
}

TEST_CASE("spaces become single", "[import][values]") {
  CHECK(CleanSpaces("") == "");
  CHECK(CleanSpaces(" \t\r\n ") == "");
  CHECK(CleanSpaces("  a \t b\n\nc ") == "a b c");
  CHECK(CleanSpaces("a\xC2\xA0"
                    "b\xC2\x85"
                    "c") == "a b c");
  CHECK(CleanSpaces("año Ångström") == "año Ångström");
}

TEST_CASE("the nearest name is near", "[import][values]") {
  const std::vector<std::string> known = {"title", "description", "language"};
  CHECK(Nearest("titel", known) == "title");
  CHECK(Nearest("Title", known) == "title");
  CHECK(Nearest("descripcion", known) == "description");
  CHECK(Nearest("salary", known).empty());
  CHECK(Nearest("", known).empty());
}

}  // namespace
}  // namespace minga::importing
