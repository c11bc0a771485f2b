#include "storage/sqlite/due.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kDueBy[] =
    "SELECT d.day, s.country, s.kind, s.id FROM due d CROSS JOIN subject s"
    " ON s.subject = d.subject WHERE d.day <= ?1"
    " ORDER BY d.day, d.subject LIMIT ?2";
constexpr char kFind[] = "SELECT day FROM due WHERE subject = ?1";
constexpr char kInsert[] = "INSERT INTO due (subject, day) VALUES (?1, ?2)";
constexpr char kUpdate[] = "UPDATE due SET day = ?2 WHERE subject = ?1";
constexpr char kForget[] = "DELETE FROM due WHERE subject = ?1";

constexpr absl::CivilDay kFirstDay(1970, 1, 1);

std::int64_t NumberOf(absl::CivilDay day) { return day - kFirstDay; }

}  // namespace

absl::Status Due::Prepare(Connection& connection) {
  return connection.Prepare({{&due_by_, kDueBy},
                             {&find_, kFind},
                             {&insert_, kInsert},
                             {&update_, kUpdate},
                             {&forget_, kForget}});
}

absl::StatusOr<std::vector<DueRecord>> Due::DueBy(absl::CivilDay day,
                                                  int limit) const {
  if (limit <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("due: limit ", limit, " is not positive"));
  }
  std::vector<DueRecord> due;
  Run run(due_by_, NumberOf(day), limit);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return due;
    DueRecord record;
    record.day = kFirstDay + run.Int(0);
    MINGA_ASSIGN_OR_RETURN(record.key.country, run.CountryAt(1));
    MINGA_ASSIGN_OR_RETURN(record.key.kind, run.KindAt(2));
    record.key.id = run.String(3);
    due.push_back(std::move(record));
  }
}

absl::StatusOr<absl::CivilDay> Due::Find(Subjects::Number subject) const {
  Run run(find_, subject);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? kFirstDay + run.Int(0) : absl::CivilDay::max();
}

absl::StatusOr<absl::CivilDay> Due::DayOf(const RecordKey& key) const {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  if (subject == 0) return absl::CivilDay::max();
  return Find(subject);
}

absl::Status Due::Set(const RecordKey& key, absl::CivilDay day) {
  constexpr absl::CivilDay kNever = absl::CivilDay::max();
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  if (subject == 0) {
    if (day == kNever) return absl::OkStatus();
    return absl::NotFoundError("due: there is no record of this key");
  }
  MINGA_ASSIGN_OR_RETURN(const absl::CivilDay held, Find(subject));
  if (held == day) return absl::OkStatus();
  if (day == kNever) return Run(forget_, subject).Finish();
  if (held != kNever) return Run(update_, subject, NumberOf(day)).Finish();
  return Run(insert_, subject, NumberOf(day)).Finish();
}

}  // namespace minga::storage::sqlite
