#include "node/exchange/import/text_input.h"

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/types/span.h"

namespace minga::importing {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

constexpr absl::string_view kUtf8Mark("\xEF\xBB\xBF", 3);
constexpr absl::string_view kUtf16LittleMark("\xFF\xFE", 2);
constexpr absl::string_view kUtf16BigMark("\xFE\xFF", 2);
constexpr absl::string_view kUtf32BigMark("\x00\x00\xFE\xFF", 4);

// What may follow a lead byte: how many more bytes, and the range of the first
// of them (Unicode 15, table 3-7).
struct Follow {
  std::size_t count;
  std::uint8_t min;
  std::uint8_t max;
};

Follow FollowOf(std::uint8_t lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {1, 0x80, 0xBF};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};
  if (lead == 0xED) return {2, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {2, 0x80, 0xBF};
  if (lead == 0xF0) return {3, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {3, 0x80, 0xBF};
  if (lead == 0xF4) return {3, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

std::size_t Utf8Prefix(absl::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    Follow follow = FollowOf(lead);
    if (follow.count == 0 || text.size() - i <= follow.count) return i;
    for (std::size_t k = 1; k <= follow.count; ++k) {
      const auto byte = static_cast<std::uint8_t>(text[i + k]);
      if (byte < follow.min || byte > follow.max) return i;
      follow.min = 0x80;
      follow.max = 0xBF;
    }
    i += follow.count + 1;
  }
  return i;
}

TextInput::TextInput(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), buffer_(kBufferBytes, '\0') {}

absl::string_view TextInput::Peek() {
  if (position_ == size_ && !ended_) Fill();
  if (!started_) TakeByteOrderMark();
  if (position_ == size_ && !ended_) Fill();
  return absl::string_view(buffer_).substr(position_, size_ - position_);
}

void TextInput::Fill() {
  const absl::StatusOr<std::size_t> size =
      source_->Read(absl::MakeSpan(buffer_));
  position_ = 0;
  size_ = size.ok() ? *size : 0;
  ended_ = size_ == 0;
  if (!size.ok()) status_ = size.status();
}

void TextInput::TakeByteOrderMark() {
  started_ = true;
  // A source may give its first bytes one by one.
  while (size_ < kUtf32BigMark.size() && !ended_) {
    const absl::StatusOr<std::size_t> size =
        source_->Read(absl::MakeSpan(buffer_).subspan(size_));
    if (!size.ok()) status_ = size.status();
    ended_ = !size.ok() || *size == 0;
    if (size.ok()) size_ += *size;
  }
  const absl::string_view begin = absl::string_view(buffer_).substr(0, size_);
  if (absl::StartsWith(begin, kUtf8Mark)) {
    position_ = kUtf8Mark.size();
  } else if (absl::StartsWith(begin, kUtf16LittleMark) ||
             absl::StartsWith(begin, kUtf16BigMark) ||
             absl::StartsWith(begin, kUtf32BigMark)) {
    status_ = absl::InvalidArgumentError(
        "text is in UTF-16 or UTF-32: save it as UTF-8");
    size_ = 0;
    ended_ = true;
  }
}

}  // namespace minga::importing
