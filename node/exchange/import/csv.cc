#include "node/exchange/import/csv.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "node/base/limits.h"

namespace minga::importing {
namespace {

// Bytes 0x80..0x9F of Windows-1252; 0 = not a character there.
constexpr char16_t kWindows1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void AppendUtf8(char16_t c, std::string& out) {
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
  } else {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  }
  out += static_cast<char>(0x80 | (c & 0x3F));
}

// Makes `field` UTF-8. Returns the offset of the first byte that is not of the
// encoding, or npos.
std::size_t Decode(Encoding encoding, std::string& field) {
  if (encoding == Encoding::kUtf8) {
    const std::size_t good = Utf8Prefix(field);
    return good == field.size() ? std::string::npos : good;
  }
  if (std::all_of(field.begin(), field.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x80;
      })) {
    return std::string::npos;
  }
  std::string decoded;
  decoded.reserve(field.size() * 2);
  for (std::size_t i = 0; i < field.size(); ++i) {
    const auto byte = static_cast<unsigned char>(field[i]);
    char16_t c = byte;
    if (encoding == Encoding::kWindows1252 && byte >= 0x80 && byte <= 0x9F) {
      c = kWindows1252[byte - 0x80];
      if (c == 0) return i;
    }
    if (c < 0x80) {
      decoded += static_cast<char>(byte);
    } else {
      AppendUtf8(c, decoded);
    }
  }
  field = std::move(decoded);
  return std::string::npos;
}

// Takes the bytes of one row.
class RowBuilder {
 public:
  RowBuilder(const CsvDialect& dialect, CsvRow& row)
      : dialect_(dialect), row_(row) {
    row_.status = absl::OkStatus();
    if (row_.fields.empty()) row_.fields.emplace_back();
    row_.fields[0].clear();
  }

  bool in_quotes() const { return state_ == State::kQuoted; }
  bool empty() const { return bytes_ == 0; }

  // True if the line had no byte of its own; ready for the next line then.
  bool TakeBlankLine() {
    if (bytes_ == 0) return true;
    if (bytes_ != 1 || row_.fields[0] != "\r") return false;
    bytes_ = 0;
    state_ = State::kStart;
    row_.fields[0].clear();
    return true;
  }

  // Takes the bytes before the next one that may mean something, and returns
  // how many: most of a row goes this way.
  std::size_t TakeRun(absl::string_view text) {
    if (state_ != State::kPlain && state_ != State::kQuoted) return 0;
    std::size_t size = 0;
    while (size < text.size() && text[size] != '\n' &&
           text[size] != dialect_.delimiter && text[size] != dialect_.quote) {
      ++size;
    }
    Count(size);
    if (row_.status.ok()) row_.fields[field_].append(text.data(), size);
    return size;
  }

  // `c` is any byte of the row, or a line end inside quotes, on line `line`.
  void Take(char c, std::uint64_t line) {
    Count(1);
    switch (state_) {
      case State::kStart:
        if (c == dialect_.quote) {
          state_ = State::kQuoted;
          quote_line_ = line;
        } else {
          state_ = State::kPlain;
          TakePlain(c);
        }
        return;
      case State::kPlain:
        TakePlain(c);
        return;
      case State::kQuoted:
        if (c == dialect_.quote) {
          state_ = State::kAfterQuote;
        } else {
          Append(c);
        }
        return;
      case State::kAfterQuote:
        TakeAfterQuote(c);
        return;
    }
  }

  // The row is complete: at a line end, or at the end of the text.
  void Finish() {
    if (state_ == State::kQuoted) {
      Refuse(absl::StrCat("quote opened on line ", quote_line_,
                          " is never closed"));
    }
    std::string& last = row_.fields[field_];
    if (state_ == State::kPlain && !last.empty() && last.back() == '\r') {
      last.pop_back();
    }
    row_.fields.resize(field_ + 1);
    if (!row_.status.ok()) return;
    for (std::size_t i = 0; i < row_.fields.size(); ++i) {
      const std::size_t bad = Decode(dialect_.encoding, row_.fields[i]);
      if (bad == std::string::npos) continue;
      row_.status = absl::InvalidArgumentError(absl::StrCat(
          "byte ", bad, " is not ",
          dialect_.encoding == Encoding::kUtf8 ? "UTF-8" : "windows-1252",
          " (column ", i + 1, ")"));
      return;
    }
  }

 private:
  enum class State { kStart, kPlain, kQuoted, kAfterQuote };

  void TakePlain(char c) {
    if (c == dialect_.delimiter) {
      EndField();
    } else {
      if (c == dialect_.quote) Refuse("quote inside an unquoted field");
      Append(c);
    }
  }

  void TakeAfterQuote(char c) {
    if (carriage_return_ && c != '\n') Refuse("text after a closing quote");
    if (c == dialect_.quote) {
      Append(c);
      state_ = State::kQuoted;
    } else if (c == dialect_.delimiter) {
      EndField();
    } else if (c == '\r') {
      carriage_return_ = true;
    } else {
      Refuse("text after a closing quote");
      state_ = State::kPlain;
    }
  }

  void Count(std::size_t size) {
    bytes_ += size;
    if (bytes_ > kImportLineBytesMax && row_.status.ok()) {
      Refuse(
          absl::StrCat("row is longer than ", kImportLineBytesMax, " bytes"));
    }
  }

  void Append(char c) {
    if (row_.status.ok()) row_.fields[field_] += c;
  }

  void EndField() {
    state_ = State::kStart;
    if (!row_.status.ok()) return;
    if (field_ + 1 >= kImportColumnsMax) {
      Refuse(absl::StrCat("row has more than ", kImportColumnsMax, " columns"));
      return;
    }
    ++field_;
    if (field_ == row_.fields.size()) row_.fields.emplace_back();
    row_.fields[field_].clear();
  }

  // The first reason stands.
  void Refuse(absl::string_view reason) {
    if (!row_.status.ok()) return;
    row_.status = absl::InvalidArgumentError(
        absl::StrCat(reason, " (column ", field_ + 1, ")"));
  }

  const CsvDialect& dialect_;
  CsvRow& row_;
  State state_ = State::kStart;
  bool carriage_return_ = false;
  std::size_t field_ = 0;  // the one being read
  std::size_t bytes_ = 0;
  std::uint64_t quote_line_ = 0;
};

}  // namespace

CsvReader::CsvReader(std::unique_ptr<ByteSource> source,
                     const CsvDialect& dialect)
    : input_(std::move(source)), dialect_(dialect) {}

absl::StatusOr<bool> CsvReader::Next(CsvRow& row) {
  row.line = line_;
  RowBuilder builder(dialect_, row);
  while (true) {
    const absl::string_view text = input_.Peek();
    if (text.empty()) {
      if (!input_.status().ok()) return input_.status();
      if (builder.empty()) return false;
      builder.Finish();
      return true;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
      i += builder.TakeRun(text.substr(i));
      if (i == text.size()) break;
      const char c = text[i];
      if (c != '\n' || builder.in_quotes()) {
        builder.Take(c, line_);
        if (c == '\n') ++line_;
        continue;
      }
      ++line_;
      if (builder.TakeBlankLine()) {
        row.line = line_;
        continue;
      }
      builder.Finish();
      input_.Skip(i + 1);
      return true;
    }
    input_.Skip(text.size());
  }
}

}  // namespace minga::importing
