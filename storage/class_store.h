// ClassStore keeps, for each peer, how people are displayed there: in which
// anonymity class, or in which classes they wait for enough others.
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

// Stands for those who wait.
inline constexpr int kWaitingRung = -1;

// A class in the store; never 0.
using ClassNo = std::int64_t;

// How many of those displayed in a class have `value` as their sensitive value
// of one attribute (ClassPlace::sensitive).
struct SensitiveCount {
  int attribute = 0;  // from 0
  std::uint64_t value = 0;
  std::int64_t members = 0;
};

struct ClassState {
  ClassNo number = 0;  // 0: nobody is or waits in it
  Digest digest{};
  std::int64_t shown = 0;    // displayed in it
  std::int64_t waiting = 0;  // would be, if there were enough
  // Of all attributes; only Lookup fills it.
  std::vector<SensitiveCount> sensitive;
};

// One profile at one peer. A profile is displayed in one class, or waits in one
// class for each rung on which it could be.
struct ClassMember {
  Epoch epoch = 0;
  int rung = 0;  // of the display
  std::optional<ClassState> shown;
  // From fine to coarse; empty if shown, or if the profile may not be displayed
  // and is only remembered for what the epoch has seen of it.
  std::vector<ClassNo> waiting;
  // Levels displayed so far in this epoch, one byte for each field of the
  // schema, then the values (as below); empty: nothing.
  std::string floor;
  // 8 bytes for each skill or language that is displayed, or, while the profile
  // waits, that it could display.
  std::string values;
  // Keyed digests of sensitive values, 8 bytes for each attribute, as many for
  // everyone; empty unless the policy asks for their diversity.
  std::string sensitive;
};

// Where a profile is to stand.
struct ClassPlace {
  Epoch epoch = 0;
  int rung = 0;
  bool shown = false;
  // One if shown; otherwise where it waits, from fine to coarse, different;
  // none if it is only remembered.
  std::vector<Digest> classes;
  std::string floor;
  std::string values;
  std::string sensitive;
};

// A member as a class lists it.
struct ClassResident {
  std::string profile;
  std::string values;
  std::string sensitive;
};

// A profile as a peer's list has it.
struct PlacedProfile {
  std::string profile;
  Epoch epoch = 0;
  bool shown = false;
};

struct RungSummary {
  int rung = kWaitingRung;
  std::int64_t profiles = 0;
  std::int64_t classes = 0;
};

enum class ClassRole : std::uint8_t { kShown, kWaiting };

class ClassReader {
 public:
  virtual ~ClassReader() = default;

  // nullopt if the profile neither is displayed nor waits.
  virtual absl::StatusOr<std::optional<ClassMember>> Find(
      const PeerId& peer, absl::string_view profile) const = 0;
  // All zero but the digest if nobody is in the class.
  virtual absl::StatusOr<ClassState> Lookup(const PeerId& peer,
                                            const Digest& klass) const = 0;
  // In the order in which the store came to know them, after `after` (one of
  // them, or empty), at most `limit`.
  virtual absl::StatusOr<std::vector<ClassResident>> Residents(
      ClassNo klass, ClassRole role, absl::string_view after,
      int limit) const = 0;
  // Profiles displayed in the class with this value, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> Having(ClassNo klass,
                                                          std::uint64_t value,
                                                          int limit) const = 0;
  // Everybody at the peer, by profile id after `after`, at most `limit`.
  virtual absl::StatusOr<std::vector<PlacedProfile>> Profiles(
      const PeerId& peer, absl::string_view after, int limit) const = 0;
  // How many wait (kWaitingRung) and are displayed on each rung, ascending.
  // Reads all of the peer's.
  virtual absl::StatusOr<std::vector<RungSummary>> Summarise(
      const PeerId& peer) const = 0;
};

class ClassStore : public ClassReader {
 public:
  // Puts the profile there, out of wherever it was; nullopt: out of everything.
  // REQUIRES: the peer has a feed (FeedStore::StartEpoch).
  virtual absl::Status Put(const PeerId& peer, absl::string_view profile,
                           const std::optional<ClassPlace>& place) = 0;
  // Forgets everything about the peer.
  virtual absl::Status Drop(const PeerId& peer) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_CLASS_STORE_H_
