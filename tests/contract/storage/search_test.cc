#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "storage/search_index.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

using Strings = std::vector<std::string>;

class IndexInSqlite {
 public:
  IndexInSqlite() { Reopen(); }
  SearchIndex& index() { return *index_; }
  void Close() { index_.reset(); }
  void Reopen() {
    index_.reset();
    index_ = Must(OpenSqliteSearchIndex(path()));
  }
  std::string path() const { return folder_ / "search.db"; }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<SearchIndex> index_;
};

SearchDocument Document(RowNo row, const std::string& id,
                        const std::string& title, const std::string& body,
                        const std::string& language = "es") {
  SearchDocument document;
  document.row = row;
  document.key = {kColombia, RecordKind::kVacancy, id};
  document.language = language;
  document.title = title;
  document.body = body;
  return document;
}

void Add(SearchIndex& index, const SearchDocument& document) {
  MINGA_CHECK_OK(index.Apply({document}, {}, {document.row, 0}));
}

Strings Find(const SearchIndex& index, const SearchQuery& query) {
  Strings ids;
  for (const SearchHit& hit : Must(index.Search(query))) {
    ids.push_back(hit.key.id);
  }
  return ids;
}
Strings Find(const SearchIndex& index, const std::string& text) {
  SearchQuery query;
  query.text = text;
  return Find(index, query);
}

}  // namespace

TEMPLATE_TEST_CASE("words are found whatever their accents and endings",
                   "[storage][contract][search]", IndexInSqlite) {
  TestType engine;
  SearchIndex& index = engine.index();
  Add(index,
      Document(1, "es", "Programación en Bogotá", "Señales ferroviarias"));
  Add(index, Document(2, "pt", "Programação", "Soluções de informática", "pt"));
  Add(index, Document(3, "en", "Running a bakery", "bakers wanted", "en-GB"));
  Add(index, Document(4, "qu", "Ruwaq", "wasikuna", "qu"));
  Add(index, Document(5, "plural", "Programaciones varias", "", "es"));

  for (const char* word : {"programacion", "PROGRAMACIÓN", "programaciones",
                           "Programacio\xCC\x81n"}) {
    INFO(word);
    Strings found = Find(index, word);
    std::sort(found.begin(), found.end());
    CHECK(std::find(found.begin(), found.end(), "es") != found.end());
    CHECK(std::find(found.begin(), found.end(), "plural") != found.end());
  }
  CHECK(Find(index, "programacao") == Strings{"pt"});
  CHECK(Find(index, "solução") == Strings{"pt"});
  CHECK(Find(index, "solucoes") == Strings{"pt"});
  CHECK(Find(index, "bogota") == Strings{"es"});
  CHECK(Find(index, "senal ferroviaria") == Strings{"es"});
  CHECK(Find(index, "baker runs") == Strings{"en"});
  CHECK(Find(index, "WASIKUNA") == Strings{"qu"});
  CHECK(Find(index, "wasi").empty());  // no stemmer, no endings
  CHECK(Find(index, "bogota panadero").empty());
}

TEMPLATE_TEST_CASE("characters beyond the table are words like any other",
                   "[storage][contract][search]", IndexInSqlite) {
  TestType engine;
  SearchIndex& index = engine.index();
  Add(index, Document(1, "a", "求人 “cocinero” – 2.500 € mensuales",
                      "Αθήνα naïve\xE2\x80\x8B"
                      "fin a\xFF"
                      "b"));
  for (const char* word : {"求人", "cocinero", "2", "500", "mensual", "ΑΘΉΝΑ",
                           "naive", "\"cocinero\"", "–cocinero–"}) {
    INFO(word);
    CHECK(Find(index, word) == Strings{"a"});
  }
}

