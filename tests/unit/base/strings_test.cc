#include "node/base/strings.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/random.h"

namespace minga {
namespace {

TEST_CASE("encodings agree with RFC 4648 section 10", "[base][strings]") {
  const std::vector<std::pair<std::string, std::string>> base64 = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : base64) {
    CHECK(Base64(bytes) == text);
    REQUIRE(FromBase64(text).ok());
    CHECK(*FromBase64(text) == bytes);
  }
  CHECK(Hex("foobar") == "666f6f626172");
  CHECK(Base32("") == "");
  CHECK(Base32("f") == "my");
  CHECK(Base32("fo") == "mzxq");
  CHECK(Base32("foo") == "mzxw6");
  CHECK(Base32("foob") == "mzxw6yq");
  CHECK(Base32("fooba") == "mzxw6ytb");
  CHECK(Base32("foobar") == "mzxw6ytboi");
}

TEST_CASE("random bytes survive both encodings", "[base][strings]") {
  SeededRandom random(11);
  for (int i = 0; i < 2000; ++i) {
    const std::string bytes = random.Bytes(random.Below(70));
    REQUIRE(FromBase64(Base64(bytes)).ok());
    CHECK(*FromBase64(Base64(bytes)) == bytes);
    REQUIRE(FromHex(Hex(bytes)).ok());
    CHECK(*FromHex(Hex(bytes)) == bytes);
  }
}

TEST_CASE("base64 that decodes has one spelling", "[base][strings]") {
  SeededRandom random(12);
  const std::string letters = "AQgw/+9=zB \n-";
  int decoded = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::uint64_t n = random.Below(9); n > 0; --n) {
      text += letters[random.Below(letters.size())];
    }
    const auto bytes = FromBase64(text);
    if (!bytes.ok()) continue;
    ++decoded;
    CHECK(Base64(*bytes) == text);
  }
  CHECK(decoded > 100);
}

TEST_CASE("lax base64 is refused", "[base][strings]") {
  for (const char* bad :
       {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "=",
        "==", "Zg==Zg==", " Zg==", "Zg==\n", "Zm9v\n", "Zm-v", "Zm_v", "Zm=v",
        "Zm9v=", "\xC3\xA9\xC3\xA9"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(FromBase64(bad).status()));
  }
  CHECK_FALSE(FromBase64(absl::string_view("Zm\0v", 4)).ok());
}

TEST_CASE("hexadecimal takes both cases and nothing else", "[base][strings]") {
  CHECK(*FromHex("00fFaB") == std::string("\x00\xff\xab", 3));
  for (const char* bad : {"0", "0g", "g0", " 0", "0x", "000", "@A", "`a"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(FromHex(bad).status()));
  }
  CHECK(FromHex("00zz").status().message() ==
        "hexadecimal text has a wrong character at byte 2");
}

TEST_CASE("well-formed text passes", "[base][strings]") {
  for (const char* good :
       {"", "plain", "exactly8", "more than eight bytes of plain text",
        "se\xC3\xB1or", "\xF0\x9F\x91\xB7 obrero", "\xEF\xBF\xBD",
        "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "\xC2\xA0"}) {
    CAPTURE(good);
    CHECK(ValidateText(good, "").ok());
  }
}

TEST_CASE("ill-formed UTF-8 is refused at its byte", "[base][strings]") {
  const std::vector<std::string> bad = {
      "\x80",  // continuation alone
      "\xBF",
      "\xC3",  // cut short
      "\xE2\x82",
      "\xF0\x9F\x91",
      "\xC0\xAF",  // overlong
      "\xC1\xBF",
      "\xE0\x80\xAF",
      "\xE0\x9F\xBF",
      "\xF0\x80\x80\xAF",
      "\xF0\x8F\xBF\xBF",
      "\xED\xA0\x80",  // surrogates
      "\xED\xBF\xBF",
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xF5\x80\x80\x80",
      "\xFE",
      "\xFF",
      "\xC3\x28",  // second byte is no continuation
      "\xE2\x28\xA1",
  };
  for (const std::string& bytes : bad) {
    for (const std::size_t before : {0, 1, 7, 8, 9, 16, 23}) {
      const std::string text =
          absl::StrCat(std::string(before, 'a'), bytes, "after it");
      CAPTURE(Hex(text));
      CHECK(ValidateText(text, "\n\t").message() ==
            absl::StrCat("text is not UTF-8 at byte ", before));
    }
    CHECK_FALSE(ValidateText(bytes, "").ok());
  }
}

TEST_CASE("control characters pass only where allowed", "[base][strings]") {
  for (int c = 0; c < 0x80; ++c) {
    const bool control = c < 0x20 || c == 0x7F;
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(c);
      CAPTURE(c, at);
      CHECK(ValidateText(text, "").ok() == !control);
      CHECK(ValidateText(text, "\n\t").ok() ==
            (!control || c == '\n' || c == '\t'));
    }
  }
  // C1, which is two bytes, cannot be allowed by its second.
  CHECK_FALSE(ValidateText("\xC2\x85", "\x85\xC2").ok());
  CHECK(ValidateText("ab\x01", "").message() ==
        "text has a control character at byte 2");
}

