#include "storage/sqlite/records.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/sqlite/due.h"

namespace minga::storage::sqlite {
namespace {

#define MINGA_RECORD_COLUMNS                                            \
  "r.row, s.country, s.kind, s.id, r.revision, r.digest, r.changed_at," \
  " r.body, r.due"

constexpr char kGet[] = "SELECT " MINGA_RECORD_COLUMNS
                        " FROM subject s CROSS JOIN record r"
                        " ON r.subject = s.subject"
                        " WHERE s.country = ?1 AND s.kind = ?2 AND s.id = ?3";
constexpr char kScan[] = "SELECT " MINGA_RECORD_COLUMNS
                         " FROM subject s CROSS JOIN record r"
                         " ON r.subject = s.subject"
                         " WHERE s.country = ?1 AND s.kind = ?2 AND s.id > ?3"
                         " ORDER BY s.id LIMIT ?4";
constexpr char kPutSince[] = "SELECT " MINGA_RECORD_COLUMNS
                             " FROM record r CROSS JOIN subject s"
                             " ON s.subject = r.subject WHERE r.row > ?1"
                             " ORDER BY r.row LIMIT ?2";
#undef MINGA_RECORD_COLUMNS

constexpr char kGoneSince[] =
    "SELECT seq, row FROM gone WHERE seq > ?1 ORDER BY seq LIMIT ?2";
constexpr char kNewest[] = "SELECT max(row) FROM record";
constexpr char kFind[] =
    "SELECT row, revision, digest, length(body) FROM record"
    " WHERE subject = ?1";
constexpr char kInsert[] =
    "INSERT INTO record (row, subject, revision, digest, changed_at, body, due)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, " MINGA_DUE_OR_NULL("?7") ")";
constexpr char kReplace[] =
    "UPDATE record SET row = ?2, revision = ?3, digest = ?4, changed_at = ?5,"
    " body = ?6, due = " MINGA_DUE_OR_NULL("?7") " WHERE row = ?1";
constexpr char kErase[] =
    "DELETE FROM record WHERE subject = ?1 RETURNING row, length(body)";
constexpr char kAddGone[] = "INSERT INTO gone (seq, row) VALUES (?1, ?2)";
constexpr char kDropGone[] = "DELETE FROM gone WHERE seq <= ?1";

// Sealing adds a nonce and a tag.
constexpr std::size_t kBodyBytesMax = kRecordBytesMax + 64;

absl::StatusOr<StoredRecord> RecordOf(const Run& run) {
  StoredRecord record;
  record.row = run.Int(0);
  MINGA_ASSIGN_OR_RETURN(record.key.country, run.CountryAt(1));
  MINGA_ASSIGN_OR_RETURN(record.key.kind, run.KindAt(2));
  record.key.id = run.String(3);
  record.revision = run.Unsigned(4);
  MINGA_ASSIGN_OR_RETURN(record.digest, run.DigestAt(5));
  record.changed_at = absl::FromUnixMicros(run.Int(6));
  record.body = run.String(7);
  if (!run.IsNull(8)) record.due = DueDay(run.Int(8));
  return record;
}

absl::StatusOr<std::vector<StoredRecord>> RecordsOf(Run& run) {
  std::vector<StoredRecord> records;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return records;
    MINGA_ASSIGN_OR_RETURN(StoredRecord record, RecordOf(run));
    records.push_back(std::move(record));
  }
}

absl::Status CheckLimit(int limit) {
  if (limit > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("records: limit ", limit, " is not positive"));
}

}  // namespace

absl::Status Records::Prepare(Connection& connection) {
  return connection.Prepare({{&get_, kGet},
                             {&scan_, kScan},
                             {&put_since_, kPutSince},
                             {&gone_since_, kGoneSince},
                             {&newest_, kNewest},
                             {&find_, kFind},
                             {&insert_, kInsert},
                             {&replace_, kReplace},
                             {&erase_, kErase},
                             {&add_gone_, kAddGone},
                             {&drop_gone_, kDropGone}});
}

absl::StatusOr<std::optional<StoredRecord>> Records::Get(
    const RecordKey& key) const {
  Run run(get_, key.country, key.kind, key.id);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<StoredRecord>();
  MINGA_ASSIGN_OR_RETURN(StoredRecord record, RecordOf(run));
  return std::optional<StoredRecord>(std::move(record));
}

absl::StatusOr<std::vector<StoredRecord>> Records::Scan(Country country,
                                                        RecordKind kind,
                                                        absl::string_view after,
                                                        int limit) const {
  MINGA_RETURN_IF_ERROR(CheckLimit(limit));
  Run run(scan_, country, kind, after, limit);
  return RecordsOf(run);
}

