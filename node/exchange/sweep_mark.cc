#include "node/exchange/sweep_mark.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/core.h"

namespace minga::exchange {
namespace {

// Another form gets another word: what an older program left is started over.
constexpr absl::string_view kForm = "sweep-1";
constexpr absl::string_view kNone = "-";
constexpr absl::string_view kNever = "never";

std::string NameOf(Country country) {
  return country.empty() ? std::string(kNone) : country.ToString();
}

bool ParseCountry(absl::string_view text, Country& country) {
  if (text == kNone) return true;
  const absl::StatusOr<Country> parsed = Country::Parse(text);
  if (parsed.ok()) country = *parsed;
  return parsed.ok();
}

}  // namespace

std::string EncodeMark(const SweepMark& mark) {
  // Ids have no spaces.
  return absl::StrJoin(
      {std::string(kForm), absl::BytesToHexString(AsView(mark.policy)),
       FormatDay(mark.day), NameOf(mark.only.value_or(Country())),
       absl::StrCat(mark.progress.pass), absl::StrCat(mark.progress.done),
       absl::StrCat(mark.progress.total), NameOf(mark.country),
       absl::StrCat(static_cast<int>(mark.kind)), mark.id},
      " ");
}

std::optional<SweepMark> DecodeMark(absl::string_view text) {
  constexpr std::size_t kParts = 10;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ' ');
  if (parts.size() != kParts || parts[0] != kForm) return std::nullopt;
  SweepMark mark;
  const std::string hash = absl::HexStringToBytes(parts[1]);
  const absl::StatusOr<absl::CivilDay> day = ParseDay(parts[2]);
  Country only;
  int kind = 0;
  if (hash.size() != mark.policy.size() || !day.ok() ||
      !ParseCountry(parts[3], only) ||
      !absl::SimpleAtoi(parts[4], &mark.progress.pass) ||
      !absl::SimpleAtoi(parts[5], &mark.progress.done) ||
      !absl::SimpleAtoi(parts[6], &mark.progress.total) ||
      !ParseCountry(parts[7], mark.country) ||
      !absl::SimpleAtoi(parts[8], &kind) || kind < 0 || kind >= kRecordKinds) {
    return std::nullopt;
  }
  std::copy(hash.begin(), hash.end(), mark.policy.begin());
  mark.day = *day;
  if (!only.empty()) mark.only = only;
  mark.kind = static_cast<RecordKind>(kind);
  mark.id = std::string(parts[9]);
  mark.progress.running = true;
  return mark;
}

Digest SweptUnder(const Core& core, const Scene& scene) {
  return Sha256({AsView(scene.judge->policy().hash()), core.parts.version});
}

namespace {

// True if what was done under `mark` is still right: what has become due since
// by a date of the record alone is found by its day.
bool Holds(const SweepMark& mark, const Core& core, const Scene& scene) {
  return mark.policy == SweptUnder(core, scene) && mark.day <= scene.today &&
         scene.today < scene.judge->policy().NextBoundary(mark.day);
}

// The last day on which anything was decided; nullopt if nothing was.
absl::StatusOr<std::optional<absl::CivilDay>> DecidedDay(
    const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(kDocDecidedDay));
  const absl::StatusOr<absl::CivilDay> day = ParseDay(text.value_or(""));
  if (!day.ok()) return std::optional<absl::CivilDay>();
  return std::make_optional(*day);
}

}  // namespace

absl::StatusOr<SweepMark> MarkToContinue(Core& core) {
  SweepMark mark;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                           snapshot.documents().Get(kDocSweep));
    MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneIn(snapshot));
    std::optional<SweepMark> kept = DecodeMark(text.value_or(""));
    if (kept.has_value() && Holds(*kept, core, scene)) mark = *std::move(kept);
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core.parts.database->Read(read));
  return mark;
}

absl::StatusOr<std::optional<absl::CivilDay>> SweepDay(
    const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(kDocSweepBy));
  if (!text.has_value()) return std::optional<absl::CivilDay>();
  if (*text == kNever) return std::make_optional(absl::CivilDay::max());
  const absl::StatusOr<absl::CivilDay> day = ParseDay(*text);
  // What cannot be read has to be done again.
  if (!day.ok()) return std::optional<absl::CivilDay>();
  return std::make_optional(*day);
}

absl::StatusOr<bool> ClockWasWrong(const storage::DocumentReader& documents,
                                   absl::CivilDay today) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> decided,
                         DecidedDay(documents));
  if (decided.has_value() && today < *decided) return true;
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> behind,
                         documents.Get(kDocDecidedBehind));
  return behind.has_value();
}

absl::Status NoteDecided(storage::DocumentStore& documents,
                         absl::CivilDay day) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> last,
                         DecidedDay(documents));
  if (last == day) return absl::OkStatus();
  if (last.has_value() && day < *last) {
    // Not every decision stores when it is due, nor does the day of the next
    // sweep count from a day that was left.
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> noted,
                           documents.Get(kDocDecidedBehind));
    return noted.has_value() ? absl::OkStatus()
                             : documents.Put(kDocDecidedBehind, FormatDay(day));
  }
  return documents.Put(kDocDecidedDay, FormatDay(day));
}

absl::Status PutSweepDay(storage::DocumentStore& documents,
                         absl::CivilDay day) {
  return documents.Put(kDocSweepBy, day == absl::CivilDay::max()
                                        ? std::string(kNever)
                                        : FormatDay(day));
}

absl::Status OrderSweep(Core& core) {
  const std::string today = FormatDay(core.Today());
  return core.parts.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        storage::DocumentStore& documents = transaction.documents();
        MINGA_RETURN_IF_ERROR(documents.Put(kDocDecidedDay, today));
        MINGA_RETURN_IF_ERROR(documents.Remove(kDocDecidedBehind).status());
        return documents.Put(kDocSweep, "under way");
      });
}

}  // namespace minga::exchange
