// Conditions as code: tests that jump forward to the next test or to an answer.
// It has no loops and no stack, so it always ends, after at most as many steps
// as it has instructions. Internal to this room.
#ifndef MINGA_POLICY_PROGRAM_H_
#define MINGA_POLICY_PROGRAM_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "policy/facts.h"
#include "policy/residual.h"
#include "policy/schema.h"
#include "policy/signature.h"

namespace minga::policy {

class Program {
 public:
  using Label = std::uint32_t;
  enum class Answer : std::uint8_t { kFalse, kTrue, kError };
  // One record's facts, read once for all conditions.
  using Record = Signature;

  // Compiles `roots` of `pool`; Entry(i) is where the code of roots[i] begins.
  // Records are told apart by what `watched` ask as well.
  Program(const KindSchema& schema, const ResidualPool& pool,
          const std::vector<ResidualId>& roots,
          const std::vector<ResidualId>& watched = {});

  Label Entry(std::size_t root) const { return entries_[root]; }

  // `as_of` in days since 1970-01-01; `consent` as ConsentLayer::Sign.
  void Load(const Facts& facts, std::int64_t as_of, Record& record,
            std::uint64_t consent = 0) const {
    signer_.Sign(facts, as_of, consent, record);
  }
  // kError if a fact is absent that the code asks for: the caller denies.
  Answer Run(Label begin, const Record& record) const;

  const Signer& signer() const { return signer_; }
  // About how much memory this takes.
  std::size_t bytes() const;

 private:
  // Is the bit set? kError if one of the facts needed is absent.
  struct Instruction {
    std::uint64_t needs = 0;
    std::uint32_t word = 0;
    std::uint32_t bit = 0;
    Label on_true = 0;
    Label on_false = 0;
  };

  Label Emit(const ResidualPool& pool, ResidualId id, Label on_true,
             Label on_false);
  Label EmitAtom(std::uint32_t atom, Label on_true, Label on_false);

  const Signer signer_;
  std::vector<Instruction> code_;
  std::vector<Label> entries_;
  // Only while code is emitted.
  std::map<std::pair<ResidualId, std::pair<Label, Label>>, Label> emitted_;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_PROGRAM_H_
