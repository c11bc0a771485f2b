#include "node/exchange/quota.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/exchange/received.h"

namespace minga::exchange {
namespace {

constexpr absl::string_view kDocFull = "full/";  // + country

absl::StatusOr<storage::RecordCount> HeldOf(storage::Transaction& transaction,
                                            const PeerId& peer) {
  storage::RecordCount held;
  for (int number = 1; number < kRecordKinds; ++number) {
    MINGA_ASSIGN_OR_RETURN(
        const storage::RecordCount count,
        transaction.records().Count(peer, static_cast<RecordKind>(number)));
    held.records += count.records;
    held.bytes += count.bytes;
  }
  return held;
}

}  // namespace

absl::StatusOr<std::string> WhyFull(storage::Transaction& transaction,
                                    const storage::RecordCount& most,
                                    const RecordKey& key, std::size_t bytes) {
  MINGA_ASSIGN_OR_RETURN(const storage::RecordCount held,
                         HeldOf(transaction, key.country));
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

absl::Status NoteFull(storage::DocumentStore& documents, const PeerId& from) {
  return documents.Put(absl::StrCat(kDocFull, from.ToString()), "no room");
}

absl::Status AskWhereRoom(storage::Transaction& transaction,
                          const storage::RecordCount& most) {
  MINGA_ASSIGN_OR_RETURN(const auto full,
                         transaction.documents().List(kDocFull));
  for (const auto& [name, note] : full) {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer,
                           Country::Parse(absl::StripPrefix(name, kDocFull)));
    MINGA_ASSIGN_OR_RETURN(const storage::RecordCount held,
                           HeldOf(transaction, peer));
    if (held.records >= most.records - most.records / 10 ||
        held.bytes >= most.bytes - most.bytes / 10) {
      continue;
    }
    MINGA_RETURN_IF_ERROR(transaction.documents().Remove(name).status());
    MINGA_RETURN_IF_ERROR(BringAgain(transaction, peer));
  }
  return absl::OkStatus();
}

}  // namespace minga::exchange
