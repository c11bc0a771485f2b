// What commands print: tables for people, JSON for programs.
#ifndef MINGA_NODE_CLI_OUTPUT_H_
#define MINGA_NODE_CLI_OUTPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace google::protobuf {
class Message;
}

namespace minga::cli {

// `message` as JSON in proto field names, all fields printed, one line.
std::string ToJson(const google::protobuf::Message& message);

// `message` in text form, letters as they are.
std::string ToText(const google::protobuf::Message& message);

// Columns as wide as their widest cell (in characters, not bytes); the last
// one is not padded.
class Table {
 public:
  explicit Table(std::vector<std::string> header);
  void Add(std::vector<std::string> row);
  std::string ToString() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "1,234,567".
std::string Grouped(std::int64_t number);

// Progress of long work on standard error, redrawn at most ten times a second;
// prints nothing if standard error is not a terminal.
class ProgressBar {
 public:
  // `total` in any unit; 0 = not known.
  ProgressBar(std::string label, std::uint64_t total);
  ~ProgressBar();
  // `note` follows the bar, such as "12,000 rows".
  void Update(std::uint64_t done, absl::string_view note);

 private:
  const std::string label_;
  const std::uint64_t total_;
  const bool visible_;
  bool drawn_ = false;
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_OUTPUT_H_
