#include "policy/proof/proof.h"

#include <algorithm>
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

// `document` alone; what is not at hand permits everything.
Layers Alone(const CompiledDocument& document) {
  Layers layers;
  layers.documents = {&document};
  layers.any_national = document.layer != Layer::kNational;
  layers.any_agreement = document.layer != Layer::kMou;
  return layers;
}

// Words of the properties that hold for every country.
CompiledDocument CommonDocument() {
  CompiledDocument common;
  common.properties = CommonProperties();
  return common;
}

Report ProveLoaded(const CompiledDocument& document,
                   const CompiledDocument* previous, absl::Duration limit) {
  const CompiledDocument common = CommonDocument();
  std::vector<const CompiledDocument*> named = {&document, &common};
  if (previous != nullptr) named.push_back(previous);
  Workbench bench(Alone(document), named, document.countries, limit);
  Report report;
  if (document.layer == Layer::kNational) {
    for (const CompiledProperty& property : common.properties) {
      ProveProperty(property, bench, report);
    }
  }
  for (const CompiledProperty& property : document.properties) {
    ProveProperty(property, bench, report);
  }
  FindDeadRules(document, bench, report);
  FindDateGaps(document, report);
  if (previous != nullptr) {
    CompareWith(Alone(*previous),
                {"no-more-than-before", "the document in force",
                 /*refuses=*/false},
                bench, report);
  }
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

}  // namespace

bool Report::ok() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& one) { return one.refuses; });
}

absl::string_view FindingName(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::kPropertyFails:
      return "property fails";
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
  const absl::StatusOr<CompiledDocument> loaded = LoadOne(document);
  if (!loaded.ok()) return loaded.status();
  std::optional<CompiledDocument> previous;
  if (options.previous.has_value()) {
    absl::StatusOr<CompiledDocument> old = LoadOne(*options.previous);
    if (!old.ok()) return old.status();
    if (old->layer != loaded->layer) {
      return absl::InvalidArgumentError(absl::StrCat(
          options.previous->name, ":1:1: a document of the layer ",
          LayerName(old->layer), " cannot be compared with one of the layer ",
          LayerName(loaded->layer)));
    }
    previous = *std::move(old);
  }
  std::vector<const CompiledDocument*> sized = {&*loaded};
  if (previous.has_value()) sized.push_back(&*previous);
  if (absl::Status size = CheckSize(sized); !size.ok()) return size;
  return Guarded([&]() -> absl::StatusOr<Report> {
    return ProveLoaded(*loaded, previous.has_value() ? &*previous : nullptr,
                       options.limit);
  });
}

absl::StatusOr<Report> ProveTightens(Country own,
                                     const PolicySources& sources) {
  const absl::StatusOr<std::vector<CompiledDocument>> documents =
      LoadAll(own, sources);
  if (!documents.ok()) return documents.status();
  if (absl::Status size = CheckSize(Pointers(*documents)); !size.ok()) {
    return size;
  }
  return Guarded([&]() -> absl::StatusOr<Report> {
    return ProveTogether(own, *documents, Options().limit);
  });
}

}  // namespace minga::policy::proof
