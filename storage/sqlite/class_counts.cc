#include "storage/sqlite/class_counts.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

// Of about 150 bytes each: more are forgotten after a commit and read again.
constexpr std::size_t kCountsMax = 65536;

constexpr char kLookup[] =
    "SELECT class, shown, waiting FROM display_class"
    " WHERE peer = ?1 AND digest = ?2";
constexpr char kByNumber[] =
    "SELECT peer, digest, shown, waiting FROM display_class WHERE class = ?1";
constexpr char kMake[] =
    "INSERT INTO display_class (peer, digest, shown, waiting)"
    " VALUES (?1, ?2, 0, 0)";
constexpr char kSet[] =
    "UPDATE display_class SET shown = ?2, waiting = ?3 WHERE class = ?1";
constexpr char kForget[] = "DELETE FROM display_class WHERE class = ?1";
constexpr char kSensitive[] =
    "SELECT attribute, value, members FROM display_sensitive WHERE class = ?1";
constexpr char kSetSensitive[] =
    "INSERT OR REPLACE INTO display_sensitive (class, attribute, value, "
    "members)"
    " VALUES (?1, ?2, ?3, ?4)";
constexpr char kForgetSensitive[] =
    "DELETE FROM display_sensitive"
    " WHERE class = ?1 AND attribute = ?2 AND value = ?3";

absl::string_view BytesOf(const std::uint64_t& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace

absl::Status ClassCounts::Prepare(Connection& connection) {
  return connection.Prepare({{&lookup_, kLookup},
                             {&by_number_, kByNumber},
                             {&make_, kMake},
                             {&set_, kSet},
                             {&forget_, kForget},
                             {&sensitive_, kSensitive},
                             {&set_sensitive_, kSetSensitive},
                             {&forget_sensitive_, kForgetSensitive}});
}

ClassCounts::Count* ClassCounts::Remember(const PeerId& peer,
                                          const Digest& klass,
                                          const Count& count) const {
  Count& held = counts_[{peer, klass}];
  held = count;
  if (count.number != 0) numbers_[count.number] = &held;
  return &held;
}

absl::StatusOr<ClassCounts::Count*> ClassCounts::CountOf(
    const PeerId& peer, const Digest& klass) const {
  const auto known = counts_.find({peer, klass});
  if (known != counts_.end()) return &known->second;
  Count count;
  Run run(lookup_, peer, klass);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (found) {
    count.number = run.Int(0);
    count.shown = run.Int(1);
    count.waiting = run.Int(2);
  }
  return Remember(peer, klass, count);
}

absl::StatusOr<ClassCounts::Count*> ClassCounts::CountOf(ClassNo klass) const {
  const auto known = numbers_.find(klass);
  if (known != numbers_.end()) return known->second;
  Run run(by_number_, klass);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) {
    return absl::DataLossError(
        absl::StrCat("database: no anonymity class has number ", klass));
  }
  MINGA_ASSIGN_OR_RETURN(const PeerId peer, run.CountryAt(0));
  MINGA_ASSIGN_OR_RETURN(const Digest digest, run.DigestAt(1));
  Count count;
  count.number = klass;
  count.shown = run.Int(2);
  count.waiting = run.Int(3);
  return Remember(peer, digest, count);
}

absl::StatusOr<std::vector<ClassCounts::Sensitive>> ClassCounts::ReadSensitive(
    ClassNo klass) const {
  std::vector<Sensitive> sensitive;
  if (klass == 0) return sensitive;
  Run run(sensitive_, klass);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return sensitive;
    SensitiveCount& count = sensitive.emplace_back().count;
    count.attribute = static_cast<int>(run.Int(0));
    const absl::string_view value = run.View(1);
    if (value.size() != sizeof count.value) {
      return absl::DataLossError("database: not a sensitive value");
    }
    std::memcpy(&count.value, value.data(), sizeof count.value);
    count.members = run.Int(2);
  }
}

absl::StatusOr<std::vector<ClassCounts::Sensitive>*> ClassCounts::SensitiveOf(
    Count& count) const {
  if (!count.sensitive.has_value()) {
    MINGA_ASSIGN_OR_RETURN(count.sensitive, ReadSensitive(count.number));
  }
  return &*count.sensitive;
}

absl::StatusOr<ClassState> ClassCounts::Lookup(const PeerId& peer,
                                               const Digest& klass) const {
  ClassState state;
  state.digest = klass;
  if (!staged_) {
    Run run(lookup_, peer, klass);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (!found) return state;
    state.number = run.Int(0);
    state.shown = run.Int(1);
    state.waiting = run.Int(2);
    MINGA_ASSIGN_OR_RETURN(const std::vector<Sensitive> sensitive,
                           ReadSensitive(state.number));
    for (const Sensitive& one : sensitive) state.sensitive.push_back(one.count);
    return state;
  }
  MINGA_ASSIGN_OR_RETURN(Count * count, CountOf(peer, klass));
  if (count->shown == 0 && count->waiting == 0) return state;
  state.number = count->number;
  state.shown = count->shown;
  state.waiting = count->waiting;
  MINGA_ASSIGN_OR_RETURN(const std::vector<Sensitive>* sensitive,
                         SensitiveOf(*count));
  for (const Sensitive& one : *sensitive) {
    if (one.count.members > 0) state.sensitive.push_back(one.count);
  }
  return state;
}

