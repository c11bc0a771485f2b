#include "federation/side_desk.h"

#include <algorithm>
#include <utility>

#include "federation/mailbox.h"

namespace minga::federation {
namespace {

// Whoever is refused tries again after one to two minutes.
constexpr absl::Duration kComesBack = absl::Minutes(3);

}  // namespace

void SideDesk::Run(std::function<absl::Status()> work, Step then) {
  Run([work = std::move(work)](const Tell&) { return work(); }, nullptr,
      std::move(then));
}

void SideDesk::Run(std::function<absl::Status(const Tell& tell)> work,
                   Step half_way, Step then) {
  auto run = [mailbox = mailbox_, work = std::move(work),
              half_way = std::move(half_way), then = std::move(then)] {
    const Tell tell = [&] { mailbox->PostWritten(half_way, absl::OkStatus()); };
    mailbox->PostWritten(then, work(tell));
  };
  if (aside_ == nullptr) {
    run();
  } else {
    aside_(std::move(run));
  }
}

std::shared_ptr<const void> SideDesk::Lease(Use use, const PeerId& peer,
                                            absl::Time now) {
  Room& room = rooms_[static_cast<std::size_t>(use)];
  std::erase_if(room.queue, [now](const Waiting& waiting) {
    return now > waiting.asked + kComesBack || now < waiting.asked;
  });
  auto place = std::find_if(
      room.queue.begin(), room.queue.end(),
      [&](const Waiting& waiting) { return waiting.peer == peer; });
  if (room.lease.expired() && place == room.queue.begin()) {
    if (place != room.queue.end()) room.queue.pop_front();
    std::shared_ptr<const void> taken = std::make_shared<const char>();
    room.lease = taken;
    return taken;
  }
  if (place == room.queue.end()) {
    room.queue.push_back({peer, now});
  } else {
    place->asked = now;
  }
  return nullptr;
}

}  // namespace minga::federation
