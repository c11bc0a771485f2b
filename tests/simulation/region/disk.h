// A database on a disk that can be slow, full, or die under the program.
#ifndef MINGA_TESTS_SIMULATION_REGION_DISK_H_
#define MINGA_TESTS_SIMULATION_REGION_DISK_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "storage/database.h"
#include "tests/simulation/stepped_database.h"

namespace minga::region {

// Threads: one.
class Disk final : public test::SteppedDatabase {
 public:
  // `inner` outlives it. `committed` is called after each job that was
  // committed, before whoever asked for it is told.
  Disk(storage::Database& inner, std::function<void()> committed)
      : SteppedDatabase(inner), committed_(std::move(committed)) {}

  // After what waits, as jobs run in the order they came.
  absl::Status Write(Job job) override {
    while (Step()) {
    }
    return Run(std::move(job));
  }

  void SetFull(bool full) { full_ = full; }
  // The program dies with the end of the `writes`th commit from now.
  void DieAfter(std::uint64_t writes) { left_ = writes; }
  bool died() const override { return died_; }

 private:
  absl::Status Run(Job job) override {
    if (died_) return absl::UnavailableError("the program has died");
    if (full_) return absl::ResourceExhaustedError("the disk is full");
    const absl::Status status = SteppedDatabase::Run(std::move(job));
    if (status.ok()) committed_();
    if (left_ > 0 && --left_ == 0) died_ = true;
    return status;
  }

  const std::function<void()> committed_;
  bool full_ = false;
  bool died_ = false;
  std::uint64_t left_ = 0;  // 0: lives on
};

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_DISK_H_
