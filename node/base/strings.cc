#include "node/base/strings.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace minga {
namespace {

constexpr absl::string_view kEllipsis = "...";
constexpr absl::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr absl::string_view kBase32Alphabet =
    "abcdefghijklmnopqrstuvwxyz234567";
constexpr absl::string_view kHexAlphabet = "0123456789abcdef";

constexpr std::array<std::int8_t, 256> MakeBase64Values() {
  std::array<std::int8_t, 256> values{};
  for (std::int8_t& value : values) value = -1;
  for (std::size_t i = 0; i < kBase64Alphabet.size(); ++i) {
    values[static_cast<unsigned char>(kBase64Alphabet[i])] =
        static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> kBase64Values = MakeBase64Values();

std::uint8_t ByteAt(absl::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Utf8Char {
  std::size_t size = 0;  // 0: not well-formed
  std::uint32_t code_point = 0;
};

// The character that begins at `i`, by table 3-7 of the Unicode Standard: no
// overlong forms, no surrogates, nothing above U+10FFFF.
Utf8Char DecodeUtf8(absl::string_view text, std::size_t i) {
  const std::uint8_t lead = ByteAt(text, i);
  if (lead < 0x80) return {1, lead};
  std::size_t size = 0;
  std::uint32_t code_point = 0;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
    code_point = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    code_point = lead & 0x0FU;
    if (lead == 0xE0) second_min = 0xA0;
    if (lead == 0xED) second_max = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    code_point = lead & 0x07U;
    if (lead == 0xF0) second_min = 0x90;
    if (lead == 0xF4) second_max = 0x8F;
  } else {
    return {};
  }
  if (text.size() - i < size) return {};
  for (std::size_t k = 1; k < size; ++k) {
    const std::uint8_t byte = ByteAt(text, i + k);
    if (byte < second_min || byte > second_max) return {};
    second_min = 0x80;
    second_max = 0xBF;
    code_point = (code_point << 6) | (byte & 0x3FU);
  }
  return {size, code_point};
}

// General category Cc.
bool IsControl(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

// Line separators and the marks that reorder what a terminal shows.
bool IsDeceptive(std::uint32_t code_point) {
  return code_point == 0x061C ||
         (code_point >= 0x200E && code_point <= 0x200F) ||
         (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

// True if all eight bytes at `data` are U+0020..U+007E. Nearly all text is, so
// ValidateText spends its time here.
bool EightPlainAscii(const char* data) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  std::uint64_t word = 0;
  std::memcpy(&word, data, sizeof(word));
  const std::uint64_t not_ascii = word;
  const std::uint64_t below_space = word - kOnes * 0x20;
  const std::uint64_t is_delete = word + kOnes;
  return ((not_ascii | below_space | is_delete) & (kOnes * 0x80)) == 0;
}

void AppendEscaped(std::uint8_t byte, std::string& out) {
  out += "\\x";
  out += kHexAlphabet[byte >> 4];
  out += kHexAlphabet[byte & 0xF];
}

}  // namespace

std::string Base64(absl::string_view bytes) {
  return absl::Base64Escape(bytes);
}

absl::StatusOr<std::string> FromBase64(absl::string_view text) {
  if (text.size() % 4 != 0) {
    return absl::InvalidArgumentError(
        "base64 text has a length that is no multiple of four");
  }
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() &&
         text[text.size() - 1 - padding] == '=') {
    ++padding;
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (std::size_t i = 0; i < text.size() - padding; ++i) {
    const std::int8_t value = kBase64Values[ByteAt(text, i)];
    if (value < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("base64 text has a wrong character at byte ", i));
    }
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes += static_cast<char>((bits >> bit_count) & 0xFF);
    }
  }
  // Two texts for the same bytes would give two hashes for one signature.
  if ((bits & ((1U << bit_count) - 1)) != 0) {
    return absl::InvalidArgumentError("base64 text has stray bits at its end");
  }
  return bytes;
}

std::string Hex(absl::string_view bytes) {
  return absl::BytesToHexString(bytes);
}

absl::StatusOr<std::string> FromHex(absl::string_view text) {
  if (text.size() % 2 != 0) {
    return absl::InvalidArgumentError("hexadecimal text has an odd length");
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("hexadecimal text has a wrong character at byte ",
                       high < 0 ? i : i + 1));
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string Base32(absl::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<std::uint8_t>(c);
    bit_count += 8;
    while (bit_count >= 5) {
      bit_count -= 5;
      text += kBase32Alphabet[(bits >> bit_count) & 0x1F];
    }
  }
  if (bit_count > 0) text += kBase32Alphabet[(bits << (5 - bit_count)) & 0x1F];
  return text;
}

absl::Status ValidateText(absl::string_view text, absl::string_view allowed) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (text.size() - i >= 8 && EightPlainAscii(text.data() + i)) {
      i += 8;
      continue;
    }
    const Utf8Char c = DecodeUtf8(text, i);
    if (c.size == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("text is not UTF-8 at byte ", i));
    }
    if (IsControl(c.code_point) &&
        (c.size > 1 || !absl::StrContains(allowed, text[i]))) {
      return absl::InvalidArgumentError(
          absl::StrCat("text has a control character at byte ", i));
    }
    i += c.size;
  }
  return absl::OkStatus();
}

absl::string_view TruncateUtf8(absl::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  // A character has at most three continuation bytes; more are not UTF-8, and
  // there is no character to save.
  std::size_t cut = max_bytes;
  for (int back = 0; back < 3 && cut > 0; ++back, --cut) {
    if ((ByteAt(text, cut) & 0xC0) != 0x80) return text.substr(0, cut);
  }
  if ((ByteAt(text, cut) & 0xC0) != 0x80) return text.substr(0, cut);
  return text.substr(0, max_bytes);
}

std::string Printable(absl::string_view text, std::size_t max_bytes) {
  const std::size_t dots = std::min(kEllipsis.size(), max_bytes);
  std::string out;
  std::size_t room_for_dots = 0;  // longest prefix of `out` that leaves it
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = DecodeUtf8(text, i);
    const std::size_t size = c.size == 0 ? 1 : c.size;
    if (c.size == 0 || IsControl(c.code_point) || IsDeceptive(c.code_point)) {
      for (std::size_t k = 0; k < size; ++k) {
        AppendEscaped(ByteAt(text, i + k), out);
      }
    } else {
      absl::StrAppend(&out, text.substr(i, size));
    }
    i += size;
    if (out.size() > max_bytes) {
      out.resize(room_for_dots);
      absl::StrAppend(&out, kEllipsis.substr(0, dots));
      return out;
    }
    if (out.size() + dots <= max_bytes) room_for_dots = out.size();
  }
  return out;
}

}  // namespace minga
