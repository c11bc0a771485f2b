// AuditChain is what a node's log has beside that of the files of one log: a
// node may close its log and go on in a new one, and old entries may be
// destroyed while their hashes are kept, so that what is left can still be
// proved. Logs are numbered from 0.
#ifndef MINGA_STORAGE_AUDIT_CHAIN_H_
#define MINGA_STORAGE_AUDIT_CHAIN_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/audit_store.h"

namespace minga::storage {

// More logs than a node closes in a lifetime; their numbers are part of keys.
inline constexpr int kLogsMax = 4096;

class AuditChain {
 public:
  virtual ~AuditChain() = default;

  // That of `log`; null for a log that stands alone.
  static const AuditChain* Of(const AuditReader& log) {
    return dynamic_cast<const AuditChain*>(&log);
  }
  static AuditChain* Of(AuditStore& log) {
    return dynamic_cast<AuditChain*>(&log);
  }

  // How many logs of the node were closed before this one: its number.
  virtual absl::StatusOr<int> Number() const = 0;

  // One of those, which the log must outlive. OUT_OF_RANGE if there is none
  // such.
  virtual absl::StatusOr<std::unique_ptr<AuditReader>> Earlier(
      int number) const = 0;

  // Entry bundles of log `number` before this one were pruned: reading them is
  // NOT_FOUND.
  virtual absl::StatusOr<std::uint64_t> Pruned(int number) const = 0;

  // Ends this log, which nothing can be added to any more, and begins the next
  // one, which is empty. FAILED_PRECONDITION unless the newest checkpoint
  // covers all entries.
  virtual absl::Status Close() = 0;

  // Destroys the entry bundles before `bundle` of log `number`, or some
  // thousand of them, and returns which is the first that is left: call it
  // until that is `bundle`. OUT_OF_RANGE for a bundle that is not full.
  virtual absl::StatusOr<std::uint64_t> Prune(int number,
                                              std::uint64_t bundle) = 0;
};

// How many logs were closed before `present`, the present log of a node: its
// number.
absl::StatusOr<int> NumberOf(const AuditReader& present);

// Log `number` of that node, which `present` must outlive. OUT_OF_RANGE if
// there is none such.
absl::StatusOr<std::unique_ptr<AuditReader>> OpenLog(const AuditReader& present,
                                                     int number);

}  // namespace minga::storage

#endif  // MINGA_STORAGE_AUDIT_CHAIN_H_
