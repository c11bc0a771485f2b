// ClassStore counts anonymity classes: for each peer, which profiles would be
// displayed alike.
#ifndef MINGA_STORAGE_CLASS_STORE_H_
#define MINGA_STORAGE_CLASS_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::storage {

class ClassReader {
 public:
  virtual ~ClassReader() = default;
  // The class `profile` counts in for `peer`; nullopt if in none.
  virtual absl::StatusOr<std::optional<Digest>> ClassOf(
      const PeerId& peer, absl::string_view profile) const = 0;
  virtual absl::StatusOr<std::int64_t> Size(const PeerId& peer,
                                            const Digest& klass) const = 0;
  // Profile ids in `klass`, ascending, after `after`, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> Members(
      const PeerId& peer, const Digest& klass, absl::string_view after,
      int limit) const = 0;
};

class ClassStore : public ClassReader {
 public:
  // Moves `profile` into `klass`, out of any other class of that peer.
  virtual absl::Status Join(const PeerId& peer, absl::string_view profile,
                            const Digest& klass) = 0;
  // Takes the profile out; false if it was in no class.
  virtual absl::StatusOr<bool> Leave(const PeerId& peer,
                                     absl::string_view profile) = 0;
  // Forgets all classes of the peer.
  virtual absl::Status Drop(const PeerId& peer) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_CLASS_STORE_H_
