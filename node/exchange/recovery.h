// RecoveryDesk does what has to be done once an older copy of the database was
// put back: so that nothing comes back that was taken back since, and every
// peer is shown everything anew.
//
//   what the journal beside the keys says   is withdrawn again, at the start
//   every peer's feed and pseudonyms        begin a new epoch
//   what the peers say was withdrawn        is asked for before anything is
//   sent a law that was changed since            nothing is sent until an
//   operator has
//                                           said that today's is in force again
//
// A crash costs nothing: the next start goes on.
#ifndef MINGA_NODE_EXCHANGE_RECOVERY_H_
#define MINGA_NODE_EXCHANGE_RECOVERY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "storage/document_store.h"
#include "storage/record_store.h"

namespace minga::exchange {

// What is left of a restore, for status.
struct RecoveryState {
  std::string restored;         // when, and what followed; empty: never
  bool law_to_confirm = false;  // nothing is sent until Confirm
  std::vector<PeerId>
      to_be_asked;  // peers that have not said yet what they know
};

// Threads: any.
class RecoveryDesk {
 public:
  virtual ~RecoveryDesk() = default;

  // To be called before anything is served: finds out whether this is an older
  // copy - it bears the mark that every backup does, or `older` says so - or
  // the machine crashed before a withdrawal was committed, and does what
  // follows. Returns whether it was an older copy.
  virtual absl::StatusOr<bool> AtStart(bool older) = 0;

  // Policies, agreements and peers are those of today.
  // FAILED_PRECONDITION if nothing waits for that.
  virtual absl::Status Confirm(absl::string_view actor) = 0;

  virtual absl::StatusOr<RecoveryState> State() const = 0;
};

// Whether an own record was put after the restore, so that nothing said of the
// time before is about it. Internal to this room.
absl::StatusOr<bool> IsPutSinceRestore(const storage::DocumentReader& documents,
                                       const storage::StoredRecord& record);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_RECOVERY_H_
