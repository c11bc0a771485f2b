#include "storage/sqlite/classes.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kFind[] =
    "SELECT m.epoch, m.rung, m.waiting, m.floor, m.vals, m.sensitive,"
    " c.class, c.digest, c.shown, c.waiting"
    " FROM display_member m LEFT JOIN display_class c ON c.class = m.class"
    " WHERE m.peer = ?1 AND m.subject = ?2";
constexpr char kFindStored[] =
    "SELECT class, waiting, vals, sensitive FROM display_member"
    " WHERE peer = ?1 AND subject = ?2";
constexpr char kShown[] =
    "SELECT s.id, m.vals, m.sensitive FROM display_member m"
    " CROSS JOIN subject s ON s.subject = m.subject"
    " WHERE m.class = ?1 AND m.subject > ?2 ORDER BY m.subject LIMIT ?3";
constexpr char kWaiting[] =
    "SELECT s.id, m.vals, m.sensitive FROM display_waiting w"
    " CROSS JOIN display_class c ON c.class = w.class"
    " CROSS JOIN display_member m"
    " ON m.peer = c.peer AND m.subject = w.subject"
    " CROSS JOIN subject s ON s.subject = w.subject"
    " WHERE w.class = ?1 AND w.subject > ?2 ORDER BY w.subject LIMIT ?3";
constexpr char kHaving[] =
    "SELECT s.id FROM display_value v"
    " CROSS JOIN subject s ON s.subject = v.subject"
    " WHERE v.class = ?1 AND v.value = ?2 LIMIT ?3";
constexpr char kProfiles[] =
    "SELECT s.id, m.epoch, m.class FROM subject s CROSS JOIN display_member m"
    " ON m.peer = ?1 AND m.subject = s.subject"
    " WHERE s.country = ?2 AND s.kind = ?3 AND s.id > ?4"
    " ORDER BY s.id LIMIT ?5";
constexpr char kSummarise[] =
    "SELECT CASE WHEN class IS NULL THEN -1 ELSE rung END AS place, count(*),"
    " count(DISTINCT class) FROM display_member"
    " WHERE peer = ?1 AND (class IS NOT NULL OR length(waiting) > 0)"
    " GROUP BY place ORDER BY place";
static_assert(kWaitingRung == -1);

constexpr char kPut[] =
    "INSERT OR REPLACE INTO display_member"
    " (peer, subject, epoch, rung, class, waiting, floor, vals, sensitive)"
    " VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7, ?8, ?9)";
constexpr char kRemove[] =
    "DELETE FROM display_member WHERE peer = ?1 AND subject = ?2";
constexpr char kWait[] =
    "INSERT OR IGNORE INTO display_waiting (class, subject) VALUES (?1, ?2)";
constexpr char kStopWaiting[] =
    "DELETE FROM display_waiting WHERE class = ?1 AND subject = ?2";
constexpr char kAddValue[] =
    "INSERT OR IGNORE INTO display_value (class, value, subject)"
    " VALUES (?1, ?2, ?3)";
constexpr char kDropValue[] =
    "DELETE FROM display_value WHERE class = ?1 AND value = ?2"
    " AND subject = ?3";
#define MINGA_CLASSES_OF_PEER \
  " WHERE class IN (SELECT class FROM display_class WHERE peer = ?1)"
constexpr char kDropValues[] =
    "DELETE FROM display_value" MINGA_CLASSES_OF_PEER;
constexpr char kDropWaiting[] =
    "DELETE FROM display_waiting" MINGA_CLASSES_OF_PEER;
constexpr char kDropSensitive[] =
    "DELETE FROM display_sensitive" MINGA_CLASSES_OF_PEER;
#undef MINGA_CLASSES_OF_PEER
constexpr char kDropMembers[] = "DELETE FROM display_member WHERE peer = ?1";
constexpr char kDropClasses[] = "DELETE FROM display_class WHERE peer = ?1";

// Classes and values are kept as 8 bytes each, in the machine's order: the file
// stays on its machine's kind.
template <typename Number>
std::vector<Number> NumbersIn(absl::string_view bytes) {
  static_assert(sizeof(Number) == 8);
  std::vector<Number> numbers(bytes.size() / sizeof(Number));
  if (!numbers.empty()) {
    std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(Number));
  }
  return numbers;
}

absl::string_view BytesOf(const std::vector<ClassNo>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()),
          numbers.size() * sizeof(ClassNo)};
}

std::int64_t Bits(std::uint64_t value) {
  std::int64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

}  // namespace

