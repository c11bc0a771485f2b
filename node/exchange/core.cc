#include "node/exchange/core.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/rotation.h"
#include "node/exchange/sweep_mark.h"

namespace minga::exchange {

namespace {

// With the hierarchies that a node has if it is given no others. With others
// people are shown otherwise, as by another program.
Parts Complete(Parts parts) {
  if (parts.hierarchies == nullptr) parts.hierarchies = Hierarchies::BuiltIn();
  absl::StrAppend(&parts.version, " hierarchies ",
                  absl::BytesToHexString(AsView(parts.hierarchies->digest())));
  return parts;
}

}  // namespace

Core::Core(const Parts& the_parts)
    : parts(Complete(the_parts)), book(parts.own, parts.hierarchies) {}

Core::~Core() = default;

absl::StatusOr<Scene> Core::SceneIn(storage::Transaction& transaction) {
  const absl::CivilDay today = Today();
  MINGA_RETURN_IF_ERROR(NoteDecided(transaction.documents(), today));
  return book.SceneOf(transaction.documents(), transaction.peers(),
                      transaction.feeds(), today);
}

absl::StatusOr<Scene> Core::SceneIn(const storage::Snapshot& snapshot) {
  return book.SceneOf(snapshot.documents(), snapshot.peers(), snapshot.feeds(),
                      Today());
}

absl::StatusOr<Scene> Core::SceneNow() {
  Scene scene;
  const auto read = [&](const storage::Snapshot& snapshot) {
    absl::StatusOr<Scene> now = SceneIn(snapshot);
    if (now.ok()) scene = *std::move(now);
    return now.status();
  };
  MINGA_RETURN_IF_ERROR(parts.database->Read(read));
  return scene;
}

Epoch NewFeedEpoch(const Core& core, absl::Time at) {
  constexpr std::uint64_t kChances = 1 << 20;
  return static_cast<std::uint64_t>(absl::ToUnixSeconds(at)) * kChances +
         core.parts.random->Below(kChances);
}

absl::StatusOr<Offices> OpenOffices(const Parts& parts) {
  if (parts.own.empty() || parts.database == nullptr ||
      parts.index == nullptr || parts.clock == nullptr ||
      parts.random == nullptr) {
    return absl::InvalidArgumentError("offices: a part is missing");
  }
  auto core = std::make_shared<Core>(parts);
  MINGA_RETURN_IF_ERROR(core->SceneNow().status());
  MINGA_RETURN_IF_ERROR(FollowHierarchies(*core));
  return Offices{
      MakeExchange(core),  MakePolicyDesk(core),    MakePolicyDiff(core),
      MakeProjector(core), MakeInbox(core),         MakeReleaseDesk(core),
      MakeDutyDesk(core),  MakeAnonymityDesk(core), MakeRecoveryDesk(core)};
}

}  // namespace minga::exchange
