#include "federation/side_desk.h"

#include <utility>

#include "federation/mailbox.h"

namespace minga::federation {

void SideDesk::Run(std::function<absl::Status()> work,
                   std::function<void(const absl::Status&)> then) {
  auto run = [mailbox = mailbox_, work = std::move(work),
              then = std::move(then)] { mailbox->PostWritten(then, work()); };
  if (aside_ == nullptr) {
    run();
  } else {
    aside_(std::move(run));
  }
}

std::shared_ptr<const void> SideDesk::Lease(Use use) {
  std::weak_ptr<const void>& lease = leases_[static_cast<std::size_t>(use)];
  if (!lease.expired()) return nullptr;
  std::shared_ptr<const void> taken = std::make_shared<const char>();
  lease = taken;
  return taken;
}

}  // namespace minga::federation
