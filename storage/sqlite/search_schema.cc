#include "storage/sqlite/search_schema.h"

namespace minga::storage::sqlite {
namespace {

// hashsize: words of a transaction wait in memory for its COMMIT, so that a
// bulk load writes one segment per transaction and not a hundred.
#define MINGA_SET_UP(table) \
  "INSERT INTO " table "(" table ", rank) VALUES ('hashsize', 67108864);"

// untidy: documents were removed whose words may still be in old segments.
// `doc` has what a search filters by, in short rows; `text` what was indexed,
// because FTS5 must be told the words again to take them out.
constexpr absl::string_view kFirst = R"sql(
CREATE TABLE doc (
  row INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  open INTEGER NOT NULL,
  country TEXT NOT NULL,
  occupation TEXT NOT NULL,
  subdivision TEXT NOT NULL,
  language INTEGER NOT NULL,
  id TEXT NOT NULL
) STRICT;
CREATE TABLE text (
  row INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE words USING fts5 (title, body,
  content = 'text', content_rowid = 'row', tokenize = 'minga other');
CREATE VIRTUAL TABLE words_es USING fts5 (title, body,
  content = 'text', content_rowid = 'row', tokenize = 'minga es');
CREATE VIRTUAL TABLE words_pt USING fts5 (title, body,
  content = 'text', content_rowid = 'row', tokenize = 'minga pt');
CREATE VIRTUAL TABLE words_en USING fts5 (title, body,
  content = 'text', content_rowid = 'row', tokenize = 'minga en');
CREATE TABLE position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  row INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  untidy INTEGER NOT NULL
) STRICT;
INSERT INTO position (one, row, gone, untidy) VALUES (1, 0, 0, 0);
)sql" MINGA_SET_UP("words") MINGA_SET_UP("words_es") MINGA_SET_UP("words_pt")
    MINGA_SET_UP("words_en");
#undef MINGA_SET_UP

// FTS5 merges nothing by itself within the commits that add words, because a
// change that comes meanwhile would wait for it: see SearchWriter::Apply and
// Merge. usermerge: segments of a size that those merge. crisismerge: so many
// are merged at once, whatever waits, to keep searches fast; the other two come
// before it.
#define MINGA_MERGE_LATER(table)     \
  "INSERT INTO " table "(" table     \
  ", rank) VALUES ('automerge', 0);" \
  "INSERT INTO " table "(" table     \
  ", rank) VALUES ('usermerge', 8);" \
  "INSERT INTO " table "(" table ", rank) VALUES ('crisismerge', 400);"

constexpr absl::string_view kMergeLater =
    MINGA_MERGE_LATER("words") MINGA_MERGE_LATER("words_es")
        MINGA_MERGE_LATER("words_pt") MINGA_MERGE_LATER("words_en");
#undef MINGA_MERGE_LATER

constexpr absl::string_view kMigrations[] = {kFirst, kMergeLater};

}  // namespace

absl::Span<const absl::string_view> SearchMigrations() { return kMigrations; }

}  // namespace minga::storage::sqlite
