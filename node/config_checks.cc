// What is checked of addresses and names wherever they come from.
#include <cstddef>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/config.h"
#include "node/keys.h"

namespace minga {
namespace {

constexpr int kPortMax = 65535;
constexpr std::size_t kAddressBytesMax = 300;
constexpr std::size_t kEchoBytesMax = 80;

}  // namespace

absl::Status ValidateAddress(absl::string_view text, bool any_port) {
  const auto wrong = [text](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", Printable(text, kEchoBytesMax), "` is not host:port: ", why));
  };
  if (text.size() > kAddressBytesMax) return wrong("too long");
  const std::size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return wrong("no port");
  absl::string_view host = text.substr(0, colon);
  if (!host.empty() && host.front() == '[') {
    if (host.back() != ']' || host.size() < 4) return wrong("open bracket");
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != absl::string_view::npos) {
    return wrong("an IPv6 address goes in brackets");
  }
  if (host.empty()) return wrong("no host");
  const bool plain = absl::c_all_of(host, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
           c == '-' || c == '_' || c == ':';
  });
  if (!plain) return wrong("a host has letters, digits, `.`, `-` and `_`");
  const absl::string_view digits = text.substr(colon + 1);
  int port = 0;
  const bool numeric = !digits.empty() && absl::c_all_of(digits, [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (!numeric || !absl::SimpleAtoi(digits, &port) || port > kPortMax ||
      (port == 0 && !any_port)) {
    return wrong("the port must be a number of 1..65535");
  }
  return absl::OkStatus();
}

absl::Status ValidateNodeName(absl::string_view name) {
  if (name.empty()) return absl::InvalidArgumentError("is missing");
  if (name.size() > kNodeNameBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("has ", name.size(), " bytes; at most ", kNodeNameBytesMax,
                     " are allowed"));
  }
  MINGA_RETURN_IF_ERROR(ValidateText(name, ""));
  if (Slug(name).empty()) {
    return absl::InvalidArgumentError(
        "has no letter or digit from which a key name can be made");
  }
  return absl::OkStatus();
}

}  // namespace minga
