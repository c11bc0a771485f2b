// Exchange is the labour exchange of one node: what national systems and
// officers ask of it. It owns no thread; callers bring theirs.
#ifndef MINGA_NODE_EXCHANGE_EXCHANGE_H_
#define MINGA_NODE_EXCHANGE_EXCHANGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/ports.h"
#include "node/base/clock.h"
#include "node/base/random.h"
#include "policy/policy_set.h"
#include "storage/database.h"
#include "storage/search_index.h"

namespace minga::v1 {
class Consent;
class Record;
}  // namespace minga::v1

namespace minga::exchange {

struct Parts {
  Country own;
  storage::Database* database = nullptr;
  storage::SearchIndex* index = nullptr;
  const Clock* clock = nullptr;
  Random* random = nullptr;
};

struct PutOutcome {
  // OK, or INVALID_ARGUMENT naming the field, ALREADY_EXISTS for a second
  // record of one id with other content in the same request.
  absl::Status status;
  storage::PutResult::Outcome outcome = storage::PutResult::Outcome::kInserted;
  Revision revision = 0;
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
  std::optional<storage::FeedRow> row;
};

// Threads: any thread may call any method.
class Exchange {
 public:
  // Loads the policy in force from the database (none: everything is denied)
  // and finishes a sweep that a crash interrupted.
  static absl::StatusOr<std::unique_ptr<Exchange>> Open(const Parts& parts);
  virtual ~Exchange() = default;

  // Validates and stores own records with one decision per peer, all in one
  // transaction; bad records are answered, good ones go in. `consents` is
  // parallel to `records` or empty. With `dry_run` nothing is stored.
  //   INVALID_ARGUMENT  more than kPutBatchRecordsMax records.
  //   and what Database::Write returns.
  virtual absl::StatusOr<std::vector<PutOutcome>> Put(
      absl::string_view actor, const std::vector<const v1::Record*>& records,
      const std::vector<const v1::Consent*>& consents, bool dry_run) = 0;

  // NOT_FOUND if there is none or its peer is suspended.
  virtual absl::StatusOr<FoundRecord> Get(const RecordKey& key) const = 0;

  virtual absl::StatusOr<FoundPage> Search(
      const storage::SearchQuery& query) const = 0;

  // Erases an own record here; its peers get a DELETE with `reason`. Returns
  // the number of peers told. NOT_FOUND, or FAILED_PRECONDITION if foreign.
  virtual absl::StatusOr<int> Withdraw(absl::string_view actor,
                                       const RecordKey& key,
                                       absl::string_view reason) = 0;

  // Replaces (nullptr: withdraws) a person's consent and re-evaluates. Returns
  // the number of views that changed. NOT_FOUND if the person has no profile.
  virtual absl::StatusOr<int> SetConsent(absl::string_view actor,
                                         absl::string_view person,
                                         const v1::Consent* consent) = 0;

  // Erases a person: profile, consent, key; peers get a DELETE. Returns the
  // number of peers told. NOT_FOUND if unknown.
  virtual absl::StatusOr<int> ErasePerson(absl::string_view actor,
                                          absl::string_view person) = 0;

  // Does what has become due at `now`: date boundaries of the policy, consents
  // that ended, retention of imported records. Returns when to come again.
  virtual absl::StatusOr<absl::Time> Housekeep(absl::Time now) = 0;

  // How the peer sees the record and why.
  virtual absl::StatusOr<ViewExplanation> Explain(const RecordKey& key,
                                                  const PeerId& peer) const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_EXCHANGE_H_
