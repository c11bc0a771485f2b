// Counts the classes that records fall into when they are generalised.
// Internal to this room.
#ifndef MINGA_POLICY_ANONYMITY_CLASS_COUNTER_H_
#define MINGA_POLICY_ANONYMITY_CLASS_COUNTER_H_

#include <cstdint>
#include <vector>

#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/anonymity/lattice.h"

namespace minga::policy::anonymity {

// A class: one of its tuples, and how many records are in it.
struct ClassSize {
  std::uint32_t tuple = 0;  // index in the histogram
  std::uint32_t records = 0;
};

// Keeps its memory from call to call. One thread.
class ClassCounter {
 public:
  // Both outlive the counter. The hierarchies are those of the histogram's
  // attributes, in their order.
  ClassCounter(const std::vector<Hierarchy>& hierarchies,
               const Histogram& histogram);

  // The classes at `levels` of what `from` stands for: classes that were
  // counted at levels nowhere coarser, or every tuple (AllTuples). Exact: two
  // tuples are in one class only if all their generalised values are equal.
  const std::vector<ClassSize>& Count(const Levels& levels,
                                      const std::vector<ClassSize>& from);

  // Every tuple as a class of its own.
  std::vector<ClassSize> AllTuples() const;

 private:
  // Up to 64 bits of generalised values are one number; more are compared
  // attribute by attribute.
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t at = 0;  // index in classes_, + 1; 0: empty
  };

  void CountPacked(const std::vector<ClassSize>& from);
  void CountWide(const std::vector<ClassSize>& from);
  bool SameClass(std::uint32_t a, std::uint32_t b) const;
  void Add(Slot& slot, std::uint64_t key, const ClassSize& members);
  void MakeRoom(std::size_t classes);

  const std::vector<Hierarchy>& hierarchies_;
  const Histogram& histogram_;
  Levels levels_;
  // Of the attributes that tell classes apart at all.
  struct Column {
    std::size_t attribute = 0;
    const ValueId* generalised = nullptr;  // by value
    std::uint64_t weight = 0;
  };
  std::vector<Column> columns_;
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::vector<ClassSize> classes_;
};

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_CLASS_COUNTER_H_
