// How long a record that a peer brings may stay here. What a stay is:
// retention.h. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_STAY_H_
#define MINGA_NODE_EXCHANGE_STAY_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "node/exchange/obligations.h"
#include "storage/database.h"

namespace minga::exchange {

struct Stay {
  // True if its last day, counted from the first, has passed.
  bool over() const { return by_them || by_us; }

  absl::CivilDay since;  // the first day
  Terms terms;           // what both sides ask for
  std::optional<absl::CivilDay> keep_until;
  bool by_them = false;     // over by the terms of its origin
  bool by_us = false;       // over by ours
  bool held = false;        // it is here
  bool remembered = false;  // it was here, and goes on with its stay
};

// The stay of the record `key`, brought on `today` on the terms `theirs`, where
// our law asks for `ours`.
absl::StatusOr<Stay> StayFor(storage::Transaction& transaction,
                             const RecordKey& key, absl::CivilDay today,
                             const Terms& theirs, const Terms& ours);

// Erases what is here of a record that its origin brings and that is refused.
// Remembers its stay if that has a last day.
absl::Status EraseRefused(storage::Transaction& transaction,
                          const RecordKey& key);

// Erases what its origin withdraws, and forgets its stay: what it shows later
// it shows anew. False if it was not here.
absl::StatusOr<bool> EraseWithdrawn(storage::Transaction& transaction,
                                    const RecordKey& key);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_STAY_H_
