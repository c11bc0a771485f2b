// Hands jobs to the database's writer and brings their outcome back to the
// federation thread, which never waits for the disk.
#ifndef MINGA_FEDERATION_JOB_DESK_H_
#define MINGA_FEDERATION_JOB_DESK_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "storage/database.h"

namespace minga::federation {

class Mailbox;

// Threads: Submit and destruction from the federation thread.
class JobDesk {
 public:
  using Then = std::function<void(const absl::Status&)>;

  // `database` outlives the desk.
  JobDesk(storage::Database& database, std::shared_ptr<Mailbox> mailbox);
  // Jobs that the writer has not begun by now answer CANCELLED and touch
  // nothing; one that runs is waited for. So what the jobs use need not outlive
  // the database's queue.
  ~JobDesk();
  JobDesk(const JobDesk&) = delete;
  JobDesk& operator=(const JobDesk&) = delete;

  // Runs `job` on the writer; `then` by a later Tick, after it is durable or
  // has failed.
  void Submit(storage::Database::Job job, Then then);

 private:
  struct Gate;
  storage::Database& database_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<Gate> gate_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_JOB_DESK_H_
