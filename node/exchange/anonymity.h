// k-anonymity of what each peer sees of people. Every displayed field takes
// part in the class, so that whatever is shown of a person is shown alike of at
// least k - 1 others.
//
// Invariant, checked in every transaction that changes a class: a displayed
// profile is in a class of at least k members, all of which that peer sees.
// Limits: k-anonymity of one view does not stop inference across many releases
// or by peers that put their views together.
#ifndef MINGA_NODE_EXCHANGE_ANONYMITY_H_
#define MINGA_NODE_EXCHANGE_ANONYMITY_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/exchange/obligations.h"
#include "storage/class_store.h"
#include "storage/feed_store.h"

namespace minga::exchange {

// Largest k; a class name holds it in 16 bits.
inline constexpr int kClassSizeMax = 65535;

// The class of a profile displayed as `projection` (without the pseudonym) on
// `terms`: k in the first two bytes, then SHA-256, cut. Members of a class agree
// in k.
Digest ClassOfDisplay(absl::string_view projection, const Terms& terms,
                      int min_k);
int KOf(const Digest& klass);

// ClassLedger moves profiles between classes for one transaction and remembers
// whose views that may change: all members, when a class reaches k or falls
// below.
class ClassLedger {
 public:
  explicit ClassLedger(storage::ClassStore& classes) : classes_(classes) {}

  // Puts the profile into `klass` (nullopt: into none). Returns the size of
  // the class then; 0 for none.
  absl::StatusOr<std::int64_t> Place(const PeerId& peer,
                                     const std::string& profile,
                                     const std::optional<Digest>& klass);

  // Takes one profile whose view must be evaluated again; false if none.
  bool Next(PeerId& peer, std::string& profile);

  // INTERNAL if a class that this transaction took below k is still displayed,
  // or one that it took to k is not wholly: the transaction must fail.
  absl::Status Check(const storage::FeedReader& feeds, Country own) const;

 private:
  absl::Status Crossed(const PeerId& peer, const Digest& klass);

  storage::ClassStore& classes_;
  std::set<std::pair<PeerId, std::string>> waiting_;
  std::set<std::pair<PeerId, Digest>> crossed_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_ANONYMITY_H_
