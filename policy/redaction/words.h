// Words around a place in a text, as people write them: in any case, with or
// without accents. Internal to this room.
#ifndef MINGA_POLICY_REDACTION_WORDS_H_
#define MINGA_POLICY_REDACTION_WORDS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace minga::policy::redaction {

// `text` in lower case without the accents of Spanish and Portuguese; other
// bytes as they are. Lengths change.
std::string Fold(absl::string_view text);

// What stands before `at` in the same line, at most `bytes`, folded, with
// spaces for all that is no letter or digit, and a space at both ends. What was
// redacted is a number: "0".
std::string WordsBefore(absl::string_view text, std::size_t at,
                        std::size_t bytes);

// WordsBefore of one text, the last one remembered: several readers ask about
// the same place.
class Context {
 public:
  // `text` outlives this.
  explicit Context(absl::string_view text) : text_(text) {}

  absl::string_view text() const { return text_; }
  const std::string& Before(std::size_t at) {
    if (at != at_) words_ = WordsBefore(text_, at_ = at, kBytes);
    return words_;
  }

 private:
  // A word that announces a number stands as far before it at most: "cédula de
  // ciudadanía del solicitante No." fits.
  static constexpr std::size_t kBytes = 48;

  absl::string_view text_;
  std::size_t at_ = absl::string_view::npos;
  std::string words_;
};

// True if one of `words` stands in `window`, which WordsBefore made. A word is
// folded; it may be a pair of letters such as "c c".
bool HasWord(absl::string_view window,
             absl::Span<const absl::string_view> words);

// True if the words right before a number say that it is the reference of an
// offer: "código de oferta", "ref. n.º", "número de la vacante". `window` as
// for HasWord. Such a number is no one's, whatever was announced farther off:
// "Datos de contacto: CÓDIGO DE OFERTA: 112025014782".
bool IsReference(absl::string_view window);

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_WORDS_H_
