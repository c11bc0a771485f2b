#include "storage/sqlite/journal.h"

#include "absl/time/civil_time.h"
#include "node/base/clock.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr absl::CivilDay kFirstDay(1970, 1, 1);

}  // namespace

absl::Status Journal::Note(Withdrawal what, const RecordKey& key,
                           absl::Time at) {
  KeyFile::JournalRow row;
  row.number = last_ + static_cast<std::int64_t>(new_.size()) + 1;
  row.day = DayOf(at) - kFirstDay;
  row.what = static_cast<int>(what);
  row.name = vault_.NameOf(key.ToString());
  new_.push_back(row);
  return absl::OkStatus();
}

absl::StatusOr<bool> Journal::IsAhead(Withdrawal what,
                                      const RecordKey& key) const {
  if (!ahead_) return false;
  return file_.InJournal(static_cast<int>(what), vault_.NameOf(key.ToString()),
                         known_.value());
}

absl::Status Journal::Load() {
  new_.clear();
  catching_up_ = false;
  MINGA_ASSIGN_OR_RETURN(last_, file_.LastInJournal());
  if (compared_) return absl::OkStatus();
  ahead_ = last_ > known_.value();
  compared_ = true;
  return absl::OkStatus();
}

void Journal::Mark() {
  marked_ = new_.size();
  marked_catching_up_ = catching_up_;
}

void Journal::Restore() {
  new_.resize(marked_);
  catching_up_ = marked_catching_up_;
}

absl::Status Journal::Flush() {
  if (new_.empty() && !catching_up_) return absl::OkStatus();
  if (!new_.empty()) {
    MINGA_RETURN_IF_ERROR(
        file_.AddToJournal(new_, new_.back().day - kJournalDays));
    last_ = new_.back().number;
    new_.clear();
  }
  if (catching_up_) ahead_ = catching_up_ = false;
  // As long as something has to be caught up with, the database says so.
  if (!ahead_) known_.Set(last_);
  return absl::OkStatus();
}

}  // namespace minga::storage::sqlite
