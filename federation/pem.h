// A certificate as base64 DER on one line, as descriptors carry it, and as PEM,
// as TLS libraries take it (RFC 7468).
#ifndef MINGA_FEDERATION_PEM_H_
#define MINGA_FEDERATION_PEM_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::federation {

// `base64` in lines of 64 characters between the two boundaries. Says nothing
// about what the bytes are: ReadCertificate does.
std::string CertificatePem(absl::string_view base64);

// The base64 of the one CERTIFICATE block of `pem`, on one line.
// INVALID_ARGUMENT if it is not exactly one such block.
absl::StatusOr<std::string> CertificateBase64(absl::string_view pem);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PEM_H_