TEST_CASE("every code point passes exactly if it is text", "[base][strings]") {
  const auto encode = [](std::uint32_t c) {
    std::string out;
    const auto put = [&out](std::uint32_t byte) {
      out += static_cast<char>(byte);
    };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0 | (c >> 6));
      put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      put(0xE0 | (c >> 12));
      put(0x80 | ((c >> 6) & 0x3F));
      put(0x80 | (c & 0x3F));
    } else {
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
      put(0x80 | ((c >> 6) & 0x3F));
      put(0x80 | (c & 0x3F));
    }
    return out;
  };
  std::uint32_t wrong = 0;
  for (std::uint32_t c = 0; c < 0x120000; ++c) {
    const bool text = c >= 0x20 && !(c >= 0x7F && c <= 0x9F) &&
                      !(c >= 0xD800 && c <= 0xDFFF) && c <= 0x10FFFF;
    if (ValidateText(encode(c), "").ok() != text) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("truncation keeps characters whole", "[base][strings]") {
  const std::string text = "a\xC3\xB1\xE2\x82\xAC\xF0\x9F\x91\xB7z";
  const std::vector<std::size_t> sizes = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
  for (std::size_t max = 0; max < sizes.size(); ++max) {
    CHECK(TruncateUtf8(text, max).size() == sizes[max]);
    CHECK(ValidateText(TruncateUtf8(text, max), "").ok());
  }
  CHECK(TruncateUtf8(text, 1000) == text);
  // Not UTF-8: bounded anyway, and no more than a character is lost.
  const std::string bytes(100, '\x80');
  for (std::size_t max = 0; max < 100; ++max) {
    const std::size_t size = TruncateUtf8(bytes, max).size();
    CHECK(size <= max);
    CHECK(size + 3 >= max);
  }
}

TEST_CASE("Printable shows what would harm a terminal", "[base][strings]") {
  CHECK(Printable("se\xC3\xB1or", 80) == "se\xC3\xB1or");
  CHECK(Printable("a\x1b[31m\n", 80) == "a\\x1b[31m\\x0a");
  CHECK(Printable("\xFFz", 80) == "\\xffz");
  CHECK(Printable("\xC2\x9B", 80) == "\\xc2\\x9b");           // C1 CSI
  CHECK(Printable("\xE2\x80\xAE", 80) == "\\xe2\\x80\\xae");  // RLO
  CHECK(Printable(absl::string_view("\0", 1), 80) == "\\x00");
  CHECK(Printable("123456", 6) == "123456");
  CHECK(Printable("1234567", 6) == "123...");
  CHECK(Printable("12\xC3\xB1"
                  "567",
                  6) == "12...");
  CHECK(Printable("12\n", 5) == "12...");
  CHECK(Printable("1234", 2) == "..");
  CHECK(Printable("1234", 0) == "");
  CHECK(Printable("", 0) == "");
}

TEST_CASE("Printable keeps its promises on random bytes", "[base][strings]") {
  SeededRandom random(13);
  for (int i = 0; i < 5000; ++i) {
    const std::string bytes = random.Bytes(random.Below(50));
    const std::size_t max = random.Below(60);
    const std::string shown = Printable(bytes, max);
    CAPTURE(Hex(bytes), max);
    CHECK(shown.size() <= max);
    CHECK(ValidateText(shown, "").ok());
  }
}

}  // namespace
}  // namespace minga
