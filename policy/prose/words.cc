#include "policy/prose/words.h"

#include <algorithm>
#include <array>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "policy/prose/words_tables.h"

namespace minga::policy::prose {

Words::Words(absl::string_view language) : language_(language) {
  const auto add = [this](absl::Span<const Entry> entries) {
    for (const Entry& entry : entries) texts_.emplace(entry.key, entry.text);
  };
  if (language == "es") {
    add(SpanishWords());
    add(SpanishSchemaWords());
  } else if (language == "pt") {
    add(PortugueseWords());
    add(PortugueseSchemaWords());
  } else {
    add(EnglishWords());
    add(EnglishSchemaWords());
  }
}

const std::vector<absl::string_view>& Words::Languages() {
  static const auto* const languages =
      new std::vector<absl::string_view>{"es", "pt", "en"};
  return *languages;
}

const Words* Words::Of(absl::string_view language) {
  static const auto* const all = [] {
    auto* words = new std::vector<std::unique_ptr<const Words>>;
    for (const absl::string_view one : Languages()) {
      words->push_back(std::unique_ptr<const Words>(new Words(one)));
    }
    return words;
  }();
  for (const auto& words : *all) {
    if (words->language() == language) return words.get();
  }
  return nullptr;
}

absl::string_view Words::Get(absl::string_view key) const {
  const auto found = texts_.find(key);
  return found == texts_.end() ? key : found->second;
}

std::string Words::Fill(absl::string_view key, absl::string_view a,
                        absl::string_view b, absl::string_view c) const {
  return absl::Substitute(Get(key), a, b, c);
}

std::vector<absl::string_view> Words::Keys() const {
  std::vector<absl::string_view> keys;
  for (const auto& [key, text] : texts_) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::string Words::Day(absl::CivilDay day) const {
  return Fill("date", absl::StrCat(day.day()),
              Get(absl::StrCat("month.", day.month())),
              absl::StrCat(day.year()));
}

std::string Words::CountryName(absl::string_view code) const {
  const std::string key = absl::StrCat("country.", code);
  return std::string(Has(key) ? Get(key) : code);
}

std::string Words::CountryWithCode(absl::string_view code) const {
  const std::string name = CountryName(code);
  return name == code ? name : absl::StrCat(name, " (", code, ")");
}

std::string Words::GroupName(absl::string_view name) const {
  const std::string key = absl::StrCat("group.", name);
  return std::string(Has(key) ? Get(key) : name);
}

absl::string_view Words::Kind(RecordKind kind) const {
  return Get(absl::StrCat("kind.", KindName(kind)));
}

absl::string_view Words::PurposeText(Purpose purpose) const {
  return Get(absl::StrCat("purpose.", PurposeName(purpose)));
}

absl::string_view Words::Field(const FieldDef& field) const {
  return Get(absl::StrCat("field.", field.name));
}

std::string Words::LevelText(const FieldDef& field, Level level) const {
  if (level.suppressed()) return std::string(Get("level.suppress"));
  if (const int step = level.generalise_step(); step > 0) {
    return Fill(absl::StrCat("level.generalise.", step),
                Get(absl::StrCat("step.", field.name, ".", step)));
  }
  if (field.pseudonymous) return std::string(Get("level.pseudonym"));
  return std::string(Get("level.raw"));
}

std::string Words::Join(const std::vector<std::string>& items,
                        absl::string_view last) const {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      absl::StrAppend(&text, i + 1 == items.size()
                                 ? absl::StrCat(" ", Get(last), " ")
                                 : std::string(", "));
    }
    absl::StrAppend(&text, items[i]);
  }
  return text;
}

}  // namespace minga::policy::prose
