#include "node/rpc/door.h"

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "node/base/status.h"

namespace minga::rpc {
namespace {

// Who waits for too long is found within that time.
constexpr int kLookMs = 1000;
// Without file descriptors to give, the next look is that far away.
constexpr int kOutOfFilesMs = 100;
// Between two looks at who of those inside has spoken.
constexpr int kAcceptsAtOnce = 64;
constexpr int kEventsAtOnce = 64;

int RaiseFileLimit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return kOpenFiles;
  const rlim_t wanted = std::min<rlim_t>(files.rlim_max, kOpenFiles);
  if (files.rlim_cur < wanted) {
    const rlim_t before = std::exchange(files.rlim_cur, wanted);
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0) files.rlim_cur = before;
  }
  return static_cast<int>(std::min<rlim_t>(files.rlim_cur, 1 << 30));
}

std::string KeyOf(const sockaddr_storage& from, socklen_t length) {
  std::array<char, NI_MAXHOST> text{};
  const int error =
      ::getnameinfo(reinterpret_cast<const sockaddr*>(&from), length,
                    text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return error == 0 ? AddressKey(text.data()) : "";
}

// What the connection says first, without taking it from gRPC; nullopt if it is
// closed already: nothing has to be said of that.
std::optional<Opening> Peek(int fd) {
  std::array<char, kOpeningBytes> bytes{};
  const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), MSG_PEEK);
  if (got > 0) {
    return ReadOpening(
        absl::string_view(bytes.data(), static_cast<std::size_t>(got)));
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
    return Opening::kTooShort;
  }
  return std::nullopt;
}

}  // namespace

Door::Door(const DoorOptions& options, Listener listener)
    : options_(options),
      files_(RaiseFileLimit()),
      listener_(std::move(listener)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      poll_(::epoll_create1(EPOLL_CLOEXEC)) {}

absl::StatusOr<std::unique_ptr<Door>> Door::Open(const DoorOptions& options) {
  MINGA_ASSIGN_OR_RETURN(Listener listener, ListenOn(options.listen));
  std::unique_ptr<Door> door(new Door(options, std::move(listener)));
  if (!door->stop_.valid() || !door->poll_.valid() ||
      !door->Watch(door->stop_.get(), EPOLLIN) ||
      !door->Watch(door->listener_.fd.get(), EPOLLIN)) {
    return absl::ResourceExhaustedError(
        "no file descriptors are left for the peers' port");
  }
  return door;
}

bool Door::Watch(int fd, unsigned events) const {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Door::Start(Taker take) {
  take_ = std::move(take);
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "door");
    Run();
  });
}

void Door::Stop() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    while (::write(stop_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
    }
    thread_.join();
  }
  room_.Clear();
  listener_.fd.Reset();
}

void Door::Run() {
  std::array<epoll_event, kEventsAtOnce> ready{};
  while (true) {
    const int count = ::epoll_wait(poll_.get(), ready.data(), kEventsAtOnce,
                                   room_.empty() ? -1 : kLookMs);
    for (int i = 0; i < count; ++i) {
      const int fd = ready[static_cast<std::size_t>(i)].data.fd;
      if (fd == stop_.get()) return;
      if (fd == listener_.fd.get()) {
        Accept();
      } else {
        Hear(fd);
      }
    }
    while (auto guest = room_.Overdue(options_.clock->Now())) {
      Refuse(std::move(guest->connection),
             absl::StrCat("nothing came from ", guest->address, " for ",
                          absl::FormatDuration(kHelloPatience)));
    }
  }
}

void Door::Accept() {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    sockaddr_storage from{};
    socklen_t length = sizeof(from);
    OwnedFd connection(::accept4(listener_.fd.get(),
                                 reinterpret_cast<sockaddr*>(&from), &length,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!connection.valid()) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
          errno == ENOBUFS) {
        Pause();
      }
      return;
    }
    Greet({std::move(connection), KeyOf(from, length), options_.clock->Now()});
  }
}

void Door::Greet(Guest guest) {
  const int fd = guest.connection.get();
  // The lowest free number is given out, so that it tells how many are open.
  const bool known = options_.book->Knows(guest.address);
  if (fd >= (known ? files_ / 4 * 3 : files_ / 2)) {
    Refuse(std::move(guest.connection),
           absl::StrCat("there are no file descriptors for ", guest.address));
    return;
  }
  const std::optional<Opening> opening = Peek(fd);
  if (!opening.has_value()) return;
  if (*opening != Opening::kTooShort) {
    Decide(std::move(guest), *opening);
    return;
  }
  // Told of each arrival once, so that too few bytes wake nobody again.
  if (!Watch(fd, EPOLLIN | EPOLLRDHUP | EPOLLET)) return;
  auto gone = room_.Enter(std::move(guest));
  if (gone.has_value()) {
    Refuse(std::move(gone->connection),
           absl::StrCat("too many connections say nothing; the oldest from ",
                        gone->address));
  }
}

void Door::Hear(int fd) {
  // It may have had to go since the event came.
  if (!room_.Has(fd)) return;
  const std::optional<Opening> opening = Peek(fd);
  if (opening == Opening::kTooShort) return;
  Guest guest = room_.Leave(fd);
  if (!opening.has_value()) return;
  ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  Decide(std::move(guest), *opening);
}

void Door::Decide(Guest guest, Opening opening) {
  if (opening == Opening::kOther) {
    Refuse(std::move(guest.connection),
           absl::StrCat("not a TLS handshake, from ", guest.address));
    return;
  }
  if (!options_.book->Admit(guest.address, options_.clock->Now())) {
    Refuse(std::move(guest.connection),
           absl::StrCat("more handshakes from ", guest.address,
                        " than are taken from one address, or from all "
                        "strangers"));
    return;
  }
  take_(listener_.fd.get(), guest.connection.Release());
}

void Door::Refuse(OwnedFd connection, const std::string& why) {
  // Reset: nothing of it stays in the kernel, and the other end knows at once.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once,
               sizeof(at_once));
  connection.Reset();
  options_.refusals->Report(
      Refusal{.side = Refusal::Side::kServer, .reason = why});
}

void Door::Pause() const {
  pollfd stop{.fd = stop_.get(), .events = POLLIN, .revents = 0};
  ::poll(&stop, 1, kOutOfFilesMs);
}

}  // namespace minga::rpc
