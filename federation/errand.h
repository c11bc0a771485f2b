// An errand is one thing that is done with one peer beside the two feeds: both
// sides ask each other (rpc Ask), each when it is due.
#ifndef MINGA_FEDERATION_ERRAND_H_
#define MINGA_FEDERATION_ERRAND_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/descriptor.h"
#include "federation/stream_context.h"
#include "minga/v1/federation.pb.h"

namespace minga::federation {

class Asker;
struct Account;

// Takes the answer to a question of the peer: once, on the federation thread.
// An error reaches the peer with its message; INVALID_ARGUMENT says that the
// question is malformed and counts as an offence. If all copies go without an
// answer, the peer hears CANCELLED.
using Reply = std::function<void(const absl::StatusOr<v1::AskResponse>&)>;

// Lives as long as the peer is active and its descriptor the same. Held by
// shared_ptr: what the writer brings back (JobDesk) has to hold a weak one.
//
// Threads: the federation thread only.
class Errand {
 public:
  virtual ~Errand() = default;

  // Asks the peer whatever is due.
  virtual void OnTime(absl::Time now) = 0;
  // When OnTime has something to do next.
  virtual absl::Time Due() const = 0;

  // Something stored that it looks at may have changed.
  virtual void OnNudge(absl::Time /*now*/) {}

  // Whether the peer's question belongs to this errand.
  virtual bool Takes(const v1::AskRequest& question) const = 0;
  // REQUIRES: Takes(question).
  virtual void Answer(const v1::AskRequest& question, Reply reply) = 0;
};

// The errands of one peer; `context`, `account` and `asker` outlive them.
std::vector<std::shared_ptr<Errand>> MakeErrands(const StreamContext& context,
                                                 const Descriptor& peer,
                                                 Account& account,
                                                 Asker& asker);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_ERRAND_H_
