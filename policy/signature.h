// A record as the conditions of one question see it: the truth of each thing
// that they still ask, as bits. Records with the same signature get the same
// answer for the same reasons. Internal to this room.
#ifndef MINGA_POLICY_SIGNATURE_H_
#define MINGA_POLICY_SIGNATURE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "policy/fact_key.h"
#include "policy/facts.h"
#include "policy/residual.h"
#include "policy/schema.h"

namespace minga::policy {

// The facts present, the flags that are true, what the consent covers, then one
// bit for each other atom. Bits of what is absent are zero.
using Signature = absl::InlinedVector<std::uint64_t, 6>;
inline constexpr std::size_t kPresentWord = 0;
inline constexpr std::size_t kFlagsWord = 1;
inline constexpr std::size_t kConsentWord = 2;
inline constexpr std::size_t kAtomWords = 3;

// Immutable; any thread may ask. Tests are of integers: strings that are
// compared with constants are looked up among these constants once, and the
// truth of all atoms about the string is read from a table.
class Signer {
 public:
  // Where the truth of an atom is, and the facts that must be present for it.
  struct Place {
    std::uint32_t word = 0;
    std::uint32_t bit = 0;
    std::uint64_t needs = 0;
  };

  // `roots` are the conditions of `pool` that will be asked.
  Signer(const KindSchema& schema, const ResidualPool& pool,
         const std::vector<ResidualId>& roots);

  // Of an atom of the pool that `roots` reach.
  Place PlaceOf(std::uint32_t atom) const { return places_[atom]; }

  // `as_of` as DayNumber; `consent` as ConsentLayer::Sign.
  void Sign(const Facts& facts, std::int64_t as_of, std::uint64_t consent,
            Signature& out) const;

  // The first day after `as_of` on which the signature of `facts` differs, if
  // they stay as they are and ages grow by one a day; INT64_MAX if none.
  std::int64_t NextChange(const Facts& facts, std::int64_t as_of) const;

  // About how much memory this takes.
  std::size_t bytes() const { return bytes_; }

 private:
  // low <= x <= high, where x is the fact's number, less as_of if `relative`.
  struct NumberTest {
    FactId fact = 0;
    bool relative = false;
    bool negated = false;
    bool age = false;
    std::int64_t low = 0;
    std::int64_t high = 0;
    Place place;
  };
  // The fact's number is one of a sorted list.
  struct NumberSet {
    FactId fact = 0;
    bool age = false;
    std::vector<std::int64_t> numbers;
    Place place;
  };
  // All atoms that compare one string with constants. The string has a rank
  // among the n sorted constants: 2i + 1 if it is constant i, and the even
  // number between its neighbours if it is none of them.
  struct TextTable {
    FactId fact = 0;
    std::vector<std::string> constants;
    std::vector<std::uint64_t> keys;
    // Words of the signature that the atoms are in.
    std::uint32_t first_word = 0;
    std::uint32_t words = 0;
    // words for each rank.
    std::vector<std::uint64_t> truths;
  };
  struct WordTest {
    ListWord word;
    Place place;
  };
  // Two facts of the record, or a list and a constant list.
  struct SlowTest {
    Atom atom;
    Place place;
  };

  Place NewPlace(std::uint64_t needs);
  bool IsAge(FactId fact) const;
  FactType TypeOf(FactId fact) const { return schema_->facts[fact].type; }
  void AddAtom(const Atom& atom, Place& place);
  void AddCompare(const Atom& atom, Place& place);
  void AddNumber(const Atom& atom, FactId fact, bool relative, Place& place);
  void AddIn(const Atom& atom, Place& place);
  void AddSlow(const Atom& atom, Place& place);
  // Atoms about the string `fact`, by their index in the pool.
  void AddTexts(const ResidualPool& pool, FactId fact,
                const std::vector<std::uint32_t>& atoms);

  const KindSchema* schema_;
  std::uint64_t asked_ = 0;  // facts whose presence or value is asked
  std::uint64_t flags_ = 0;  // facts that are asked as flags
  std::uint32_t bits_ = 0;   // of atoms
  std::vector<Place> places_;
  std::vector<NumberTest> numbers_;
  std::vector<NumberSet> sets_;
  std::vector<TextTable> texts_;
  std::vector<WordTest> words_;
  std::vector<SlowTest> slow_;
  std::size_t size_ = kAtomWords;
  std::size_t bytes_ = 0;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_SIGNATURE_H_
