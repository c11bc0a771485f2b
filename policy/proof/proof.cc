#include "policy/proof/proof.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/proof/common_properties.h"
#include "policy/proof/comparison.h"
#include "policy/proof/date_gaps.h"
#include "policy/proof/documents.h"
#include "policy/proof/liveness.h"
#include "policy/proof/properties.h"
#include "policy/proof/workbench.h"
#include "policy/proof/z3_guard.h"

namespace minga::policy::proof {
namespace {

// What one proof is about.
struct Subject {
  CompiledDocument document;
  std::optional<CompiledDocument> previous;
  // Of an override: the groups of the national policy, without its rules.
  std::optional<CompiledDocument> national;

  // `one` alone; what is not at hand permits everything.
  Layers Alone(const CompiledDocument& one) const {
    Layers layers;
    layers.documents = {&one};
    layers.any_national = one.layer != Layer::kNational;
    layers.any_agreement = one.layer != Layer::kMou;
    if (national.has_value()) layers.groups_of = &*national;
    return layers;
  }
};

// Words of the properties that hold for every country.
CompiledDocument CommonDocument() {
  CompiledDocument common;
  common.properties = CommonProperties();
  return common;
}

void CompareWithPrevious(const Subject& subject, Workbench& bench,
                         Report& report) {
  if (!subject.previous.has_value()) return;
  if (HasUnknownGroups(subject.document) ||
      HasUnknownGroups(*subject.previous)) {
    report.findings.push_back(
        GroupsUnknown("no-more-than-before",
                      "whether this permits more than the document in force",
                      /*refuses=*/false));
    return;
  }
  CompareWith(
      subject.Alone(*subject.previous),
      {"no-more-than-before", "the document in force", /*refuses=*/false},
      bench, report);
}

Report ProveLoaded(const Subject& subject, absl::Duration limit) {
  const CompiledDocument& document = subject.document;
  const CompiledDocument common = CommonDocument();
  std::vector<const CompiledDocument*> named = {&document, &common};
  if (subject.previous.has_value()) named.push_back(&*subject.previous);
  if (subject.national.has_value()) named.push_back(&*subject.national);
  Workbench bench(subject.Alone(document), named, document.countries, limit);
  Report report;
  if (document.layer == Layer::kNational) {
    for (const CompiledProperty& property : common.properties) {
      ProveProperty(property, common, bench, report);
    }
  }
  for (const CompiledProperty& property : document.properties) {
    ProveProperty(property, document, bench, report);
  }
  FindDeadRules(document, bench, report);
  FindDateGaps(document, report);
  CompareWithPrevious(subject, bench, report);
  FindShadowedRules(document, bench, report);
  return report;
}

Report ProveTogether(Country own,
                     const std::vector<CompiledDocument>& documents,
                     absl::Duration limit) {
  Report report;
  const std::vector<const CompiledDocument*> all = Pointers(documents);
  Workbench bench(Layers{all, false, false}, all, {own}, limit);
  Layers national;
  Layers without_override;
  for (const CompiledDocument* document : all) {
    if (document->layer == Layer::kNational) {
      national.documents.push_back(document);
    }
    if (document->layer != Layer::kOverride) {
      without_override.documents.push_back(document);
    }
  }
  national.any_agreement = true;
  CompareWith(national,
              {"no-more-than-national-law", "the national policy",
               /*refuses=*/true},
              bench, report);
  if (without_override.documents.size() < all.size()) {
    CompareWith(without_override,
                {"override-tightens", "the policy without the override",
                 /*refuses=*/true},
                bench, report);
  }
  return report;
}

// How `document` and what it is compared with are loaded: with the groups of
// the national policy if it is an override and they are at hand.
absl::StatusOr<LoadContext> ContextOf(const CompiledDocument& document,
                                      const Options& options,
                                      Subject& subject) {
  LoadContext context;
  if (document.layer != Layer::kOverride || !options.national.has_value()) {
    return context;
  }
  absl::StatusOr<CompiledDocument> national =
      LoadOne(*options.national,
              {Layer::kNational, document.countries.front(), nullptr});
  if (!national.ok()) return national.status();
  subject.national = *std::move(national);
  subject.national->rules.clear();
  subject.national->properties.clear();
  context.groups = &subject.national->groups;
  return context;
}

absl::Status LoadInto(const DocumentSource& document, const Options& options,
                      Subject& subject) {
  absl::StatusOr<CompiledDocument> loaded = LoadOne(document);
  if (!loaded.ok()) return loaded.status();
  const absl::StatusOr<LoadContext> context =
      ContextOf(*loaded, options, subject);
  if (!context.ok()) return context.status();
  if (context->groups != nullptr) {
    loaded = LoadOne(document, *context);
    if (!loaded.ok()) return loaded.status();
  }
  subject.document = *std::move(loaded);
  if (!options.previous.has_value()) return absl::OkStatus();
  absl::StatusOr<CompiledDocument> old = LoadOne(*options.previous, *context);
  if (!old.ok()) return old.status();
  if (old->layer != subject.document.layer) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.previous->name, ":1:1: a document of the layer ",
        LayerName(old->layer), " cannot be compared with one of the layer ",
        LayerName(subject.document.layer)));
  }
  subject.previous = *std::move(old);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Subject>> LoadSubject(
    const DocumentSource& document, const Options& options) {
  auto subject = std::make_unique<Subject>();
  absl::Status loaded = LoadInto(document, options, *subject);
  if (!loaded.ok()) return loaded;
  std::vector<const CompiledDocument*> sized = {&subject->document};
  if (subject->previous.has_value()) sized.push_back(&*subject->previous);
  if (absl::Status size = CheckSize(sized); !size.ok()) return size;
  return subject;
}

}  // namespace

bool Report::ok() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& one) { return one.refuses; });
}

absl::string_view FindingName(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::kPropertyFails:
      return "property fails";
    case Finding::Kind::kVacuousProperty:
      return "vacuous property";
    case Finding::Kind::kDeadRule:
      return "dead rule";
    case Finding::Kind::kShadowedRule:
      return "shadowed rule";
    case Finding::Kind::kDateGap:
      return "date gap";
    case Finding::Kind::kPermitsMore:
      return "permits more";
    case Finding::Kind::kUndecided:
      break;
  }
  return "undecided";
}

absl::StatusOr<Report> Prove(const DocumentSource& document,
                             const Options& options) {
  const absl::StatusOr<std::unique_ptr<Subject>> subject =
      LoadSubject(document, options);
  if (!subject.ok()) return subject.status();
  return Guarded([&]() -> absl::StatusOr<Report> {
    return ProveLoaded(**subject, options.limit);
  });
}

absl::StatusOr<Report> ProveTightens(Country own, const PolicySources& sources,
                                     absl::Duration limit) {
  const absl::StatusOr<std::vector<CompiledDocument>> documents =
      LoadAll(own, sources);
  if (!documents.ok()) return documents.status();
  if (absl::Status size = CheckSize(Pointers(*documents)); !size.ok()) {
    return size;
  }
  return Guarded([&]() -> absl::StatusOr<Report> {
    return ProveTogether(own, *documents, limit);
  });
}

}  // namespace minga::policy::proof
