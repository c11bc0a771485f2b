// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce per message.
#ifndef MINGA_NODE_BASE_CRYPTO_AEAD_H_
#define MINGA_NODE_BASE_CRYPTO_AEAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/random.h"

namespace minga {

inline constexpr std::size_t kAeadKeyBytes = 32;
inline constexpr std::size_t kAeadNonceBytes = 12;
inline constexpr std::size_t kAeadTagBytes = 16;

// Returns nonce || ciphertext || tag. `context` is authenticated, not stored:
// the same bytes must be given to Open.
//   INVALID_ARGUMENT  `key` is not 32 bytes.
absl::StatusOr<std::string> Seal(absl::string_view key,
                                 absl::string_view plaintext,
                                 absl::string_view context, Random& random);

// The inverse of Seal.
//   INVALID_ARGUMENT  `key` is not 32 bytes, or `sealed` is too short.
//   DATA_LOSS         wrong key, wrong context or altered bytes.
absl::StatusOr<std::string> Open(absl::string_view key,
                                 absl::string_view sealed,
                                 absl::string_view context);

// With the caller's own nonce (12 bytes, never used twice under one key):
// returns ciphertext || tag. For test vectors and protocols that fix it.
absl::StatusOr<std::string> SealWithNonce(absl::string_view key,
                                          absl::string_view nonce,
                                          absl::string_view plaintext,
                                          absl::string_view context);

}  // namespace minga

#endif  // MINGA_NODE_BASE_CRYPTO_AEAD_H_
