// KeyStore keeps the Keyring on disk: one folder for each descriptor that this
// node has had.
//
//   keys/               what `minga init` made (keys.h)
//   keys/1/descriptor   the first descriptor, signed
//   keys/2/             the second: its `descriptor` and the keys that are new
//                       in it, named as in keys/ (node.key, node.vkey, tls/...)
//   keys/serving        a link to the tls folder that the peers' port shows
//
// A folder appears by one rename when everything in it is on disk: a crash at
// any moment leaves either the former descriptor or the new one with all its
// keys. Private keys that no longer count are deleted; the public halves stay.
#ifndef MINGA_NODE_KEY_STORE_H_
#define MINGA_NODE_KEY_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "federation/keyring.h"
#include "node/base/clock.h"
#include "node/base/ids.h"
#include "node/base/note.h"
#include "node/base/random.h"

namespace minga {

// What a descriptor says besides keys.
struct OwnFacts {
  Country country;
  std::string name;
  std::vector<std::string> endpoints;
};

// The longest time in which former keys count: who has not fetched a descriptor
// for a year gets it as a file.
inline constexpr int kOverlapDaysMax = 365;
inline constexpr int kOverlapDaysDefault = 30;
// A descriptor is valid this long from the day it is made; at most as long as
// the certificate in it.
inline constexpr int kDescriptorLifeDays = 730;
// Certificates and descriptors are renewed by themselves this long before they
// end.
inline constexpr int kRenewDays = 60;

// Threads: any thread may call any method.
class KeyStore {
 public:
  // Reads everything and brings it up to date (Keep). Errors as LoadKeys;
  // DATA_LOSS if a descriptor cannot be read or a key that counts is missing.
  static absl::StatusOr<std::unique_ptr<KeyStore>> Open(std::string folder,
                                                        OwnFacts facts,
                                                        const Clock* clock,
                                                        Random* random);

  federation::Keyring& ring() { return *ring_; }

  // Makes what has become due: the first descriptor, one that says what the
  // configuration says now, a certificate or a descriptor before it ends.
  // Points `serving` at the certificate to show.
  absl::Status Keep();

  // Makes new keys of these uses ("tls", "node", "log", "cosign") and the
  // descriptor that names them; the former ones count `overlap_days` more (0:
  // no longer). Returns the descriptor's sequence.
  //   INVALID_ARGUMENT    no use, an unknown one, or more than kOverlapDaysMax.
  //   RESOURCE_EXHAUSTED  the disk is full; nothing has changed.
  absl::StatusOr<std::uint64_t> Rotate(const std::set<std::string>& uses,
                                       int overlap_days);

  // Deletes the private keys that no longer count. Call it when the log says
  // that they are retired.
  absl::Status DestroyRetired();

  // The folder of cert.pem and key.pem for the peers' port; what it leads to
  // changes by one rename.
  std::string serving() const { return folder_ + "/serving"; }

 private:
  KeyStore(std::string folder, OwnFacts facts, const Clock* clock,
           Random* random)
      : folder_(std::move(folder)),
        facts_(std::move(facts)),
        clock_(*clock),
        random_(*random) {}

  std::string FolderOf(std::uint64_t sequence) const;
  absl::Status Load() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<federation::OwnGeneration> LoadGeneration(
      std::uint64_t sequence, const federation::OwnGeneration* former) const;
  absl::Status MakeFirst() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status MakeNext(const std::set<std::string>& uses,
                        std::optional<int> overlap_days)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Renames the finished folder of new files to that of `sequence`.
  absl::Status Commit(std::uint64_t sequence) const;
  absl::Status Serve() const;

  const std::string folder_;
  const OwnFacts facts_;
  const Clock& clock_;
  Random& random_;
  absl::Mutex mutex_;  // one change at a time
  std::unique_ptr<federation::Keyring> ring_;
};

// The public halves of all log keys, present and former; changes nothing.
// Errors as LoadKeys.
absl::StatusOr<std::vector<NoteVerifier>> LoadLogVerifiers(
    const std::string& folder);

}  // namespace minga

#endif  // MINGA_NODE_KEY_STORE_H_
