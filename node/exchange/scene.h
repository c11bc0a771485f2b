// Scene is everything besides the record itself that a view depends on: the
// policy in force, the day, the peers.
#ifndef MINGA_NODE_EXCHANGE_SCENE_H_
#define MINGA_NODE_EXCHANGE_SCENE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "node/exchange/activation_gate.h"
#include "node/exchange/hierarchies.h"
#include "node/exchange/judge.h"
#include "node/exchange/ladder.h"
#include "policy/policy_set.h"
#include "storage/document_store.h"
#include "storage/feed_store.h"
#include "storage/peer_store.h"

namespace minga::exchange {

// Names in the DocumentStore.
inline constexpr absl::string_view kDocNational = "policy/national";
inline constexpr absl::string_view kDocOverride = "policy/override";
// The cases that each was accepted with.
inline constexpr absl::string_view kDocNationalCases = "policy/national-cases";
inline constexpr absl::string_view kDocOverrideCases = "policy/override-cases";
inline constexpr absl::string_view kDocMou = "mou/";           // + country
inline constexpr absl::string_view kDocMouNote = "mou-note/";  // + country
// Hash of the set that the documents above make: which one is in force is part
// of each transaction, so that no decision is made under another.
inline constexpr absl::string_view kDocInForce = "policy-hash";

struct PeerFile {
  PeerId id;
  bool active = true;
  std::string pseudonym_key;
  Anonymity anonymity;
  // Not active either; only withdrawals pass.
  bool leaving = false;

  friend bool operator==(const PeerFile&, const PeerFile&) = default;
};

struct Scene {
  Country own;
  std::shared_ptr<const Judge> judge;
  absl::CivilDay today;
  std::vector<PeerFile> peers;
  // Never null.
  std::shared_ptr<const Hierarchies> hierarchies = Hierarchies::BuiltIn();

  // nullptr if there is no such peer.
  const PeerFile* Find(const PeerId& peer) const;
  // What was decided in one holds in the other.
  friend bool operator==(const Scene&, const Scene&) = default;
};

// The documents as stored.
absl::StatusOr<policy::PolicySources> ReadSources(
    const storage::DocumentReader& documents);

// Puts `document` in the place of what `sources` hold of its layer (of an
// agreement: under its name). FAILED_PRECONDITION for an override of nothing.
absl::Status Replace(PolicyDocument which,
                     const policy::DocumentSource& document,
                     policy::PolicySources& sources);

// A stored document: its text behind a first line with its name.
std::string WithName(const policy::DocumentSource& document);

// PolicyBook finds the judge of the policy that a transaction or snapshot has
// in force. Threads: any thread may call any method.
class PolicyBook {
 public:
  // `hierarchies` are those of every scene; not null.
  PolicyBook(Country own, std::shared_ptr<const Hierarchies> hierarchies)
      : own_(own), hierarchies_(std::move(hierarchies)) {}

  // FAILED_PRECONDITION if the stored documents do not load.
  absl::StatusOr<std::shared_ptr<const Judge>> InForce(
      const storage::DocumentReader& documents);
  // Keeps what is about to be put in force.
  void Add(std::shared_ptr<const policy::PolicySet> set);

  // Without the peers that have no feed yet: one that was just added, or joins
  // again, gets it with a sweep that decides on everything (PeerChanged).
  absl::StatusOr<Scene> SceneOf(const storage::DocumentReader& documents,
                                const storage::PeerReader& peers,
                                const storage::FeedReader& feeds,
                                absl::CivilDay today);

 private:
  const Country own_;
  const std::shared_ptr<const Hierarchies> hierarchies_;
  absl::Mutex mutex_;
  // The newest last; a rolled-back activation leaves one that nobody asks for.
  std::vector<std::shared_ptr<const Judge>> judges_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SCENE_H_
