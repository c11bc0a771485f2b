#include "policy/redaction/scanner.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace minga::policy::redaction {
namespace {

struct Marked {
  Country country;
  std::string text;  // without the marks
  std::vector<Finding> expected;
};

Marked Parse(const std::string& line) {
  Marked marked;
  marked.country = *Country::Parse(line.substr(0, 2));
  const std::map<std::string, Kind> kinds = {{"id", Kind::kIdentifier},
                                             {"phone", Kind::kPhone},
                                             {"email", Kind::kEmail}};
  std::size_t at = 3;
  while (at < line.size()) {
    if (line[at] != '{') {
      marked.text.push_back(line[at++]);
      continue;
    }
    const std::size_t colon = line.find(':', at);
    const std::size_t end = line.find('}', at);
    Finding finding;
    finding.kind = kinds.at(line.substr(at + 1, colon - at - 1));
    finding.begin = marked.text.size();
    marked.text += line.substr(colon + 1, end - colon - 1);
    finding.end = marked.text.size();
    marked.expected.push_back(finding);
    at = end + 1;
  }
  return marked;
}

std::vector<Marked> Sentences() {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  std::ifstream file(absl::StrCat(root != nullptr ? root : ".",
                                  "/tests/unit/redaction/sentences.txt"));
  std::vector<Marked> sentences;
  std::string line;
  while (std::getline(file, line)) {
    if (!line.empty() && line[0] != '#') sentences.push_back(Parse(line));
  }
  return sentences;
}

std::string Redacted(absl::string_view text, const Scanner& scanner) {
  Counts counts;
  return scanner.Redact(text, counts);
}

}  // namespace

TEST_CASE("labelled sentences are redacted", "[redaction]") {
  const std::vector<Marked> sentences = Sentences();
  REQUIRE(sentences.size() >= 400);
  // By kind: expected, of these covered whole; found, of these right.
  std::map<Kind, int> expected, covered;
  int found_all = 0;
  int found_right = 0;
  std::string misses;
  for (const Marked& sentence : sentences) {
    Counts counts;
    const std::vector<Finding> found =
        Scanner(sentence.country).Scan(sentence.text, counts);
    for (const Finding& want : sentence.expected) {
      ++expected[want.kind];
      bool is_covered = false;
      // Any kind will do: what matters is that it is gone.
      for (const Finding& one : found) {
        is_covered |= one.begin <= want.begin && one.end >= want.end;
      }
      covered[want.kind] += is_covered ? 1 : 0;
      if (!is_covered)
        absl::StrAppend(&misses, "missed: ", sentence.text, "\n");
    }
    for (const Finding& one : found) {
      ++found_all;
      bool right = false;
      for (const Finding& want : sentence.expected) {
        right |= one.begin < want.end && want.begin < one.end;
      }
      found_right += right ? 1 : 0;
      if (!right) {
        absl::StrAppend(&misses, "wrong: ",
                        sentence.text.substr(one.begin, one.end - one.begin),
                        " in: ", sentence.text, "\n");
      }
    }
  }
  INFO(misses);
  const auto recall = [&](Kind kind) {
    return static_cast<double>(covered[kind]) / expected[kind];
  };
  CHECK(expected[Kind::kIdentifier] >= 150);
  CHECK(expected[Kind::kPhone] >= 50);
  CHECK(expected[Kind::kEmail] >= 30);
  CHECK(recall(Kind::kIdentifier) >= 0.99);
  CHECK(recall(Kind::kPhone) >= 0.95);
  CHECK(recall(Kind::kEmail) >= 0.95);
  CHECK(static_cast<double>(found_right) / found_all >= 0.95);
}

TEST_CASE("findings become placeholders and are counted", "[redaction]") {
  const Scanner scanner(Country::Of("EC"));
  Counts counts;
  CHECK(scanner.Redact("Llamar al 099 876 5432 o escribir a "
                       "ana (arroba) hotel (punto) com; CI 1710034065.",
                       counts) ==
        "Llamar al [phone] o escribir a [e-mail]; CI [id].");
  CHECK(counts.Of(Kind::kPhone) == 1);
  CHECK(counts.Of(Kind::kEmail) == 1);
  CHECK(counts.Of(Kind::kIdentifier) == 1);
  CHECK(counts.total() == 3);
}

TEST_CASE("numbers and addresses side by side are all found", "[redaction]") {
  const Scanner scanner(Country::Of("EC"));
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"1710034065 0926687856", "[id] [id]"},
      {"CI 1710034065 099 876 5432.", "CI [id] [phone]."},
      {"V-12345678 0926687856", "[id] [id]"},
      {"0926687856 12.345.678-5", "[id] [id]"},
      {"1 20.347.878-K", "1 [id]"},
      // Longer than what is read as one number.
      {"1710034065 1710034065 1710034065 0926687856 1710034065",
       "[id] [id] [id] [id] [id]"},
      {"1/2 3/4 5/6 7/8 9/10 11/12 13/14 15/16 0926687856",
       "1/2 3/4 5/6 7/8 9/10 11/12 13/14 15/16 [id]"},
      // A number in an address is part of it.
      {"a ana.1710034065.paz@hotel.com.ec hoy", "a [e-mail] hoy"},
      {"1710034065.ana@hotel.com", "[e-mail]"},
  };
  for (const auto& [text, redacted] : texts) {
    CHECK(Redacted(text, scanner) == redacted);
  }
}

