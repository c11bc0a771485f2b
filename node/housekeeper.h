// Housekeeper runs what is due by the clock, on a thread of its own: the log's
// checkpoint, index and old entries, the exchange's dates, what ended streams
// have left. The exchange works for about a second at a time, so that a long
// sweep delays no checkpoint.
#ifndef MINGA_NODE_HOUSEKEEPER_H_
#define MINGA_NODE_HOUSEKEEPER_H_

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "node/alarm_keeper.h"
#include "node/base/clock.h"
#include "node/log_keeper.h"

namespace minga {

class LogRoom;
namespace exchange {
class Exchange;
}  // namespace exchange
namespace rpc {
class GrpcTransport;
}  // namespace rpc

// Threads: Start and Stop from one thread.
class Housekeeper {
 public:
  // Not owned; all outlive the housekeeper.
  struct Parts {
    const Clock* clock = nullptr;
    LogKeeper* log = nullptr;
    exchange::Exchange* exchange = nullptr;
    rpc::GrpcTransport* transport = nullptr;
    AlarmKeeper* alarms = nullptr;
    LogRoom* log_room = nullptr;
    // What else is done every round; may be null.
    std::function<absl::Status()> chores = nullptr;
    absl::Duration interval = absl::Seconds(1);
  };

  explicit Housekeeper(const Parts& parts) : parts_(parts) {}
  ~Housekeeper() { Stop(); }
  Housekeeper(const Housekeeper&) = delete;
  Housekeeper& operator=(const Housekeeper&) = delete;

  void Start();
  // Returns when the round under way is done.
  void Stop();

 private:
  void Run();
  void Round();
  // Waits until the next round. False when it is time to end.
  bool Rest();

  const Parts parts_;
  // Of the thread only.
  bool again_ = false;  // there is more to do at once
  absl::Time exchange_due_ = absl::InfinitePast();
  std::string last_complaint_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace minga

#endif  // MINGA_NODE_HOUSEKEEPER_H_
