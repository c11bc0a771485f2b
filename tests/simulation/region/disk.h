// A database on a disk that can be slow, full, or die under the program: jobs
// that nobody waits for run one at a time, when told.
#ifndef MINGA_TESTS_SIMULATION_REGION_DISK_H_
#define MINGA_TESTS_SIMULATION_REGION_DISK_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "storage/database.h"

namespace minga::region {

// Threads: one.
class Disk final : public storage::Database {
 public:
  // `inner` outlives it. `committed` is called after each job that was
  // committed, before whoever asked for it is told.
  Disk(storage::Database& inner, std::function<void()> committed)
      : inner_(inner), committed_(std::move(committed)) {}

  // After what waits, as jobs run in the order they came.
  absl::Status Write(Job job) override {
    while (Step()) {
    }
    return Run(std::move(job));
  }
  void WriteAsync(Job job, Done done) override {
    queue_.emplace_back(std::move(job), std::move(done));
  }
  absl::Status Read(absl::FunctionRef<absl::Status(const storage::Snapshot&)>
                        read) const override {
    return inner_.Read(read);
  }
  absl::StatusOr<storage::PersonDraft> Draft(
      absl::string_view person, absl::string_view consent,
      absl::CivilDay ends) const override {
    return inner_.Draft(person, consent, ends);
  }
  void AddListener(Listener listener) override {
    inner_.AddListener(std::move(listener));
  }

  bool HasWork() const { return !queue_.empty(); }
  // Runs the oldest job. False if there is none.
  bool Step() {
    if (queue_.empty()) return false;
    auto [job, done] = std::move(queue_.front());
    queue_.pop_front();
    const absl::Status status = Run(std::move(job));
    // A program that dies hears no more of it.
    if (!died_) done(status);
    return true;
  }

  void SetFull(bool full) { full_ = full; }
  // The program dies with the end of the `writes`th commit from now.
  void DieAfter(std::uint64_t writes) { left_ = writes; }
  bool died() const { return died_; }

 private:
  absl::Status Run(Job job) {
    if (died_) return absl::UnavailableError("the program has died");
    if (full_) return absl::ResourceExhaustedError("the disk is full");
    const absl::Status status = inner_.Write(std::move(job));
    if (status.ok()) committed_();
    if (left_ > 0 && --left_ == 0) died_ = true;
    return status;
  }

  storage::Database& inner_;
  const std::function<void()> committed_;
  std::deque<std::pair<Job, Done>> queue_;
  bool full_ = false;
  bool died_ = false;
  std::uint64_t left_ = 0;  // 0: lives on
};

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_DISK_H_
