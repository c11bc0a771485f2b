#ifndef MINGA_STORAGE_SQLITE_TOKENIZER_H_
#define MINGA_STORAGE_SQLITE_TOKENIZER_H_

#include "absl/status/status.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// Registers the FTS5 tokenizer `minga` with `connection`, before any statement
// that uses it. `tokenize = 'minga es'` splits and folds words exactly as
// `unicode61 remove_diacritics 2` does, then takes their stem in the language
// (es, pt, en; any other: no stem).
absl::Status RegisterTokenizer(Connection& connection);

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_TOKENIZER_H_
