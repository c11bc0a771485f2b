// What the streams of all peers share.
#ifndef MINGA_FEDERATION_STREAM_CONTEXT_H_
#define MINGA_FEDERATION_STREAM_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/federation.h"
#include "federation/page.h"

namespace minga::federation {

class JobDesk;
class SideDesk;

struct StreamContext {
  Parts parts;
  Signer signer;
  JobDesk* desk = nullptr;
  LinkEvents* events = nullptr;
  SideDesk* side = nullptr;
  // The errands with a peer look at what is stored; all peers are read anew.
  std::function<void(const PeerId&)> nudge = {};
  std::function<void()> reload = {};

  absl::Time Now() const { return parts.clock->Now(); }
  std::string PolicyHash() const {
    return parts.policy_hash ? parts.policy_hash() : std::string();
  }
};

// --- Times. A stream that is alive is heard from at least this often.
inline constexpr absl::Duration kKeepaliveEvery = absl::Seconds(60);
// Two keepalives may be lost before the origin counts as gone.
inline constexpr absl::Duration kSilenceMax = absl::Seconds(150);
inline constexpr absl::Duration kGreetingMax = absl::Seconds(30);
// A page of 2 MiB is committed within seconds; minutes mean a dead follower.
inline constexpr absl::Duration kReceiptMax = absl::Minutes(5);
// The follower ends its streams after about this long, so that changed keys,
// addresses and versions come into effect; the origin insists only later.
inline constexpr absl::Duration kStreamLife = absl::Minutes(30);
inline constexpr absl::Duration kStreamLifeMax = absl::Hours(2);

// --- Bounds of greetings.
inline constexpr int kFeaturesMax = 32;
inline constexpr std::size_t kFeatureBytesMax = 64;
inline constexpr std::size_t kPolicyHashBytesMax = 64;
inline constexpr std::size_t kCheckpointBytesMax = 8 * 1024;

// A name that no stream of this process has had.
LinkId NewLinkId();

// Our newest signed checkpoint, empty if there is none or it is too long.
std::string OwnCheckpoint(const storage::AuditReader& audit);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_STREAM_CONTEXT_H_
