// Judge asks the policy in force and remembers the reasons it gave: most
// records of a batch agree in all that any condition asks.
#ifndef MINGA_NODE_EXCHANGE_JUDGE_H_
#define MINGA_NODE_EXCHANGE_JUDGE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "policy/policy_set.h"

namespace minga::exchange {

// Reason codes of views; stored, sent and counted.
inline constexpr absl::string_view kReasonPermit = "permit";
inline constexpr absl::string_view kReasonPolicy = "policy";
inline constexpr absl::string_view kReasonOverride = "override";
inline constexpr absl::string_view kReasonMou = "mou";
inline constexpr absl::string_view kReasonConsent = "consent";
inline constexpr absl::string_view kReasonClass = "class";
inline constexpr absl::string_view kReasonObligation = "obligation";
inline constexpr absl::string_view kReasonNationalFirst = "national-first";
inline constexpr absl::string_view kReasonClosed = "closed";
inline constexpr absl::string_view kReasonExpired = "expired";
inline constexpr absl::string_view kReasonSuspended = "suspended";
inline constexpr absl::string_view kReasonLeaving = "leaving";
inline constexpr absl::string_view kReasonWithdrawn = "withdrawn";
inline constexpr absl::string_view kReasonErased = "erased";

// Longest explanation of a view.
inline constexpr std::size_t kExplanationBytesMax = 200;

// `text` within kExplanationBytesMax; "..." at its end if it was cut.
std::string CutExplanation(absl::string_view text);

// A rule as a reason names it. No values.
struct CitedRule {
  policy::Layer layer = policy::Layer::kNational;
  policy::RuleEffect effect = policy::RuleEffect::kPermit;
  std::string id;
  std::string statute;  // of the first citation, as the next
  std::string article;
  std::string failed;  // of a permit that came near; see policy::RuleTrace

  // "co.fee: Ley 1636/2013 art. 36", or "co.fee fails on `...`".
  std::string ToString() const;
};

// A decision with its reason, as kept and logged.
struct Verdict {
  // Not permitted if it bears an obligation that this node cannot keep.
  policy::Decision decision;
  std::string reason;
  // Deciding rules with citations, or the nearest failed condition. No values.
  std::string explanation;
  // Those of `explanation`; empty where only words say why.
  std::vector<CitedRule> rules;
  // The decision's levels, one byte for each field of the schema.
  std::string levels;
  // Of a permission, the rules that oblige.
  std::vector<std::pair<CitedRule, policy::Obligations>> obliging;
  // Every field of the schema is RAW: the record passes as it is.
  bool unchanged = false;
};

// A verdict on one record. Records that agree in all that was asked share the
// verdict, and each has its own day.
struct Ruling {
  std::shared_ptr<const Verdict> verdict;
  // The first day on which the answer may be another for the same facts.
  absl::CivilDay next_change = absl::CivilDay::max();
};

// Threads: any thread may call any method.
class Judge {
 public:
  explicit Judge(std::shared_ptr<const policy::PolicySet> policy);

  const policy::PolicySet& policy() const { return *policy_; }
  std::shared_ptr<const policy::PolicySet> shared_policy() const {
    return policy_;
  }

  Ruling Ask(const policy::Question& question,
             const policy::Facts& facts) const;

 private:
  struct Remembered {
    std::shared_ptr<const Verdict> verdict;
    std::shared_ptr<const void> keeper;  // of the basis
  };

  // What is remembered for `basis`; null if nothing.
  std::shared_ptr<const Verdict> Find(const void* basis,
                                      absl::CivilDay as_of) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<Verdict> Reason(const policy::Question& question,
                                  const policy::Facts& facts,
                                  const policy::Decision& decision) const;

  const std::shared_ptr<const policy::PolicySet> policy_;

  mutable absl::Mutex mutex_;
  mutable absl::CivilDay day_ ABSL_GUARDED_BY(mutex_);
  // By the basis of the policy's answer.
  mutable absl::flat_hash_map<const void*, Remembered> answers_
      ABSL_GUARDED_BY(mutex_);
};

// A set that denies everything: that of a node without a national policy.
std::shared_ptr<const policy::PolicySet> DenyEverything();

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_JUDGE_H_
