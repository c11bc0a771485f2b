#include "policy/signature.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/match.h"

namespace minga::policy {
namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

std::uint64_t Bit(FactId fact) { return std::uint64_t{1} << fact; }

// The facts of the record that `operand` reads, as bits.
std::uint64_t Reads(const Operand& operand) {
  const bool record =
      operand.kind == Operand::Kind::kFact && operand.fact >= kQuestionFacts;
  return record ? Bit(operand.fact) : 0;
}

bool IsFact(const Operand& operand) {
  return operand.kind == Operand::Kind::kFact;
}

std::vector<std::uint32_t> AtomsOf(const ResidualPool& pool,
                                   const std::vector<ResidualId>& roots) {
  std::vector<std::uint32_t> atoms;
  std::vector<bool> reached(pool.size());
  for (const ResidualId root : roots) reached[root] = true;
  for (std::size_t i = pool.size(); i-- > 0;) {
    if (!reached[i]) continue;
    const ResidualPool::Item& item = pool.item(static_cast<ResidualId>(i));
    for (const ResidualId child : item.children) reached[child] = true;
    if (item.kind == Node::Kind::kAtom) atoms.push_back(item.atom);
  }
  std::sort(atoms.begin(), atoms.end());
  return atoms;
}

// The rank of the text of `key` among sorted constants.
std::size_t RankOf(const std::vector<std::uint64_t>& keys,
                   const std::vector<std::string>& constants, std::uint64_t key,
                   const Facts& facts, FactId fact) {
  std::size_t below = 0;
  constexpr std::size_t kFewConstants = 8;
  if (keys.size() <= kFewConstants) {
    for (const std::uint64_t constant : keys) below += constant < key ? 1 : 0;
  } else {
    below = static_cast<std::size_t>(
        std::lower_bound(keys.begin(), keys.end(), key) - keys.begin());
  }
  if (below == keys.size() || keys[below] != key) return 2 * below;
  if (!IsLong(key)) return 2 * below + 1;
  const std::string& text = *std::get_if<std::string>(&facts.Get(fact));
  while (below < keys.size() && keys[below] == key && constants[below] < text) {
    ++below;
  }
  const bool equal = below < keys.size() && constants[below] == text;
  return 2 * below + (equal ? 1 : 0);
}

// The atom's answer for a text of `rank` among `constants`.
bool TruthOf(const Atom& atom, const std::vector<std::string>& constants,
             std::size_t rank) {
  if (atom.op == Atom::Op::kIn) {
    return rank % 2 == 1 &&
           std::binary_search(atom.right.texts.begin(), atom.right.texts.end(),
                              constants[rank / 2]);
  }
  const auto at =
      std::lower_bound(constants.begin(), constants.end(), atom.right.text);
  const std::size_t own = 2 * static_cast<std::size_t>(at - constants.begin());
  return Satisfies(atom.compare, rank < own + 1 ? -1 : rank > own + 1 ? 1 : 0);
}

// Of two facts of the record, or a list and a constant list; all present.
bool SlowTruth(const Atom& atom, const KindSchema& schema, const Facts& facts) {
  const auto list = [&](const Operand& side) -> const auto& {
    if (!IsFact(side)) return side.texts;
    return *std::get_if<std::vector<std::string>>(&facts.Get(side.fact));
  };
  if (atom.op == Atom::Op::kListEqual) {
    return list(atom.left) == list(atom.right);
  }
  const auto text = [&](const Operand& side) -> const std::string& {
    return *std::get_if<std::string>(&facts.Get(side.fact));
  };
  if (atom.op == Atom::Op::kIn) {
    const std::vector<std::string>& in = list(atom.right);
    return std::find(in.begin(), in.end(), text(atom.left)) != in.end();
  }
  if (schema.facts[atom.left.fact].type == FactType::kString) {
    return Satisfies(atom.compare, text(atom.left).compare(text(atom.right)));
  }
  const auto a = static_cast<std::int64_t>(facts.key(atom.left.fact));
  const auto b = static_cast<std::int64_t>(facts.key(atom.right.fact));
  return Satisfies(atom.compare, a < b ? -1 : static_cast<int>(a > b));
}

}  // namespace

