// Core is what the offices share. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_CORE_H_
#define MINGA_NODE_EXCHANGE_CORE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "node/base/clock.h"
#include "node/exchange/audit_entries.h"
#include "node/exchange/offices.h"
#include "node/exchange/scene.h"
#include "node/exchange/sweep_progress.h"
#include "storage/database.h"

namespace minga::exchange {

class Rotation;

struct Core {
  explicit Core(const Parts& the_parts);
  ~Core();

  // What holds in this transaction, snapshot or at this moment. What is decided
  // in a transaction leaves its day (NoteDecided).
  absl::StatusOr<Scene> SceneIn(storage::Transaction& transaction);
  absl::StatusOr<Scene> SceneIn(const storage::Snapshot& snapshot);
  absl::StatusOr<Scene> SceneNow();

  Deed DeedOf(absl::string_view actor) const {
    return {std::string(actor), parts.clock->Now()};
  }
  absl::CivilDay Today() const { return DayOf(parts.clock->Now()); }

  // Constant after construction.
  const Parts parts;
  // Synchronises itself.
  PolicyBook book;
  // How far the sweep under way has come.
  SweepMeter sweep;
  // Records evaluated because their day had come, since the start.
  std::atomic<std::int64_t> due_evaluated{0};
  // How far EraseForgotten has come since the start. Under change_mutex.
  struct ForgottenSearch {
    bool done = false;
    bool keys = false;  // all persons were looked at, now keys are
    std::string after;
  } forgotten;
  // Held by what changes the views of many records: one at a time.
  absl::Mutex change_mutex;
  // What Housekeep is doing for one peer, between its pieces; and the day on
  // which those who wait for a peer's daily release had it.
  std::unique_ptr<Rotation> rotation ABSL_GUARDED_BY(change_mutex);
  bool rotation_is_daily ABSL_GUARDED_BY(change_mutex) = false;
  std::map<PeerId, absl::CivilDay> released_on ABSL_GUARDED_BY(change_mutex);
};

// Document that stands while a sweep is under way, with the place where it
// stands (sweep_mark.h) once it has begun; found later, it is continued.
inline constexpr absl::string_view kDocSweep = "sweep";
// The last day on which everything due was done.
inline constexpr absl::string_view kDocSweptDay = "swept-day";
// The last day on which anything was decided.
inline constexpr absl::string_view kDocDecidedDay = "decided-day";
// Stands once something was decided on a day before that one, until everything
// is swept: the clock was set back, and may be right again.
inline constexpr absl::string_view kDocDecidedBehind = "decided-behind";
// The day on which everything has to be swept again; "never", if no boundary of
// the policy comes. Missing until the first sweep.
inline constexpr absl::string_view kDocSweepBy = "sweep-by";
// The version of the program, and the digest of the hierarchies, that last
// swept everything: another one may see the same record otherwise.
inline constexpr absl::string_view kDocSweptBy = "swept-by";
// Epoch of the feed that a peer's records are taken from now: + country.
inline constexpr absl::string_view kDocEpoch = "epoch/";

// The offices' parts; offices.cc puts them together.
std::unique_ptr<Exchange> MakeExchange(std::shared_ptr<Core> core);
std::unique_ptr<PolicyDesk> MakePolicyDesk(std::shared_ptr<Core> core);
std::unique_ptr<PolicyDiff> MakePolicyDiff(std::shared_ptr<Core> core);
std::unique_ptr<federation::Projector> MakeProjector(
    std::shared_ptr<Core> core);
std::unique_ptr<federation::Inbox> MakeInbox(std::shared_ptr<Core> core);
std::unique_ptr<ReleaseDesk> MakeReleaseDesk(std::shared_ptr<Core> core);
std::unique_ptr<DutyDesk> MakeDutyDesk(std::shared_ptr<Core> core);
std::unique_ptr<AnonymityDesk> MakeAnonymityDesk(std::shared_ptr<Core> core);
std::unique_ptr<RecoveryDesk> MakeRecoveryDesk(std::shared_ptr<Core> core);

// An epoch of a feed that was never used before, also if the database is an
// older copy: seconds, and chance against a second one within one.
Epoch NewFeedEpoch(const Core& core, absl::Time at);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_CORE_H_
