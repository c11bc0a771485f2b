#ifndef MINGA_STORAGE_SQLITE_SEARCH_SCHEMA_H_
#define MINGA_STORAGE_SQLITE_SEARCH_SCHEMA_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace minga::storage::sqlite {

// Migrations of the search index, see Migrate.
absl::Span<const absl::string_view> SearchMigrations();

// The FTS5 table of each Language, by its number.
inline constexpr const char* kWordTables[] = {"words", "words_es", "words_pt",
                                              "words_en"};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_SEARCH_SCHEMA_H_
