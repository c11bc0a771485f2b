#include "node/exchange/quota.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::exchange {

absl::StatusOr<std::string> WhyFull(storage::Transaction& transaction,
                                    const storage::RecordCount& most,
                                    const RecordKey& key, std::size_t bytes) {
  storage::RecordCount held;
  for (int number = 1; number < kRecordKinds; ++number) {
    MINGA_ASSIGN_OR_RETURN(const storage::RecordCount count,
                           transaction.records().Count(
                               key.country, static_cast<RecordKind>(number)));
    held.records += count.records;
    held.bytes += count.bytes;
  }
  if (held.records < most.records && held.bytes < most.bytes) {
    return std::string();
  }
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> old,
                         transaction.records().Get(key));
  if (old.has_value() && bytes <= old->body.size()) return std::string();
  return absl::StrCat("quota: ", held.records, " records of ", held.bytes,
                      " bytes are held of ", key.country.ToString(),
                      "; at most ", most.records, " of ", most.bytes,
                      " are kept");
}

}  // namespace minga::exchange
