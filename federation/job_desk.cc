#include "federation/job_desk.h"

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "federation/mailbox.h"

namespace minga::federation {

// Held while a job runs. There is one writer, so nobody queues for it but the
// desk that closes.
struct JobDesk::Gate {
  absl::Mutex mutex;
  bool open ABSL_GUARDED_BY(mutex) = true;
};

JobDesk::JobDesk(storage::Database& database, std::shared_ptr<Mailbox> mailbox)
    : database_(database),
      mailbox_(std::move(mailbox)),
      gate_(std::make_shared<Gate>()) {}

JobDesk::~JobDesk() {
  absl::MutexLock lock(&gate_->mutex);
  gate_->open = false;
}

void JobDesk::Submit(storage::Database::Job job, Then then) {
  database_.WriteAsync(
      [gate = gate_, job = std::move(job)](storage::Transaction& transaction) {
        absl::MutexLock lock(&gate->mutex);
        if (!gate->open) return absl::CancelledError("federation has ended");
        return job(transaction);
      },
      [mailbox = mailbox_, then = std::move(then)](const absl::Status& status) {
        mailbox->PostWritten(then, status);
      });
}

}  // namespace minga::federation
