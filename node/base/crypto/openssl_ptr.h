// OpenSSL's objects as unique_ptrs, and its error queue as text. For the .cc
// files of this folder only: other rooms never see an OpenSSL type.
#ifndef MINGA_NODE_BASE_CRYPTO_OPENSSL_PTR_H_
#define MINGA_NODE_BASE_CRYPTO_OPENSSL_PTR_H_

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace minga {

template <auto Free>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using BioPtr = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using CipherContextPtr =
    std::unique_ptr<EVP_CIPHER_CTX, OpensslFree<EVP_CIPHER_CTX_free>>;
using ConfPtr = std::unique_ptr<CONF, OpensslFree<NCONF_free>>;
using DigestContextPtr =
    std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, OpensslFree<X509_free>>;

// INTERNAL "`what`: " and the newest error of this thread's OpenSSL queue,
// which is emptied: an old error must not explain a later failure.
absl::Status OpensslError(absl::string_view what);

}  // namespace minga

#endif  // MINGA_NODE_BASE_CRYPTO_OPENSSL_PTR_H_
