#include "policy/proof/vocabulary.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/schema.h"

namespace minga::policy::proof {
namespace {

// Places between two words: more than there are texts in one record that
// conditions compare (kFactsMax facts and the peer).
constexpr std::int64_t kStep = 1024;

// Countries that readers of a counterexample know, before made-up codes.
constexpr const char* kKnownCountries[] = {"UY", "PE", "MX", "BO", "AR", "CL",
                                           "CR", "PA", "BR", "PY", "EC", "CO",
                                           "DO", "VE", "US", "ES"};

template <typename Item>
void SortUnique(std::vector<Item>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

// `count` texts in order strictly between `low` and `high`; null is open.
std::vector<std::string> Between(const std::string* low,
                                 const std::string* high, std::size_t count) {
  std::vector<std::string> starts = {"other", "another", "some", "Other",
                                     "x",     "a",       "A",    "0"};
  if (low != nullptr) {
    for (const char* more : {"x", "0", "-", "!", " ", "\x01"}) {
      starts.push_back(absl::StrCat(*low, more));
    }
  } else {
    starts.push_back("!");
    starts.push_back("");
  }
  std::vector<std::string> texts;
  for (const std::string& start : starts) {
    texts.clear();
    for (std::size_t i = 0; i < count; ++i) {
      texts.push_back(texts.empty() ? start : absl::StrCat(texts.back(), "x"));
    }
    if ((low == nullptr || *low < texts.front()) &&
        (high == nullptr || texts.back() < *high)) {
      break;
    }
  }
  return texts;
}

}  // namespace

Vocabulary::TextList GroupsOf(
    const std::vector<const CompiledDocument*>& documents, Country peer) {
  Vocabulary::TextList names;
  for (const CompiledDocument* document : documents) {
    if (document->layer != Layer::kNational) continue;
    for (const auto& [name, countries] : document->groups) {
      if (std::find(countries.begin(), countries.end(), peer) !=
          countries.end()) {
        names.push_back(name);
      }
    }
  }
  return names;
}

Vocabulary::Vocabulary(const std::vector<const CompiledDocument*>& documents,
                       std::vector<Country> own)
    : own_(std::move(own)), peers_(own_) {
  for (int i = 0; i < kPurposes; ++i) {
    words_.emplace_back(PurposeName(static_cast<Purpose>(i)));
  }
  words_.emplace_back(DirectionName(Direction::kSend));
  words_.emplace_back(DirectionName(Direction::kReceive));
  for (int i = 0; i < kRecordKinds; ++i) {
    for (const auto section : ConsentSections(static_cast<RecordKind>(i))) {
      words_.emplace_back(section);
    }
  }
  for (const CompiledDocument* document : documents) AddDocument(*document);
  SortUnique(words_);
  // A text that is a code, such as 'EC' in a condition, may be a peer.
  for (const std::string& word : words_) {
    const absl::StatusOr<Country> country = Country::Parse(word);
    if (country.ok()) peers_.push_back(*country);
  }
  SortUnique(peers_);
  for (const Country peer : peers_) words_.push_back(peer.ToString());
  SortUnique(words_);
  AddOtherCountries();
  // Documents are also compared with each other, each with its own groups.
  for (const CompiledDocument* document : documents) {
    for (const Country peer : peers_) {
      lists_.push_back(GroupsOf({document}, peer));
    }
  }
  SortUnique(lists_);  // the empty list stays first
}

void Vocabulary::AddDocument(const CompiledDocument& document) {
  const auto add_all = [this](const std::vector<Country>& countries) {
    peers_.insert(peers_.end(), countries.begin(), countries.end());
  };
  add_all(document.countries);
  for (const auto& [name, countries] : document.groups) {
    words_.push_back(name);
    add_all(countries);
  }
  for (const CompiledRule& rule : document.rules) {
    add_all(rule.peers);
    for (const RulePart& part : rule.parts) {
      if (part.when.has_value()) AddCondition(*part.when);
    }
  }
  for (const CompiledProperty& property : document.properties) {
    add_all(property.peers);
    for (const PropertyPart& part : property.parts) {
      if (part.when.has_value()) AddCondition(*part.when);
    }
  }
}

void Vocabulary::AddCondition(const Condition& condition) {
  for (const Atom& atom : condition.atoms) {
    const bool lists = atom.op == Atom::Op::kListEqual;
    AddOperand(atom.left, lists);
    AddOperand(atom.right, lists);
    compares_lists_ |= lists && atom.left.kind == Operand::Kind::kFact &&
                       atom.right.kind == Operand::Kind::kFact;
  }
}

void Vocabulary::AddOperand(const Operand& operand, bool whole_list) {
  if (operand.kind == Operand::Kind::kText) words_.push_back(operand.text);
  if (operand.kind != Operand::Kind::kTexts) return;
  words_.insert(words_.end(), operand.texts.begin(), operand.texts.end());
  if (whole_list) lists_.push_back(operand.texts);
}

void Vocabulary::AddOtherCountries() {
  std::vector<std::string> codes(std::begin(kKnownCountries),
                                 std::end(kKnownCountries));
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) codes.push_back(std::string{a, b});
  }
  std::set<std::ptrdiff_t> taken;
  std::vector<std::string> fresh;
  for (const std::string& code : codes) {
    const auto at = std::lower_bound(words_.begin(), words_.end(), code);
    if (at != words_.end() && *at == code) continue;
    if (!taken.insert(at - words_.begin()).second) continue;
    fresh.push_back(code);
    peers_.push_back(*Country::Parse(code));
  }
  words_.insert(words_.end(), fresh.begin(), fresh.end());
  SortUnique(words_);
  SortUnique(peers_);
}

