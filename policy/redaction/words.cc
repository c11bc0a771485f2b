#include "policy/redaction/words.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"

namespace minga::policy::redaction {
namespace {

// Second bytes of U+00C0..U+00FF in UTF-8, after C3.
char WithoutAccent(unsigned char second) {
  // Capital letters stand 0x20 below the small ones.
  const unsigned lower = second >= 0xA0 ? second : second + 0x20u;
  if (lower >= 0xA0 && lower <= 0xA5) return 'a';
  if (lower == 0xA7) return 'c';
  if (lower >= 0xA8 && lower <= 0xAB) return 'e';
  if (lower >= 0xAC && lower <= 0xAF) return 'i';
  if (lower == 0xB1) return 'n';
  if (lower >= 0xB2 && lower <= 0xB6) return 'o';
  if (lower >= 0xB9 && lower <= 0xBC) return 'u';
  return ' ';
}

std::string AsWords(absl::string_view text) {
  std::string words = " ";
  for (const char c : Fold(text)) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      words.push_back(c);
    } else if (words.back() != ' ') {
      words.push_back(' ');
    }
  }
  if (words.back() != ' ') words.push_back(' ');
  return words;
}

// What a word before a number says about references of offers.
enum class Word { kOther, kReference, kOffer, kNumber, kBetween };

Word Meaning(absl::string_view word) {
  static const auto* const words = new absl::flat_hash_map<absl::string_view,
                                                           Word>{
      {"ref", Word::kReference},
      {"referencia", Word::kReference},
      {"codigo", Word::kReference},
      {"cod", Word::kReference},
      {"expediente", Word::kReference},
      {"exped", Word::kReference},
      {"reference", Word::kReference},
      {"code", Word::kReference},
      {"anuncio", Word::kReference},
      // An offer alone announces nothing: "contacto para la oferta: 099...".
      {"oferta", Word::kOffer},
      {"ofertas", Word::kOffer},
      {"vacante", Word::kOffer},
      {"vaga", Word::kOffer},
      {"puesto", Word::kOffer},
      {"empleo", Word::kOffer},
      {"empleos", Word::kOffer},
      {"convocatoria", Word::kOffer},
      {"offer", Word::kOffer},
      {"vacancy", Word::kOffer},
      {"job", Word::kOffer},
      {"n", Word::kNumber},
      {"no", Word::kNumber},
      {"num", Word::kNumber},
      {"numero", Word::kNumber},
      {"nro", Word::kNumber},
      {"number", Word::kNumber},
      {"id", Word::kNumber},
      {"de", Word::kBetween},
      {"da", Word::kBetween},
      {"la", Word::kBetween},
      {"del", Word::kBetween},
      {"do", Word::kBetween},
      {"el", Word::kBetween},
      {"o", Word::kBetween},
      {"of", Word::kBetween},
      {"the", Word::kBetween},
      {"es", Word::kBetween}};
  const auto known = words->find(word);
  return known == words->end() ? Word::kOther : known->second;
}

}  // namespace

std::string Fold(absl::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == 0xC3 && i + 1 < text.size()) {
      folded.push_back(WithoutAccent(static_cast<unsigned char>(text[++i])));
    } else {
      folded.push_back(absl::ascii_tolower(c));
    }
  }
  return folded;
}

std::string WordsBefore(absl::string_view text, std::size_t at,
                        std::size_t bytes) {
  std::size_t begin = at > bytes ? at - bytes : 0;
  // Not into the middle of a placeholder, whose word would announce a number.
  if (begin > 0 && text[begin - 1] == '[') --begin;
  absl::string_view before = text.substr(begin, at - begin);
  const std::size_t line = before.rfind('\n');
  if (line != absl::string_view::npos) before.remove_prefix(line + 1);
  if (!absl::StrContains(before, '[')) return AsWords(before);
  // A placeholder is read as the number that it stands for.
  return AsWords(absl::StrReplaceAll(
      before, {{"[id]", "0"}, {"[phone]", "0"}, {"[e-mail]", "0"}}));
}

bool IsReference(absl::string_view window) {
  // A few words are enough for "número de referencia de la oferta n.º".
  constexpr int kWordsMax = 6;
  bool number = false;
  bool offer = false;
  for (int i = 0; i < kWordsMax; ++i) {
    while (!window.empty() && window.back() == ' ') window.remove_suffix(1);
    const std::size_t space = window.rfind(' ');
    const std::size_t begin = space == absl::string_view::npos ? 0 : space + 1;
    switch (Meaning(window.substr(begin))) {
      case Word::kReference:
        return true;
      case Word::kOffer:
        if (number) return true;
        offer = true;
        break;
      case Word::kNumber:
        if (offer) return true;
        number = true;
        break;
      case Word::kBetween:
        break;
      case Word::kOther:
        return false;
    }
    window = window.substr(0, begin);
  }
  return false;
}

bool HasWord(absl::string_view window,
             absl::Span<const absl::string_view> words) {
  // From space to space; a pair such as "c c" is one word of the list too.
  std::size_t at = 1;
  while (at < window.size()) {
    const std::size_t end = window.find(' ', at);
    if (end == absl::string_view::npos) break;
    const absl::string_view word = window.substr(at, end - at);
    if (std::find(words.begin(), words.end(), word) != words.end()) return true;
    if (word.size() == 1 && end + 2 < window.size() && window[end + 2] == ' ' &&
        std::find(words.begin(), words.end(), window.substr(at, 3)) !=
            words.end()) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

}  // namespace minga::policy::redaction
