// Who may shake hands with this node how often, before it is known who it is.
#ifndef MINGA_NODE_RPC_KNOCK_BOOK_H_
#define MINGA_NODE_RPC_KNOCK_BOOK_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "federation/budget.h"
#include "node/base/ids.h"

namespace minga::rpc {

// What all strangers together may do, as a multiple of one address.
inline constexpr int kStrangersShare = 4;
// Budgets of addresses that are not a peer's, 40 bytes each. An address has
// the one that its hash falls on: two may share, and nobody can make the book
// forget another.
inline constexpr std::size_t kStrangerBudgets = 4096;
// From which peers have called, of each: a node and what replaces it. A peer
// cannot get more room by coming from everywhere.
inline constexpr int kAddressesPerPeer = 4;

// An address has its own budget, and addresses from which no peer has called
// yet share another one, so that a flood from many addresses leaves room for
// those that are known.
//
// Threads: any thread may call any method.
class KnockBook {
 public:
  explicit KnockBook(int handshakes_per_minute);

  // Whether somebody at `address` (AddressKey) may shake hands now; if so, it
  // is counted.
  bool Admit(const std::string& address, absl::Time now);

  // `peer` has called from `address`, with a certificate that is pinned.
  void Know(const PeerId& peer, const std::string& address, absl::Time now);
  bool Knows(const std::string& address) const;

 private:
  struct Known {
    PeerId peer;
    absl::Time called_at;
    federation::Budget budget;
  };

  federation::Budget BudgetOf(int addresses) const;
  void MakeRoom(const PeerId& peer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int per_minute_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Known> known_ ABSL_GUARDED_BY(mutex_);
  federation::Budget all_strangers_ ABSL_GUARDED_BY(mutex_);
  std::vector<federation::Budget> strangers_ ABSL_GUARDED_BY(mutex_);
};

// By what connections from a numeric address are counted: what its owner cannot
// choose, an IPv4 address whole ("192.0.2.1"), the first 64 bits of an IPv6
// address ("2001:db8:0:0"). Empty if it is neither.
std::string AddressKey(absl::string_view address);
// The same of gRPC's "ipv4:192.0.2.1:50312" or "ipv6:%5B2001:db8::1%5D:1".
std::string AddressKeyOfUri(absl::string_view uri);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_KNOCK_BOOK_H_
