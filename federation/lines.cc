#include "federation/lines.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr std::size_t kEchoBytesMax = 80;

absl::Status LineError(int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

}  // namespace

absl::StatusOr<absl::string_view> LineReader::Next(absl::string_view what) {
  ++line_;
  const std::size_t end = rest_.find('\n');
  if (end == absl::string_view::npos) {
    return Error(
        absl::StrCat(what, rest_.empty() ? " is missing" : " has no line end"));
  }
  const absl::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return line;
}

absl::StatusOr<absl::string_view> LineReader::Field(absl::string_view name) {
  MINGA_ASSIGN_OR_RETURN(absl::string_view line,
                         Next(absl::StrCat("`", name, "`")));
  if (!absl::ConsumePrefix(&line, name) || !absl::ConsumePrefix(&line, ": ")) {
    return Error(absl::StrCat("expected `", name, ": ...`, found `",
                              Printable(line, kEchoBytesMax), "`"));
  }
  return line;
}

bool LineReader::AtField(absl::string_view name) const {
  return absl::StartsWith(rest_, absl::StrCat(name, ": "));
}

absl::Status LineReader::Expect(absl::string_view expected) {
  MINGA_ASSIGN_OR_RETURN(const absl::string_view line,
                         Next(absl::StrCat("`", expected, "`")));
  if (line == expected) return absl::OkStatus();
  return Error(absl::StrCat("expected `", expected, "`, found `",
                            Printable(line, kEchoBytesMax), "`"));
}

absl::StatusOr<std::vector<absl::string_view>> LineReader::Items(
    absl::string_view what, std::size_t count) {
  MINGA_ASSIGN_OR_RETURN(const absl::string_view line, Next(what));
  std::vector<absl::string_view> items = absl::StrSplit(line, ' ');
  if (items.size() == count) return items;
  return Error(absl::StrCat("expected ", what, ", found `",
                            Printable(line, kEchoBytesMax), "`"));
}

absl::Status LineReader::End() const {
  if (rest_.empty()) return absl::OkStatus();
  return LineError(line_ + 1, "nothing may follow here");
}

absl::Status LineReader::Error(absl::string_view what) const {
  return LineError(line_, what);
}

absl::StatusOr<std::uint64_t> ParseNumber(absl::string_view text) {
  std::uint64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || absl::StrCat(value) != text) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", Printable(text, kEchoBytesMax), "` is not a plain number"));
  }
  return value;
}

absl::StatusOr<Digest> ParseDigest(absl::string_view text) {
  const absl::StatusOr<std::string> bytes = FromBase64(text);
  if (bytes.ok() && bytes->size() == Digest().size()) return ToDigest(*bytes);
  return absl::InvalidArgumentError(absl::StrCat(
      "`", Printable(text, kEchoBytesMax), "` is not the base64 of 32 bytes"));
}

absl::StatusOr<CountryPair> ParseCountryPair(LineReader& lines,
                                             absl::string_view what) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<absl::string_view> items,
                         lines.Items(what, 2));
  const absl::StatusOr<Country> first = Country::Parse(items[0]);
  if (!first.ok()) return lines.Error(first.status().message());
  const absl::StatusOr<Country> second = Country::Parse(items[1]);
  if (!second.ok()) return lines.Error(second.status().message());
  if (*first == *second) return lines.Error("the two countries are the same");
  return CountryPair{*first, *second};
}

absl::StatusOr<std::vector<std::uint64_t>> ParseNumbers(LineReader& lines,
                                                        absl::string_view what,
                                                        std::size_t count) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<absl::string_view> items,
                         lines.Items(what, count));
  std::vector<std::uint64_t> numbers;
  for (const absl::string_view item : items) {
    const absl::StatusOr<std::uint64_t> number = ParseNumber(item);
    if (!number.ok()) return lines.Error(number.status().message());
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace minga::federation
