// The tables of words: the same keys in every language, and one for everything
// that a policy can speak about.
#include "policy/prose/words.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "policy/prose/prose.h"
#include "policy/prose/words_tables.h"

namespace minga::policy::prose {
namespace {

// The `$0`, `$1` of a text.
std::set<char> Places(absl::string_view text) {
  std::set<char> places;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '$') places.insert(text[i + 1]);
  }
  return places;
}

TEST_CASE("languages have the same keys and places", "[prose]") {
  const Words& english = *Words::Of("en");
  REQUIRE(english.Keys().size() > 300);
  for (const absl::string_view language : Words::Languages()) {
    const Words& words = *Words::Of(language);
    INFO(language);
    CHECK(words.language() == language);
    CHECK(words.Keys() == english.Keys());
    for (const absl::string_view key : english.Keys()) {
      INFO(key);
      CHECK_FALSE(words.Get(key).empty());
      CHECK(Places(words.Get(key)) == Places(english.Get(key)));
    }
  }
}

TEST_CASE("no key is there twice", "[prose]") {
  for (const auto& [sentences, schema] :
       {std::pair(EnglishWords(), EnglishSchemaWords()),
        std::pair(SpanishWords(), SpanishSchemaWords()),
        std::pair(PortugueseWords(), PortugueseSchemaWords())}) {
    std::set<absl::string_view> keys;
    for (const absl::Span<const Entry> table : {sentences, schema}) {
      for (const Entry& entry : table) {
        INFO(entry.key);
        CHECK(keys.insert(entry.key).second);
      }
    }
  }
}

// Every language has the same keys: one stands for all.
void CheckHas(const std::string& key) {
  INFO(key);
  CHECK(Words::Of("es")->Has(key));
}

TEST_CASE("every kind, purpose and field has words", "[prose]") {
  for (int i = 1; i < kRecordKinds; ++i) {
    const auto kind = static_cast<RecordKind>(i);
    CheckHas(absl::StrCat("kind.", KindName(kind)));
    for (const FieldDef& field : SchemaOf(kind).fields) {
      CheckHas(absl::StrCat("field.", field.name));
      if (!field.consent_section.empty()) {
        CheckHas(absl::StrCat("section.", field.consent_section));
      }
      for (int step = 1; step <= field.generalise_steps; ++step) {
        CheckHas(absl::StrCat("step.", field.name, ".", step));
        CheckHas(absl::StrCat("level.generalise.", step));
      }
    }
  }
  for (int i = 1; i < kPurposes; ++i) {
    CheckHas(absl::StrCat("purpose.", PurposeName(static_cast<Purpose>(i))));
  }
}

TEST_CASE("every fact has the phrases of its type", "[prose]") {
  for (int i = 1; i < kRecordKinds; ++i) {
    for (const FactDef& fact : SchemaOf(static_cast<RecordKind>(i)).facts) {
      const std::string key = absl::StrCat("fact.", fact.name);
      CheckHas(absl::StrCat("type.", FactTypeName(fact.type)));
      if (fact.type == FactType::kBool) {
        CheckHas(key + ".yes");
        CheckHas(key + ".no");
        if (fact.optional) CheckHas(key + ".noun");
        continue;
      }
      CheckHas(key + ".noun");
      if (fact.type != FactType::kStringList) continue;
      for (const char* end : {".contains", ".lacks", ".empty", ".some"}) {
        CheckHas(key + end);
      }
    }
  }
}

TEST_CASE("every obligation and operation has words", "[prose]") {
  const auto* type = v1::Obligation::descriptor();
  const auto* oneof = type->FindOneofByName("obligation");
  REQUIRE(oneof->field_count() >= 13);
  for (int i = 0; i < oneof->field_count(); ++i) {
    const std::string& name = oneof->field(i)->name();
    if (name == "transform") continue;
    CheckHas(absl::StrCat("obligation.", name));
  }
  for (int i = v1::Transform::Operation_MIN + 1;
       i <= v1::Transform::Operation_MAX; ++i) {
    if (v1::Transform::Operation_IsValid(i)) {
      CheckHas(absl::StrCat("obligation.transform.", i));
    }
  }
}

TEST_CASE("the schema is shown whole", "[prose]") {
  for (const absl::string_view language : Words::Languages()) {
    const std::string shown = ShowSchema(language);
    INFO(language);
    for (int i = 1; i < kRecordKinds; ++i) {
      const KindSchema& schema = SchemaOf(static_cast<RecordKind>(i));
      CHECK_THAT(
          shown,
          Catch::Contains(std::string(Words::Of(language)->Kind(schema.kind))));
      for (const FieldDef& field : schema.fields) {
        CHECK_THAT(shown, Catch::Contains(absl::StrCat("- ", field.name, ":")));
      }
      if (schema.fields.empty()) continue;
      for (const FactDef& fact : schema.facts) {
        CHECK_THAT(shown, Catch::Contains(absl::StrCat("- ", fact.name, ":")));
      }
    }
    for (const char* raw : {"$0", "fact.", "field.", "step."}) {
      CHECK_FALSE(absl::StrContains(shown, raw));
    }
  }
  CHECK(ShowSchema("qu") == ShowSchema("en"));
  CHECK(ShowSchema("es") != ShowSchema("pt"));
}

}  // namespace
}  // namespace minga::policy::prose
