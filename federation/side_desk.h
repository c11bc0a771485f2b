// Hands out work that takes seconds, such as reading a whole view, so that the
// federation thread goes on meanwhile; and bounds how much of it is in memory.
#ifndef MINGA_FEDERATION_SIDE_DESK_H_
#define MINGA_FEDERATION_SIDE_DESK_H_

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/ids.h"

namespace minga::federation {

class Mailbox;

// Runs what it is given, later and on another thread, or at once.
using Aside = std::function<void(std::function<void()>)>;

// Threads: the federation thread.
class SideDesk {
 public:
  using Step = std::function<void(const absl::Status&)>;

  // `aside` may be null: work is done at once then.
  SideDesk(Aside aside, std::shared_ptr<Mailbox> mailbox)
      : aside_(std::move(aside)), mailbox_(std::move(mailbox)) {}

  // `work` must not use what dies with federation: it may run after. `then`
  // comes by a later Tick, with what it returned.
  void Run(std::function<absl::Status()> work, Step then);
  // The same with work that says once, by `tell`, that others may go on:
  // `half_way` comes before `then`.
  using Tell = std::function<void()>;
  void Run(std::function<absl::Status(const Tell& tell)> work, Step half_way,
           Step then);

  // What an item set in memory is for. Each has room of its own, so that two
  // nodes that compare with each other never wait in a circle.
  enum class Use { kAsking, kAnswering };
  // One set each: a million records have 48 MB. Held as long as the set; null
  // if there is no room now. Who was refused and comes back within three
  // minutes has its turn before those who came later.
  std::shared_ptr<const void> Lease(Use use, const PeerId& peer,
                                    absl::Time now);

 private:
  struct Waiting {
    PeerId peer;
    absl::Time asked;  // last
  };
  struct Room {
    std::weak_ptr<const void> lease;
    std::deque<Waiting> queue;
  };

  const Aside aside_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::array<Room, 2> rooms_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_SIDE_DESK_H_
