// How a person is erased, by request or because the key is gone.
#ifndef MINGA_NODE_EXCHANGE_ERASURE_H_
#define MINGA_NODE_EXCHANGE_ERASURE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/exchange/core.h"
#include "node/exchange/exchange.h"
#include "node/exchange/reevaluate.h"
#include "node/exchange/work_budget.h"

namespace minga::exchange {

// A person's key for the log. Empty if it cannot be opened any more: that must
// not keep anybody from being erased.
absl::StatusOr<std::string> KeyForLog(const storage::PersonReader& people,
                                      absl::string_view person);

// Erases profile, consent, notices and key of the person of `profile`,
// withdraws from all peers and logs it with `detail`. The caller finishes
// `views`. NOT_FOUND if there is nothing of the person.
absl::StatusOr<Erasure> ErasePersonIn(storage::Transaction& transaction,
                                      Reevaluation& views, const Deed& deed,
                                      const RecordKey& profile,
                                      absl::string_view detail);

// Erases everybody whose key was destroyed after this state of the database,
// and keys that are nobody's: once after a start, and then only if the database
// is an older copy or the machine crashed. False if there is more to do.
absl::StatusOr<bool> EraseForgotten(Core& core, const Deed& deed,
                                    const WorkBudget& budget);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_ERASURE_H_
