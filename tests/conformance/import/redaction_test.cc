// The text of 2,879 real vacancies of Spain's employment services. Whoever
// published the file has already blanked addresses and telephones ("[EMAIL]"):
// what is found in it is little, and mostly wrong.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "minga/v1/vacancy.pb.h"
#include "node/exchange/import/byte_source.h"
#include "node/exchange/redact.h"
#include "tests/conformance/import/conformance_data.h"

namespace minga::importing {
namespace {

constexpr char kData[] =
    "vacancies/es-pes-eures-2025/eures_es_2025_part.jsonl.gz";
constexpr int kRows = 2'879;

std::string Unpacked(const std::string& path) {
  auto source = OpenBytes(path);
  REQUIRE(source.ok());
  std::string text, buffer(1 << 16, '\0');
  while (true) {
    const auto size = (*source)->Read(absl::MakeSpan(buffer));
    REQUIRE(size.ok());
    if (*size == 0) return text;
    text.append(buffer, 0, *size);
  }
}

v1::Vacancy VacancyOf(const nlohmann::json& row) {
  v1::Vacancy vacancy;
  v1::LocalizedText& text = *vacancy.add_texts();
  text.set_title(row.at("titulo").get<std::string>());
  text.set_description(row.at("descripcion").get<std::string>());
  vacancy.mutable_occupation()->set_text(
      row.at("ocupacion").get<std::string>());
  return vacancy;
}

TEST_CASE("real texts keep their numbers, and one with a contact loses it",
          "[conformance]") {
  const auto path = FindData(kData);
  if (!path.has_value()) return;
  const Country own = Country::Of("ES");
  policy::redaction::Counts counts, seeded;
  int rows = 0;
  int records = 0;
  std::istringstream lines(Unpacked(path->string()));
  std::string line;
  while (std::getline(lines, line)) {
    ++rows;
    v1::Vacancy vacancy = VacancyOf(nlohmann::json::parse(line));
    const auto redacted = exchange::RedactVacancy(vacancy, own, counts);
    if (redacted != nullptr) {
      ++records;
      policy::redaction::Counts again;
      CHECK(exchange::RedactVacancy(*redacted, own, again) == nullptr);
    }
    // What the publisher took out, put back in the form of the region.
    v1::LocalizedText& text =
        *(redacted ? *redacted : vacancy).mutable_texts(0);
    text.mutable_description()->append(
        "\nTel. +593 99 123 4567, ana@example.com, CPF 529.982.247-25.");
    (void)exchange::RedactVacancy(redacted ? *redacted : vacancy, own, seeded);
  }
  CHECK(rows == kRows);
  // References of offers stay; the address that the publisher missed does not.
  INFO("redacted: " << CountsText(counts) << " in " << records << " records");
  CHECK(counts.Of(policy::redaction::Kind::kEmail) == 1);
  CHECK(records <= kRows / 200);
  CHECK(seeded.Of(policy::redaction::Kind::kEmail) == kRows);
  CHECK(seeded.Of(policy::redaction::Kind::kPhone) == kRows);
  CHECK(seeded.Of(policy::redaction::Kind::kIdentifier) == kRows);
}

}  // namespace
}  // namespace minga::importing
