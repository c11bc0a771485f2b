#include "node/base/crypto/sign.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "node/base/crypto/openssl_ptr.h"

namespace minga {
namespace {

const std::uint8_t* Data(absl::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace

struct SigningKey::Impl {
  KeyPtr key;
};

SigningKey::SigningKey(std::unique_ptr<Impl> impl, std::string seed,
                       std::string public_key)
    : impl_(std::move(impl)),
      seed_(std::move(seed)),
      public_key_(std::move(public_key)) {}

SigningKey::~SigningKey() { OPENSSL_cleanse(seed_.data(), seed_.size()); }

absl::StatusOr<std::unique_ptr<SigningKey>> SigningKey::FromSeed(
    absl::string_view seed) {
  if (seed.size() != kSigningSeedBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("signing key has ", seed.size(), " bytes instead of ",
                     kSigningSeedBytes));
  }
  KeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Data(seed),
                                          seed.size()));
  std::string public_key(kPublicKeyBytes, '\0');
  std::size_t size = public_key.size();
  if (key == nullptr ||
      EVP_PKEY_get_raw_public_key(
          key.get(), reinterpret_cast<std::uint8_t*>(public_key.data()),
          &size) != 1 ||
      size != kPublicKeyBytes) {
    return OpensslError("signing key");
  }
  auto impl = std::make_unique<Impl>();
  impl->key = std::move(key);
  return absl::WrapUnique(new SigningKey(std::move(impl), std::string(seed),
                                         std::move(public_key)));
}

absl::StatusOr<std::unique_ptr<SigningKey>> SigningKey::Generate(
    Random& random) {
  std::string seed = random.Bytes(kSigningSeedBytes);
  auto key = FromSeed(seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return key;
}

std::string SigningKey::Sign(absl::string_view message) const {
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  const DigestContextPtr context(EVP_MD_CTX_new());
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                         impl_->key.get()) != 1 ||
      EVP_DigestSign(context.get(),
                     reinterpret_cast<std::uint8_t*>(signature.data()), &size,
                     Data(message), message.size()) != 1 ||
      size != kSignatureBytes) {
    // With a key that was checked in FromSeed only memory can be missing, and
    // an unsigned page must not leave as if it were signed.
    std::fputs("fatal: cannot make an Ed25519 signature\n", stderr);
    std::abort();
  }
  return signature;
}

bool VerifySignature(absl::string_view public_key, absl::string_view message,
                     absl::string_view signature) {
  if (public_key.size() != kPublicKeyBytes ||
      signature.size() != kSignatureBytes) {
    return false;
  }
  const KeyPtr key(EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, Data(public_key), public_key.size()));
  const DigestContextPtr context(EVP_MD_CTX_new());
  const bool valid =
      key != nullptr && context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr,
                           key.get()) == 1 &&
      EVP_DigestVerify(context.get(), Data(signature), signature.size(),
                       Data(message), message.size()) == 1;
  if (!valid) ERR_clear_error();
  return valid;
}

}  // namespace minga
