// The texts that documents can tell apart, as integers in the order of their
// bytes. A text that no document names lies between its neighbours, so that
// every order in which texts can stand is some choice of integers, and every
// choice of integers is some texts. Internal to this room.
#ifndef MINGA_POLICY_PROOF_VOCABULARY_H_
#define MINGA_POLICY_PROOF_VOCABULARY_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "policy/rule.h"

namespace minga::policy::proof {

class Vocabulary {
 public:
  using TextList = std::vector<std::string>;

  // Of all conditions, countries, groups and properties of `documents`, and
  // what every schema brings. `own` are the countries whose node may answer;
  // not empty.
  Vocabulary(const std::vector<const CompiledDocument*>& documents,
             std::vector<Country> own);

  // REQUIRES: `text` is named by a document or a schema.
  std::int64_t Of(const std::string& text) const;
  // Integers of texts together: those that no document names are given places
  // between the others that keep their order.
  std::map<std::string, std::int64_t> Place(
      const std::set<std::string>& texts) const;
  // Texts of integers together, in their order. Where no readable text stands
  // between two neighbours an unreadable one is made.
  std::map<std::int64_t, std::string> Read(
      const std::set<std::int64_t>& numbers) const;
  // Every text's integer lies between these two.
  std::int64_t below() const;
  std::int64_t above() const;
  // The named texts, sorted.
  const std::vector<std::string>& words() const { return words_; }

  // Lists that conditions compare whole lists with; the empty one is first.
  // REQUIRES: `list` is one of them.
  int ListId(const TextList& list) const;
  const std::vector<TextList>& lists() const { return lists_; }
  // True if a condition compares two lists that are both of facts.
  bool compares_lists() const { return compares_lists_; }

  const std::vector<Country>& own() const { return own_; }
  // All countries that documents tell apart, with at least one that none
  // names.
  const std::vector<Country>& peers() const { return peers_; }

 private:
  void AddDocument(const CompiledDocument& document);
  void AddCondition(const Condition& condition);
  void AddOperand(const Operand& operand, bool whole_list);
  // One country of each stretch between two words, since documents cannot tell
  // apart those of one stretch.
  void AddOtherCountries();

  std::vector<Country> own_;
  std::vector<std::string> words_;  // sorted at the end of construction
  std::vector<TextList> lists_ = {{}};
  std::vector<Country> peers_;
  bool compares_lists_ = false;
};

// Names of the groups of the national document among `documents`, if there is
// one, that `peer` is in, as an evaluation sees them.
Vocabulary::TextList GroupsOf(
    const std::vector<const CompiledDocument*>& documents, Country peer);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_VOCABULARY_H_
