// The text below the readers of lines and rows: one bounded buffer over a
// ByteSource, without a byte-order mark.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_TEXT_INPUT_H_
#define MINGA_NODE_EXCHANGE_IMPORT_TEXT_INPUT_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/exchange/import/byte_source.h"

namespace minga::importing {

// Threads: one.
class TextInput {
 public:
  explicit TextInput(std::unique_ptr<ByteSource> source);

  // The bytes at hand, reading on if there are none; empty at the end and
  // after an error. Valid until the next call.
  absl::string_view Peek();
  // Takes `size` of the bytes that Peek returned.
  void Skip(std::size_t size) { position_ += size; }

  // Why the reading ended: OK at the end of the data, or an error of
  // ByteSource::Read, or INVALID_ARGUMENT for text in UTF-16 or UTF-32.
  const absl::Status& status() const { return status_; }

  Progress progress() const { return source_->progress(); }

 private:
  void Fill();
  void TakeByteOrderMark();

  const std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  std::size_t position_ = 0;
  std::size_t size_ = 0;
  bool started_ = false;
  bool ended_ = false;
  absl::Status status_;
};

// The length of the longest prefix of `text` that is well-formed UTF-8:
// `text.size()` if all of it is. Control characters are well-formed.
std::size_t Utf8Prefix(absl::string_view text);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_TEXT_INPUT_H_
