#include "storage/sqlite/record_counts.h"

#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kGet[] =
    "SELECT records, bytes FROM record_count WHERE country = ?1 AND kind = ?2";
constexpr char kAll[] =
    "SELECT country, kind, records, bytes FROM record_count";
constexpr char kPut[] =
    "INSERT OR REPLACE INTO record_count (country, kind, records, bytes)"
    " VALUES (?1, ?2, ?3, ?4)";

}  // namespace

absl::Status RecordCounts::Prepare(Connection& connection) {
  return connection.Prepare({{&get_, kGet}, {&all_, kAll}, {&put_, kPut}});
}

absl::StatusOr<RecordCount> RecordCounts::Get(Country country,
                                              RecordKind kind) const {
  if (staged_) {
    for (const Count& count : counts_) {
      if (count.country == country && count.kind == kind) return count.held;
    }
    return RecordCount();
  }
  Run run(get_, country, kind);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? RecordCount{run.Int(0), run.Int(1)} : RecordCount();
}

void RecordCounts::Add(const RecordKey& key, std::int64_t records,
                       std::int64_t bytes) {
  for (Count& count : counts_) {
    if (count.country != key.country || count.kind != key.kind) continue;
    count.held.records += records;
    count.held.bytes += bytes;
    count.changed = true;
    return;
  }
  counts_.push_back({key.country, key.kind, {records, bytes}, true});
}

absl::Status RecordCounts::Load() {
  staged_ = true;
  counts_.clear();
  Run run(all_);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) break;
    MINGA_ASSIGN_OR_RETURN(const Country country, run.CountryAt(0));
    MINGA_ASSIGN_OR_RETURN(const RecordKind kind, run.KindAt(1));
    counts_.push_back(
        {country, kind, {run.Int(2), run.Int(3)}, /*changed=*/false});
  }
  Mark();
  return absl::OkStatus();
}

absl::Status RecordCounts::Flush() {
  for (Count& count : counts_) {
    if (!count.changed) continue;
    MINGA_RETURN_IF_ERROR(Run::Once(put_, count.country, count.kind,
                                    count.held.records, count.held.bytes));
    count.changed = false;
  }
  return absl::OkStatus();
}

}  // namespace minga::storage::sqlite
