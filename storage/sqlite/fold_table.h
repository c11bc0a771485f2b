#ifndef MINGA_STORAGE_SQLITE_FOLD_TABLE_H_
#define MINGA_STORAGE_SQLITE_FOLD_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace minga::storage::sqlite {

// What unicode61 makes of each character of the scripts that our texts are
// mostly written in, so that it need not be asked for each word. Filled by
// asking it, so both agree by construction.
class FoldTable {
 public:
  // Latin, Greek, Cyrillic ... and general punctuation.
  static constexpr std::uint32_t kCodePoints = 0x2070;

  struct Fold {
    // Bytes of `folded`; kSeparator, or kAsk if unicode61 must be asked.
    std::uint8_t length = kAsk;
    std::array<char, 3> folded{};
  };
  static constexpr std::uint8_t kSeparator = 0;
  static constexpr std::uint8_t kAsk = 255;

  // `fold` returns the token made of a text of one character, empty if it makes
  // none.
  explicit FoldTable(const std::function<std::string(absl::string_view)>& fold);

  const Fold& operator[](std::uint32_t code_point) const {
    return folds_[code_point];
  }

  // True of the ASCII characters that end every word.
  bool Separates(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && folds_[byte].length == kSeparator;
  }

  // Reads the character at `text[at]` and moves `at` behind it. Returns
  // nullptr, without moving, if unicode61 must be asked: a character beyond the
  // table, a combining mark, or malformed UTF-8.
  const Fold* Next(absl::string_view text, std::size_t& at) const;

 private:
  std::vector<Fold> folds_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_FOLD_TABLE_H_
