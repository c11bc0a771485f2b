#include "policy/redaction/words.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

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
  // An offer alone announces nothing: "contacto para la oferta: 0991234567".
  constexpr absl::string_view kOffers[] = {
      "oferta",  "ofertas",      "vacante", "vaga",    "puesto", "empleo",
      "empleos", "convocatoria", "offer",   "vacancy", "job"};
  constexpr absl::string_view kReferences[] = {
      "ref",   "referencia", "codigo", "cod",    "expediente",
      "exped", "reference",  "code",   "anuncio"};
  constexpr absl::string_view kNumbers[] = {"n",   "no",     "num", "numero",
                                            "nro", "number", "id"};
  constexpr absl::string_view kBetween[] = {"de", "da", "la", "del", "do",
                                            "el", "o",  "of", "the", "es"};
  const std::vector<absl::string_view> words =
      absl::StrSplit(window, ' ', absl::SkipEmpty());
  bool number = false;
  bool offer = false;
  // A few words are enough for "número de referencia de la oferta n.º".
  constexpr std::size_t kWordsMax = 6;
  for (std::size_t i = words.size(); i > 0 && words.size() - i < kWordsMax;
       --i) {
    const auto is = [&](absl::Span<const absl::string_view> list) {
      return std::find(list.begin(), list.end(), words[i - 1]) != list.end();
    };
    if (is(kReferences)) return true;
    if (is(kOffers)) {
      if (number) return true;
      offer = true;
    } else if (is(kNumbers)) {
      if (offer) return true;
      number = true;
    } else if (!is(kBetween)) {
      return false;
    }
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
