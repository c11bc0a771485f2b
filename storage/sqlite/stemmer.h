#ifndef MINGA_STORAGE_SQLITE_STEMMER_H_
#define MINGA_STORAGE_SQLITE_STEMMER_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

struct sb_stemmer;

namespace minga::storage::sqlite {

// Languages with a stemmer, and the rest. Numbers are stored.
enum class Language { kOther = 0, kSpanish = 1, kPortuguese = 2, kEnglish = 3 };
inline constexpr int kLanguages = 4;

// From ISO 639-1; a region after it ("pt-BR") is ignored.
Language LanguageOf(absl::string_view tag);

// Snowball stems of folded words (lower case, no accents). Folding goes first
// so that `programacion`, as many type it, is the same word as `programación`;
// the accents that the stemmers' endings need are put back by rule.
// Threads: one (Snowball's stemmers keep state).
class Stemmer {
 public:
  explicit Stemmer(Language language);
  ~Stemmer();
  Stemmer(const Stemmer&) = delete;
  Stemmer& operator=(const Stemmer&) = delete;

  // The stem of `word`; lives until the next call.
  absl::string_view Stem(absl::string_view word);

 private:
  struct Delete {
    void operator()(sb_stemmer* stemmer) const;
  };

  std::string Compute(absl::string_view word) const;

  const Language language_;
  const std::unique_ptr<sb_stemmer, Delete> stemmer_;  // null for kOther
  // Texts repeat their words.
  absl::flat_hash_map<std::string, std::string> known_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_STEMMER_H_
