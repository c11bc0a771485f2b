// AuditIndex leads from a person, a record, a peer or a rule to the entries of
// the audit log about it. It is derived data in a file of its own: it lags
// behind the log by less than one segment once it has caught up, holds no
// personal data, and can be rebuilt from the log.
//
// Entries are named by their position among all entries of the node, those of
// closed logs first. The index says which positions to look at; whoever asks
// reads the entries and sees what is really there.
#ifndef MINGA_STORAGE_AUDIT_INDEX_H_
#define MINGA_STORAGE_AUDIT_INDEX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace minga::storage {

using LogPosition = std::uint64_t;

// Entries are indexed by this many at a time, so that indexing is sequential
// and takes some bytes an entry; what is newer is looked through.
inline constexpr std::uint64_t kIndexSegmentEntries = 65536;
// Entries of the same group are looked for by this many.
inline constexpr std::uint64_t kIndexBlockEntries = 256;

// What many entries have in common. Counted, so that statistics need no entry.
struct AuditGroup {
  int month = 0;  // 12 * year + month - 1, UTC
  int event = 0;  // v1::AuditEvent
  int kind = 0;   // v1::RecordKind
  std::string peer;
  std::string actor;
  LogPosition basis = 0;  // 0: none

  friend bool operator==(const AuditGroup&, const AuditGroup&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const AuditGroup& g) {
    return H::combine(std::move(h), g.month, g.event, g.kind, g.peer, g.actor,
                      g.basis);
  }
};

struct AuditGroupCount {
  std::int64_t number = 0;  // names the group
  AuditGroup group;
  std::uint64_t entries = 0;
};

// One entry as it is indexed: its group, and digests of the record or person
// that it is about (Mark), if there is one.
struct AuditTerms {
  AuditGroup group;
  std::vector<std::uint64_t> marks;
};

// Threads: Add and Clear from one thread, the rest from any.
class AuditIndex {
 public:
  virtual ~AuditIndex() = default;

  // Entries before this position are in the index; a multiple of
  // kIndexSegmentEntries.
  virtual absl::StatusOr<LogPosition> Position() const = 0;

  // Adds the entries from Position() on, in one transaction.
  // INVALID_ARGUMENT unless they are kIndexSegmentEntries.
  virtual absl::Status Add(absl::Span<const AuditTerms> entries) = 0;

  // Positions >= `from` of entries that may have `mark`, ascending, at most
  // `limit`. One in 10^12 entries that has it not is among them.
  virtual absl::StatusOr<std::vector<LogPosition>> Find(std::uint64_t mark,
                                                        LogPosition from,
                                                        int limit) const = 0;

  // All groups.
  virtual absl::StatusOr<std::vector<AuditGroupCount>> Groups() const = 0;

  // First positions of the blocks at or after that of `from`, within its
  // segment, that have entries of one of `groups` (numbers, ascending).
  virtual absl::StatusOr<std::vector<LogPosition>> Blocks(
      absl::Span<const std::int64_t> groups, LogPosition from) const = 0;

  // Throws everything away.
  virtual absl::Status Clear() = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_AUDIT_INDEX_H_