absl::StatusOr<RecordChanges> Records::ChangesSince(RowNo after,
                                                    std::int64_t gone_after,
                                                    int limit) const {
  MINGA_RETURN_IF_ERROR(CheckLimit(limit));
  RecordChanges changes;
  Run put(put_since_, after, limit);
  MINGA_ASSIGN_OR_RETURN(changes.put, RecordsOf(put));
  changes.upto = changes.put.empty() ? after : changes.put.back().row;
  changes.gone_upto = gone_after;
  Run gone(gone_since_, gone_after, limit);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, gone.Next());
    if (!more) return changes;
    changes.gone_upto = gone.Int(0);
    changes.gone.push_back(gone.Int(1));
  }
}

absl::StatusOr<RecordCount> Records::Count(Country country,
                                           RecordKind kind) const {
  return counts_.Get(country, kind);
}

absl::StatusOr<RowNo> Records::Newest() const {
  Run run(newest_);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  // No row gives NULL, which reads as 0.
  return found ? run.Int(0) : RowNo{0};
}

absl::Status Records::Check(const StoredRecord& record, bool own) const {
  MINGA_RETURN_IF_ERROR(ValidateRecordId(record.key.id));
  if (record.key.country.empty() ||
      record.key.kind == RecordKind::kUnspecified) {
    return absl::InvalidArgumentError(
        absl::StrCat("record `", record.key.ToString(),
                     "`: a record has a country and a kind"));
  }
  if (own && record.key.country != own_) {
    return absl::InvalidArgumentError(
        absl::StrCat("record `", record.key.ToString(), "`: own records are ",
                     own_.ToString(), "'s"));
  }
  if (record.body.size() > kBodyBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "record `", record.key.ToString(), "`: ", record.body.size(),
        " bytes are more than the ", kRecordBytesMax, " allowed"));
  }
  return absl::OkStatus();
}

absl::Status Records::AddGone(RowNo row) {
  return Run::Once(add_gone_, gone_.Next(), row);
}

absl::StatusOr<PutResult> Records::Put(const StoredRecord& record, bool own) {
  MINGA_RETURN_IF_ERROR(Check(record, own));
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject,
                         subjects_.FindOrMake(record.key));
  PutResult result;
  RowNo old = 0;
  std::int64_t old_bytes = 0;
  if (!subjects_.IsNew(subject) || subject == newest_put_) {
    Run run(find_, subject);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (found) {
      old = run.Int(0);
      old_bytes = run.Int(3);
      if (run.View(2) == AsView(record.digest)) {
        return PutResult{PutResult::Outcome::kUnchanged, old, run.Unsigned(1)};
      }
    }
  }
  newest_put_ = subject;
  result.row = rows_.Next();
  result.revision = own ? static_cast<Revision>(result.row) : record.revision;
  const auto bytes = static_cast<std::int64_t>(record.body.size());
  const std::int64_t changed_at = absl::ToUnixMicros(record.changed_at);
  if (old == 0) {
    MINGA_RETURN_IF_ERROR(Run::Once(insert_, result.row, subject,
                                    result.revision, record.digest, changed_at,
                                    Bytes{record.body}, DueNumber(record.due)));
    counts_.Add(record.key, 1, bytes);
  } else {
    result.outcome = PutResult::Outcome::kReplaced;
    MINGA_RETURN_IF_ERROR(Run::Once(replace_, old, result.row, result.revision,
                                    record.digest, changed_at,
                                    Bytes{record.body}, DueNumber(record.due)));
    MINGA_RETURN_IF_ERROR(AddGone(old));
    counts_.Add(record.key, 0, bytes - old_bytes);
  }
  news_.RecordChanged();
  return result;
}

absl::StatusOr<bool> Records::Erase(const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  if (subject == 0) return false;
  RowNo row = 0;
  std::int64_t bytes = 0;
  {
    Run run(erase_, subject);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (!found) return false;
    row = run.Int(0);
    bytes = run.Int(1);
    MINGA_RETURN_IF_ERROR(run.Finish());
  }
  MINGA_RETURN_IF_ERROR(subjects_.Release(subject));
  MINGA_RETURN_IF_ERROR(AddGone(row));
  counts_.Add(key, -1, -bytes);
  news_.RecordChanged();
  return true;
}

absl::Status Records::DropGone(std::int64_t gone_upto) {
  return Run::Once(drop_gone_, gone_upto);
}

}  // namespace minga::storage::sqlite
