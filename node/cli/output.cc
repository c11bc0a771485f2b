#include "node/cli/output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "node/base/strings.h"

namespace minga::cli {
namespace {

constexpr int kBarWidth = 30;

// Characters, counted as UTF-8 sequences: good enough for Latin scripts.
std::size_t Width(absl::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  // Only text that is not UTF-8 cannot be printed, and such text is refused
  // wherever it enters.
  return status.ok() ? json : absl::StrCat("{\"error\":\"not printable\"}");
}

std::string ToText(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(message, &text);
  return text;
}

Table::Table(std::vector<std::string> header) {
  rows_.push_back(std::move(header));
}

void Table::Add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = Printable(cell, 400);
  rows_.push_back(std::move(row));
}

std::string Table::ToString() const {
  std::vector<std::size_t> widths(rows_[0].size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], Width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(&line, row[i]);
      if (i + 1 < row.size()) {
        line.append(widths[i] - Width(row[i]) + 2, ' ');
      }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string Grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = digits[0] == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

ProgressBar::ProgressBar(std::string label, std::uint64_t total)
    : label_(std::move(label)),
      total_(total),
      visible_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::Update(std::uint64_t done, absl::string_view note) {
  const absl::Time now = absl::Now();
  if (!visible_ || now - last_ < absl::Milliseconds(100)) return;
  last_ = now;
  drawn_ = true;
  std::string bar;
  if (total_ > 0) {
    const auto filled = static_cast<std::size_t>(
        std::min<std::uint64_t>(kBarWidth, done * kBarWidth / total_));
    bar = absl::StrCat(" [", std::string(filled, '#'),
                       std::string(kBarWidth - filled, '.'), "] ",
                       std::min<std::uint64_t>(100, done * 100 / total_), "%");
  }
  std::fputs(absl::StrCat("\r\033[K", label_, bar, "  ", note).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace minga::cli
