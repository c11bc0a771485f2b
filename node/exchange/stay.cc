#include "node/exchange/stay.h"

#include <algorithm>

#include "node/base/status.h"
#include "node/exchange/received.h"
#include "node/exchange/retention.h"
#include "node/exchange/subject.h"

namespace minga::exchange {
namespace {

struct Held {
  absl::CivilDay since;
  bool limited = false;  // it has a last day
};

// Nullopt also for one that cannot be read.
absl::StatusOr<std::optional<Held>> Find(storage::Transaction& transaction,
                                         const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         transaction.records().Get(key));
  if (!record.has_value()) return std::nullopt;
  const absl::StatusOr<ReceivedBody> body = DecodeReceived(record->body);
  if (!body.ok()) return std::nullopt;
  return Held{StayBegan(*record, *body), body->keep_until.has_value()};
}

}  // namespace

absl::StatusOr<Stay> StayFor(storage::Transaction& transaction,
                             const RecordKey& key, absl::CivilDay today,
                             const Terms& theirs, const Terms& ours) {
  Stay stay;
  stay.since = today;
  stay.terms = Stricter(theirs, ours);
  MINGA_ASSIGN_OR_RETURN(const std::optional<Held> held,
                         Find(transaction, key));
  stay.held = held.has_value();
  if (stay.held) {
    stay.since = std::min(today, held->since);
  } else {
    MINGA_ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> before,
                           StayOf(transaction.documents(), key));
    stay.remembered = before.has_value();
    stay.since = std::min(today, before.value_or(today));
  }
  const auto over = [&](const Terms& terms) {
    return KeepUntil(terms, stay.since).value_or(today) < today;
  };
  stay.by_them = over(theirs);
  stay.by_us = over(ours);
  stay.keep_until = KeepUntil(stay.terms, stay.since);
  return stay;
}

absl::Status EraseRefused(storage::Transaction& transaction,
                          const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<Held> held,
                         Find(transaction, key));
  MINGA_RETURN_IF_ERROR(transaction.records().Erase(key).status());
  if (!held.has_value() || !held->limited) return absl::OkStatus();
  return RememberStay(transaction.documents(), key, held->since);
}

absl::StatusOr<bool> EraseWithdrawn(storage::Transaction& transaction,
                                    const RecordKey& key) {
  MINGA_RETURN_IF_ERROR(ForgetStay(transaction.documents(), key));
  return transaction.records().Erase(key);
}

}  // namespace minga::exchange
