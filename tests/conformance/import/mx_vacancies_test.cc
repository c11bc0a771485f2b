// The real export of Mexico's employment service, all of it, through the
// mapping that is shipped.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "minga/v1/pes.pb.h"
#include "node/exchange/content.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/reader.h"
#include "node/exchange/validate.h"
#include "tests/conformance/import/conformance_data.h"

namespace minga::importing {
namespace {

constexpr char kData[] = "vacancies/mx-pes-empleos-2018/data.csv.gz";
// Counted in the file with another program.
constexpr int kRows = 36'795;
constexpr int kRowsOfMexicoCity = 6'992;

ReadOptions Options() {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  REQUIRE(root != nullptr);
  auto mapping = Mapping::Load(std::string(root) +
                               "/deploy/mappings/mx-pes-empleos-2018.toml");
  INFO(mapping.status());
  REQUIRE(mapping.ok());
  ReadOptions options;
  options.mapping = *std::move(mapping);
  return options;
}

// What was seen of the rows.
struct Summary {
  int good = 0;
  std::set<std::string> ids;
  std::map<std::string, int> states;
  int untitled = 0;
  int with_hours = 0;
  int invalid = 0;
  std::int64_t highest_pay = 0;
};

void Add(const v1::Record& record, Summary& summary) {
  const v1::Vacancy& vacancy = record.vacancy();
  ++summary.good;
  summary.ids.insert(vacancy.id());
  ++summary.states[vacancy.locations(0).subdivision()];
  summary.untitled += vacancy.occupation().text().empty() ? 1 : 0;
  summary.with_hours += vacancy.has_weekly_hours() ? 1 : 0;
  summary.highest_pay =
      std::max(summary.highest_pay, vacancy.pay().max_hundredths());
  const auto content = exchange::ContentOf(record);
  REQUIRE(content.ok());
  const absl::Status valid =
      exchange::Validate(*content, Country::Of("MX"), exchange::Source::kOwn);
  if (!valid.ok() && summary.invalid++ == 0) UNSCOPED_INFO(valid);
}

TEST_CASE("all 36,795 vacancies of Mexico are imported", "[conformance]") {
  const auto path = FindData(kData);
  if (!path.has_value()) return;
  auto source = OpenRecords(*path, Options());
  REQUIRE(source.ok());
  Summary summary;
  while (true) {
    const auto row = (*source)->Next();
    REQUIRE(row.ok());
    if (!row->has_value()) break;
    INFO((*row)->line << ": " << (*row)->status);
    REQUIRE((*row)->status.ok());
    Add(*(*row)->record, summary);
  }
  CHECK(summary.good == kRows);
  CHECK(summary.ids.size() == kRows);
  CHECK(summary.states.size() == 32);
  CHECK(summary.states["MX-CMX"] == kRowsOfMexicoCity);
  CHECK(summary.untitled == 1);
  CHECK(summary.with_hours == kRows);
  CHECK(summary.highest_pay == 16'494'900);
  CHECK(summary.invalid == 0);
}

TEST_CASE("the first row of Mexico, field by field", "[conformance]") {
  const auto path = FindData(kData);
  if (!path.has_value()) return;
  auto source = OpenRecords(*path, Options());
  REQUIRE(source.ok());
  auto row = (*source)->Next();
  REQUIRE(row.ok());
  REQUIRE(row->has_value());
  CHECK((*row)->line == 2);
  v1::Vacancy vacancy = (*row)->record->vacancy();
  // The same in every run and on every machine, or re-imports would double.
  CHECK(vacancy.id() == "mx-2018-xdltsccc3iuwhyw2");
  CHECK(vacancy.created_at().seconds() == 1'533'099'613);
  CHECK(vacancy.created_at().nanos() == 297'670'000);
  vacancy.clear_id();
  vacancy.clear_created_at();
  CHECK(vacancy.ShortDebugString() ==
        "status: VACANCY_STATUS_OPEN "
        "texts { language: \"es\" title: \"ingeniero industrial\" } "
        "locations { country: \"MX\" subdivision: \"MX-GUA\" "
        "municipality: \"Salamanca\" } "
        "occupation { text: \"ingeniero industrial\" } "
        "weekly_hours { min: 60 max: 60 } "
        "pay { min_hundredths: 1000000 max_hundredths: 1000000 "
        "currency: \"MXN\" interval: PAY_INTERVAL_MONTH } "
        "sharing { cross_border: true } "
        "apply { through_pes: true } "
        "provenance: \"empleos.gob.mx 2018-08\"");
}

}  // namespace
}  // namespace minga::importing
