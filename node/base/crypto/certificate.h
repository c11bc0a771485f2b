// Self-signed X.509 certificates for pinned TLS. No certificate authority takes
// part: a peer is recognised by the SHA-256 of its whole certificate.
#ifndef MINGA_NODE_BASE_CRYPTO_CERTIFICATE_H_
#define MINGA_NODE_BASE_CRYPTO_CERTIFICATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/crypto/hash.h"

namespace minga {

struct CertificateAndKey {
  std::string certificate_pem;
  std::string private_key_pem;  // PKCS#8, never leaves the data folder
};

// What Minga looks at in a certificate.
struct CertificateFacts {
  Digest fingerprint{};  // SHA-256 of the DER bytes
  std::string common_name;
  absl::Time not_before;
  absl::Time not_after;
};

// A P-256 key (Ed25519 certificates are refused by part of the deployed
// middleboxes) and a self-signed version 3 certificate with `common_name` as
// CN and subjectAltName DNS entry, valid in [not_before, not_after].
absl::StatusOr<CertificateAndKey> MakeSelfSignedCertificate(
    absl::string_view common_name, absl::Time not_before, absl::Time not_after);

// INVALID_ARGUMENT unless `pem` holds exactly one well-formed certificate of at
// most kCertificatePemBytesMax.
absl::StatusOr<CertificateFacts> ReadCertificate(absl::string_view pem);

// Loads, before gRPC starts, an OpenSSL configuration that refuses TLS 1.2 on
// both sides of every connection of this process; the packaged gRPC has no
// setter for it. Call once, first thing in main.
absl::Status RequireTls13ForProcess();

}  // namespace minga

#endif  // MINGA_NODE_BASE_CRYPTO_CERTIFICATE_H_
