// Ladder: the ways in which people are shown to one peer, from fine to coarse
// (policy/anonymity/ladder.h finds good ones). And Anonymity, what a node keeps
// of it for each peer: the ladder in force and the epoch.
//
// An epoch is the time for which a pseudonym stands. Within it nobody is ever
// shown finer than before; a new one begins with everybody withdrawn and then
// shown under another pseudonym, as finely as the people of that day allow.
#ifndef MINGA_NODE_EXCHANGE_LADDER_H_
#define MINGA_NODE_EXCHANGE_LADDER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "policy/level.h"
#include "policy/schema.h"
#include "storage/document_store.h"

namespace minga::v1 {
class Ladder;
}  // namespace minga::v1

namespace minga::exchange {

// Rungs of a ladder: the sum of all steps of the profile's hierarchies, and
// some for fields that are left out.
inline constexpr int kRungsMax = 16;
inline constexpr int kReleaseMarginMax = 1000;
inline constexpr int kEpochDaysMax = 3660;

// Levels of all fields of the profile schema, by FieldId.
using ProfileLevels = std::array<policy::Level, policy::kFieldsMax>;

struct Ladder {
  // RAW where a rung leaves it to the law. From fine to coarse.
  std::vector<ProfileLevels> rungs;
  // A class is shown once it has k + release_margin people.
  int release_margin = 0;
  int epoch_days = 0;          // 0: a new epoch by command only
  bool release_daily = false;  // or as soon as there are enough

  friend bool operator==(const Ladder&, const Ladder&) = default;
};

// INVALID_ARGUMENT "rungs[1].levels[0]: ..." for no or too many rungs, a field
// that a profile does not have or that may not be left out, steps that its
// hierarchy does not have, one field twice in a rung, a rung that is finer in
// some field than the one before or equal to it, numbers out of their bounds.
absl::StatusOr<Ladder> LadderOf(const v1::Ladder& ladder);
v1::Ladder MessageOf(const Ladder& ladder);

// What holds until an operator activates another: the law's finest, and then
// everything one step coarser at a time, down to nothing but the occupation's
// major group.
const Ladder& BuiltInLadder();

// Field by field the coarser of both.
ProfileLevels Coarser(const ProfileLevels& a, const ProfileLevels& b);
// As stored with a person: one byte for each field of the schema.
std::string EncodeLevels(const ProfileLevels& levels);
// A text of another length than the schema's reads as RAW throughout: nothing
// was shown.
ProfileLevels DecodeLevels(absl::string_view stored);

// Where the change to a new epoch stands.
enum class EpochPhase : std::uint8_t {
  kSteady = 0,
  kWithdrawing = 1,  // what was shown in the epoch before is withdrawn
  kReleasing = 2,    // nobody is shown any more; who may be shown now?
};

struct Anonymity {
  std::shared_ptr<const Ladder> ladder;  // never null
  bool built_in = true;
  Epoch epoch = 0;
  absl::CivilDay began;  // of the epoch; the first of 1970 for epoch 0
  EpochPhase phase = EpochPhase::kSteady;
  // A peer erases whom it was shown with a retention of so many days, each by
  // their own day, and would be left with less than a class: before the first
  // one's days are over, a new epoch begins. The shortest retention that
  // somebody is shown with in this epoch (0: none), and the first day on which
  // somebody was shown in it, on whatever terms.
  int stay_days = 0;
  absl::CivilDay stay_from;
  // Of the hierarchies by which people are shown in this epoch; zeros: nobody
  // was, or by a program that did not keep it.
  Digest hierarchies{};

  friend bool operator==(const Anonymity& a, const Anonymity& b) {
    return *a.ladder == *b.ladder && a.built_in == b.built_in &&
           a.epoch == b.epoch && a.began == b.began && a.phase == b.phase &&
           a.stay_days == b.stay_days && a.stay_from == b.stay_from &&
           a.hierarchies == b.hierarchies;
  }
};

// DATA_LOSS for a stored document that is none; what is not stored is the
// built-in ladder in epoch 0.
absl::StatusOr<Anonymity> ReadAnonymity(
    const storage::DocumentReader& documents, const PeerId& peer);
absl::Status PutAnonymity(storage::DocumentStore& documents, const PeerId& peer,
                          const Anonymity& anonymity);
absl::Status ForgetAnonymity(storage::DocumentStore& documents,
                             const PeerId& peer);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_LADDER_H_
