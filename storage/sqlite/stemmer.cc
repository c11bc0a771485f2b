#include "storage/sqlite/stemmer.h"

#include <libstemmer.h>

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace minga::storage::sqlite {
namespace {

// Words remembered: a language's common ones several times over, in some
// megabytes.
constexpr std::size_t kKnownMax = 65536;
// Longer ones are not words of a language: kept whole, and not remembered.
constexpr std::size_t kWordBytesMax = 48;

sb_stemmer* NewStemmer(Language language) {
  switch (language) {
    case Language::kSpanish:
      return sb_stemmer_new("spanish", "UTF_8");
    case Language::kPortuguese:
      return sb_stemmer_new("portuguese", "UTF_8");
    case Language::kEnglish:
      return sb_stemmer_new("english", "UTF_8");
    case Language::kOther:
      break;
  }
  return nullptr;
}

// The accents of regular endings, which Snowball looks for. (That of -iones is
// none, so Spanish needs the singular only.)
std::string WithAccents(Language language, absl::string_view word) {
  absl::string_view root = word;
  if (language == Language::kSpanish) {
    if (absl::ConsumeSuffix(&root, "ion")) return absl::StrCat(root, "ión");
  } else if (language == Language::kPortuguese) {
    if (absl::ConsumeSuffix(&root, "cao")) return absl::StrCat(root, "ção");
    if (absl::ConsumeSuffix(&root, "ao")) return absl::StrCat(root, "ão");
    // To the singular as well: Snowball does so for long words only, and
    // `soluções` would not find `solução`.
    if (absl::ConsumeSuffix(&root, "coes")) return absl::StrCat(root, "ção");
    if (absl::ConsumeSuffix(&root, "oes")) return absl::StrCat(root, "ão");
  }
  return std::string(word);
}

}  // namespace

Language LanguageOf(absl::string_view tag) {
  const absl::string_view language = tag.substr(0, tag.find('-'));
  if (absl::EqualsIgnoreCase(language, "es")) return Language::kSpanish;
  if (absl::EqualsIgnoreCase(language, "pt")) return Language::kPortuguese;
  if (absl::EqualsIgnoreCase(language, "en")) return Language::kEnglish;
  return Language::kOther;
}

void Stemmer::Delete::operator()(sb_stemmer* stemmer) const {
  sb_stemmer_delete(stemmer);
}

Stemmer::Stemmer(Language language)
    : language_(language), stemmer_(NewStemmer(language)) {}

Stemmer::~Stemmer() = default;

absl::string_view Stemmer::Stem(absl::string_view word) {
  if (stemmer_ == nullptr || word.size() > kWordBytesMax) return word;
  if (const auto found = known_.find(word); found != known_.end()) {
    return found->second;
  }
  if (known_.size() >= kKnownMax) known_.clear();
  return known_.emplace(std::string(word), Compute(word)).first->second;
}

std::string Stemmer::Compute(absl::string_view word) const {
  const std::string accented = WithAccents(language_, word);
  const sb_symbol* stem = sb_stemmer_stem(
      stemmer_.get(), reinterpret_cast<const sb_symbol*>(accented.data()),
      static_cast<int>(accented.size()));
  if (stem == nullptr) return std::string(word);  // out of memory
  return std::string(
      reinterpret_cast<const char*>(stem),
      static_cast<std::size_t>(sb_stemmer_length(stemmer_.get())));
}

}  // namespace minga::storage::sqlite
