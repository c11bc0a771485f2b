#include "storage/sqlite/classes.h"

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kClassOf[] =
    "SELECT c.digest FROM class_member m CROSS JOIN class c"
    " ON c.class = m.class WHERE m.peer = ?1 AND m.profile = ?2";
constexpr char kSize[] =
    "SELECT members FROM class WHERE peer = ?1 AND digest = ?2";
constexpr char kMembers[] =
    "SELECT m.profile FROM class c CROSS JOIN class_member m"
    " ON m.class = c.class WHERE c.peer = ?1 AND c.digest = ?2"
    " AND m.profile > ?3 ORDER BY m.profile LIMIT ?4";
constexpr char kGrow[] =
    "INSERT INTO class (peer, digest, members) VALUES (?1, ?2, 1)"
    " ON CONFLICT (peer, digest) DO UPDATE SET members = members + 1"
    " RETURNING class";
constexpr char kShrink[] =
    "UPDATE class SET members = members - 1 WHERE class = ?1"
    " RETURNING members";
constexpr char kForget[] = "DELETE FROM class WHERE class = ?1";
constexpr char kJoin[] =
    "INSERT INTO class_member (peer, profile, class) VALUES (?1, ?2, ?3)";
constexpr char kLeave[] =
    "DELETE FROM class_member WHERE peer = ?1 AND profile = ?2"
    " RETURNING class";
constexpr char kDropMembers[] = "DELETE FROM class_member WHERE peer = ?1";
constexpr char kDropClasses[] = "DELETE FROM class WHERE peer = ?1";

}  // namespace

absl::Status Classes::Prepare(Connection& connection) {
  return connection.Prepare({{&class_of_, kClassOf},
                             {&size_, kSize},
                             {&members_, kMembers},
                             {&grow_, kGrow},
                             {&shrink_, kShrink},
                             {&forget_, kForget},
                             {&join_, kJoin},
                             {&leave_, kLeave},
                             {&drop_members_, kDropMembers},
                             {&drop_classes_, kDropClasses}});
}

absl::StatusOr<std::optional<Digest>> Classes::ClassOf(
    const PeerId& peer, absl::string_view profile) const {
  Run run(class_of_, peer, profile);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<Digest>();
  MINGA_ASSIGN_OR_RETURN(const Digest digest, run.DigestAt(0));
  return std::optional<Digest>(digest);
}

absl::StatusOr<std::int64_t> Classes::Size(const PeerId& peer,
                                           const Digest& klass) const {
  Run run(size_, peer, klass);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? run.Int(0) : 0;
}

absl::StatusOr<std::vector<std::string>> Classes::Members(
    const PeerId& peer, const Digest& klass, absl::string_view after,
    int limit) const {
  std::vector<std::string> profiles;
  Run run(members_, peer, klass, after, limit < 0 ? 0 : limit);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return profiles;
    profiles.push_back(run.String(0));
  }
}

absl::Status Classes::Join(const PeerId& peer, absl::string_view profile,
                           const Digest& klass) {
  MINGA_RETURN_IF_ERROR(ValidateRecordId(profile));
  MINGA_ASSIGN_OR_RETURN(const std::optional<Digest> old,
                         ClassOf(peer, profile));
  if (old == klass) return absl::OkStatus();
  if (old.has_value()) {
    MINGA_RETURN_IF_ERROR(Leave(peer, profile).status());
  }
  std::int64_t number = 0;
  {
    Run run(grow_, peer, klass);
    MINGA_ASSIGN_OR_RETURN(const bool grown, run.Next());
    if (!grown) return absl::InternalError("database: a class did not grow");
    number = run.Int(0);
    MINGA_RETURN_IF_ERROR(run.Finish());
  }
  Run run(join_, peer, profile, number);
  return run.Finish();
}

absl::StatusOr<bool> Classes::Leave(const PeerId& peer,
                                    absl::string_view profile) {
  std::int64_t number = 0;
  {
    Run run(leave_, peer, profile);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (!found) return false;
    number = run.Int(0);
    MINGA_RETURN_IF_ERROR(run.Finish());
  }
  bool empty = false;
  {
    Run run(shrink_, number);
    MINGA_ASSIGN_OR_RETURN(const bool shrunk, run.Next());
    if (!shrunk) {
      return absl::DataLossError(
          absl::StrCat("database: class ", number, " is not counted"));
    }
    empty = run.Int(0) <= 0;
    MINGA_RETURN_IF_ERROR(run.Finish());
  }
  if (empty) {
    Run run(forget_, number);
    MINGA_RETURN_IF_ERROR(run.Finish());
  }
  return true;
}

absl::Status Classes::Drop(const PeerId& peer) {
  {
    Run run(drop_members_, peer);
    MINGA_RETURN_IF_ERROR(run.Finish());
  }
  Run run(drop_classes_, peer);
  return run.Finish();
}

}  // namespace minga::storage::sqlite
