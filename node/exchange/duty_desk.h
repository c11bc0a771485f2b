// DutyDesk tells people what obligations ask of them: persons to notify,
// erasures that a peer owes, clocks that run at a breach. OpenOffices
// (offices.h) makes it.
#ifndef MINGA_NODE_EXCHANGE_DUTY_DESK_H_
#define MINGA_NODE_EXCHANGE_DUTY_DESK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "node/exchange/clocks.h"
#include "node/exchange/person_notices.h"
#include "storage/feed_store.h"

namespace minga::exchange {

// Notices in one answer.
inline constexpr int kPersonNoticesMax = 500;

// Threads: any thread may call any method, but not from inside a job of the
// database.
class DutyDesk {
 public:
  virtual ~DutyDesk() = default;

  // Notices that wait to be delivered to persons, after `after`, by person and
  // peer; at most `limit`, 1 to kPersonNoticesMax. Own records whose person was
  // erased have none.
  virtual absl::StatusOr<std::vector<PersonNotice>> Notices(
      const PersonNotice& after, int limit) const = 0;
  // The person has been told; written to the log. NOT_FOUND if no such notice
  // waits.
  virtual absl::Status NoticeDelivered(absl::string_view actor,
                                       absl::string_view person,
                                       const PeerId& peer) = 0;

  // What `peer` owes at `now`. NOT_FOUND if it has no feed.
  virtual absl::StatusOr<storage::OwedErasures> Owed(const PeerId& peer,
                                            absl::Time now) const = 0;

  // The shortest clock that the law in force sets for telling of a breach that
  // concerns data exchanged with `peer`; nullopt if none does.
  virtual absl::StatusOr<std::optional<BreachClock>> Breach(
      const PeerId& peer) const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_DUTY_DESK_H_
