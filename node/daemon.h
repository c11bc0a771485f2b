// The daemon: composes all rooms of the node, runs their threads, and takes
// them down again.
//
//   upward:   storage -> offices -> federation -> edges
//   downward: edges drain -> federation joins -> storage closes
//
// It is crash-only: a start after kill -9 does nothing that a start after a
// clean stop does not do.
#ifndef MINGA_NODE_DAEMON_H_
#define MINGA_NODE_DAEMON_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/base/random.h"
#include "node/config.h"

namespace minga {

struct DaemonOptions {
  DataFolder folder;
  Config config;
  // Not owned; outlive the daemon.
  const Clock* clock = nullptr;
  Random* random = nullptr;
};

// Threads: Start and Stop from one thread.
class Daemon {
 public:
  // Opens everything and serves.
  //   FAILED_PRECONDITION  the folder is open to others, another daemon serves
  //                        it, the listen address is taken, or a store says
  //                        so (see OpenSqliteDatabase, OpenOffices).
  //   DATA_LOSS            the audit log is shorter than its own signed
  //                        checkpoint, or has another root: it was rolled
  //                        back, and to sign on would hide that.
  // and what LoadKeys returns.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(
      const DaemonOptions& options);
  virtual ~Daemon() = default;

  // The address that peers can connect to, with the port in use.
  virtual std::string listening() const = 0;

  // Stops in order and returns the first error; blocks until all threads have
  // ended. Calls after the first do nothing.
  virtual absl::Status Stop() = 0;
};

// Runs a daemon until `stop_fd` becomes readable; `ready` is called once it
// serves.
absl::Status RunDaemon(const DaemonOptions& options, int stop_fd,
                       const std::function<void(const Daemon&)>& ready);

// `minga serve`: loads the configuration of `data_dir`, runs until SIGTERM or
// SIGINT, tells systemd (sd_notify) and standard error when it serves.
absl::Status Serve(const std::string& data_dir);

}  // namespace minga

#endif  // MINGA_NODE_DAEMON_H_
