// The rooms of the labour exchange that other parts speak to, and how a daemon
// composes them:
//
//   auto database = storage::OpenSqliteDatabase(...);
//   auto index = storage::OpenSqliteSearchIndex(...);
//   auto indexer = Indexer::Create({own, database, index});  // listens
//   auto offices = OpenOffices({own, database, index, clock, random, gate});
//   auto federation = federation::Federation::Create(
//       {..., offices.projector.get(), offices.inbox.get(), ...});
//   database->AddListener(... federation->FeedsMoved(news.feeds) ...);
//   // Nothing was written so far, so that no listener missed anything.
//   offices.recovery->AtStart(...);
//   indexer->Start();
//   housekeeping thread: next = offices.exchange->Housekeep(clock->Now()),
//       at once (it finishes what a crash interrupted), then at each `next`.
//
// To add a peer: one Database::Write that puts the PeerRow (with 32 random
// bytes as pseudonym_key), appends federation::PeerEntry(PEER_ADDED) and calls
// federation::NotePeerChanged; then offices.desk->PeerChanged(actor, peer),
// which makes and fills its feed; then federation->PeersChanged(). Suspending,
// resuming and removing go the same way: change the PeerRow, append the entry,
// then PeerChanged. Housekeeping calls offices.desk->FinishPeerChanges() for
// what a crash has left in between.
//
// Downward: stop federation and the edges, indexer->Stop(), then destroy in the
// reverse order. The offices share one core, so they may be destroyed in
// any order, but before the database, index, clock and random of their Parts;
// a PutAsync under way must have been answered.
#ifndef MINGA_NODE_EXCHANGE_OFFICES_H_
#define MINGA_NODE_EXCHANGE_OFFICES_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "federation/ports.h"
#include "node/base/clock.h"
#include "node/base/ids.h"
#include "node/base/random.h"
#include "node/exchange/activation_gate.h"
#include "node/exchange/anonymity_desk.h"
#include "node/exchange/duty_desk.h"
#include "node/exchange/exchange.h"
#include "node/exchange/hierarchies.h"
#include "node/exchange/policy_desk.h"
#include "node/exchange/policy_diff.h"
#include "node/exchange/recovery.h"
#include "node/exchange/release_desk.h"
#include "storage/database.h"
#include "storage/search_index.h"

namespace minga::exchange {

// What a node keeps of one peer unless it is told otherwise: as many records as
// a region of the planned size has in all, and three times their bytes. A peer
// that sends more is broken or means to fill the disk.
inline constexpr storage::RecordCount kHeldOfPeerMax{2'000'000, 8'000'000'000};

// Not owned; all outlive the offices.
struct Parts {
  Country own;
  storage::Database* database = nullptr;
  storage::SearchIndex* index = nullptr;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  // Null: nothing can be put in force.
  const ActivationGate* gate = nullptr;
  // Of the program: another one evaluates all records anew when it starts. So
  // do other hierarchies.
  std::string version = {};
  // Null: the built-in ones.
  std::shared_ptr<const Hierarchies> hierarchies = {};
  // Most that is kept of one peer.
  storage::RecordCount held_max = kHeldOfPeerMax;
};

struct Offices {
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<PolicyDesk> desk;
  std::unique_ptr<PolicyDiff> diff;
  std::unique_ptr<federation::Projector> projector;
  std::unique_ptr<federation::Inbox> inbox;
  std::unique_ptr<ReleaseDesk> releases;
  std::unique_ptr<DutyDesk> duties;
  std::unique_ptr<AnonymityDesk> anonymity;
  std::unique_ptr<RecoveryDesk> recovery;
};

// Loads the policy in force from the database (none: everything is denied).
// Reads only.
//   FAILED_PRECONDITION  the stored policy documents no longer load with this
//                        program; the message has the errors.
absl::StatusOr<Offices> OpenOffices(const Parts& parts);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_OFFICES_H_
