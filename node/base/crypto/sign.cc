#include "node/base/crypto/sign.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "node/base/crypto/openssl_ptr.h"
#include "node/base/strings.h"

namespace minga {
namespace {

const std::uint8_t* Data(absl::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

// The y coordinates of the eight points of small order, little-endian and with
// the two that also have an unreduced form. Under such a key one signature fits
// any message, so that its owner could deny what he signed; RFC 8032 and
// OpenSSL let them pass.
constexpr std::array<absl::string_view, 7> kSmallOrderKeysHex = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

// REQUIRES: `public_key` is 32 bytes.
bool HasSmallOrder(absl::string_view public_key) {
  std::string y(public_key);
  y.back() = static_cast<char>(y.back() & 0x7F);  // without the sign of x
  const std::string hex = Hex(y);
  return std::find(kSmallOrderKeysHex.begin(), kSmallOrderKeysHex.end(), hex) !=
         kSmallOrderKeysHex.end();
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
      signature.size() != kSignatureBytes || HasSmallOrder(public_key)) {
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
