// The tables behind words.h: two files for each language. Internal to this
// room.
#ifndef MINGA_POLICY_PROSE_WORDS_TABLES_H_
#define MINGA_POLICY_PROSE_WORDS_TABLES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace minga::policy::prose {

// `$0`, `$1`... in a text are replaced, as by absl::Substitute.
struct Entry {
  absl::string_view key;
  absl::string_view text;
};

absl::Span<const Entry> EnglishSchemaWords();
absl::Span<const Entry> EnglishWords();
absl::Span<const Entry> PortugueseSchemaWords();
absl::Span<const Entry> PortugueseWords();
absl::Span<const Entry> SpanishSchemaWords();
absl::Span<const Entry> SpanishWords();

}  // namespace minga::policy::prose

#endif  // MINGA_POLICY_PROSE_WORDS_TABLES_H_
