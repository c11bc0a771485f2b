// Keyring is what this node signs with and is known by, now and before: its
// descriptors and the private keys that still count. While keys change, old and
// new sign together and the certificate that a peer expects is shown to it, so
// that nobody has to know of the change in time.
#ifndef MINGA_FEDERATION_KEYRING_H_
#define MINGA_FEDERATION_KEYRING_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "federation/descriptor.h"
#include "node/base/clock.h"
#include "node/base/crypto/certificate.h"
#include "node/base/crypto/sign.h"
#include "node/base/ids.h"
#include "node/base/note.h"

namespace minga::federation {

enum class KeyUse { kNode, kLog, kCosign };

// What one descriptor of ours names. Private halves that were destroyed are
// null, or empty.
struct OwnGeneration {
  Descriptor descriptor;
  std::string note;  // signed
  std::shared_ptr<const SigningKey> node;
  std::shared_ptr<const SigningKey> log;
  std::shared_ptr<const SigningKey> cosign;
  std::string tls_key_pem;
};

// Threads: any thread may call any method.
class Keyring {
 public:
  // REQUIRES: at least one generation, ascending; the last has all its keys.
  // `clock` outlives it.
  Keyring(std::vector<OwnGeneration> generations, const Clock* clock);

  // The newer descriptor holds from now on.
  void Add(OwnGeneration generation);
  // Forgets the private keys that no longer count.
  void Forget();

  // --- Signing, with every key of that use that counts today.
  // `suffix` is added to the keys' names (storage::LogSuffix).
  std::vector<NoteSignature> Sign(KeyUse use, absl::string_view text,
                                  absl::string_view suffix = "") const;
  std::vector<NoteSignature> Cosign(absl::string_view checkpoint_body,
                                    std::uint64_t unix_seconds) const;

  // --- Being known.
  // The newest; what it is signed as.
  OwnGeneration Newest() const;
  std::uint64_t Sequence() const;  // of the newest
  // Signed descriptors after `sequence`, ascending, at most `limit`.
  std::vector<std::string> NotesAfter(std::uint64_t sequence,
                                      std::size_t limit) const;
  std::vector<OwnGeneration> All() const;  // newest first
  // Every key of that use there ever was, newest first: what verifies old
  // signatures.
  std::vector<NoteVerifier> Verifiers(KeyUse use) const;
  // The oldest descriptor whose keys count today.
  std::uint64_t OldestInForceSequence() const;
  // The last day on which the keys of `sequence` count.
  absl::CivilDay Until(std::uint64_t sequence) const;

  // --- Certificates.
  // What to show when dialling `peer`: the newest that it knows.
  CertificateAndKey TowardsPeer(const PeerId& peer) const;
  // What to show to whoever connects: the former one until every peer knows the
  // new one, or half of the time is over in which both count.
  CertificateAndKey Serving() const;

  // Who our peers are (the others are forgotten), and which of our descriptors
  // each is known to hold.
  void SetPeers(const std::vector<PeerId>& peers);
  void NoteHeld(const PeerId& peer, std::uint64_t sequence);
  std::map<PeerId, std::uint64_t> Held() const;  // 0: not known

 private:
  absl::CivilDay Today() const { return DayOf(clock_.Now()); }
  // Index of the oldest generation whose keys count today.
  std::size_t OldestInForce() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Index of the oldest generation with the newest certificate.
  std::size_t CertificateSince() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  mutable absl::Mutex mutex_;
  std::vector<OwnGeneration> generations_ ABSL_GUARDED_BY(mutex_);
  std::map<PeerId, std::uint64_t> held_ ABSL_GUARDED_BY(mutex_);
};

// "node", "log", "cosign".
absl::string_view UseName(KeyUse use);

// What a descriptor names for one use (const or not).
template <typename D>
auto& VerifierOf(D& descriptor, KeyUse use) {
  switch (use) {
    case KeyUse::kLog:
      return descriptor.log_key;
    case KeyUse::kCosign:
      return descriptor.cosign_key;
    case KeyUse::kNode:
      break;
  }
  return descriptor.node_key;
}

// Its private half, null once it is destroyed.
template <typename Generation>
auto& KeyOf(Generation& generation, KeyUse use) {
  switch (use) {
    case KeyUse::kLog:
      return generation.log;
    case KeyUse::kCosign:
      return generation.cosign;
    case KeyUse::kNode:
      break;
  }
  return generation.node;
}

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_KEYRING_H_
