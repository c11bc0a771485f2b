#include "node/cli/qr.h"

#include <qrencode.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace minga::cli {
namespace {

// ISO/IEC 18004 section 6.3.8 asks for four modules of light around it.
constexpr int kQuiet = 4;

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

bool IsDark(const QRcode& code, int x, int y) {
  if (x < 0 || y < 0 || x >= code.width || y >= code.width) return false;
  return (code.data[y * code.width + x] & 1) != 0;
}

// The upper half has the foreground's colour, the lower the background's.
absl::string_view Cell(bool upper, bool lower) {
  if (upper && lower) return "\xE2\x96\x88";               // full block
  if (upper) return "\xE2\x96\x80";                        // upper half
  return lower ? absl::string_view("\xE2\x96\x84") : " ";  // lower half
}

}  // namespace

absl::StatusOr<std::string> QrCode(absl::string_view text) {
  const std::unique_ptr<QRcode, FreeCode> code(
      QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_M));
  if (code == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("no QR code holds ", text.size(), " bytes"));
  }
  std::string picture;
  for (int y = -kQuiet; y < code->width + kQuiet; y += 2) {
    absl::StrAppend(&picture, "\033[30;107m");  // black on white
    for (int x = -kQuiet; x < code->width + kQuiet; ++x) {
      absl::StrAppend(&picture,
                      Cell(IsDark(*code, x, y), IsDark(*code, x, y + 1)));
    }
    absl::StrAppend(&picture, "\033[0m\n");
  }
  return picture;
}

std::string FingerprintCode(absl::string_view country,
                            absl::string_view fingerprint) {
  return absl::StrCat("minga:", country, ":", fingerprint);
}

}  // namespace minga::cli
