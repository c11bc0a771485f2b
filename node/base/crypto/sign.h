// Ed25519 (RFC 8032).
#ifndef MINGA_NODE_BASE_CRYPTO_SIGN_H_
#define MINGA_NODE_BASE_CRYPTO_SIGN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/random.h"

namespace minga {

inline constexpr std::size_t kPublicKeyBytes = 32;
inline constexpr std::size_t kSigningSeedBytes = 32;
inline constexpr std::size_t kSignatureBytes = 64;

// A private key with its public half. Immutable after construction; any thread
// may sign. Not copyable: a key has one owner.
class SigningKey {
 public:
  static absl::StatusOr<std::unique_ptr<SigningKey>> FromSeed(
      absl::string_view seed);
  static absl::StatusOr<std::unique_ptr<SigningKey>> Generate(Random& random);
  ~SigningKey();
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;

  // 64 bytes.
  std::string Sign(absl::string_view message) const;
  const std::string& public_key() const { return public_key_; }
  // The 32 secret bytes, for storing the key; never log them.
  const std::string& seed() const { return seed_; }

 private:
  struct Impl;
  SigningKey(std::unique_ptr<Impl> impl, std::string seed,
             std::string public_key);
  std::unique_ptr<Impl> impl_;
  std::string seed_;
  std::string public_key_;
};

// False for a wrong signature and for malformed keys or signatures alike, and
// for keys of small order, under which one signature fits every message.
bool VerifySignature(absl::string_view public_key, absl::string_view message,
                     absl::string_view signature);

}  // namespace minga

#endif  // MINGA_NODE_BASE_CRYPTO_SIGN_H_