void ClassCounts::Correct(const PeerId& peer, ClassState& state) const {
  if (!staged_) return;
  const auto known = numbers_.find(state.number);
  if (known == numbers_.end()) {
    Count count;
    count.number = state.number;
    count.shown = state.shown;
    count.waiting = state.waiting;
    Remember(peer, state.digest, count);
    return;
  }
  state.shown = known->second->shown;
  state.waiting = known->second->waiting;
}

void ClassCounts::Save(Count& count) {
  if (count.saved == mark_) return;
  undo_.push_back({&count, count});
  count.saved = mark_;
}

absl::StatusOr<ClassNo> ClassCounts::NumberOf(const PeerId& peer,
                                              const Digest& klass) {
  MINGA_ASSIGN_OR_RETURN(Count* const count, CountOf(peer, klass));
  if (count->number != 0) return count->number;
  Save(*count);
  Run run(make_, peer, klass);
  MINGA_RETURN_IF_ERROR(run.Finish());
  count->number = run.LastRow();
  numbers_[count->number] = count;
  return count->number;
}

absl::Status ClassCounts::Add(ClassNo klass, int shown, int waiting) {
  MINGA_ASSIGN_OR_RETURN(Count* const count, CountOf(klass));
  Save(*count);
  count->shown += shown;
  count->waiting += waiting;
  if (count->changed) return absl::OkStatus();
  count->changed = true;
  changed_.push_back(count);
  return absl::OkStatus();
}

absl::Status ClassCounts::AddSensitive(ClassNo klass,
                                       const std::vector<std::uint64_t>& values,
                                       int change) {
  if (values.empty()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(Count* const count, CountOf(klass));
  MINGA_ASSIGN_OR_RETURN(std::vector<Sensitive>* const held,
                         SensitiveOf(*count));
  Save(*count);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto attribute = static_cast<int>(i);
    auto one =
        std::find_if(held->begin(), held->end(), [&](const Sensitive& s) {
          return s.count.attribute == attribute && s.count.value == values[i];
        });
    if (one == held->end()) {
      one = held->insert(held->end(), {{attribute, values[i], 0}, false});
    }
    one->count.members += change;
    one->changed = true;
  }
  return absl::OkStatus();
}

void ClassCounts::Drop(const PeerId& peer) {
  for (auto& [key, count] : counts_) {
    if (key.first != peer) continue;
    Save(count);
    numbers_.erase(count.number);
    count.number = count.shown = count.waiting = 0;
    count.sensitive.reset();
    count.changed = false;
  }
}

void ClassCounts::Forget() {
  numbers_.clear();
  counts_.clear();
}

absl::Status ClassCounts::Load() {
  staged_ = true;
  Forget();
  changed_.clear();
  undo_.clear();
  return absl::OkStatus();
}

void ClassCounts::Mark() {
  undo_.clear();
  ++mark_;
}

void ClassCounts::Restore() {
  // What the job made first: its numbers may be those of what it dropped.
  for (const Saved& saved : undo_) numbers_.erase(saved.count->number);
  for (const Saved& saved : undo_) {
    *saved.count = saved.was;
    if (saved.was.number != 0) numbers_[saved.was.number] = saved.count;
  }
  undo_.clear();
}

absl::Status ClassCounts::FlushSensitive(Count& count) {
  if (!count.sensitive.has_value()) return absl::OkStatus();
  for (Sensitive& one : *count.sensitive) {
    if (!one.changed) continue;
    one.changed = false;
    const SensitiveCount& held = one.count;
    const Bytes value{BytesOf(held.value)};
    MINGA_RETURN_IF_ERROR(held.members > 0
                              ? Run::Once(set_sensitive_, count.number,
                                          held.attribute, value, held.members)
                              : Run::Once(forget_sensitive_, count.number,
                                          held.attribute, value));
  }
  std::erase_if(*count.sensitive,
                [](const Sensitive& one) { return one.count.members <= 0; });
  return absl::OkStatus();
}

absl::Status ClassCounts::Flush() {
  for (Count* const count : changed_) {
    // A second entry of the same class, or dropped since.
    if (!count->changed) continue;
    count->changed = false;
    MINGA_RETURN_IF_ERROR(FlushSensitive(*count));
    if (count->shown != 0 || count->waiting != 0) {
      MINGA_RETURN_IF_ERROR(
          Run::Once(set_, count->number, count->shown, count->waiting));
      continue;
    }
    MINGA_RETURN_IF_ERROR(Run::Once(forget_, count->number));
    numbers_.erase(count->number);
    count->number = 0;
  }
  changed_.clear();
  undo_.clear();
  ++mark_;
  if (counts_.size() > kCountsMax) Forget();
  return absl::OkStatus();
}

}  // namespace minga::storage::sqlite
