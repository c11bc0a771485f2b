// A node's exchange on a database of its own, for tests.
#ifndef MINGA_TESTS_UNIT_EXCHANGE_OFFICE_H_
#define MINGA_TESTS_UNIT_EXCHANGE_OFFICE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "minga/v1/audit.pb.h"
#include "minga/v1/pes.pb.h"
#include "node/base/clock.h"
#include "node/base/random.h"
#include "node/exchange/activation_gate.h"
#include "node/exchange/indexer.h"
#include "node/exchange/offices.h"
#include "policy/policy_set.h"
#include "storage/database.h"
#include "storage/search_index.h"

namespace minga::exchange {

inline constexpr Country kColombia = Country::Of("CO");
inline constexpr Country kEcuador = Country::Of("EC");
inline constexpr Country kPeru = Country::Of("PE");

// Admits every document that loads, and remembers what it was asked. `refusal`,
// if it is an error, refuses everything.
class PermissiveGate final : public ActivationGate {
 public:
  absl::StatusOr<Admission> Admit(const Candidate& candidate) const override {
    asked.push_back(candidate);
    if (meanwhile) meanwhile();
    if (!refusal.ok()) return refusal;
    return admission;
  }

  absl::Status refusal;
  Admission admission;
  // Happens while the document is examined.
  std::function<void()> meanwhile;
  mutable std::vector<Candidate> asked;
};

// Fails the test on every storage error. The clock stands at 2026-11-21 noon.
class Office {
 public:
  Office();
  ~Office();

  // Closes and opens the offices on the same files: what a restart sees.
  void Restart();
  // The same, with a change to the file in between that nothing of ours makes.
  void RunSql(const std::string& sql);

  // The bytes of the database without its keys, as a backup has them, and the
  // same put back.
  std::string BackUp();
  void PutBack(const std::string& backup);

  void AddPeer(Country peer);
  void SetPeerState(Country peer, storage::PeerState state);
  int Activate(const policy::DocumentSource& national);
  int SignMou(Country peer);
  // Peers EC and PE, SampleNational, both agreements.
  void Prepare();

  // Puts one record; fails the test if it is refused.
  storage::PutResult::Outcome Put(const v1::Record& record,
                                  const v1::Consent* consent = nullptr);
  std::vector<PutOutcome> PutAll(const std::vector<v1::Record>& records,
                                 const v1::Consent* consent = nullptr);

  // The feed's row, or one with seq 0 and state kGone if there is none.
  storage::FeedRow Row(Country peer, const RecordKey& key) const;
  // All rows with a sequence.
  std::vector<storage::FeedRow> Feed(Country peer) const;
  SeqNo Last(Country peer) const;
  void Acknowledge(Country peer, SeqNo upto);
  federation::Projection Projected(Country peer,
                                   const storage::FeedRow& row) const;
  std::vector<v1::AuditEntry> Log() const;
  // The log's entries of one event.
  std::vector<v1::AuditEntry> Log(v1::AuditEvent event) const;
  // What a decision's entry says that it rests on.
  v1::Basis BasisOf(const v1::AuditEntry& entry) const;
  void Write(const storage::Database::Job& job);

  SimulatedClock clock;
  SystemRandom random;
  PermissiveGate gate;
  storage::RecordCount held_max = kHeldOfPeerMax;  // from the next Restart on
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::SearchIndex> index;
  std::unique_ptr<Indexer> indexer;
  Offices offices;

 private:
  void Open();
  void Close();

  std::string folder_;
};

inline RecordKey VacancyKey(absl::string_view id) {
  return {kColombia, RecordKind::kVacancy, std::string(id)};
}
inline RecordKey ProfileKey(absl::string_view id) {
  return {kColombia, RecordKind::kProfile, std::string(id)};
}

}  // namespace minga::exchange

#endif  // MINGA_TESTS_UNIT_EXCHANGE_OFFICE_H_
