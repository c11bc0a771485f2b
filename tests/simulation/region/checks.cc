#include "tests/simulation/region/checks.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "federation/cosign_round.h"
#include "federation/page.h"
#include "federation/page_apply.h"
#include "minga/v1/federation.pb.h"
#include "minga/v1/pes.pb.h"
#include "minga/v1/profile.pb.h"
#include "node/base/limits.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "tests/simulation/region/region.h"

namespace minga::region {
namespace {

constexpr int kScanMax = 10'000;

template <typename... Parts>
absl::Status Wrong(const Parts&... parts) {
  return absl::InternalError(absl::StrCat(parts...));
}

std::string Name(const Node& origin, const Node& follower) {
  return absl::StrCat(origin.own().ToString(), "->", follower.own().ToString());
}

// Both exchange with each other.
bool AreLinked(const Node& a, const Node& b) {
  return a.up() && b.up() && a.ledger().IsActive(b.own()) &&
         b.ledger().IsActive(a.own());
}

absl::Status CheckSentProfile(const v1::Row& row, const Sendable& sendable) {
  if (absl::StrContains(row.body(), kSecret)) {
    return Wrong("a profile with what never leaves");
  }
  if (!sendable.pseudonyms.contains(row.id())) {
    return Wrong("profile `", row.id(), "` was sent, which is not to be shown");
  }
  return absl::OkStatus();
}

absl::Status CheckSentVacancy(const v1::Row& row, const Sendable& sendable) {
  v1::Vacancy vacancy;
  if (!vacancy.ParseFromString(row.body())) return Wrong("no vacancy");
  const auto allowed = sendable.vacancies.find(row.id());
  if (allowed == sendable.vacancies.end()) {
    return Wrong("vacancy `", row.id(), "` was sent, which is not to be shown");
  }
  // An older version of what may be shown may still go out; nothing that the
  // law hides of it.
  if (SeenIn(vacancy).pay && !allowed->second.pay) {
    return Wrong("vacancy `", row.id(), "` was sent with its pay");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSent(const Node& origin, Country follower,
                       const v1::Page& page) {
  const std::string name =
      absl::StrCat(origin.own().ToString(), " to ", follower.ToString());
  MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(page.note()));
  MINGA_ASSIGN_OR_RETURN(const federation::PageHeader header,
                         federation::PageHeader::Parse(note.text));
  const Sendable* const logged =
      origin.LoggedPage(follower, std::string(AsView(header.root)));
  if (logged == nullptr) {
    return Wrong(name, ": page ", header.Range(), " was not logged");
  }
  for (const std::string& bytes : page.rows()) {
    v1::Row row;
    if (!row.ParseFromString(bytes)) return Wrong(name, ": no row");
    if (row.operation() != v1::ROW_OPERATION_UPSERT) continue;
    const absl::Status checked = row.kind() == v1::RECORD_KIND_PROFILE
                                     ? CheckSentProfile(row, *logged)
                                     : CheckSentVacancy(row, *logged);
    MINGA_RETURN_IF_ERROR(At(absl::StrCat(name, " seq ", row.seq()), checked));
  }
  return absl::OkStatus();
}

std::string Checks::WhoIsNot(Region& region) {
  for (const auto& origin : region.nodes()) {
    for (const auto& follower : region.nodes()) {
      if (origin == follower || !AreLinked(*origin, *follower)) continue;
      storage::FeedHead head;
      storage::Cursor cursor;
      bool settling = false;
      absl::Status read = origin->database().Read(
          [&](const storage::Snapshot& s) -> absl::Status {
            MINGA_ASSIGN_OR_RETURN(head, s.feeds().Head(follower->own()));
            return absl::OkStatus();
          });
      if (read.ok()) {
        read = follower->database().Read(
            [&](const storage::Snapshot& s) -> absl::Status {
              MINGA_ASSIGN_OR_RETURN(cursor, s.peers().CursorOf(origin->own()));
              MINGA_ASSIGN_OR_RETURN(
                  settling,
                  federation::IsSettling(s.documents(), origin->own()));
              return absl::OkStatus();
            });
      }
      if (!read.ok())
        return absl::StrCat(Name(*origin, *follower), " ", read.ToString());
      if (head.acknowledged == head.last && !settling &&
          cursor == storage::Cursor{head.epoch, head.last}) {
        continue;
      }
      std::string why;
      for (const Node* const node : {origin.get(), follower.get()}) {
        for (const auto& progress : node->progress()) {
          absl::StrAppend(&why, "; ", node->own().ToString(), " of ",
                          progress.peer.ToString(), ": ", progress.last_error);
        }
      }
      return absl::StrCat(Name(*origin, *follower), " feed ", head.epoch, "/",
                          head.last, " acknowledged ", head.acknowledged,
                          ", cursor ", cursor.epoch, "/", cursor.seq,
                          settling ? ", settling" : "", why);
    }
  }
  return "";
}

absl::Status Checks::AtRest(Region& region) {
  // First: it is cheap, and some seconds later than the rest.
  for (const auto& origin : region.nodes()) {
    for (const auto& follower : region.nodes()) {
      if (origin == follower || !AreLinked(*origin, *follower)) continue;
      MINGA_RETURN_IF_ERROR(
          At(Name(*origin, *follower), CheckCosigned(*origin, *follower)));
    }
  }
  for (const auto& node : region.nodes()) {
    if (node->up()) {
      MINGA_RETURN_IF_ERROR(At(node->own().ToString(), ReadLog(*node)));
    }
  }
  for (const auto& origin : region.nodes()) {
    for (const auto& follower : region.nodes()) {
      if (origin == follower) continue;
      MINGA_RETURN_IF_ERROR(
          At(Name(*origin, *follower), CheckPair(*origin, *follower)));
    }
  }
  return absl::OkStatus();
}

absl::Status Checks::CheckPair(const Node& origin, const Node& follower) {
  if (AreLinked(origin, follower)) {
    MINGA_RETURN_IF_ERROR(CheckVacancies(origin, follower));
    MINGA_RETURN_IF_ERROR(CheckPeople(origin, follower));
    return CheckPages(origin, follower);
  }
  if (!follower.up() || follower.ledger().IsActive(origin.own())) {
    return absl::OkStatus();
  }
  // What is held of a suspended peer is not to be read.
  for (const auto& [id, vacancy] : origin.ledger().vacancies) {
    const auto found =
        follower.exchange().Get({origin.own(), RecordKind::kVacancy, id});
    if (found.ok()) return Wrong("`", id, "` is read of a suspended peer");
  }
  return absl::OkStatus();
}

namespace {

// Records of `origin` held by `follower`, by id.
absl::StatusOr<std::map<std::string, v1::Record>> HeldBy(const Node& follower,
                                                         Country origin,
                                                         RecordKind kind) {
  std::vector<storage::StoredRecord> stored;
  const absl::Status read =
      follower.database().Read([&](const storage::Snapshot& s) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(stored,
                               s.records().Scan(origin, kind, "", kScanMax));
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(read);
  std::map<std::string, v1::Record> held;
  for (const storage::StoredRecord& record : stored) {
    const auto found = follower.exchange().Get(record.key);
    if (absl::IsNotFound(found.status())) {
      return Wrong("`", record.key.id, "` is held past its stay");
    }
    MINGA_RETURN_IF_ERROR(found.status());
    held[record.key.id] = *found->record;
  }
  return held;
}

}  // namespace

absl::Status Checks::CheckCosigned(const Node& origin, const Node& follower) {
  const NoteVerifier& peer = follower.party().descriptor.cosign_key;
  return origin.database().Read([&](const storage::Snapshot& s)
                                    -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::string newest, s.audit().Checkpoint());
    if (newest.empty()) {
      MINGA_ASSIGN_OR_RETURN(const std::uint64_t size, s.audit().Size());
      return size == 0 ? absl::OkStatus() : Wrong("the log is not signed");
    }
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> cosigned,
                           s.documents().Get(federation::CosignedDocument(0)));
    MINGA_ASSIGN_OR_RETURN(const Note own, Note::Parse(newest));
    const absl::StatusOr<Note> note = Note::Parse(cosigned.value_or(""));
    if (!note.ok() || note->text != own.text) {
      return Wrong("the newest checkpoint is cosigned by nobody");
    }
    if (!VerifyNote(*note, peer)) {
      return Wrong("the peer has not cosigned the newest checkpoint");
    }
    return absl::OkStatus();
  });
}

absl::Status Checks::CheckVacancies(const Node& origin, const Node& follower) {
  MINGA_ASSIGN_OR_RETURN(const auto held,
                         HeldBy(follower, origin.own(), RecordKind::kVacancy));
  const auto shown =
      origin.ledger().VacanciesFor(follower.own(), origin.Today());
  const absl::CivilDay today = follower.Today();
  const int stay = FindLaw("short-stay")->stay_days;
  const auto since = origin.ledger().short_stays_since;
  // Days that a wrong clock had counted may be to come again, and a stay counts
  // from the day on which the follower got the record, by its own clock.
  constexpr int kWrongDays = 4;
  const bool wrong = origin.clock().was_wrong() || follower.clock().was_wrong();
  for (const auto& [id, expected] : shown) {
    if (!follower.ledger().Admits(expected)) continue;
    const auto found = held.find(id);
    if (found != held.end()) {
      const SeenVacancy seen = SeenIn(found->second.vacancy());
      if (seen == expected) continue;
      return Wrong("`", id, "` is held as `", seen.title, "`, pay ", seen.pay,
                   ", and shown as `", expected.title, "`, pay ", expected.pay);
    }
    const absl::CivilDay created = origin.ledger().vacancies.at(id).created;
    const int early = wrong ? kWrongDays : 0;
    if (since.has_value() && created + stay <= today + early) continue;
    return Wrong("`", id, "` (", expected.title, ") is not held");
  }
  for (const auto& [id, record] : held) {
    const auto found = shown.find(id);
    if (found == shown.end() || !follower.ledger().Admits(found->second)) {
      return Wrong("`", id, "` is still held");
    }
    const auto [first, added] =
        held_.try_emplace({origin.own(), follower.own(), id}, today);
    if (origin.ledger().law->stay_days > 0 &&
        first->second + stay + kWrongDays < today) {
      return Wrong("`", id, "` has been held since ", FormatDay(first->second));
    }
  }
  std::erase_if(held_, [&](const auto& entry) {
    const auto& [from, to, id] = entry.first;
    return from == origin.own() && to == follower.own() && !shown.contains(id);
  });
  return absl::OkStatus();
}

absl::Status Checks::CheckPeople(const Node& origin, const Node& follower) {
  const std::set<std::string> permitted =
      origin.ledger().PeopleFor(follower.own(), origin.Today());
  std::map<std::string, std::string> shown;  // wire id -> bytes
  const absl::Status read =
      origin.database().Read([&](const storage::Snapshot& s) -> absl::Status {
        for (const auto& [id, person] : origin.ledger().people) {
          MINGA_ASSIGN_OR_RETURN(
              const auto row,
              s.feeds().Find(follower.own(),
                             {origin.own(), RecordKind::kProfile, id}));
          const bool may = permitted.contains(id);
          const auto state =
              row.has_value() ? row->state : storage::ViewState::kGone;
          if (state == storage::ViewState::kShown) {
            if (!may) return Wrong("`", id, "` is shown and may not be");
            MINGA_ASSIGN_OR_RETURN(
                shown[row->wire_id],
                origin.ProjectionOf(s, follower.own(), *row));
          } else if (may && state != storage::ViewState::kHeldBack) {
            return Wrong("`", id, "` may be shown and is neither shown nor ",
                         "held back: ", row.has_value() ? row->reason : "none");
          }
        }
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(read);
  if (!follower.ledger().law->admits) shown.clear();
  MINGA_ASSIGN_OR_RETURN(const auto held,
                         HeldBy(follower, origin.own(), RecordKind::kProfile));
  std::map<std::string, int> classes;
  for (const auto& [id, record] : held) {
    const auto found = shown.find(id);
    if (found == shown.end()) return Wrong("person `", id, "` is still held");
    if (record.profile().SerializeAsString() != found->second) {
      return Wrong("person `", id, "` is held as another");
    }
    v1::Profile alike = record.profile();
    alike.clear_id();
    ++classes[alike.SerializeAsString()];
  }
  if (held.size() != shown.size()) {
    return Wrong(shown.size(), " people are shown and ", held.size(), " held");
  }
  for (const auto& [alike, people] : classes) {
    if (people >= origin.ledger().law->min_k) continue;
    return Wrong("a class of ", people, " people, k is ",
                 origin.ledger().law->min_k);
  }
  return absl::OkStatus();
}

}  // namespace minga::region
