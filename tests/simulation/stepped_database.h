// A database whose asynchronous jobs run one at a time, when told: so that a
// crash can be placed before a job, or between a job and the news of it.
#ifndef MINGA_TESTS_SIMULATION_STEPPED_DATABASE_H_
#define MINGA_TESTS_SIMULATION_STEPPED_DATABASE_H_

#include <deque>
#include <utility>

#include "storage/database.h"

namespace minga::test {

// Threads: one.
class SteppedDatabase : public storage::Database {
 public:
  // `inner` outlives it.
  explicit SteppedDatabase(storage::Database& inner) : inner_(inner) {}

  absl::Status Write(Job job) override { return Run(std::move(job)); }
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
  // Runs the oldest job and, unless told not to `tell` or dead since, says so.
  // False if there is none.
  bool Step(bool tell = true) {
    if (queue_.empty()) return false;
    auto [job, done] = std::move(queue_.front());
    queue_.pop_front();
    const absl::Status status = Run(std::move(job));
    if (tell && !died()) done(status);
    return true;
  }

  // A program that dies hears no more of its jobs.
  virtual bool died() const { return false; }

 protected:
  virtual absl::Status Run(Job job) { return inner_.Write(std::move(job)); }

 private:
  storage::Database& inner_;
  std::deque<std::pair<Job, Done>> queue_;
};

}  // namespace minga::test

#endif  // MINGA_TESTS_SIMULATION_STEPPED_DATABASE_H_
