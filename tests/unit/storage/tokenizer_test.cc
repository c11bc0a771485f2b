#include "storage/sqlite/tokenizer.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "node/base/random.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/stemmer.h"
#include "storage/sqlite/word_memo.h"

namespace minga::storage::sqlite {
namespace {

std::unique_ptr<Connection> InMemory() {
  auto connection = Connection::Open(":memory:", Connection::Mode::kReadWrite);
  REQUIRE(connection.ok());
  REQUIRE(RegisterTokenizer(**connection).ok());
  return *std::move(connection);
}

// One character of those that texts and attackers are made of.
std::string RandomPiece(Random& random) {
  static const std::vector<std::string> pieces = {"a",
                                                  "Z",
                                                  "9",
                                                  " ",
                                                  "\n",
                                                  "-",
                                                  "'",
                                                  "_",
                                                  "ñ",
                                                  "É",
                                                  "ç",
                                                  "ã",
                                                  "ß",
                                                  "ﬁ",
                                                  "ĳ",
                                                  "Ω",
                                                  "ή",
                                                  "ж",
                                                  "ё",
                                                  "\u0301",
                                                  "\u0303",
                                                  "\u00AD",
                                                  "“",
                                                  "—",
                                                  "…",
                                                  "\u200B",
                                                  "\u2028",
                                                  "€",
                                                  "求",
                                                  "か",
                                                  "ａ",
                                                  "𝒜",
                                                  "😀",
                                                  "\xC3",
                                                  "\xFF",
                                                  "\xE2\x82",
                                                  "\x80",
                                                  "\xC0\xAF",
                                                  "\xED\xA0\x80",
                                                  "\xF4\x90\x80\x80",
                                                  "²",
                                                  "½",
                                                  "ª",
                                                  "İ",
                                                  "ı",
                                                  "\u0345",
                                                  "\u05B0"};
  return pieces[random.Below(pieces.size())];
}

}  // namespace

TEST_CASE("words are split and folded as unicode61 does", "[tokenizer]") {
  const std::unique_ptr<Connection> connection = InMemory();
  REQUIRE(connection
              ->Exec("CREATE VIRTUAL TABLE ours USING"
                     " fts5 (t, tokenize = 'minga other');"
                     "CREATE VIRTUAL TABLE theirs USING"
                     " fts5 (t, tokenize = 'unicode61 remove_diacritics 2');"
                     "CREATE VIRTUAL TABLE our_words USING"
                     " fts5vocab (ours, instance);"
                     "CREATE VIRTUAL TABLE their_words USING"
                     " fts5vocab (theirs, instance);")
              .ok());
  Statement ours;
  Statement theirs;
  REQUIRE(connection
              ->Prepare(
                  {{&ours, "INSERT INTO ours (rowid, t) VALUES (?1, ?2)"},
                   {&theirs, "INSERT INTO theirs (rowid, t) VALUES (?1, ?2)"}})
              .ok());
  SeededRandom random(61);
  REQUIRE(connection->Exec("BEGIN").ok());
  for (int row = 1; row <= 20000; ++row) {
    std::string text;
    for (std::uint64_t n = random.Below(12); n > 0; --n) {
      text += RandomPiece(random);
    }
    REQUIRE(Run(ours, row, text).Finish().ok());
    REQUIRE(Run(theirs, row, text).Finish().ok());
  }
  REQUIRE(connection->Exec("COMMIT").ok());
  CHECK(*connection->Number("SELECT count(*) FROM our_words") > 20000);
  CHECK(*connection->Number(
            "SELECT count(*) FROM (SELECT term, doc, col, offset FROM our_words"
            " EXCEPT SELECT term, doc, col, offset FROM their_words)") == 0);
  CHECK(*connection->Number(
            "SELECT count(*) FROM (SELECT term, doc, col, offset FROM"
            " their_words EXCEPT SELECT term, doc, col, offset FROM"
            " our_words)") == 0);
  // Where they begin and end.
  constexpr char kMarked[] =
      "SELECT count(*) FROM (SELECT rowid, highlight(ours, 0, '<', '>') FROM"
      " ours('a OR z OR ss OR n OR \"\u6c42\"') $0 SELECT rowid,"
      " highlight(theirs, 0, '<', '>') FROM"
      " theirs('a OR z OR ss OR n OR \"\u6c42\"'))";
  CHECK(*connection->Number(absl::Substitute(kMarked, "INTERSECT")) > 1000);
  CHECK(*connection->Number(absl::Substitute(kMarked, "EXCEPT")) == 0);
}

TEST_CASE("a word remembered as it is written has its stem", "[tokenizer]") {
  WordMemo memo;
  CHECK(memo.Find("camión").data() == nullptr);
  memo.Put("camión", "camion");
  memo.Put("Camiones", "camion");
  CHECK(memo.Find("camión") == "camion");
  CHECK(memo.Find("Camiones") == "camion");
  CHECK(memo.Find("camiones").data() == nullptr);
  CHECK(memo.Find("camió").data() == nullptr);
  CHECK(memo.Find("").data() == nullptr);

  // More words than places: each is forgotten or has its own stem.
  constexpr int kWords = 40'000;
  int known = 0;
  const auto stem_of = [](int word) { return absl::StrCat("s", word); };
  for (int i = 0; i < kWords; ++i) memo.Put(absl::StrCat("w", i), stem_of(i));
  for (int i = 0; i < kWords; ++i) {
    const absl::string_view stem = memo.Find(absl::StrCat("w", i));
    if (stem.data() == nullptr) continue;
    ++known;
    CHECK(stem == stem_of(i));
  }
  CHECK(known > 1000);
  CHECK(known < kWords);

  const std::string longest(31, 'x');
  memo.Put(longest, longest);
  CHECK(memo.Find(longest) == longest);
  memo.Put(longest + "x", "short");
  CHECK(memo.Find(longest + "x").data() == nullptr);
  memo.Put("short", longest + "x");
  CHECK(memo.Find("short").data() == nullptr);
}

TEST_CASE("every character of the table is as unicode61 has it",
          "[tokenizer]") {
  const std::unique_ptr<Connection> connection = InMemory();
  REQUIRE(connection
              ->Exec("CREATE VIRTUAL TABLE ours USING"
                     " fts5 (t, tokenize = 'minga other');"
                     "CREATE VIRTUAL TABLE theirs USING"
                     " fts5 (t, tokenize = 'unicode61 remove_diacritics 2');"
                     "CREATE VIRTUAL TABLE our_words USING"
                     " fts5vocab (ours, instance);"
                     "CREATE VIRTUAL TABLE their_words USING"
                     " fts5vocab (theirs, instance);"
                     // Between letters, so that separators show.
                     "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL"
                     " SELECT n + 1 FROM c WHERE n < 9000)"
                     " INSERT INTO ours (rowid, t)"
                     " SELECT n, 'x' || char(n) || 'y' FROM c;"
                     "INSERT INTO theirs (rowid, t) SELECT rowid, t FROM ours;")
              .ok());
  CHECK(*connection->Number(
            "SELECT count(*) FROM (SELECT term, doc, offset FROM our_words"
            " EXCEPT SELECT term, doc, offset FROM their_words)") == 0);
  CHECK(*connection->Number("SELECT count(*) FROM our_words") ==
        *connection->Number("SELECT count(*) FROM their_words"));
}

TEST_CASE("forms of a word have one stem", "[tokenizer]") {
  Stemmer spanish(Language::kSpanish);
  const std::string program(spanish.Stem("programacion"));
  CHECK(spanish.Stem("programaciones") == program);
  CHECK(spanish.Stem("programaciones") == program);  // remembered
  const std::string truck(spanish.Stem("camion"));
  CHECK(spanish.Stem("camiones") == truck);
  CHECK(spanish.Stem("ion") != "");

  Stemmer portuguese(Language::kPortuguese);
  const std::string solution(portuguese.Stem("solucao"));
  CHECK(portuguese.Stem("solucoes") == solution);
  const std::string plane(portuguese.Stem("aviao"));
  CHECK(portuguese.Stem("avioes") == plane);

  Stemmer english(Language::kEnglish);
  const std::string bake(english.Stem("baking"));
  CHECK(english.Stem("bakes") == bake);

  Stemmer other(Language::kOther);
  CHECK(other.Stem("wasikuna") == "wasikuna");
  const std::string long_word(1000, 'a');
  CHECK(spanish.Stem(long_word) == long_word);
}

TEST_CASE("language tags choose the stemmer", "[tokenizer]") {
  CHECK(LanguageOf("es") == Language::kSpanish);
  CHECK(LanguageOf("es-CO") == Language::kSpanish);
  CHECK(LanguageOf("PT-br") == Language::kPortuguese);
  CHECK(LanguageOf("en") == Language::kEnglish);
  CHECK(LanguageOf("") == Language::kOther);
  CHECK(LanguageOf("qu") == Language::kOther);
  CHECK(LanguageOf("est") == Language::kOther);
}

}  // namespace minga::storage::sqlite
