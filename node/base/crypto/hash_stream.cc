// See hash.cc for why these calls.
#define OPENSSL_SUPPRESS_DEPRECATED  // before any OpenSSL header

#include "node/base/crypto/hash_stream.h"

#include <openssl/sha.h>

namespace minga {

struct Sha256Stream::State {
  SHA256_CTX context;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->context);
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Add(absl::string_view bytes) {
  SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

Digest Sha256Stream::Finish() {
  Digest digest;
  SHA256_Final(digest.data(), &state_->context);
  return digest;
}

}  // namespace minga