std::int64_t Vocabulary::Of(const std::string& text) const {
  const auto at = std::lower_bound(words_.begin(), words_.end(), text);
  return (at - words_.begin() + 1) * kStep;
}

std::int64_t Vocabulary::below() const {
  // No text comes before the empty one.
  return words_.front().empty() ? kStep - 1 : 0;
}

std::int64_t Vocabulary::above() const {
  return (static_cast<std::int64_t>(words_.size()) + 1) * kStep;
}

std::map<std::string, std::int64_t> Vocabulary::Place(
    const std::set<std::string>& texts) const {
  std::map<std::string, std::int64_t> places;
  std::int64_t last = 0;
  for (const std::string& text : texts) {
    const auto at = std::lower_bound(words_.begin(), words_.end(), text);
    const bool named = at != words_.end() && *at == text;
    const std::int64_t begin = (at - words_.begin()) * kStep;
    last = named ? begin + kStep : std::max(begin, last) + 1;
    places[text] = last;
  }
  return places;
}

std::map<std::int64_t, std::string> Vocabulary::Read(
    const std::set<std::int64_t>& numbers) const {
  std::map<std::int64_t, std::string> texts;
  std::map<std::int64_t, std::vector<std::int64_t>> gaps;
  for (const std::int64_t number : numbers) {
    const std::int64_t index = number / kStep;
    if (number % kStep == 0) {
      texts[number] = words_[static_cast<std::size_t>(index - 1)];
    } else {
      gaps[index].push_back(number);
    }
  }
  for (const auto& [index, inside] : gaps) {
    const auto i = static_cast<std::size_t>(index);
    const std::vector<std::string> made =
        Between(i == 0 ? nullptr : &words_[i - 1],
                i == words_.size() ? nullptr : &words_[i], inside.size());
    for (std::size_t j = 0; j < inside.size(); ++j) texts[inside[j]] = made[j];
  }
  return texts;
}

int Vocabulary::ListId(const TextList& list) const {
  return static_cast<int>(std::lower_bound(lists_.begin(), lists_.end(), list) -
                          lists_.begin());
}

}  // namespace minga::policy::proof