Signer::Signer(const KindSchema& schema, const ResidualPool& pool,
               const std::vector<ResidualId>& roots)
    : schema_(&schema), places_(pool.atoms().size()) {
  std::map<FactId, std::vector<std::uint32_t>> texts;
  for (const std::uint32_t index : AtomsOf(pool, roots)) {
    const Atom& atom = pool.atoms()[index];
    asked_ |= Reads(atom.left) | Reads(atom.right);
    const bool compares =
        atom.op == Atom::Op::kCompare || atom.op == Atom::Op::kIn;
    if (compares && IsFact(atom.left) && !IsFact(atom.right) &&
        TypeOf(atom.left.fact) == FactType::kString) {
      texts[atom.left.fact].push_back(index);
    } else {
      AddAtom(atom, places_[index]);
    }
  }
  for (const auto& [fact, atoms] : texts) AddTexts(pool, fact, atoms);
  size_ = kAtomWords + (bits_ + 63) / 64;
  bytes_ = sizeof(*this) + places_.size() * sizeof(Place) +
           numbers_.size() * sizeof(NumberTest) +
           words_.size() * sizeof(WordTest) + slow_.size() * sizeof(SlowTest);
  for (const NumberSet& set : sets_)
    bytes_ += sizeof(set) + 8 * set.numbers.size();
  for (const TextTable& table : texts_) {
    bytes_ += sizeof(table) + 8 * table.truths.size();
    for (const std::string& text : table.constants) bytes_ += 40 + text.size();
  }
}

Signer::Place Signer::NewPlace(std::uint64_t needs) {
  const std::uint32_t bit = bits_++;
  return Place{static_cast<std::uint32_t>(kAtomWords) + bit / 64, bit % 64,
               needs};
}

bool Signer::IsAge(FactId fact) const {
  return TypeOf(fact) == FactType::kInt &&
         absl::EndsWith(schema_->facts[fact].name, "age_days");
}

void Signer::AddAtom(const Atom& atom, Place& place) {
  switch (atom.op) {
    case Atom::Op::kTrue:
      flags_ |= Bit(atom.left.fact);
      place = Place{kFlagsWord, atom.left.fact, Bit(atom.left.fact)};
      return;
    case Atom::Op::kHas:
      place = Place{kPresentWord, atom.left.fact, 0};
      return;
    case Atom::Op::kCompare:
      return AddCompare(atom, place);
    case Atom::Op::kIn:
      return AddIn(atom, place);
    case Atom::Op::kListEqual:
      return AddSlow(atom, place);
  }
}

void Signer::AddCompare(const Atom& atom, Place& place) {
  if (!IsFact(atom.right)) return AddNumber(atom, atom.left.fact, false, place);
  if (atom.right.fact == kFactAsOf) {
    return AddNumber(atom, atom.left.fact, true, place);
  }
  if (atom.left.fact != kFactAsOf) return AddSlow(atom, place);
  Atom turned = atom;
  turned.compare = Mirrored(atom.compare);
  AddNumber(turned, atom.right.fact, true, place);
}

// As a range of the number, less as_of if `relative`.
void Signer::AddNumber(const Atom& atom, FactId fact, bool relative,
                       Place& place) {
  NumberTest test;
  test.fact = fact;
  test.relative = relative;
  test.age = IsAge(fact);
  test.place = place = NewPlace(Bit(fact));
  const std::int64_t bound = relative ? 0 : atom.right.number;
  test.low = test.high = bound;
  switch (atom.compare) {
    case Compare::kEq:
      break;
    case Compare::kNe:
      test.negated = true;
      break;
    case Compare::kLe:
    case Compare::kGt:  // not <=
      test.low = kLowest;
      test.negated = atom.compare == Compare::kGt;
      break;
    case Compare::kGe:
    case Compare::kLt:  // not >=
      test.high = kHighest;
      test.negated = atom.compare == Compare::kLt;
      break;
  }
  numbers_.push_back(test);
}

void Signer::AddIn(const Atom& atom, Place& place) {
  if (IsFact(atom.left) && IsFact(atom.right)) return AddSlow(atom, place);
  if (IsFact(atom.right)) {
    place = NewPlace(Bit(atom.right.fact));
    words_.push_back(WordTest{
        ListWord(schema_->kind, atom.right.fact, atom.left.text), place});
    return;
  }
  place = NewPlace(Bit(atom.left.fact));
  sets_.push_back(NumberSet{atom.left.fact, IsAge(atom.left.fact),
                            atom.right.numbers, place});
}

void Signer::AddSlow(const Atom& atom, Place& place) {
  place = NewPlace(Reads(atom.left) | Reads(atom.right));
  slow_.push_back(SlowTest{atom, place});
}

