// A QR code (ISO/IEC 18004) in a terminal: for comparing a fingerprint in a
// video call, where it is shown to the other's camera.
#ifndef MINGA_NODE_CLI_QR_H_
#define MINGA_NODE_CLI_QR_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::cli {

// `text` in half blocks, two rows of modules a line, with the quiet zone that
// readers need. Dark modules are printed dark: the colours are set by escape
// sequences, so that it can be read on dark and light terminals alike.
// INVALID_ARGUMENT if it is too long for a code.
absl::StatusOr<std::string> QrCode(absl::string_view text);

// What the code of a descriptor holds: "minga:EC:abcd-efgh-...".
std::string FingerprintCode(absl::string_view country,
                            absl::string_view fingerprint);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_QR_H_
