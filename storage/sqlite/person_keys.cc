#include "storage/sqlite/person_keys.h"

#include <cstdint>

#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

// Vault's kind.
constexpr char kPersonKey[] = "person";
constexpr char kPersonConsent[] = "consent";

}  // namespace

absl::StatusOr<std::string> SealConsent(const Vault& vault,
                                        absl::string_view key,
                                        absl::string_view person,
                                        absl::string_view consent) {
  return vault.SealUnder(key, kPersonConsent, person, consent);
}

absl::StatusOr<std::string> OpenConsent(absl::string_view key,
                                        absl::string_view person,
                                        absl::string_view sealed) {
  return Vault::OpenUnder(key, kPersonConsent, person, sealed);
}

absl::StatusOr<PersonDraft> DraftPerson(const Vault& vault,
                                        absl::string_view person,
                                        absl::string_view consent,
                                        absl::CivilDay ends) {
  PersonDraft draft;
  draft.person = PersonId(person);
  draft.key = vault.NewKey();
  MINGA_ASSIGN_OR_RETURN(draft.sealed_key,
                         vault.Seal(kPersonKey, person, draft.key));
  if (consent.empty()) return draft;
  MINGA_ASSIGN_OR_RETURN(draft.sealed_consent,
                         SealConsent(vault, draft.key, person, consent));
  draft.consent_ends = ends;
  return draft;
}

absl::StatusOr<std::optional<std::string>> PersonKeys::Find(
    Number number, absl::string_view person) const {
  // Numbers are given in a row.
  if (!new_.empty() && number >= new_.front().number) {
    const auto index = static_cast<std::size_t>(number - new_.front().number);
    if (index < new_.size()) return std::optional<std::string>(new_[index].key);
  }
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> sealed,
                         file_->Find(number));
  if (!sealed.has_value()) return std::optional<std::string>();
  MINGA_ASSIGN_OR_RETURN(std::string key,
                         vault_.Open(kPersonKey, person, *sealed));
  return std::optional<std::string>(std::move(key));
}

absl::StatusOr<bool> PersonKeys::Exists(Number number) const {
  if (!new_.empty() && number >= new_.front().number) return number <= last_;
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> sealed,
                         file_->Find(number));
  return sealed.has_value();
}

PersonKeys::NewKey PersonKeys::Add(const PersonDraft& draft) {
  NewKey added{++last_, draft.key};
  sealed_.push_back({added.number, draft.sealed_key});
  new_.push_back(added);
  return added;
}

absl::Status PersonKeys::Load() {
  if (flushed_) {
    // The commit failed: nobody has these.
    for (const NewKey& key : new_) owed_.push_back(key.number);
  }
  new_.clear();
  sealed_.clear();
  doomed_.clear();
  settling_ = flushed_ = false;
  looked_ = 0;
  MINGA_ASSIGN_OR_RETURN(last_, file_->Last());
  if (compared_) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const std::int64_t mark, file_->Mark());
  in_step_ = mark == mark_.value();
  compared_ = true;
  return absl::OkStatus();
}

void PersonKeys::Mark() {
  marked_new_ = new_.size();
  marked_doomed_ = doomed_.size();
  marked_settling_ = settling_;
  marked_looked_ = looked_;
}

void PersonKeys::Restore() {
  last_ -= static_cast<Number>(new_.size() - marked_new_);
  new_.resize(marked_new_);
  sealed_.resize(marked_new_);
  doomed_.resize(marked_doomed_);
  settling_ = marked_settling_;
  looked_ = marked_looked_;
}

absl::Status PersonKeys::Flush() {
  if (new_.empty() && doomed_.empty() && !settling_) return absl::OkStatus();
  // While the files are not in step, the database keeps its mark: a crash must
  // not make them look as if they were.
  const bool in_step = in_step_ || settling_;
  const std::int64_t mark = vault_.NewMark();
  if (!new_.empty()) {
    // In step only if nothing remains to be done after the commit.
    const bool done = in_step && doomed_.empty() && !settling_;
    // What was owed before this group is so whether it stands or not.
    MINGA_RETURN_IF_ERROR(
        file_->Apply(sealed_, owed_, done ? mark : vault_.NewMark()));
    owed_.clear();
    flushed_ = true;
  }
  if (in_step) mark_.Set(mark);
  return absl::OkStatus();
}

absl::Status PersonKeys::Settle() {
  const bool changed = !doomed_.empty() || settling_;
  owed_.insert(owed_.end(), doomed_.begin(), doomed_.end());
  in_step_ = in_step_ || settling_;
  new_.clear();
  sealed_.clear();
  doomed_.clear();
  settling_ = flushed_ = false;
  if (!changed && owed_.empty()) {
    file_->CheckpointIfLong();
    return absl::OkStatus();
  }
  MINGA_RETURN_IF_ERROR(
      file_->Apply({}, owed_, in_step_ ? mark_.value() : vault_.NewMark()));
  owed_.clear();
  return Tidy();
}

absl::Status PersonKeys::Tidy() {
  const absl::Status tidied = file_->Tidy();
  // Someone reads the file with a tool: the writer's next idle time does it.
  return absl::IsUnavailable(tidied) ? absl::OkStatus() : tidied;
}

}  // namespace minga::storage::sqlite