absl::Status Classes::Prepare(Connection& connection) {
  MINGA_RETURN_IF_ERROR(counts_.Prepare(connection));
  return connection.Prepare({{&find_, kFind},
                             {&find_stored_, kFindStored},
                             {&shown_, kShown},
                             {&waiting_, kWaiting},
                             {&having_, kHaving},
                             {&profiles_, kProfiles},
                             {&summarise_, kSummarise},
                             {&put_, kPut},
                             {&remove_, kRemove},
                             {&wait_, kWait},
                             {&stop_waiting_, kStopWaiting},
                             {&add_value_, kAddValue},
                             {&drop_value_, kDropValue},
                             {&drop_values_, kDropValues},
                             {&drop_waiting_, kDropWaiting},
                             {&drop_members_, kDropMembers},
                             {&drop_sensitive_, kDropSensitive},
                             {&drop_classes_, kDropClasses}});
}

// --- Reading -----------------------------------------------------------------

absl::StatusOr<std::optional<ClassMember>> Classes::Find(
    const PeerId& peer, absl::string_view profile) const {
  found_.reset();
  MINGA_ASSIGN_OR_RETURN(const Number subject, subjects_.Find(KeyOf(profile)));
  if (subject == 0 || new_rows_.None(subjects_, peer, subject)) {
    return std::optional<ClassMember>();
  }
  Run run(find_, peer, subject);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  Found& read = found_.emplace(Found{peer, subject, std::nullopt});
  if (!found) return std::optional<ClassMember>();
  ClassMember member;
  member.epoch = run.Unsigned(0);
  member.rung = static_cast<int>(run.Int(1));
  member.waiting = NumbersIn<ClassNo>(run.View(2));
  member.floor = run.String(3);
  member.values = run.String(4);
  member.sensitive = run.String(5);
  if (!run.IsNull(6)) {
    ClassState& state = member.shown.emplace();
    state.number = run.Int(6);
    MINGA_ASSIGN_OR_RETURN(state.digest, run.DigestAt(7));
    state.shown = run.Int(8);
    state.waiting = run.Int(9);
    counts_.Correct(peer, state);
  }
  read.stored = Stored{member.shown.has_value() ? member.shown->number : 0,
                       member.waiting, member.values, member.sensitive};
  return std::optional<ClassMember>(std::move(member));
}

absl::StatusOr<ClassState> Classes::Lookup(const PeerId& peer,
                                           const Digest& klass) const {
  return counts_.Lookup(peer, klass);
}

absl::StatusOr<std::vector<ClassResident>> Classes::Residents(
    ClassNo klass, ClassRole role, absl::string_view after, int limit) const {
  std::vector<ClassResident> residents;
  Number last = 0;
  if (!after.empty()) {
    MINGA_ASSIGN_OR_RETURN(last, subjects_.Find(KeyOf(after)));
  }
  Run run(role == ClassRole::kShown ? shown_ : waiting_, klass, last,
          std::max(limit, 0));
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return residents;
    residents.push_back({run.String(0), run.String(1), run.String(2)});
  }
}

absl::StatusOr<std::vector<std::string>> Classes::Having(ClassNo klass,
                                                         std::uint64_t value,
                                                         int limit) const {
  std::vector<std::string> profiles;
  Run run(having_, klass, Bits(value), std::max(limit, 0));
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return profiles;
    profiles.push_back(run.String(0));
  }
}

absl::StatusOr<std::vector<PlacedProfile>> Classes::Profiles(
    const PeerId& peer, absl::string_view after, int limit) const {
  std::vector<PlacedProfile> profiles;
  Run run(profiles_, peer, own_, RecordKind::kProfile, after,
          std::max(limit, 0));
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return profiles;
    profiles.push_back({run.String(0), run.Unsigned(1), !run.IsNull(2)});
  }
}

absl::StatusOr<std::vector<RungSummary>> Classes::Summarise(
    const PeerId& peer) const {
  std::vector<RungSummary> rungs;
  Run run(summarise_, peer);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return rungs;
    rungs.push_back({static_cast<int>(run.Int(0)), run.Int(1), run.Int(2)});
  }
}

// --- Writing -----------------------------------------------------------------

absl::StatusOr<std::optional<Classes::Stored>> Classes::FindStored(
    const PeerId& peer, Number subject) const {
  if (subject == 0 || new_rows_.None(subjects_, peer, subject)) {
    return std::optional<Stored>();
  }
  if (found_.has_value() && found_->peer == peer &&
      found_->subject == subject) {
    return found_->stored;
  }
  Run run(find_stored_, peer, subject);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<Stored>();
  Stored stored;
  stored.shown = run.Int(0);  // NULL reads as 0
  stored.waiting = NumbersIn<ClassNo>(run.View(1));
  stored.values = run.String(2);
  stored.sensitive = run.String(3);
  return std::optional<Stored>(std::move(stored));
}

