// Encodings and text checks.
#ifndef MINGA_NODE_BASE_STRINGS_H_
#define MINGA_NODE_BASE_STRINGS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga {

// RFC 4648 base64 with padding. Decoding is strict: no white space, no missing
// padding, no stray bits.
std::string Base64(absl::string_view bytes);
absl::StatusOr<std::string> FromBase64(absl::string_view text);

// Lower-case hexadecimal; decoding takes both cases.
std::string Hex(absl::string_view bytes);
absl::StatusOr<std::string> FromHex(absl::string_view text);

// RFC 4648 base32 alphabet in lower case, without padding: for pseudonyms and
// fingerprints that people read aloud.
std::string Base32(absl::string_view bytes);

// OK if `text` is well-formed UTF-8 without control characters other than
// those in `allowed` ("\n\t" for running text). INVALID_ARGUMENT names the byte
// offset.
absl::Status ValidateText(absl::string_view text, absl::string_view allowed);

// Cuts `text` to at most `max_bytes` without splitting a UTF-8 character.
absl::string_view TruncateUtf8(absl::string_view text, std::size_t max_bytes);

// `text` made safe to print in a log or terminal: invalid bytes and control
// characters as \xNN, cut to `max_bytes` with "..." at the end.
std::string Printable(absl::string_view text, std::size_t max_bytes);

}  // namespace minga

#endif  // MINGA_NODE_BASE_STRINGS_H_
