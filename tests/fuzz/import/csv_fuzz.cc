// CSV from anywhere: no crash, rows within their bounds, and what is read as
// good reads the same when it is written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "node/base/limits.h"
#include "node/exchange/import/csv.h"

namespace {

using minga::importing::BytesOf;
using minga::importing::CsvReader;
using minga::importing::CsvRow;

void Require(bool condition) {
  if (!condition) std::abort();
}

std::vector<std::vector<std::string>> GoodRows(const std::string& text) {
  CsvReader reader(BytesOf(text), {});
  std::vector<std::vector<std::string>> rows;
  CsvRow row;
  std::uint64_t line = 0;
  while (true) {
    const auto more = reader.Next(row);
    if (!more.ok() || !*more) return rows;
    Require(row.line > line);
    line = row.line;
    if (!row.status.ok()) continue;
    Require(!row.fields.empty());
    Require(row.fields.size() <= minga::kImportColumnsMax);
    rows.push_back(row.fields);
  }
}

std::string Write(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : row[i]) text.append(c == '"' ? 2 : 1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto rows = GoodRows(input);
  // Quotes may take a row past its length.
  if (input.size() * 2 < minga::kImportLineBytesMax) {
    Require(GoodRows(Write(rows)) == rows);
  }
  return 0;
}
