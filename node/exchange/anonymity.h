// k-anonymity of what each peer sees of people, while they come and go.
//
// A profile is displayed on the finest rung of the peer's ladder (ladder.h)
// where its class, those who look alike (display.h), has k members or would
// have k + release_margin with those who wait. Otherwise it waits, on every
// rung. A class that falls below k is recalled whole: its members try the
// coarser rungs, or wait. Under one pseudonym nobody is displayed finer than
// before, nor with another skill: who could be waits for the next epoch.
//
// Invariant, checked in every transaction that changes a class: a displayed
// profile is in a class of at least k members (and l different sensitive values
// where the policy asks for it), all of which that peer sees.
// Limits: k-anonymity of one view does not stop inference across many releases
// or by peers that put their views together.
#ifndef MINGA_NODE_EXCHANGE_ANONYMITY_H_
#define MINGA_NODE_EXCHANGE_ANONYMITY_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/exchange/display.h"
#include "storage/class_store.h"
#include "storage/feed_store.h"

namespace minga::exchange {

// Who may come to be displayed in a transaction.
enum class Release : std::uint8_t {
  // As the peer's ladder and epoch say.
  kByLadder,
  // Everybody, up to a rung: the release of an epoch, a day or a sweep.
  kUpToRung,
  // Nobody: withdrawals must not depend on who could be shown instead.
  kNobody,
};

// Where a profile stands.
struct Placing {
  bool shown = false;
  // As it is displayed; of one that waits, as it would be at the finest.
  Display display;
  std::vector<std::uint64_t> values;  // skills and languages displayed
  std::int64_t class_size = 0;
};

// Where `member` stands if nothing changes; nullopt if that is not among what
// `displays` has now, so that it has to be placed anew. Restricts `displays` to
// what the epoch has seen.
absl::StatusOr<std::optional<Placing>> CurrentPlacing(
    const storage::ClassReader& classes, const storage::ClassMember& member,
    Displays& displays);

// ClassLedger moves profiles between classes for one transaction and remembers
// whose views that may change.
class ClassLedger {
 public:
  // `salt` is secret and differs from transaction to transaction: the order in
  // which views change must not tell who is who.
  ClassLedger(storage::ClassStore& classes, const Digest& salt)
      : classes_(classes), salt_(salt) {}

  // From here on; by ladder at first.
  void SetRelease(Release release, int rung) {
    release_ = release;
    release_rung_ = rung;
  }

  // Puts the profile where it can be displayed now, or lets it wait.
  absl::StatusOr<Placing> Place(const std::string& profile, Displays& displays);
  // Out of everything: it may not be displayed, or is gone. Under its pseudonym
  // it may come back in this epoch, no finer; not if `erased`, because with the
  // person's key the pseudonym is gone.
  absl::Status Leave(const PeerFile& peer, const std::string& profile,
                     bool erased);

  // Takes one profile whose view must be evaluated again; false if none.
  bool Next(PeerId& peer, std::string& profile);

  // INTERNAL if a class that this transaction touched breaks the invariant: the
  // transaction must fail.
  absl::Status Check(const storage::FeedReader& feeds, Country own) const;

 private:
  // A profile of a peer, ordered by a salted digest of both.
  using Turn = std::tuple<Digest, PeerId, std::string>;

  Turn TurnOf(const PeerId& peer, const std::string& profile) const;
  // Its turn has come.
  void DropTurn(const PeerId& peer, const std::string& profile);
  bool MayRelease(const PeerFile& peer, int rung) const;
  // In the class of `display`, if it is open or can be opened now.
  absl::StatusOr<std::optional<Placing>> TryAt(
      const std::string& profile, Displays& displays, const Display& display,
      const std::optional<storage::ClassMember>& old);
  absl::StatusOr<std::optional<Placing>> Open(const std::string& profile,
                                              Displays& displays,
                                              const Display& display,
                                              const storage::ClassState& state);
  absl::StatusOr<Placing> Join(const std::string& profile, Displays& displays,
                               const Display& display,
                               const storage::ClassState& state);
  absl::StatusOr<Placing> Stay(const std::string& profile, Displays& displays,
                               const storage::ClassMember& old,
                               const Placing& placing);
  absl::StatusOr<Placing> Wait(const std::string& profile, Displays& displays,
                               const std::optional<storage::ClassMember>& old);
  // What became of the class and the values that `old` has left.
  absl::Status HasLeft(const PeerId& peer, const storage::ClassMember& old);
  absl::Status Losing(const PeerId& peer, const storage::ClassState& klass,
                      const std::vector<std::uint64_t>& values);
  absl::Status Recall(const PeerId& peer, const storage::ClassState& klass);

  storage::ClassStore& classes_;
  const Digest salt_;
  Release release_ = Release::kByLadder;
  int release_rung_ = 0;
  std::set<Turn> waiting_;
  // Of this transaction: whose members changed, and which are recalled though
  // they have k members.
  absl::flat_hash_set<std::pair<PeerId, Digest>> touched_;
  absl::flat_hash_set<storage::ClassNo> recalled_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_ANONYMITY_H_
