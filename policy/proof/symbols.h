// The facts of any record and any question about it, as unknowns of Z3, for one
// kind and direction. Internal to this room.
#ifndef MINGA_POLICY_PROOF_SYMBOLS_H_
#define MINGA_POLICY_PROOF_SYMBOLS_H_

#include <z3++.h>

#include <optional>
#include <vector>

#include "policy/decision.h"
#include "policy/proof/vocabulary.h"
#include "policy/schema.h"

namespace minga::policy::proof {

// A list of texts: which texts it holds, and which list it is among those that
// conditions compare (numbers from lists().size() are other lists).
struct SymbolicList {
  z3::expr members;  // array from texts to bool
  z3::expr id;
};

class Symbols {
 public:
  // `z3` and `words` must outlive this. Throws z3::exception.
  Symbols(z3::context& z3, const Vocabulary& words, RecordKind kind,
          Direction direction);

  z3::context& z3() const { return z3_; }
  const Vocabulary& words() const { return words_; }
  const KindSchema& schema() const { return schema_; }
  RecordKind kind() const { return schema_.kind; }
  Direction direction() const { return direction_; }

  z3::expr Has(FactId fact) const { return facts_[fact].present; }
  // A bool; a number of an int, a day since 1970-01-01 or the place of a text.
  z3::expr Value(FactId fact) const { return facts_[fact].value; }
  // REQUIRES: the fact is a list, and not peer.groups, which depends on the
  // documents.
  SymbolicList List(FactId fact) const;
  z3::expr as_of() const { return Value(kFactAsOf); }
  z3::expr peer() const { return Value(kFactPeerCountry); }
  // An agreement is in force, where no document of an agreement says so.
  z3::expr in_force() const { return in_force_; }

  z3::expr Text(const std::string& text) const;
  z3::expr Number(std::int64_t number) const;
  z3::expr Is(Country country) const;  // the peer is `country`
  // The day is from the first to the last of these.
  z3::expr Within(absl::CivilDay from, absl::CivilDay until) const;

  // What every question and every record satisfies.
  z3::expr Domain() const;
  // All facts are present that the kind requires.
  z3::expr Complete() const;
  // The consent is given, has not ended and names the peer and the purpose.
  // False for kinds that are not about persons.
  z3::expr ConsentCovers() const;
  // The consent holds the section of `field`, as the layer of consent asks.
  // True where it does not limit the field.
  z3::expr ConsentShows(const FieldDef& field) const;

 private:
  struct Fact {
    z3::expr present;
    z3::expr value;
    std::optional<z3::expr> id;  // of a list
  };

  Fact QuestionFact(FactId fact) const;
  Fact RecordFact(const FactDef& fact) const;
  void ListDomain(FactId fact, z3::expr_vector& into) const;
  z3::expr SetOf(const Vocabulary::TextList& list) const;

  z3::context& z3_;
  const Vocabulary& words_;
  const KindSchema& schema_;
  const Direction direction_;
  const z3::expr in_force_;
  std::vector<Fact> facts_;
};

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_SYMBOLS_H_
