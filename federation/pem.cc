#include "federation/pem.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr absl::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr absl::string_view kEnd = "-----END CERTIFICATE-----";
constexpr std::size_t kLineChars = 64;

}  // namespace

std::string CertificatePem(absl::string_view base64) {
  std::string pem = absl::StrCat(kBegin, "\n");
  while (!base64.empty()) {
    absl::StrAppend(&pem, base64.substr(0, kLineChars), "\n");
    base64.remove_prefix(std::min(kLineChars, base64.size()));
  }
  absl::StrAppend(&pem, kEnd, "\n");
  return pem;
}

absl::StatusOr<std::string> CertificateBase64(absl::string_view pem) {
  pem = absl::StripAsciiWhitespace(pem);
  if (!absl::ConsumePrefix(&pem, kBegin) || !absl::ConsumeSuffix(&pem, kEnd)) {
    return absl::InvalidArgumentError(
        "certificate is not one PEM block `CERTIFICATE`");
  }
  std::string base64;
  for (const char c : pem) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c))) base64 += c;
  }
  if (!FromBase64(base64).ok()) {
    return absl::InvalidArgumentError("certificate is not well-formed PEM");
  }
  return base64;
}

}  // namespace minga::federation
