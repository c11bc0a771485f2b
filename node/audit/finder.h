// Finder finds entries of the audit log by what they are about.
#ifndef MINGA_NODE_AUDIT_FINDER_H_
#define MINGA_NODE_AUDIT_FINDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "minga/v1/audit.pb.h"
#include "node/audit/log_reader.h"
#include "node/base/ids.h"
#include "storage/audit_index.h"

namespace minga::audit {

// All that is set must hold.
struct LogQuery {
  std::string subject;  // commitment of a person
  std::optional<RecordKey> record;
  std::string peer;
  std::string rule;     // its id
  std::string article;  // part of "statute article"; letter case is ignored
  std::string reason;   // code of a decision
  std::string actor;
  absl::Time from = absl::InfinitePast();     // inclusive
  absl::Time until = absl::InfiniteFuture();  // exclusive
  std::set<v1::AuditEvent> events;            // empty: all

  bool AsksForBasis() const {
    return !rule.empty() || !article.empty() || !reason.empty();
  }
};

struct FoundEntry {
  LogPlace place;
  v1::AuditEntry entry;
  std::shared_ptr<const v1::Basis> basis;   // null: none
  std::shared_ptr<const v1::Basis> before;  // null: none
};

v1::FindResponse ToProto(const FoundEntry& found);

// Threads: any thread may call any method.
class Finder {
 public:
  // Not owned; both outlive this.
  Finder(const storage::Database* database, const storage::AuditIndex* index,
         Country own)
      : reader_(database), index_(*index), own_(own) {}

  // Calls `visit` with the entries at `from` and after it that `query` picks,
  // in their order, until it returns false. UNAVAILABLE while the index is
  // being made anew and most of the log would have to be read.
  using Visit = absl::FunctionRef<bool(const FoundEntry&)>;
  absl::Status Find(const LogQuery& query, LogPosition from, Visit visit) const;

  // One entry with what it rests on. OUT_OF_RANGE beyond the log.
  absl::StatusOr<FoundEntry> At(LogPosition position) const;

  // What the entry at `position` says as a basis; null for position 0 and for
  // one that was pruned.
  absl::StatusOr<std::shared_ptr<const v1::Basis>> BasisAt(
      LogPosition position) const;

  // The same for the entry of `index` in the log of `place`; 0: none.
  absl::StatusOr<std::shared_ptr<const v1::Basis>> BasisOf(
      const LogPlace& place, storage::LeafIndex index) const;

  const LogReader& reader() const { return reader_; }
  const storage::AuditIndex& index() const { return index_; }

 private:
  class Search;

  const LogReader reader_;
  const storage::AuditIndex& index_;
  const Country own_;
  mutable absl::Mutex mutex_;
  mutable std::map<LogPosition, std::shared_ptr<const v1::Basis>> bases_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_FINDER_H_
