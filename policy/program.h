// Conditions as code: tests that jump forward to the next test or to an answer.
// It has no loops and no stack, so it always ends, after at most as many steps
// as it has instructions. Internal to this room.
#ifndef MINGA_POLICY_PROGRAM_H_
#define MINGA_POLICY_PROGRAM_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policy/facts.h"
#include "policy/residual.h"
#include "policy/schema.h"

namespace minga::policy {

class Program {
 public:
  using Label = std::uint32_t;
  enum class Answer : std::uint8_t { kFalse, kTrue, kError };

  // One record's facts, read once for all conditions. Strings that are
  // compared with constants become their rank among these constants, so that
  // every test is one of integers.
  class Record {
   private:
    friend class Program;
    const Facts* facts_ = nullptr;
    std::uint64_t present_ = 0;
    std::array<std::int64_t, kFactsMax> slots_;
  };

  // Compiles `roots` of `pool`; Entry(i) is where the code of roots[i] begins.
  Program(const KindSchema& schema, const ResidualPool& pool,
          const std::vector<ResidualId>& roots);

  Label Entry(std::size_t root) const { return entries_[root]; }

  // `as_of` in days since 1970-01-01. `facts` must outlive `record`.
  void Load(const Facts& facts, std::int64_t as_of, Record& record) const;
  // kError if a fact is absent that the code asks for: the caller denies.
  Answer Run(Label begin, const Record& record) const;

  std::size_t instructions() const { return code_.size(); }

 private:
  enum class Op : std::uint8_t {
    kFlag,         // slot[left] != 0
    kHas,          // left is present
    kCompare,      // slot[left] compare number
    kCompareSlot,  // slot[left] compare slot[right]
    kCompareText,  // string left compare string right
    kInMask,       // bit slot[left] of `number`
    kInNumbers,    // slot[left] in numbers_[number]
    kTextInList,   // texts_[number] in list left
    kFactInList,   // string left in list right
    kListIs,       // list left == lists_[number]
    kListSame,     // list left == list right
  };
  struct Instruction {
    Op op = Op::kHas;
    Compare compare = Compare::kEq;
    FactId left = 0;
    FactId right = 0;
    Label on_true = 0;
    Label on_false = 0;
    std::int64_t number = 0;
  };
  // How the slot of a fact is filled.
  struct Slot {
    FactId fact = 0;
    FactType type = FactType::kBool;
    std::vector<std::string> ranks;  // sorted constants of a string
  };

  // Strings become ranks only when all constants are known.
  void CollectConstants(const ResidualPool& pool,
                        const std::vector<ResidualId>& roots);
  Label Emit(const ResidualPool& pool, ResidualId id, Label on_true,
             Label on_false);
  Label EmitAtom(const Atom& atom, Label on_true, Label on_false);
  void EncodeCompare(const Atom& atom, Instruction& out);
  void EncodeIn(const Atom& atom, Instruction& out);
  void EncodeListEqual(const Atom& atom, Instruction& out);
  Slot& SlotOf(FactId fact);
  std::int64_t RankOf(FactId fact, const std::string& text);
  FactType TypeOf(FactId fact) const { return schema_->facts[fact].type; }
  bool Test(const Instruction& in, const Record& record) const;

  const KindSchema* schema_;
  std::vector<Instruction> code_;
  std::vector<Slot> slots_;
  std::vector<std::vector<std::int64_t>> numbers_;
  std::vector<std::string> texts_;
  std::vector<std::vector<std::string>> lists_;
  std::vector<Label> entries_;
  // Only while code is emitted.
  std::map<std::pair<ResidualId, std::pair<Label, Label>>, Label> emitted_;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_PROGRAM_H_
