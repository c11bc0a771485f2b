// `minga serve`: a daemon with the process around it.
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/daemon.h"
#include "node/notices.h"

namespace minga {
namespace {

constexpr mode_t kPrivateUmask = 077;

// Readable when SIGTERM or SIGINT came. They are blocked first, and so in every
// thread that is started afterwards.
absl::StatusOr<int> StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) {
    return absl::InternalError("cannot block signals");
  }
  const int fd = ::signalfd(-1, &signals, SFD_CLOEXEC);
  if (fd < 0) {
    return absl::InternalError(
        absl::StrCat("signalfd: ", std::strerror(errno)));
  }
  return fd;
}

}  // namespace

absl::Status Serve(const std::string& data_dir) {
  ::umask(kPrivateUmask);
  ::signal(SIGPIPE, SIG_IGN);
  const SystemClock clock;
  SystemRandom random;
  DaemonOptions options;
  options.folder.root = data_dir;
  options.clock = &clock;
  options.random = &random;
  MINGA_ASSIGN_OR_RETURN(options.config, LoadConfig(options.folder));
  MINGA_ASSIGN_OR_RETURN(const int stop_fd, StopSignals());
  const absl::Status status =
      RunDaemon(options, stop_fd, [&](const Daemon& daemon) {
        Notice(absl::StrCat("node of ", options.config.country.ToString(),
                            " serves peers on ", daemon.listening(),
                            ", data in ", data_dir));
        NotifySystemd("READY=1");
      });
  ::close(stop_fd);
  if (status.ok()) Notice("stopped");
  return status;
}

}  // namespace minga