TEMPLATE_TEST_CASE("a query is words and never syntax",
                   "[storage][contract][search]", IndexInSqlite) {
  TestType engine;
  SearchIndex& index = engine.index();
  Add(index, Document(1, "a", "cocinero", "or not near title"));
  for (const char* text :
       {"\"", "\"\"", "cocinero OR plomero", "NOT plomero", "coc*", "title:a",
        "{title body}: x", "a AND", "NEAR(a b)", "-", "!!!", "(((", "^coc",
        "a+b", "'; DROP TABLE doc; --", "\xFF\xFE"}) {
    INFO(text);
    CHECK(Find(index, text).empty());
  }
  CHECK(Find(index, "cocinero !!!") == Strings{"a"});
  CHECK(Find(index, "NOT cocinero") == Strings{"a"});
  CHECK(Find(index, std::string("cocinero\0title", 14)) == Strings{"a"});
  std::string many;
  while (many.size() + 9 < kSearchQueryBytesMax) many += "or ";
  CHECK(Find(index, many) == Strings{"a"});
}

TEMPLATE_TEST_CASE("filters hold for every query",
                   "[storage][contract][search]", IndexInSqlite) {
  TestType engine;
  SearchIndex& index = engine.index();
  std::vector<SearchDocument> documents;
  for (const auto& [row, id, country, occupation, place] :
       {std::tuple{1, "a", "CO", "7212", "CO-DC"},
        std::tuple{2, "b", "EC", "7213", "EC-P"},
        std::tuple{3, "c", "PE", "2166", "PE-LIM"},
        std::tuple{4, "closed", "CO", "7212", "CO-DC"},
        std::tuple{5, "profile", "CO", "7212", "CO-DC"}}) {
    SearchDocument document = Document(row, id, "soldador", "");
    document.key.country = Must(Country::Parse(country));
    document.occupation = occupation;
    document.subdivision = place;
    document.open = document.key.id != "closed";
    if (document.key.id == "profile") {
      document.key.kind = RecordKind::kProfile;
    }
    documents.push_back(document);
  }
  MINGA_CHECK_OK(index.Apply(documents, {}, {5, 0}));
  for (const char* text : {"", "soldadores"}) {
    INFO(text);
    SearchQuery query;
    query.text = text;
    CHECK(Find(index, query) == Strings{"c", "b", "a"});  // newest first
    query.countries = {kColombia, kEcuador};
    CHECK(Find(index, query) == Strings{"b", "a"});
    query.excluded_countries = {kEcuador};
    CHECK(Find(index, query) == Strings{"a"});
    query = SearchQuery();
    query.text = text;
    query.excluded_countries = {kPeru, kColombia};
    CHECK(Find(index, query) == Strings{"b"});
    query = SearchQuery();
    query.text = text;
    query.occupation_prefix = "72";
    CHECK(Find(index, query) == Strings{"b", "a"});
    query.occupation_prefix = "7213";
    CHECK(Find(index, query) == Strings{"b"});
    query = SearchQuery();
    query.text = text;
    query.subdivision = "PE-LIM";
    CHECK(Find(index, query) == Strings{"c"});
    query = SearchQuery();
    query.text = text;
    query.kind = RecordKind::kProfile;
    CHECK(Find(index, query) == Strings{"profile"});
    query = SearchQuery();
    query.text = text;
    query.limit = 1;
    query.offset = 1;
    CHECK(Find(index, query) == Strings{"b"});
  }
}

TEMPLATE_TEST_CASE("a query over the limits is refused",
                   "[storage][contract][search]", IndexInSqlite) {
  TestType engine;
  const auto refused = [&](const SearchQuery& query) {
    CHECK(absl::IsInvalidArgument(engine.index().Search(query).status()));
  };
  SearchQuery query;
  query.text = std::string(kSearchQueryBytesMax + 1, 'x');
  refused(query);
  query = SearchQuery();
  query.limit = 0;
  refused(query);
  query.limit = kSearchHitsMax + 1;
  refused(query);
  query = SearchQuery();
  query.offset = -1;
  refused(query);
}

TEMPLATE_TEST_CASE("a title counts more than a body",
                   "[storage][contract][search]", IndexInSqlite) {
  TestType engine;
  SearchIndex& index = engine.index();
  Add(index, Document(1, "title", "soldador", "trabajo de taller"));
  Add(index, Document(2, "body", "taller", "trabajo de soldador"));
  for (RowNo row = 3; row < 20; ++row) {
    Add(index, Document(row, absl::StrCat("x", row), "otro", "cosas varias"));
  }
  CHECK(Find(index, "soldador") == Strings{"title", "body"});
  const auto hits = Must(index.Search([] {
    SearchQuery query;
    query.text = "soldador";
    return query;
  }()));
  CHECK(hits[0].score > hits[1].score);
}

