// Exchange is the labour exchange of one node: what national systems and
// officers ask of it. It owns no thread; callers bring theirs. OpenOffices
// (offices.h) makes it.
#ifndef MINGA_NODE_EXCHANGE_EXCHANGE_H_
#define MINGA_NODE_EXCHANGE_EXCHANGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "policy/decision.h"
#include "policy/redaction/counts.h"
#include "storage/feed_store.h"
#include "storage/record_store.h"
#include "storage/search_index.h"

namespace minga::v1 {
class Consent;
class Record;
}  // namespace minga::v1

namespace minga::exchange {

struct PutOutcome {
  // OK, or INVALID_ARGUMENT naming the field ("pay.min_hundredths: must not be
  // negative, is `-5`"), ALREADY_EXISTS for a second record of one id with
  // other content in the same request.
  absl::Status status;
  storage::PutResult::Outcome outcome = storage::PutResult::Outcome::kInserted;
  Revision revision = 0;  // 0 in a dry run of a new or changed record
  // Personal data in the free text that was given: what is stored, decided on
  // and sent has placeholders instead (redact.h).
  policy::redaction::Counts redacted;
};

struct FoundRecord {
  RecordKey key;
  double score = 0;
  Revision revision = 0;
  std::unique_ptr<v1::Record> record;
};

struct FoundPage {
  std::vector<FoundRecord> hits;
  bool more = false;
};

// Why and how one record is (not) seen by one peer.
struct ViewExplanation {
  policy::Decision decision;
  policy::Explanation explanation;
  // As the feed has it; nullopt if the record was never evaluated for the peer.
  std::optional<storage::FeedRow> row;
};

// A person who was erased, for whoever has to prove it: afterwards nothing in
// the node leads from the person's id to it.
struct Erasure {
  // The withdrawal from one peer that had been shown something.
  struct Withdrawal {
    PeerId peer;
    // Where it stands in the peer's feed; its receipt covers this place.
    Epoch epoch = 0;
    SeqNo seq = 0;
    std::optional<absl::Time> erase_by;
  };
  std::vector<Withdrawal> peers;
  std::uint64_t log_entry = 0;  // index in the audit log
  int log = 0;                  // number of that log
};

// `actor` names in the log who asks: "operator", "pes:sisemp".
//
// Threads: any thread may call any method, except that nothing may be called
// from inside a job of the database.
class Exchange {
 public:
  using PutDone =
      std::function<void(absl::StatusOr<std::vector<PutOutcome>> outcomes)>;
  // What a put under way works on. Keep it until `done` was called, and the
  // thread that lets go of it frees it, not the writer's.
  using PutHandle = std::shared_ptr<const void>;

  virtual ~Exchange() = default;

  // Validates, redacts and stores own records with one decision per peer, all
  // in one transaction; bad records are answered, good ones go in. `consents`
  // is parallel to `records` or empty; a null consent leaves the stored one.
  // With `dry_run` nothing is stored. Waits until it is durable.
  //   INVALID_ARGUMENT  more than kPutBatchRecordsMax records.
  //   and what Database::Write returns.
  absl::StatusOr<std::vector<PutOutcome>> Put(
      absl::string_view actor, const std::vector<const v1::Record*>& records,
      const std::vector<const v1::Consent*>& consents, bool dry_run);

  // The same without waiting for the commit: the call validates, decides and
  // returns, so that a bulk import prepares the next batch while this one
  // commits. The records themselves must live until `done`; the consents
  // and both vectors are not used after the return. `done` is called exactly
  // once, on this thread or the writer's, and must not block. The caller bounds
  // how many are under way (2 keep both threads busy).
  virtual PutHandle PutAsync(absl::string_view actor,
                             const std::vector<const v1::Record*>& records,
                             const std::vector<const v1::Consent*>& consents,
                             bool dry_run, PutDone done) = 0;

  // NOT_FOUND if there is none or its peer is suspended. An own profile comes
  // with its identity part: the caller decides who may read it.
  virtual absl::StatusOr<FoundRecord> Get(const RecordKey& key) const = 0;

  // Own profiles are not found by words: they are sealed, and an index of them
  // would not be. INVALID_ARGUMENT over the limits of SearchQuery.
  virtual absl::StatusOr<FoundPage> Search(
      const storage::SearchQuery& query) const = 0;

  // Erases an own record here; its peers get a DELETE with `reason`, a code of
  // a-z and '-' (empty: "withdrawn"). Returns the number of peers told.
  // NOT_FOUND, or FAILED_PRECONDITION if foreign.
  virtual absl::StatusOr<int> Withdraw(absl::string_view actor,
                                       const RecordKey& key,
                                       absl::string_view reason) = 0;

  // Replaces (nullptr: withdraws) a person's consent and re-evaluates. Returns
  // the number of views that changed. NOT_FOUND if the person has no profile;
  // INVALID_ARGUMENT for a consent that does not hold together.
  virtual absl::StatusOr<int> SetConsent(absl::string_view actor,
                                         absl::string_view person,
                                         const v1::Consent* consent) = 0;

  // Erases a person: profile, consent, key; peers get a DELETE with reason
  // "erased". NOT_FOUND if unknown.
  virtual absl::StatusOr<Erasure> ErasePerson(absl::string_view actor,
                                              absl::string_view person) = 0;

  // Does what has become due at `now`: a sweep that a crash interrupted, a new
  // day (dates of the policy, closing dates, licences), consents that ended,
  // retention of imported records. Does about a second of it at once, and
  // nothing while another change of many views is under way. Returns when to
  // come again: `now`, if there is more to do; call it at start. After an error
  // everything undone is still due.
  virtual absl::StatusOr<absl::Time> Housekeep(absl::Time now) = 0;

  // How the peer sees the record and why. NOT_FOUND if there is no such own
  // record.
  virtual absl::StatusOr<ViewExplanation> Explain(const RecordKey& key,
                                                  const PeerId& peer) const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_EXCHANGE_H_
