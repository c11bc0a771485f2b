// The one implementation of PolicySet. Internal to this room.
#ifndef MINGA_POLICY_POLICY_SET_IMPL_H_
#define MINGA_POLICY_POLICY_SET_IMPL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "policy/policy_set.h"
#include "policy/rule.h"
#include "policy/specialised.h"
#include "policy/specialised_cache.h"

namespace minga::policy {

class PolicySetImpl final : public PolicySet {
 public:
  PolicySetImpl(Country own, CompiledDocuments documents, const Digest& hash);

  Answer Ask(const Question& question, const Facts& facts) const override;
  Explanation Explain(const Question& question,
                      const Facts& facts) const override;
  absl::CivilDay NextBoundary(absl::CivilDay day) const override;
  absl::CivilDay NextChange(const Question& question,
                            const Facts& facts) const override;
  const Digest& hash() const override { return hash_; }
  std::vector<Country> MouPartners() const override { return partners_; }

 private:
  // Why `question` cannot be answered at all; "" if it can.
  std::string Unanswerable(const Question& question, const Facts& facts) const;
  std::vector<std::string> GroupsOf(Country peer) const;
  bool IsPartner(Country peer) const;
  // The program for `question` on the day `as_of`, out of `generation` or, if
  // that is full, made for the occasion and put into `own`.
  const Specialised& ProgramFor(const Question& question,
                                const Generation& generation,
                                std::unique_ptr<const Specialised>& own) const;
  // Calls `use` with the program for `question` and the day.
  template <typename Use>
  auto WithProgram(const Question& question, Use use) const;
  void AddNearest(const Question& question, const Facts& facts,
                  Explanation& out) const;
  std::string Summary(const Question& question, const Outcome& outcome,
                      const Explanation& out) const;

  // Constant after construction.
  const Country own_;
  const std::shared_ptr<const CompiledDocuments> documents_;
  const Digest hash_;
  std::vector<Country> partners_;  // sorted

  // Synchronises itself.
  const Generations generations_;
};

template <typename Use>
auto PolicySetImpl::WithProgram(const Question& question, Use use) const {
  const std::int64_t day = DayNumber(question.as_of);
  const std::shared_ptr<const Generation> generation = generations_.Of(day);
  std::unique_ptr<const Specialised> own;
  return use(ProgramFor(question, *generation, own), day);
}

}  // namespace minga::policy

#endif  // MINGA_POLICY_POLICY_SET_IMPL_H_
