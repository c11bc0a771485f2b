// PinBook: which certificates are our peers'. It replaces every certificate
// authority, host name and directory: who is not in it is nobody.
#ifndef MINGA_NODE_RPC_PINS_H_
#define MINGA_NODE_RPC_PINS_H_

#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::rpc {

struct Pin {
  Digest certificate{};  // SHA-256 of the DER bytes
  PeerId peer;
  bool suspended = false;  // known, but not let in
  // The last day of a certificate that has a successor.
  absl::CivilDay until = absl::CivilDay::max();
};

// Threads: any thread may call any method.
class PinBook {
 public:
  // From now on exactly these are known.
  void Replace(const std::vector<Pin>& pins);

  // The peer that owns `certificate`; on `day`, if it is told.
  //   UNAUTHENTICATED    nobody's, or a former one whose last day has passed.
  //   PERMISSION_DENIED  of a suspended peer.
  absl::StatusOr<PeerId> Find(const Digest& certificate,
                              absl::CivilDay day = absl::CivilDay::min()) const;

 private:
  mutable absl::Mutex mutex_;
  std::map<Digest, Pin> pins_ ABSL_GUARDED_BY(mutex_);
};

// Recognises the certificate that a connection presented: well-formed, valid at
// `now`, pinned. The messages say which of these does not hold.
//   UNAUTHENTICATED, PERMISSION_DENIED (suspended).
absl::StatusOr<PeerId> Recognise(absl::string_view certificate_pem,
                                 const PinBook& pins, absl::Time now);

// "sha256:" and 64 hex digits of what `certificate_pem` holds; empty if it
// cannot be read.
std::string CertificateName(absl::string_view certificate_pem);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PINS_H_