void Signer::AddTexts(const ResidualPool& pool, FactId fact,
                      const std::vector<std::uint32_t>& atoms) {
  TextTable table;
  table.fact = fact;
  for (const std::uint32_t index : atoms) {
    const Operand& right = pool.atoms()[index].right;
    if (right.kind == Operand::Kind::kText)
      table.constants.push_back(right.text);
    table.constants.insert(table.constants.end(), right.texts.begin(),
                           right.texts.end());
    places_[index] = NewPlace(Bit(fact));
  }
  std::sort(table.constants.begin(), table.constants.end());
  table.constants.erase(
      std::unique(table.constants.begin(), table.constants.end()),
      table.constants.end());
  for (const std::string& text : table.constants) {
    table.keys.push_back(TextKey(text));
  }
  table.first_word = places_[atoms.front()].word;
  table.words = places_[atoms.back()].word - table.first_word + 1;
  const std::size_t ranks = 2 * table.constants.size() + 1;
  table.truths.resize(ranks * table.words);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    for (const std::uint32_t index : atoms) {
      const Place& place = places_[index];
      if (!TruthOf(pool.atoms()[index], table.constants, rank)) continue;
      table.truths[rank * table.words + place.word - table.first_word] |=
          std::uint64_t{1} << place.bit;
    }
  }
  texts_.push_back(std::move(table));
}

void Signer::Sign(const Facts& facts, std::int64_t as_of, std::uint64_t consent,
                  Signature& out) const {
  out.assign(size_, 0);
  std::uint64_t* const words = out.data();
  const std::uint64_t present = facts.present() & asked_;
  words[kPresentWord] = present;
  words[kFlagsWord] = facts.truths() & flags_;
  words[kConsentWord] = consent;
  const auto set = [&](const Place& place, bool truth) {
    const bool known = (present & place.needs) == place.needs;
    words[place.word] |= std::uint64_t{truth && known} << place.bit;
  };
  for (const NumberTest& test : numbers_) {
    const std::uint64_t x =
        facts.key(test.fact) -
        (test.relative ? static_cast<std::uint64_t>(as_of) : 0);
    const auto low = static_cast<std::uint64_t>(test.low);
    const auto high = static_cast<std::uint64_t>(test.high);
    set(test.place, (x - low <= high - low) != test.negated);
  }
  for (const TextTable& table : texts_) {
    if ((present & Bit(table.fact)) == 0) continue;
    const std::size_t rank = RankOf(table.keys, table.constants,
                                    facts.key(table.fact), facts, table.fact);
    const std::uint64_t* truths = &table.truths[rank * table.words];
    for (std::uint32_t i = 0; i < table.words; ++i) {
      words[table.first_word + i] |= truths[i];
    }
  }
  // An absent list has no bits, so that In is false.
  for (const WordTest& test : words_) set(test.place, test.word.In(facts));
  for (const NumberSet& test : sets_) {
    const auto number = static_cast<std::int64_t>(facts.key(test.fact));
    set(test.place,
        std::binary_search(test.numbers.begin(), test.numbers.end(), number));
  }
  for (const SlowTest& test : slow_) {
    if ((present & test.place.needs) != test.place.needs) continue;
    set(test.place, SlowTruth(test.atom, *schema_, facts));
  }
}

std::int64_t Signer::NextChange(const Facts& facts, std::int64_t as_of) const {
  std::int64_t next = kHighest;
  // The number reaches `at` after `at` - `now` days.
  const auto reaches = [&](std::int64_t now, std::int64_t at) {
    std::int64_t days = 0;
    if (at <= now || __builtin_sub_overflow(at, now, &days)) return;
    std::int64_t day = 0;
    if (!__builtin_add_overflow(as_of, days, &day)) next = std::min(next, day);
  };
  const auto leaves = [&](std::int64_t now, std::int64_t last) {
    if (last < kHighest) reaches(now, last + 1);
  };
  const std::uint64_t present = facts.present();
  for (const NumberTest& test : numbers_) {
    if ((present & Bit(test.fact)) == 0) continue;
    const auto number = static_cast<std::int64_t>(facts.key(test.fact));
    if (test.relative) {
      // True on the days from number - high to number - low.
      if (test.high < kHighest) reaches(as_of, number - test.high);
      if (test.low > kLowest) leaves(as_of, number - test.low);
    } else if (test.age) {
      reaches(number, test.low);
      leaves(number, test.high);
    }
  }
  for (const NumberSet& test : sets_) {
    if (!test.age || (present & Bit(test.fact)) == 0) continue;
    const auto age = static_cast<std::int64_t>(facts.key(test.fact));
    for (const std::int64_t number : test.numbers) {
      reaches(age, number);
      leaves(age, number);
    }
  }
  for (const SlowTest& test : slow_) {
    for (const Operand* side : {&test.atom.left, &test.atom.right}) {
      if (IsFact(*side) && IsAge(side->fact)) next = std::min(next, as_of + 1);
    }
  }
  return next;
}

}  // namespace minga::policy
