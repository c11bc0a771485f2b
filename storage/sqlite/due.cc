#include "storage/sqlite/due.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kDueBy[] =
    "SELECT r.due, s.country, s.kind, s.id"
    " FROM record r INDEXED BY record_by_due CROSS JOIN subject s"
    " ON s.subject = r.subject WHERE r.due <= ?1"
    " ORDER BY r.due, r.row LIMIT ?2";
constexpr char kFind[] = "SELECT due FROM record WHERE subject = ?1";
constexpr char kUpdate[] =
    "UPDATE record SET due = " MINGA_DUE_OR_NULL("?2") " WHERE subject = ?1";

constexpr absl::CivilDay kFirstDay(1970, 1, 1);

}  // namespace

std::int64_t DueNumber(absl::CivilDay day) {
  return day == absl::CivilDay::max() ? kNoDue : day - kFirstDay;
}

absl::CivilDay DueDay(std::int64_t number) { return kFirstDay + number; }

absl::Status Due::Prepare(Connection& connection) {
  return connection.Prepare(
      {{&due_by_, kDueBy}, {&find_, kFind}, {&update_, kUpdate}});
}

absl::StatusOr<std::vector<DueRecord>> Due::DueBy(absl::CivilDay day,
                                                  int limit) const {
  if (limit <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("due: limit ", limit, " is not positive"));
  }
  std::vector<DueRecord> due;
  Run run(due_by_, DueNumber(day), limit);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return due;
    DueRecord record;
    record.day = DueDay(run.Int(0));
    MINGA_ASSIGN_OR_RETURN(record.key.country, run.CountryAt(1));
    MINGA_ASSIGN_OR_RETURN(record.key.kind, run.KindAt(2));
    record.key.id = run.String(3);
    due.push_back(std::move(record));
  }
}

absl::StatusOr<absl::CivilDay> Due::DayOf(const RecordKey& key) const {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  if (subject == 0) return absl::CivilDay::max();
  Run run(find_, subject);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found || run.IsNull(0)) return absl::CivilDay::max();
  return DueDay(run.Int(0));
}

absl::Status Due::Set(const RecordKey& key, absl::CivilDay day) {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  bool stored = false;
  if (subject != 0) {
    Run run(find_, subject);
    MINGA_ASSIGN_OR_RETURN(stored, run.Next());
    const bool due = stored && !run.IsNull(0);
    const std::int64_t held = due ? run.Int(0) : kNoDue;
    if (stored && held == DueNumber(day)) return absl::OkStatus();
  }
  if (stored) return Run(update_, subject, DueNumber(day)).Finish();
  // A subject outlives its record while a feed names it.
  if (day == absl::CivilDay::max()) return absl::OkStatus();
  return absl::NotFoundError("due: there is no record of this key");
}

}  // namespace minga::storage::sqlite
