// The schema as a reference for those who write policies.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "policy/prose/page.h"
#include "policy/prose/prose.h"
#include "policy/prose/words.h"

namespace minga::policy::prose {
namespace {

std::string Steps(const FieldDef& field, const Words& words) {
  std::vector<std::string> steps;
  for (int i = 1; i <= field.generalise_steps; ++i) {
    steps.emplace_back(words.Get(absl::StrCat("step.", field.name, ".", i)));
  }
  const std::string count =
      steps.size() == 1
          ? std::string(words.Get("schema.steps.count.one"))
          : words.Fill("schema.steps.count", absl::StrCat(steps.size()));
  return words.Fill("schema.steps", count, absl::StrJoin(steps, "; "));
}

std::string FieldLine(const FieldDef& field, const KindSchema& schema,
                      const Words& words) {
  std::vector<std::string> notes;
  if (field.pseudonymous) notes.emplace_back(words.Get("level.pseudonym"));
  if (field.required) notes.emplace_back(words.Get("schema.required"));
  if (field.generalise_steps > 0) notes.push_back(Steps(field, words));
  if (!field.consent_section.empty()) {
    notes.push_back(
        words.Fill("schema.section", field.consent_section,
                   words.Get(absl::StrCat("section.", field.consent_section))));
  } else if (schema.about_person() && !field.impersonal) {
    notes.emplace_back(words.Get("schema.uncovered"));
  }
  std::string line = absl::StrCat(field.name, ": ", words.Field(field));
  if (!notes.empty()) {
    absl::StrAppend(&line, " (", absl::StrJoin(notes, "; "), ")");
  }
  return line;
}

// What a fact is, in words: the sentence that a bool makes true, or a noun.
absl::string_view Meaning(const FactDef& fact, const Words& words) {
  return words.Get(absl::StrCat(
      "fact.", fact.name, fact.type == FactType::kBool ? ".yes" : ".noun"));
}

std::string FactLine(const FactDef& fact, const Words& words) {
  std::vector<std::string> notes = {
      std::string(words.Get(absl::StrCat("type.", FactTypeName(fact.type))))};
  const std::string prefix = absl::StrCat("value.", fact.name, ".");
  std::vector<std::string> values;
  for (absl::string_view key : words.Keys()) {
    if (absl::ConsumePrefix(&key, prefix)) values.emplace_back(key);
  }
  if (!values.empty()) {
    notes.push_back(words.Fill("schema.values", absl::StrJoin(values, ", ")));
  }
  if (fact.optional) notes.emplace_back(words.Get("schema.optional"));
  if (fact.origin_only) notes.emplace_back(words.Get("schema.origin_only"));
  return absl::StrCat(fact.name, ": ", Meaning(fact, words), " (",
                      absl::StrJoin(notes, "; "), ")");
}

// Facts that every kind has: those of the question, and record.imported.
std::size_t CommonFacts() {
  return SchemaOf(RecordKind::kUnspecified).facts.size();
}

void WriteKind(const KindSchema& schema, const Words& words, Page& page) {
  page.Section(words.Fill("schema.fields", words.Kind(schema.kind)));
  if (schema.fields.empty()) {
    page.Paragraph(words.Get("schema.none"));
    return;
  }
  for (const FieldDef& field : schema.fields) {
    page.Bullet(FieldLine(field, schema, words));
  }
  page.Section(words.Fill("schema.facts", words.Kind(schema.kind)));
  for (std::size_t i = CommonFacts(); i < schema.facts.size(); ++i) {
    page.Bullet(FactLine(schema.facts[i], words));
  }
}

}  // namespace

std::string ShowSchema(absl::string_view language) {
  const Words* words = Words::Of(language);
  if (words == nullptr) words = Words::Of("en");
  Page page;
  page.Title(words->Get("schema.title"));
  page.Section(words->Get("schema.common"));
  for (const FactDef& fact : SchemaOf(RecordKind::kUnspecified).facts) {
    page.Bullet(FactLine(fact, *words));
  }
  for (int i = 1; i < kRecordKinds; ++i) {
    WriteKind(SchemaOf(static_cast<RecordKind>(i)), *words, page);
  }
  return page.Take();
}

}  // namespace minga::policy::prose
