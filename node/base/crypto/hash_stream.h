// SHA-256 of bytes that come piece by piece, such as those of a large file.
#ifndef MINGA_NODE_BASE_CRYPTO_HASH_STREAM_H_
#define MINGA_NODE_BASE_CRYPTO_HASH_STREAM_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"

namespace minga {

// Threads: one.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();

  void Add(absl::string_view bytes);
  // Of everything added. Once.
  Digest Finish();

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace minga

#endif  // MINGA_NODE_BASE_CRYPTO_HASH_STREAM_H_
