#include "node/base/crypto/aead.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <climits>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "node/base/crypto/openssl_ptr.h"

namespace minga {
namespace {

// OpenSSL counts in int; what Minga seals are fields and records.
constexpr std::size_t kAeadBytesMax = std::size_t{1} << 30;
static_assert(kAeadBytesMax < INT_MAX);

const std::uint8_t* Data(absl::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}
std::uint8_t* Data(std::string& bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes.data());
}

// Fetched once: the look-up costs more than sealing a field does.
const EVP_CIPHER* Cipher() {
  static const EVP_CIPHER* const cipher =
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

absl::Status CheckSizes(absl::string_view key, absl::string_view nonce,
                        absl::string_view text, absl::string_view context) {
  if (key.size() != kAeadKeyBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("encryption key has ", key.size(), " bytes instead of ",
                     kAeadKeyBytes));
  }
  if (nonce.size() != kAeadNonceBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "nonce has ", nonce.size(), " bytes instead of ", kAeadNonceBytes));
  }
  if (text.size() > kAeadBytesMax || context.size() > kAeadBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "more than ", kAeadBytesMax, " bytes to encrypt or decrypt"));
  }
  return absl::OkStatus();
}

// OpenSSL takes a null input as "finish", so empty input is not given to it.
bool AddContext(EVP_CIPHER_CTX* aead, absl::string_view context) {
  int size = 0;
  return context.empty() ||
         EVP_CipherUpdate(aead, nullptr, &size, Data(context),
                          static_cast<int>(context.size())) == 1;
}

bool Transform(EVP_CIPHER_CTX* aead, absl::string_view in, std::uint8_t* out) {
  int size = 0;
  return in.empty() || EVP_CipherUpdate(aead, out, &size, Data(in),
                                        static_cast<int>(in.size())) == 1;
}

}  // namespace

absl::StatusOr<std::string> SealWithNonce(absl::string_view key,
                                          absl::string_view nonce,
                                          absl::string_view plaintext,
                                          absl::string_view context) {
  if (absl::Status sizes = CheckSizes(key, nonce, plaintext, context);
      !sizes.ok()) {
    return sizes;
  }
  std::string out(plaintext.size() + kAeadTagBytes, '\0');
  std::uint8_t* const tag = Data(out) + plaintext.size();
  const CipherContextPtr aead(EVP_CIPHER_CTX_new());
  int size = 0;
  if (aead == nullptr ||
      EVP_EncryptInit_ex2(aead.get(), Cipher(), Data(key), Data(nonce),
                          nullptr) != 1 ||
      !AddContext(aead.get(), context) ||
      !Transform(aead.get(), plaintext, Data(out)) ||
      EVP_EncryptFinal_ex(aead.get(), tag, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(aead.get(), EVP_CTRL_AEAD_GET_TAG,
                          static_cast<int>(kAeadTagBytes), tag) != 1) {
    return OpensslError("encrypt");
  }
  return out;
}

absl::StatusOr<std::string> Seal(absl::string_view key,
                                 absl::string_view plaintext,
                                 absl::string_view context, Random& random) {
  std::string sealed = random.Bytes(kAeadNonceBytes);
  absl::StatusOr<std::string> rest =
      SealWithNonce(key, sealed, plaintext, context);
  if (!rest.ok()) return rest.status();
  sealed += *rest;
  return sealed;
}

absl::StatusOr<std::string> Open(absl::string_view key,
                                 absl::string_view sealed,
                                 absl::string_view context) {
  if (sealed.size() < kAeadNonceBytes + kAeadTagBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("sealed text has only ", sealed.size(), " bytes"));
  }
  const absl::string_view nonce = sealed.substr(0, kAeadNonceBytes);
  const absl::string_view ciphertext = sealed.substr(
      kAeadNonceBytes, sealed.size() - kAeadNonceBytes - kAeadTagBytes);
  std::string tag(sealed.substr(sealed.size() - kAeadTagBytes));
  if (absl::Status sizes = CheckSizes(key, nonce, ciphertext, context);
      !sizes.ok()) {
    return sizes;
  }
  std::string plaintext(ciphertext.size(), '\0');
  const CipherContextPtr aead(EVP_CIPHER_CTX_new());
  if (aead == nullptr ||
      EVP_DecryptInit_ex2(aead.get(), Cipher(), Data(key), Data(nonce),
                          nullptr) != 1 ||
      !AddContext(aead.get(), context) ||
      !Transform(aead.get(), ciphertext, Data(plaintext)) ||
      EVP_CIPHER_CTX_ctrl(aead.get(), EVP_CTRL_AEAD_SET_TAG,
                          static_cast<int>(kAeadTagBytes), tag.data()) != 1) {
    return OpensslError("decrypt");
  }
  int size = 0;
  std::uint8_t unused = 0;  // GCM has no last block to write
  if (EVP_DecryptFinal_ex(aead.get(), &unused, &size) != 1) {
    ERR_clear_error();
    return absl::DataLossError(
        "sealed text does not open: wrong key, wrong context or altered bytes");
  }
  return plaintext;
}

}  // namespace minga