absl::Status Classes::Enter(ClassNo klass, Number subject,
                            const ClassPlace& place) {
  if (!place.shown) {
    MINGA_RETURN_IF_ERROR(Run::Once(wait_, klass, subject));
    return counts_.Add(klass, 0, 1);
  }
  for (const std::uint64_t value : NumbersIn<std::uint64_t>(place.values)) {
    MINGA_RETURN_IF_ERROR(Run::Once(add_value_, klass, Bits(value), subject));
  }
  MINGA_RETURN_IF_ERROR(counts_.AddSensitive(
      klass, NumbersIn<std::uint64_t>(place.sensitive), 1));
  return counts_.Add(klass, 1, 0);
}

absl::Status Classes::Leave(Number subject, const Stored& from) {
  if (from.shown != 0) {
    for (const std::uint64_t value : NumbersIn<std::uint64_t>(from.values)) {
      MINGA_RETURN_IF_ERROR(
          Run::Once(drop_value_, from.shown, Bits(value), subject));
    }
    MINGA_RETURN_IF_ERROR(counts_.AddSensitive(
        from.shown, NumbersIn<std::uint64_t>(from.sensitive), -1));
    MINGA_RETURN_IF_ERROR(counts_.Add(from.shown, -1, 0));
  }
  for (const ClassNo klass : from.waiting) {
    MINGA_RETURN_IF_ERROR(Run::Once(stop_waiting_, klass, subject));
    MINGA_RETURN_IF_ERROR(counts_.Add(klass, 0, -1));
  }
  return absl::OkStatus();
}

absl::Status Classes::Remove(const PeerId& peer, Number subject,
                             const Stored& from) {
  MINGA_RETURN_IF_ERROR(Leave(subject, from));
  MINGA_RETURN_IF_ERROR(Run::Once(remove_, peer, subject));
  return subjects_.Release(subject);
}

absl::Status Classes::Put(const PeerId& peer, absl::string_view profile,
                          const std::optional<ClassPlace>& place) {
  MINGA_RETURN_IF_ERROR(ValidateRecordId(profile));
  const RecordKey key = KeyOf(profile);
  MINGA_ASSIGN_OR_RETURN(const Number subject, place.has_value()
                                                   ? subjects_.FindOrMake(key)
                                                   : subjects_.Find(key));
  MINGA_ASSIGN_OR_RETURN(const std::optional<Stored> old,
                         FindStored(peer, subject));
  found_.reset();
  if (!place.has_value()) {
    return old.has_value() ? Remove(peer, subject, *old) : absl::OkStatus();
  }
  if (place->shown && place->classes.size() != 1) {
    return absl::InvalidArgumentError(
        "classes: a profile is shown in one class");
  }
  std::vector<ClassNo> classes;
  classes.reserve(place->classes.size());
  for (const Digest& digest : place->classes) {
    MINGA_ASSIGN_OR_RETURN(const ClassNo klass, counts_.NumberOf(peer, digest));
    classes.push_back(klass);
  }
  // Out before in: a profile that waited in the class it is now shown in, or
  // the other way round, has one row of each kind there.
  if (old.has_value()) MINGA_RETURN_IF_ERROR(Leave(subject, *old));
  for (const ClassNo klass : classes) {
    MINGA_RETURN_IF_ERROR(Enter(klass, subject, *place));
  }
  new_rows_.Add(peer, subject);
  return Run::Once(put_, peer, subject, place->epoch, place->rung,
                   place->shown ? classes.front() : 0,
                   Bytes{place->shown ? absl::string_view() : BytesOf(classes)},
                   Bytes{place->floor}, Bytes{place->values},
                   Bytes{place->sensitive});
}

absl::Status Classes::Load() {
  found_.reset();
  return counts_.Load();
}

void Classes::Restore() {
  found_.reset();
  counts_.Restore();
}

absl::Status Classes::Drop(const PeerId& peer) {
  found_.reset();
  counts_.Drop(peer);
  for (const Statement* statement :
       {&drop_values_, &drop_waiting_, &drop_sensitive_, &drop_members_,
        &drop_classes_}) {
    MINGA_RETURN_IF_ERROR(Run::Once(*statement, peer));
  }
  return subjects_.ReleaseAll();
}

}  // namespace minga::storage::sqlite
