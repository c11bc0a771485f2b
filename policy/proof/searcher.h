// Bounded searches for records that satisfy a formula. Internal to this room.
#ifndef MINGA_POLICY_PROOF_SEARCHER_H_
#define MINGA_POLICY_PROOF_SEARCHER_H_

#include <z3++.h>

#include <chrono>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "policy/proof/grounding.h"
#include "policy/proof/symbols.h"

namespace minga::policy::proof {

// When the searches of one proof must end.
class Deadline {
 public:
  explicit Deadline(absl::Duration limit);
  // For one search, in milliseconds; 0: over.
  unsigned Left() const;
  absl::Duration limit() const { return limit_; }

 private:
  absl::Duration limit_;
  std::chrono::steady_clock::time_point end_;
};

class Searcher {
 public:
  enum class Answer { kNone, kFound, kUndecided };
  struct Found {
    Answer answer = Answer::kUndecided;
    // Of kFound: one that is easy to read.
    std::optional<z3::model> model;
    std::optional<Example> example;
  };

  // Records and questions of `symbols`, which must outlive this. Throws
  // z3::exception.
  Searcher(const Symbols& symbols, const Deadline& deadline);

  // Whether some question about some complete record makes `wanted` true.
  Answer Ask(const z3::expr& wanted);
  // The same with an example.
  Found Find(const z3::expr& wanted);

 private:
  Answer Check(unsigned milliseconds);
  // Asserts all of `wishes`, or else, half by half, those that the assertions
  // before allow; returns how many levels it pushed.
  unsigned Prefer(absl::Span<const z3::expr> wishes, Found& found);
  // What makes an example easy to read, the most important first.
  std::vector<z3::expr> Preferences() const;

  const Symbols& symbols_;
  const Deadline& deadline_;
  z3::solver solver_;
};

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_SEARCHER_H_
