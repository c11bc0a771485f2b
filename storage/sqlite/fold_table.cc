#include "storage/sqlite/fold_table.h"

#include <algorithm>

namespace minga::storage::sqlite {
namespace {

// Combining marks belong to the character before them.
constexpr std::uint32_t kMarksBegin = 0x300;
constexpr std::uint32_t kMarksEnd = 0x370;

std::string Utf8(std::uint32_t code_point) {
  const auto byte = [](std::uint32_t value) {
    return static_cast<char>(static_cast<unsigned char>(value));
  };
  if (code_point < 0x80) return {byte(code_point)};
  if (code_point < 0x800) {
    return {byte(0xC0 | code_point >> 6), byte(0x80 | (code_point & 0x3F))};
  }
  return {byte(0xE0 | code_point >> 12), byte(0x80 | (code_point >> 6 & 0x3F)),
          byte(0x80 | (code_point & 0x3F))};
}

}  // namespace

FoldTable::FoldTable(const std::function<std::string(absl::string_view)>& fold)
    : folds_(kCodePoints) {
  for (std::uint32_t c = 1; c < kCodePoints; ++c) {
    if (c >= kMarksBegin && c < kMarksEnd) continue;
    const std::string folded = fold(Utf8(c));
    if (folded.size() > folds_[c].folded.size()) continue;
    folds_[c].length = static_cast<std::uint8_t>(folded.size());
    std::copy(folded.begin(), folded.end(), folds_[c].folded.begin());
  }
  folds_[0].length = kSeparator;
}

const FoldTable::Fold* FoldTable::Next(absl::string_view text,
                                       std::size_t& at) const {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at);
  std::uint32_t code_point = first;
  std::size_t length = 1;
  if (first >= 0x80) {
    const unsigned second = byte(at + 1);
    if ((second & 0xC0) != 0x80) return nullptr;
    if (first >= 0xC2 && first < 0xE0) {
      code_point = (first & 0x1F) << 6 | (second & 0x3F);
      length = 2;
    } else if (first >= 0xE0 && first < 0xF0) {
      const unsigned third = byte(at + 2);
      if ((third & 0xC0) != 0x80) return nullptr;
      code_point = (first & 0x0F) << 12 | (second & 0x3F) << 6 | (third & 0x3F);
      length = 3;
      if (code_point < 0x800) return nullptr;  // overlong
    } else {
      return nullptr;
    }
    // unicode61 also takes the continuation bytes that are too many.
    const bool too_long = (byte(at + length) & 0xC0) == 0x80;
    if (too_long || code_point >= kCodePoints) return nullptr;
  }
  const Fold& fold = folds_[code_point];
  if (fold.length == kAsk) return nullptr;
  at += length;
  return &fold;
}

}  // namespace minga::storage::sqlite
