#include "node/audit/log_indexer.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "node/audit/terms.h"
#include "node/base/status.h"

namespace minga::audit {

absl::StatusOr<bool> LogIndexer::Step() {
  MINGA_ASSIGN_OR_RETURN(LogPosition position, index_.Position());
  MINGA_ASSIGN_OR_RETURN(const LogPosition size, reader_.Size());
  if (position > size) {
    // The index of a longer log: an older database was put in its place.
    MINGA_RETURN_IF_ERROR(index_.Clear());
    position = 0;
  }
  if (size - position < storage::kIndexSegmentEntries) return false;
  std::vector<storage::AuditTerms> terms;
  terms.reserve(storage::kIndexSegmentEntries);
  v1::AuditEntry entry;
  MINGA_RETURN_IF_ERROR(reader_.Read(
      position, position + storage::kIndexSegmentEntries,
      [&](const LogPlace& place, absl::string_view bytes) -> absl::Status {
        // What was pruned has no terms, and is found no more.
        terms.resize(place.position - position);
        if (!entry.ParseFromArray(bytes.data(),
                                  static_cast<int>(bytes.size()))) {
          return absl::DataLossError(
              absl::StrCat("log entry ", place.index(), " is unreadable"));
        }
        terms.push_back(TermsOf(entry, own_, place.start));
        return absl::OkStatus();
      }));
  terms.resize(storage::kIndexSegmentEntries);
  MINGA_RETURN_IF_ERROR(index_.Add(terms));
  return size - position >= 2 * storage::kIndexSegmentEntries;
}

}  // namespace minga::audit
