#include "policy/proof/documents.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/document_text.h"
#include "policy/proof/proof.h"

namespace minga::policy::proof {

absl::StatusOr<CompiledDocument> LoadOne(const DocumentSource& source,
                                         const LoadContext& context) {
  std::vector<std::string> errors;
  std::optional<CompiledDocument> document =
      LoadDocument(source, context, errors);
  if (!document.has_value()) return ErrorsToStatus(errors);
  return *std::move(document);
}

bool HasUnknownGroups(const CompiledDocument& document) {
  return std::any_of(
      document.rules.begin(), document.rules.end(),
      [](const CompiledRule& rule) { return rule.groups_unknown; });
}

absl::StatusOr<std::vector<CompiledDocument>> LoadAll(
    Country own, const PolicySources& sources) {
  // Checks what concerns the documents together, and all errors at once.
  const auto loaded = PolicySet::Load(own, sources);
  if (!loaded.ok()) return loaded.status();
  std::vector<CompiledDocument> documents;
  std::vector<std::string> errors;
  const auto load = [&](const DocumentSource& source, const LoadContext& how) {
    std::optional<CompiledDocument> one = LoadDocument(source, how, errors);
    if (one.has_value()) documents.push_back(*std::move(one));
    return one.has_value();
  };
  if (!load(sources.national, {Layer::kNational, own, nullptr})) {
    return ErrorsToStatus(errors);
  }
  const std::map<std::string, std::vector<Country>> groups =
      documents.front().groups;
  for (const DocumentSource& mou : sources.mous) {
    if (!load(mou, {Layer::kMou, own, nullptr}) || mou.signed_by.empty()) {
      continue;
    }
    std::erase_if(documents.back().countries, [&](Country party) {
      return party != own &&
             std::find(mou.signed_by.begin(), mou.signed_by.end(), party) ==
                 mou.signed_by.end();
    });
  }
  for (const DocumentSource& document : sources.overrides) {
    load(document, {Layer::kOverride, own, &groups});
  }
  if (!errors.empty()) return ErrorsToStatus(errors);
  return documents;
}

absl::Status CheckSize(const std::vector<const CompiledDocument*>& documents) {
  std::size_t steps = 0;
  const auto count = [&](const auto& speaks) {
    const std::size_t directions = speaks.sends && speaks.receives ? 2 : 1;
    for (const auto& part : speaks.parts) {
      if (part.when.has_value()) steps += directions * part.when->nodes.size();
    }
  };
  for (const CompiledDocument* document : documents) {
    for (const CompiledRule& rule : document->rules) count(rule);
    for (const CompiledProperty& one : document->properties) count(one);
  }
  if (steps <= kProofStepsMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "the conditions of ", documents.front()->name, " have ", steps,
      " steps together; at most ", kProofStepsMax, " can be proved"));
}

std::vector<const CompiledDocument*> Pointers(
    const std::vector<CompiledDocument>& documents) {
  std::vector<const CompiledDocument*> pointers;
  for (const CompiledDocument& one : documents) pointers.push_back(&one);
  return pointers;
}

}  // namespace minga::policy::proof
