#include "policy/policy_set.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/document.h"
#include "policy/document_text.h"
#include "policy/fact_key.h"
#include "policy/policy_set_impl.h"

namespace minga::policy {
namespace {

// Each document with its layer and length before it, so that no two lists of
// documents read the same; agreements in the order of their texts, since the
// order in which they were given means nothing.
Digest HashOf(const PolicySources& sources) {
  std::string all = "minga policy set v1\n";
  const auto add = [&all](absl::string_view layer, absl::string_view text) {
    absl::StrAppend(&all, layer, " ", text.size(), "\n", text);
  };
  add("national", sources.national.text);
  std::vector<std::pair<absl::string_view, std::string>> mous;
  for (const DocumentSource& mou : sources.mous) {
    std::string with;
    for (const Country party : mou.signed_by) {
      absl::StrAppend(&with, " ", party.ToString());
    }
    mous.emplace_back(mou.text, std::move(with));
  }
  std::sort(mous.begin(), mous.end());
  for (const auto& [text, with] : mous) add(absl::StrCat("mou", with), text);
  for (const DocumentSource& document : sources.overrides) {
    add("override", document.text);
  }
  return Sha256(all);
}

// The days on which what depends on the date alone may change.
std::vector<std::int64_t> BoundariesOf(
    const std::vector<CompiledDocument>& documents) {
  std::vector<std::int64_t> days;
  const auto add_range = [&days](absl::CivilDay from, absl::CivilDay until) {
    if (from != absl::CivilDay::min()) days.push_back(DayNumber(from));
    if (until != absl::CivilDay::max()) days.push_back(DayNumber(until) + 1);
  };
  for (const CompiledDocument& document : documents) {
    add_range(document.from, document.until);
    for (const CompiledRule& rule : document.rules) {
      add_range(rule.from, rule.until);
      for (const RulePart& part : rule.parts) {
        if (!part.when.has_value()) continue;
        for (const std::int64_t date : part.when->dates) {
          days.push_back(date);
          days.push_back(date + 1);
        }
      }
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

// Questions with the same key have the same program on the same day.
std::uint64_t KeyOf(const Question& question) {
  static_assert(sizeof(Country) == sizeof(std::uint16_t));
  return std::uint64_t{std::bit_cast<std::uint16_t>(question.peer)} |
         static_cast<std::uint64_t>(question.direction) << 16 |
         static_cast<std::uint64_t>(question.kind) << 24 |
         static_cast<std::uint64_t>(question.purpose) << 32;
}

}  // namespace

PolicySetImpl::PolicySetImpl(Country own, CompiledDocuments documents,
                             const Digest& hash)
    : own_(own),
      documents_(
          std::make_shared<const CompiledDocuments>(std::move(documents))),
      hash_(hash),
      generations_(documents_, BoundariesOf(*documents_)) {
  for (const CompiledDocument& document : *documents_) {
    if (document.layer != Layer::kMou) continue;
    for (const Country party : document.countries) {
      if (party != own_) partners_.push_back(party);
    }
  }
  std::sort(partners_.begin(), partners_.end());
  partners_.erase(std::unique(partners_.begin(), partners_.end()),
                  partners_.end());
}

std::string PolicySetImpl::Unanswerable(const Question& question,
                                        const Facts& facts) const {
  if (question.own != own_) return "the question is another country's";
  if (question.peer.empty() || question.peer == own_) {
    return "the peer is not another country";
  }
  if (question.direction != Direction::kSend &&
      question.direction != Direction::kReceive) {
    return "the question has no direction";
  }
  const KindSchema& schema = SchemaOf(question.kind);
  if (schema.fields.empty()) {
    return absl::StrCat("records of kind ", KindName(question.kind),
                        " have no fields that could cross");
  }
  if (facts.kind() != question.kind) return "the facts are of another kind";
  const std::uint64_t missing =
      schema.RequiredFacts(question.direction == Direction::kReceive) &
      ~facts.present();
  if (missing == 0) return "";
  const auto first = static_cast<std::size_t>(std::countr_zero(missing));
  return absl::StrCat("required fact `", schema.facts[first].name,
                      "` is missing");
}

std::vector<std::string> PolicySetImpl::GroupsOf(Country peer) const {
  std::vector<std::string> names;
  for (const CompiledDocument& document : *documents_) {
    if (document.layer != Layer::kNational) continue;
    for (const auto& [name, countries] : document.groups) {
      if (std::find(countries.begin(), countries.end(), peer) !=
          countries.end()) {
        names.push_back(name);
      }
    }
  }
  return names;
}

bool PolicySetImpl::IsPartner(Country peer) const {
  return std::binary_search(partners_.begin(), partners_.end(), peer);
}

const Specialised& PolicySetImpl::ProgramFor(
    const Question& question, const Generation& generation,
    std::unique_ptr<const Specialised>& own) const {
  const std::uint64_t key = KeyOf(question);
  if (const Specialised* held = generation.Find(key)) return *held;
  own = std::make_unique<const Specialised>(question, GroupsOf(question.peer),
                                            *documents_, generation.budget());
  const std::size_t entries_max = IsPartner(question.peer)
                                      ? Generation::kEntriesMax
                                      : Generation::kStrangersMax;
  const Specialised* added = generation.Add(key, entries_max, own);
  return added != nullptr ? *added : *own;
}

Answer PolicySetImpl::Ask(const Question& question, const Facts& facts) const {
  if (question.own != own_ || question.peer == own_ || question.peer.empty() ||
      facts.kind() != question.kind) {
    return Answer();
  }
  const std::int64_t day = DayNumber(question.as_of);
  const std::shared_ptr<const Generation>& generation = generations_.Of(day);
  if (const Specialised* held = generation->Find(KeyOf(question))) {
    return held->Ask(facts, day, generation);
  }
  std::unique_ptr<const Specialised> own;
  const Specialised& program = ProgramFor(question, *generation, own);
  // Nothing refers to the answers of a program that is not kept.
  if (own != nullptr) {
    return Answer(
        std::make_shared<const Decision>(program.Reason(facts, day).decision));
  }
  return program.Ask(facts, day, generation);
}

absl::CivilDay PolicySetImpl::NextBoundary(absl::CivilDay day) const {
  return DayOfNumber(generations_.BoundaryAfter(DayNumber(day)));
}

absl::CivilDay PolicySetImpl::NextChange(const Question& question,
                                         const Facts& facts) const {
  // Whoever has no agreement gets nothing on any day.
  if (!IsPartner(question.peer) || !Unanswerable(question, facts).empty()) {
    return absl::CivilDay::max();
  }
  return WithProgram(question,
                     [&](const Specialised& program, std::int64_t day) {
                       return DayOfNumber(program.NextChange(facts, day));
                     });
}

absl::StatusOr<std::shared_ptr<const PolicySet>> PolicySet::Load(
    Country own, const PolicySources& sources) {
  std::vector<std::string> errors;
  std::vector<CompiledDocument> documents;
  const auto load = [&](const DocumentSource& source, const LoadContext& how) {
    std::optional<CompiledDocument> document =
        LoadDocument(source, how, errors);
    if (document.has_value()) documents.push_back(*std::move(document));
  };
  load(sources.national, {Layer::kNational, own, nullptr});
  std::optional<std::map<std::string, std::vector<Country>>> groups;
  if (!documents.empty()) groups = documents.front().groups;
  PolicySources hashed = sources;
  hashed.mous.clear();
  for (const DocumentSource& mou : sources.mous) {
    const std::size_t before = documents.size();
    load(mou, {Layer::kMou, own, nullptr});
    hashed.mous.push_back(mou);
    if (mou.signed_by.empty() || documents.size() == before) continue;
    const std::size_t parties = documents.back().countries.size();
    std::erase_if(documents.back().countries, [&](Country party) {
      return party != own &&
             std::find(mou.signed_by.begin(), mou.signed_by.end(), party) ==
                 mou.signed_by.end();
    });
    // Where all parties stand, who did adds nothing to the text.
    if (documents.back().countries.size() == parties) {
      hashed.mous.back().signed_by.clear();
    }
  }
  if (sources.overrides.size() > 1) {
    errors.push_back(absl::StrCat(sources.overrides[1].name,
                                  ":1:1: a node has at most one override"));
  }
  for (const DocumentSource& document : sources.overrides) {
    load(document,
         {Layer::kOverride, own, groups.has_value() ? &*groups : nullptr});
  }
  if (!errors.empty()) return ErrorsToStatus(errors);
  return std::make_shared<const PolicySetImpl>(own, std::move(documents),
                                               HashOf(hashed));
}

absl::Status CheckDocument(const DocumentSource& source) {
  std::vector<std::string> errors;
  LoadDocument(source, LoadContext(), errors);
  return ErrorsToStatus(errors);
}

absl::StatusOr<DocumentInfo> DescribeDocument(const DocumentSource& source) {
  std::vector<std::string> errors;
  std::optional<CompiledDocument> document =
      LoadDocument(source, LoadContext(), errors);
  if (!document.has_value()) return ErrorsToStatus(errors);
  DocumentInfo info;
  info.layer = document->layer;
  info.countries = std::move(document->countries);
  info.title = std::move(document->title);
  info.from = document->from;
  info.until = document->until;
  info.rules = static_cast<int>(document->rules.size());
  return info;
}

}  // namespace minga::policy
