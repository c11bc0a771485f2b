#include "storage/sqlite/search_reader.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/sqlite/tokenizer.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kPosition[] = "SELECT row, gone FROM position";

// ?2 kind, ?3 countries, ?4 excluded countries, ?5 occupation, ?6 subdivision.
#define MINGA_FILTER                                           \
  "d.kind = ?2 AND d.open = 1"                                 \
  " AND (?3 = '' OR instr(?3, d.country) > 0)"                 \
  " AND instr(?4, d.country) = 0"                              \
  " AND (?5 = '' OR substr(d.occupation, 1, length(?5)) = ?5)" \
  " AND (?6 = '' OR d.subdivision = ?6)"
// A word of the title says more than one of the body. Of more matches than
// anyone reads only the newest 20,000 are ranked, which bounds the time that a
// word such as `de` takes.
#define MINGA_MATCHES(table)                            \
  "SELECT * FROM (SELECT w.rowid AS row, -bm25(" table  \
  ", 4.0, 1.0) AS score FROM " table                    \
  " w CROSS JOIN doc d ON d.row = w.rowid WHERE " table \
  " MATCH ?1 AND " MINGA_FILTER " ORDER BY w.rowid DESC LIMIT 20000)"

// Sorts row numbers and scores only; the keys are read for the hits.
constexpr char kByWords[] =
    "SELECT k.country, k.kind, k.id, h.score FROM ("
    "SELECT row, score FROM ("
    MINGA_MATCHES("words")
    " UNION ALL " MINGA_MATCHES("words_es")
    " UNION ALL " MINGA_MATCHES("words_pt")
    " UNION ALL " MINGA_MATCHES("words_en")
    ") ORDER BY score DESC, row DESC LIMIT ?7 OFFSET ?8"
    ") h CROSS JOIN doc k ON k.row = h.row"
    " ORDER BY h.score DESC, h.row DESC";
constexpr char kNewest[] =
    "SELECT d.country, d.kind, d.id, 0.0 FROM doc d WHERE ?1 = '' "
    "AND " MINGA_FILTER " ORDER BY d.row DESC LIMIT ?7 OFFSET ?8";
#undef MINGA_MATCHES
#undef MINGA_FILTER

// Two letters and a separator each, so that no country is found across two.
std::string Joined(const std::vector<Country>& countries) {
  std::string joined;
  for (const Country& country : countries) {
    absl::StrAppend(&joined, country.ToString(), " ");
  }
  return joined;
}

absl::Status Check(const SearchQuery& query) {
  if (query.text.size() > kSearchQueryBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("search: ", query.text.size(), " bytes are more than the ",
                     kSearchQueryBytesMax, " allowed"));
  }
  if (query.limit < 1 || query.limit > kSearchHitsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "search: limit ", query.limit, " is not in 1..", kSearchHitsMax));
  }
  if (query.offset < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("search: offset ", query.offset, " is negative"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string WordsQuery(absl::string_view text) {
  std::string query;
  for (const absl::string_view word : absl::StrSplit(
           text, absl::ByAnyChar(absl::string_view(" \t\r\n\f\v\0", 7)),
           absl::SkipEmpty())) {
    absl::StrAppend(&query, query.empty() ? "" : " ", "\"",
                    absl::StrReplaceAll(word, {{"\"", "\"\""}}), "\"");
  }
  return query;
}

absl::StatusOr<std::unique_ptr<SearchReader>> SearchReader::Open(
    const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open(path, Connection::Mode::kReadOnly));
  MINGA_RETURN_IF_ERROR(RegisterTokenizer(*connection));
  std::unique_ptr<SearchReader> reader(new SearchReader(std::move(connection)));
  MINGA_RETURN_IF_ERROR(
      reader->connection_->Prepare({{&reader->position_, kPosition},
                                    {&reader->by_words_, kByWords},
                                    {&reader->newest_, kNewest}}));
  return reader;
}

absl::StatusOr<IndexPosition> SearchReader::Position() const {
  Run run(position_);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return absl::DataLossError("search index: no position");
  return IndexPosition{run.Int(0), run.Int(1)};
}

absl::StatusOr<std::vector<SearchHit>> SearchReader::Search(
    const SearchQuery& query) const {
  MINGA_RETURN_IF_ERROR(Check(query));
  const std::string words = WordsQuery(query.text);
  Run run(words.empty() ? newest_ : by_words_, words, query.kind,
          Joined(query.countries), Joined(query.excluded_countries),
          query.occupation_prefix, query.subdivision, query.limit,
          query.offset);
  std::vector<SearchHit> hits;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return hits;
    SearchHit hit;
    MINGA_ASSIGN_OR_RETURN(hit.key.country, run.CountryAt(0));
    MINGA_ASSIGN_OR_RETURN(hit.key.kind, run.KindAt(1));
    hit.key.id = run.String(2);
    hit.score = run.Real(3);
    hits.push_back(std::move(hit));
  }
}

}  // namespace minga::storage::sqlite