TEMPLATE_TEST_CASE("what is gone is found no more",
                   "[storage][contract][search]", IndexInSqlite) {
  TestType engine;
  SearchIndex& index = engine.index();
  Add(index, Document(1, "a", "soldador", "con experiencia"));
  Add(index, Document(2, "b", "soldador", "sin experiencia"));
  // A new version has a new row; the old one is gone.
  MINGA_CHECK_OK(index.Apply({Document(3, "a", "cocinero", "con experiencia")},
                             {1}, {3, 1}));
  CHECK(Find(index, "soldador") == Strings{"b"});
  CHECK(Find(index, "cocinero") == Strings{"a"});
  CHECK(Find(index, "") == Strings{"a", "b"});
  // Applied again after a crash: nothing is there twice.
  MINGA_CHECK_OK(
      index.Apply({Document(3, "a", "cocinero", "otra")}, {1, 99}, {3, 1}));
  CHECK(Find(index, "cocinero") == Strings{"a"});
  CHECK(Find(index, "otra") == Strings{"a"});
  CHECK(Find(index, "con").empty());
  CHECK(Must(index.Position()).row == 3);
  CHECK(Must(index.Position()).gone == 1);

  engine.Reopen();
  CHECK(Find(engine.index(), "cocinero") == Strings{"a"});
  CHECK(Must(engine.index().Position()).row == 3);
}

TEST_CASE("a damaged or foreign index is made anew",
          "[storage][sqlite][search]") {
  IndexInSqlite engine;
  Add(engine.index(), Document(1, "a", "soldador", ""));
  CHECK(absl::IsFailedPrecondition(
      OpenSqliteSearchIndex(engine.path()).status()));
  engine.Close();
  std::ofstream(engine.path(), std::ios::binary) << std::string(9000, 'g');
  engine.Reopen();
  CHECK(Must(engine.index().Position()).row == 0);
  CHECK(Find(engine.index(), "soldador").empty());
  Add(engine.index(), Document(1, "a", "soldador", ""));
  CHECK(Find(engine.index(), "soldador") == Strings{"a"});
}

// Of the Spanish words: the second number of FTS5's "structure" row, after a
// cookie of four bytes and the number of levels.
int Segments(const std::string& path) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(handle,
                             "SELECT block FROM words_es_data WHERE id = 10",
                             -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  REQUIRE(sqlite3_column_bytes(statement, 0) > 5);
  const int segments =
      static_cast<const unsigned char*>(sqlite3_column_blob(statement, 0))[5];
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return segments;
}

TEST_CASE("what each commit adds is merged afterwards",
          "[storage][sqlite][search]") {
  IndexInSqlite engine;
  Strings all;
  for (RowNo row = 1; row <= 50; ++row) {
    all.insert(all.begin(), absl::StrCat(row));
    Add(engine.index(), Document(row, all.front(), "soldador", "taller"));
  }
  CHECK(Segments(engine.path()) == 50);
  int parts = 0;
  while (Must(engine.index().Merge())) ++parts;
  CHECK(parts > 0);
  CHECK(Segments(engine.path()) < 10);
  CHECK_FALSE(Must(engine.index().Merge()));
  SearchQuery query;
  query.text = "taller";
  query.limit = 100;
  Strings found = Find(engine.index(), query);
  std::sort(found.begin(), found.end());
  std::sort(all.begin(), all.end());
  CHECK(found == all);
}

TEST_CASE("erased words are not in the index's file",
          "[storage][sqlite][search]") {
  IndexInSqlite engine;
  const std::string secret = "quispecusco4711";
  for (RowNo row = 1; row <= 40; ++row) {
    Add(engine.index(), Document(row, absl::StrCat(row), "soldador",
                                 row == 7 ? secret : "taller"));
  }
  MINGA_CHECK_OK(engine.index().Apply({}, {7}, {40, 1}));
  CHECK(Find(engine.index(), secret).empty());
  while (Must(engine.index().Tidy())) {
  }
  engine.Close();
  std::ifstream file(engine.path(), std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  CHECK(absl::StrContains(bytes, "taller"));
  CHECK(!absl::StrContains(bytes, secret));
}

}  // namespace minga::storage