TEST_CASE("a published business contact stays", "[redaction]") {
  Scanner scanner(Country::Of("EC"));
  scanner.Keep("RRHH@Empresa.com.ec");
  scanner.Keep("+593 2 234 5678");
  Counts counts;
  CHECK(scanner.Redact("CV a rrhh@empresa.com.ec, tel. (02) 234-5678 o al "
                       "celular personal 099 876 5432.",
                       counts) ==
        "CV a rrhh@empresa.com.ec, tel. (02) 234-5678 o al celular personal "
        "[phone].");
  CHECK(counts.kept == 2);
  CHECK(counts.total() == 1);
}

TEST_CASE("the reference of an offer stays, a contact about it does not",
          "[redaction]") {
  const Scanner scanner(Country::Of("CO"));
  // From real vacancies, but for the telephones.
  const std::vector<std::string> kept = {
      "su número de DNI/NIE y el número de la oferta 682577-0 como referencia",
      "DNI/NIE Datos de contacto: CÓDIGO DE OFERTA: 022025007899",
      "Datos de contacto: CÓDIGO DE OFERTA: 112025014782",
      "Llamar e indicar la oferta n.º 6015550123",
      "Cédula al día. Ref. 12345678",
      "Indique su DNI. Fecha límite: 31-10-2025.",
      "Informe o código da vaga 3001234567",
      "Call us about offer number 6015550123",
  };
  for (const std::string& text : kept) CHECK(Redacted(text, scanner) == text);
  const std::vector<std::pair<std::string, std::string>> gone = {
      {"Contacto para la oferta: 300 123 4567",
       "Contacto para la oferta: [phone]"},
      {"Código de oferta 022025007899, llamar al 3001234567",
       "Código de oferta 022025007899, llamar al [phone]"},
      {"Referencia de la persona, cédula 12345678",
       "Referencia de la persona, cédula [id]"},
      {"Código de oferta +57 300 123 4567", "Código de oferta [phone]"},
      {"Ref. 529.982.247-25", "Ref. [id]"},
  };
  for (const auto& [text, redacted] : gone) {
    CHECK(Redacted(text, scanner) == redacted);
  }
}

TEST_CASE("what is redacted holds nothing more", "[redaction]") {
  for (const Marked& sentence : Sentences()) {
    const Scanner scanner(sentence.country);
    const std::string once = Redacted(sentence.text, scanner);
    Counts counts;
    CHECK(scanner.Redact(once, counts) == once);
    CHECK(counts == Counts());
  }
}

TEST_CASE("a placeholder announces nothing", "[redaction]") {
  const Scanner scanner(Country::Of("EC"));
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"+593 99 123 4567; oferta 2345678", "[phone]; oferta 2345678"},
      {"1710034065, oferta 12345678", "[id], oferta 12345678"},
      // A number between the word and another takes the word away.
      {"cédula 1710034065 para la oferta 12345678",
       "cédula [id] para la oferta 12345678"},
      // The address keeps the word from the number until it is a placeholder.
      {"Teléfono: ana.de.la.oficina.de.personal@hotel-del-parque.com 2345678",
       "Teléfono: [e-mail] [phone]"},
  };
  for (const auto& [text, redacted] : texts) {
    CHECK(Redacted(text, scanner) == redacted);
    CHECK(Redacted(redacted, scanner) == redacted);
  }
}

TEST_CASE("counts are said in words", "[redaction]") {
  Counts counts;
  CHECK(CountsText(counts) == "nothing");
  counts.Of(Kind::kIdentifier) = 1;
  counts.Of(Kind::kPhone) = 3;
  counts.Of(Kind::kEmail) = 12;
  counts.kept = 5;
  CHECK(CountsText(counts) == "12 e-mails, 3 phones, 1 identifier");
}

TEST_CASE("a contact that is none keeps nothing", "[redaction]") {
  Scanner scanner(Country::Of("EC"));
  scanner.Keep("");
  scanner.Keep("recepción");
  CHECK(Redacted("CI 1710034065", scanner) == "CI [id]");
  scanner.Keep("0991234567@hotel.com");
  CHECK(Redacted("0991234567@hotel.com, cel. 0991234567", scanner) ==
        "0991234567@hotel.com, cel. [phone]");
}

TEST_CASE("any bytes are scanned and the rest of the text stays",
          "[redaction]") {
  const Scanner scanner(Country::Of("CO"));
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  CHECK(Redacted(all, scanner).size() >= 200);
  CHECK(Redacted("", scanner).empty());
  const std::string digits(100'000, '7');
  CHECK(Redacted(digits, scanner).size() > 0);
  const std::string signs(100'000, '@');
  CHECK(Redacted(signs, scanner) == signs);
  // Rows of short numbers are no telephones, and are soon read.
  std::string row;
  for (int i = 0; i < 8'000; ++i) row += "1 ";
  CHECK(Redacted(row, scanner) == row);
  std::string pairs;
  for (int i = 0; i < 20'000; ++i) pairs += "12 ";
  CHECK(absl::StrContains(Redacted(pairs, scanner), "12"));
}

}  // namespace minga::policy::redaction
