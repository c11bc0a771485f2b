// The day on which a record is seen otherwise by itself. What is stored with
// the records (storage/due_store.h) and the day of the next sweep (kDocSweepBy)
// keep one promise together: no view changes by itself before the earlier of
// the two. A day at or after the next boundary of the policy is not stored, as
// the sweep of that day computes it anew: most records have none.
// Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_DUE_H_
#define MINGA_NODE_EXCHANGE_DUE_H_

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "node/exchange/content.h"
#include "node/exchange/judge.h"
#include "node/exchange/scene.h"
#include "node/exchange/subject.h"
#include "node/exchange/view.h"

namespace minga::exchange {

// An own record in one scene: the views of its peers, in their order, and the
// day to store; CivilDay::max() if none.
struct Evaluation {
  std::vector<View> views;
  absl::CivilDay due = absl::CivilDay::max();
};
Evaluation Evaluate(const Scene& scene, const Subject& subject);

// The first day after that of `scene` on which the verdict, or what it obliges
// to, may be another for the same facts.
absl::CivilDay ChangesOn(const Scene& scene, const Content& content,
                         const Ruling& ruling);

// The day to store with a received record that `ruling` lets in and that may
// be kept until `keep_until`.
absl::CivilDay DueOfReceived(const Scene& scene, const Ruling& ruling,
                             const Content& content,
                             std::optional<absl::CivilDay> keep_until);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_DUE_H_
