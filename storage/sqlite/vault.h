#ifndef MINGA_STORAGE_SQLITE_VAULT_H_
#define MINGA_STORAGE_SQLITE_VAULT_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/random.h"

namespace minga::storage::sqlite {

// Seals secrets under the node key. `kind` and `name` say what the bytes are
// and whose, and are authenticated, so that sealed bytes cannot be moved from
// one row or column to another. Threads: any.
class Vault {
 public:
  // `random` outlives this.
  Vault(std::string node_key, Random& random)
      : node_key_(std::move(node_key)), random_(random) {}

  absl::StatusOr<std::string> Seal(absl::string_view kind,
                                   absl::string_view name,
                                   absl::string_view secret) const;
  absl::StatusOr<std::string> Open(absl::string_view kind,
                                   absl::string_view name,
                                   absl::string_view sealed) const;

  // The same under another key, such as a person's.
  absl::StatusOr<std::string> SealUnder(absl::string_view key,
                                        absl::string_view kind,
                                        absl::string_view name,
                                        absl::string_view secret) const;
  static absl::StatusOr<std::string> OpenUnder(absl::string_view key,
                                               absl::string_view kind,
                                               absl::string_view name,
                                               absl::string_view sealed);

  // What `name` is called where nobody is to learn it: a hash under the node
  // key.
  Digest NameOf(absl::string_view name) const;

  std::string NewKey() const;
  // A random number > 0 that nobody has to keep secret.
  std::int64_t NewMark() const;

 private:
  const std::string node_key_;
  Random& random_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_VAULT_H_
