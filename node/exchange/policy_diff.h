// PolicyDiff says what a document would change of what each peer may see, on
// the records in store, before it is put in force. It changes nothing.
// OpenOffices (offices.h) makes it.
#ifndef MINGA_NODE_EXCHANGE_POLICY_DIFF_H_
#define MINGA_NODE_EXCHANGE_POLICY_DIFF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "node/exchange/activation_gate.h"
#include "policy/policy_set.h"

namespace minga::exchange {

// How what a peer may see of a record changes.
enum class ViewChange : std::uint8_t {
  kReleased,     // nothing before, something then
  kWithdrawn,    // the other way
  kFiner,        // one field says more
  kCoarser,      // one field says less
  kObligations,  // shown alike, tied to something else
};

// "released", "withdrawn", "finer", "coarser", "obligations".
absl::string_view ViewChangeName(ViewChange change);

// Ids named for each difference.
inline constexpr std::size_t kDiffExamplesMax = 3;
// Differences told apart; the records of further ones are counted under the
// reason "other reasons". Bounds memory and the answer: about 4 MB.
inline constexpr std::size_t kDifferencesMax = 10000;

// Records that change for one peer in the same way for the same reason.
struct Difference {
  PeerId peer;
  RecordKind kind = RecordKind::kUnspecified;
  ViewChange change = ViewChange::kReleased;
  // The field that is shown finer or coarser; empty: the whole record.
  std::string field;
  // Levels, "RAW"; of kObligations the one that differs, "retention_days 90".
  // Empty for a whole record.
  std::string before;
  std::string after;
  // The rule that makes the difference with what it cites: "co.vacancy.fee: Ley
  // 1636/2013 art. 36"; "no longer " before one that ceases.
  std::string reason;
  std::int64_t records = 0;
  std::vector<std::string> examples;  // the first ids
};

// Threads: any thread may call any method, but not from inside a job of the
// database.
class PolicyDiff {
 public:
  // `done` of `total` own records were compared; false: stop.
  using Progress =
      absl::FunctionRef<bool(std::int64_t done, std::int64_t total)>;

  virtual ~PolicyDiff() = default;

  // Compares the law in force with the same and `document` in its place, for
  // every active peer and every own record that is not over. What a peer may
  // see of profiles is compared before anonymity: a class that is too small
  // holds back some of what the law releases.
  //
  // Sorted by peer, kind, change and falling number of records. Reads the store
  // in many short snapshots, so that nobody waits for it.
  //   INVALID_ARGUMENT     the document does not load (file:line:column).
  //   FAILED_PRECONDITION  an override without a national policy.
  //   ABORTED              the law in force changed meanwhile.
  //   CANCELLED            `progress` said so.
  virtual absl::StatusOr<std::vector<Difference>> Compare(
      PolicyDocument which, const policy::DocumentSource& document,
      Progress progress) const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_POLICY_DIFF_H_
