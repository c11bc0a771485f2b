#include "node/exchange/import/csv.h"

#include "node/base/limits.h"
#include "tests/unit/import/import_test_support.h"

namespace minga::importing {
namespace {

using Fields = std::vector<std::string>;

struct Read {
  std::uint64_t line;
  std::string error;  // empty = good
  Fields fields;
};

std::vector<Read> ReadRows(std::unique_ptr<ByteSource> source,
                           const CsvDialect& dialect = {}) {
  CsvReader reader(std::move(source), dialect);
  std::vector<Read> rows;
  CsvRow row;
  while (true) {
    const auto more = reader.Next(row);
    INFO(more.status());
    REQUIRE(more.ok());
    if (!*more) return rows;
    rows.push_back({row.line, std::string(row.status.message()),
                    row.status.ok() ? row.fields : Fields{}});
  }
}

std::vector<Read> ReadRows(const std::string& text,
                           const CsvDialect& dialect = {}) {
  return ReadRows(BytesOf(text), dialect);
}

TEST_CASE("rows and fields", "[import][csv]") {
  const auto rows = ReadRows("a,b,c\r\n1,,\"x, \"\"y\"\"\"\n\n\r\nlast,2,3");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].fields == Fields{"a", "b", "c"});
  CHECK(rows[1].fields == Fields{"1", "", "x, \"y\""});
  CHECK(rows[2].fields == Fields{"last", "2", "3"});
  CHECK(rows[2].line == 5);
}

TEST_CASE("a quoted field keeps its line ends", "[import][csv]") {
  const auto rows = ReadRows("\"one\r\ntwo\",b\n\"\",c\r\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"one\r\ntwo", "b"});
  CHECK(rows[1].fields == Fields{"", "c"});
  CHECK(rows[1].line == 3);
}

TEST_CASE("the same bytes one by one read the same", "[import][csv]") {
  const std::string text = "\xEF\xBB\xBFh,\"q\"\"\"\r\n\r\nñ,\"\n\"\n";
  const auto rows = ReadRows(std::make_unique<SlowSource>(text));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"h", "q\""});
  CHECK(rows[1].fields == Fields{"ñ", "\n"});
}

TEST_CASE("nothing, a mark alone, and blank lines are no rows",
          "[import][csv]") {
  CHECK(ReadRows("").empty());
  CHECK(ReadRows("\xEF\xBB\xBF").empty());
  CHECK(ReadRows("\n\r\n\n").empty());
  CHECK(ReadRows(",\n").size() == 1);
}

TEST_CASE("a UTF-16 file is an error of the file", "[import][csv]") {
  for (const std::string& mark : {std::string("\xFF\xFE"
                                              "a\0",
                                              4),
                                  std::string("\xFE\xFF\0a", 4)}) {
    CsvReader reader(BytesOf(mark), {});
    CsvRow row;
    const auto more = reader.Next(row);
    REQUIRE_FALSE(more.ok());
    CHECK(more.status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("stray quotes refuse their row only", "[import][csv]") {
  const auto rows = ReadRows("a\"b,c\n\"x\"y,z\n\"x\"\r,z\nok,1\n");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].error == "quote inside an unquoted field (column 1)");
  CHECK(rows[1].error == "text after a closing quote (column 1)");
  CHECK(rows[2].error == "text after a closing quote (column 1)");
  CHECK(rows[3].fields == Fields{"ok", "1"});
}

TEST_CASE("an unclosed quote names the line where it opened", "[import][csv]") {
  const auto rows = ReadRows("a,b\n1,\"never\nclosed,2\n3,4\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].line == 2);
  CHECK(rows[1].error == "quote opened on line 2 is never closed (column 2)");
}

TEST_CASE("text in a quoted field is never a row, however long",
          "[import][csv]") {
  const auto rows = ReadRows(std::make_unique<RepeatedSource>(
      "a,b\n1,\"", '\n', 3 * kImportLineBytesMax, "\"\nforged\"\n5,6\n"));
  REQUIRE(rows.size() == 4);
  CHECK_FALSE(rows[1].error.empty());
  CHECK(rows[2].error == "quote inside an unquoted field (column 1)");
  CHECK(rows[3].fields == Fields{"5", "6"});
}

TEST_CASE("a row of a gigabyte is refused and the next one read",
          "[import][csv]") {
  const auto rows = ReadRows(std::make_unique<RepeatedSource>(
      "a,b\n", 'x', 1024ULL * 1024 * 1024, "\n5,6\n"));
  REQUIRE(rows.size() == 3);
  CHECK(rows[1].line == 2);
  CHECK(rows[1].error == "row is longer than 1048576 bytes (column 1)");
  CHECK(rows[2].line == 3);
  CHECK(rows[2].fields == Fields{"5", "6"});
}

TEST_CASE("the length bound is exact", "[import][csv]") {
  const std::string longest(kImportLineBytesMax, 'x');
  CHECK(ReadRows(longest + "\n")[0].error.empty());
  CHECK_FALSE(ReadRows(longest + "x\n")[0].error.empty());
}

TEST_CASE("too many columns are refused", "[import][csv]") {
  const auto rows = ReadRows(
      std::make_unique<RepeatedSource>("", ',', kImportColumnsMax, "\nok\n"));
  REQUIRE(rows.size() == 2);
  CHECK_FALSE(rows[0].error.empty());
  CHECK(rows[1].fields == Fields{"ok"});
}

TEST_CASE("bytes that are no UTF-8 are named", "[import][csv]") {
  const auto rows = ReadRows(std::string("a,b\xC3\n\xED\xA0\x80,x\nc,d\n"));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].error == "byte 1 is not UTF-8 (column 2)");
  CHECK(rows[1].error == "byte 0 is not UTF-8 (column 1)");
  CHECK(rows[2].fields == Fields{"c", "d"});
}

TEST_CASE("other encodings become UTF-8", "[import][csv]") {
  CsvDialect dialect;
  dialect.encoding = Encoding::kLatin1;
  CHECK(ReadRows("Bogot\xE1,\xD1\n", dialect)[0].fields ==
        Fields{"Bogotá", "Ñ"});
  dialect.encoding = Encoding::kWindows1252;
  CHECK(ReadRows("\x80 5,\x93q\x94\n", dialect)[0].fields ==
        Fields{"€ 5", "“q”"});
  CHECK(ReadRows("\x81\n", dialect)[0].error ==
        "byte 0 is not windows-1252 (column 1)");
}

TEST_CASE("other delimiters and quotes", "[import][csv]") {
  CsvDialect dialect;
  dialect.delimiter = ';';
  dialect.quote = '\'';
  CHECK(ReadRows("a;'b;c';\"d\n", dialect)[0].fields ==
        Fields{"a", "b;c", "\"d"});
}

TEST_CASE("the prefix that is UTF-8", "[import][csv]") {
  CHECK(Utf8Prefix("") == 0);
  CHECK(Utf8Prefix("a\xF0\x9F\x98\x80z") == 6);
  CHECK(Utf8Prefix("ab\xC0\xAF") == 2);
  CHECK(Utf8Prefix("ab\xF4\x90\x80\x80") == 2);
  CHECK(Utf8Prefix("\xE2\x82") == 0);
}

}  // namespace
}  // namespace minga::importing
