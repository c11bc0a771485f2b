#include "node/exchange/import/mapping.h"

#include "absl/strings/match.h"
#include "tests/unit/import/import_test_support.h"

namespace minga::importing {
namespace {

constexpr char kHead[] = R"(
[source]
format = "csv"
kind = "vacancy"
[id]
columns = ["id"]
[columns]
)";

std::string ErrorOf(const std::string& text) {
  const auto mapping = Mapping::Parse(text, "m.toml");
  REQUIRE_FALSE(mapping.ok());
  CHECK(mapping.status().code() == absl::StatusCode::kInvalidArgument);
  return std::string(mapping.status().message());
}

// The error of a mapping whose section [columns] is `columns`.
std::string ColumnError(const std::string& columns) {
  return ErrorOf(kHead + columns);
}

TEST_CASE("a mistake in a mapping is named with its place",
          "[import][mapping]") {
  CHECK(absl::StartsWith(ErrorOf("[source\n"), "m.toml:1:"));
  // Aborts in toml++ 3.3 as it is packaged.
  CHECK(absl::StartsWith(ErrorOf("[[[a]]]\n"), "m.toml:1:"));
  CHECK(ErrorOf("") == "m.toml:1:1: section [source] is missing");
  CHECK(ErrorOf("[source]\nformat = \"csv\"\nkind = \"vacancy\"\n") ==
        "m.toml:1:1: section [id] is missing");
  CHECK(ErrorOf("[source]\nformat = \"xml\"\nkind = \"vacancy\"\n") ==
        "m.toml:1:1: `format` is not \"csv\"");
  CHECK(ErrorOf("[source]\nformat = \"csv\"\nkind = \"vacancy\"\n"
                "encodin = \"utf-8\"\n") ==
        "m.toml:4:1: unknown key `encodin`; did you mean `encoding`?");
  CHECK(ErrorOf(std::string(kHead)) == "m.toml:1:1: no column is mapped");
  CHECK(ErrorOf("[source]\nformat = \"csv\"\nkind = \"vacancy\"\n"
                "header = \"yes\"\n") ==
        "m.toml:4:10: `header` is neither true nor false");
}

TEST_CASE("names outside ASCII go in quotes", "[import][mapping]") {
  // Undefined behaviour in toml++ 3.3 as it is packaged.
  CHECK(ErrorOf("# México\n\"México\" = 'é'\n  México = 1\n") ==
        "m.toml:3:4: a name with letters outside ASCII goes in quotes");
  CHECK(ErrorOf("a = \"\"\"\nx\"\"\"\n") ==
        "m.toml:1:5: a text goes on one line");
  CHECK(absl::StartsWith(ErrorOf("a = \"é\\\"é\nñ\n"), "m.toml:1:"));
  CHECK(ErrorOf("\xEF\xBB\xBF") == "m.toml:1:1: section [source] is missing");
  const auto rows = ReadCsv(
      "\xEF\xBB\xBF" + std::string(kHead) + "\"título\" = \"provenance\" # ñ\n",
      "id,título\n1,año\n");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].record->vacancy().provenance() == "año");
}

TEST_CASE("a wrong field names the nearest one", "[import][mapping]") {
  CHECK(ColumnError("a = \"statsu\"") ==
        "m.toml:8:5: no field `statsu` in Vacancy; did you mean `status`?");
  CHECK(ColumnError("a = \"pay.currancy\"") ==
        "m.toml:8:5: no field `currancy` in Pay; did you mean `currency`?");
  CHECK(ColumnError("a = \"pay\"") ==
        "m.toml:8:5: `pay` is a group of fields: name one of its fields");
  CHECK(ColumnError("a = \"texts.title\"") ==
        "m.toml:8:5: `texts` needs an index, as in `texts[0]`");
  CHECK(ColumnError("a = \"texts[100].title\"") ==
        "m.toml:8:5: index of `texts[100]` is not 0..99");
  CHECK(ColumnError("a = \"pay[0].currency\"") ==
        "m.toml:8:5: `pay[0]` takes no index");
  CHECK(ColumnError("a = \"status.x\"") ==
        "m.toml:8:5: `status` in `status.x` has no fields of its own");
  CHECK(ColumnError("a = \"id\"") ==
        "m.toml:8:5: the id is made by section [id]");
  CHECK(absl::StrContains(ColumnError("a = \"consent.expires\""),
                          "no field `consent` in Vacancy"));
}

TEST_CASE("options must exist and fit", "[import][mapping]") {
  CHECK(ColumnError("a = { field = \"status\", reqired = true }") ==
        "m.toml:8:25: unknown key `reqired`; did you mean `required`?");
  CHECK(ColumnError("a = { field = \"provenance\", scale = 100 }") ==
        "m.toml:8:5: option `scale` does not fit field `provenance`");
  CHECK(ColumnError("a = \"created_at\"") ==
        "m.toml:8:5: field `created_at` needs the option `date`");
  CHECK(ColumnError("a = { field = \"provenance\", split = \";\" }") ==
        "m.toml:8:5: option `split` does not fit field `provenance`");
  CHECK(ColumnError("a = { field = \"status\", table = \"x\" }") ==
        "m.toml:8:5: no [tables.x]");
  CHECK(ColumnError("a = { field = \"openings\", outside = \"drop\" }") ==
        "m.toml:8:5: `outside` is neither \"refuse\" nor \"omit\"");
  CHECK(ColumnError("a = { field = \"openings\", scale = 0 }") ==
        "m.toml:8:5: `scale` is not 1..1000000");
  CHECK(absl::StrContains(
      ColumnError(
          "a = { field = \"created_at\", date = \"%Y\", zone = \"x\" }"),
      "is not a time zone"));
  CHECK(ColumnError("a = 5") ==
        "m.toml:8:5: expected the name of a field or { field = ... }");
}

TEST_CASE("constants must fit their fields", "[import][mapping]") {
  const auto error = [](const std::string& constants) {
    return ErrorOf("[constants]\n" + constants + kHead + "a = \"provenance\"");
  };
  CHECK(error("status = \"opened\"") ==
        "m.toml:2:10: no VacancyStatus `opened`; did you mean `open`?");
  CHECK(error("openings = \"many\"") == "m.toml:2:12: `many` is not a number");
  CHECK(error("remote = \"maybe\"") ==
        "m.toml:2:10: `maybe` is not one of the words for yes and no");
  CHECK(error("provenance = [\"a\", \"b\"]") ==
        "m.toml:2:14: `provenance` takes one value");
  CHECK(error("openings = 1.5") ==
        "m.toml:2:12: a constant is a text, a whole number, true or false");
}

TEST_CASE("columns of the file and of the mapping must agree",
          "[import][mapping]") {
  ReadOptions options;
  options.mapping =
      MustParse(std::string(kHead) + "salary = \"pay.min_hundredths\"\n");
  const auto error = [&](const std::string& header) {
    auto source = ReadRecords(BytesOf(header), options);
    REQUIRE(source.ok());
    const auto row = (*source)->Next();
    REQUIRE_FALSE(row.ok());
    return std::string(row.status().message());
  };
  CHECK(error("id,Salary\n") ==
        "m.toml:8:10: the file has no column `salary`; did you mean "
        "`Salary`?");
  CHECK(error("id,salary,other\n") ==
        "m.toml: column `other` of the file is neither mapped nor in "
        "`source.ignore`");
  CHECK(error("id,salary,id\n") == "header has column `id` twice");
  CHECK(error("id,salary,\n") == "column 3 of the header has no name");
  CHECK(error("\n") == "file has no header");
  CHECK(error("salary\n") ==
        "m.toml:5:1: the file has no column `id`; it has 1 columns");
}

constexpr char kWide[] = R"(
[source]
format = "csv"
kind = "vacancy"
zone = "-05:00"
[id]
columns = ["id"]
[constants]
status = "open"
"texts[0].language" = "es"
"locations[0].country" = "CO"
"locations[1].country" = "EC"
"sharing.countries" = ["EC", "PE"]
created_at = "2026-11-01T00:00:00Z"
[columns]
titulo = [{ field = "texts[0].title", clean = true }, "occupation.text"]
sueldo = { field = "pay.min_hundredths", scale = 100, decimal = ",", thousands = "." }
depto = { field = "locations[0].subdivision", table = "deptos", outside = "omit" }
otro = "locations[1].municipality"
publica = { field = "modified_at", date = "%d/%m/%Y %H:%M" }
cierra = { field = "closing_date", date = "%d/%m/%Y" }
remoto = { field = "remote", yes = ["si"], no = ["no"] }
tipo = { field = "contract_type", default = "seasonal" }
licencias = { field = "driving_licences", split = "," }
saberes = { field = "skills[].label", split = "|" }
[tables.deptos]
Antioquia = "CO-ANT"
[[products]]
field = "weekly_hours.min"
columns = ["horas", "dias"]
max = 60
outside = "omit"
)";
constexpr char kWideHeader[] =
    "id,titulo,sueldo,depto,otro,publica,cierra,remoto,tipo,licencias,"
    "saberes,horas,dias\n";

TEST_CASE("each kind of field takes its value", "[import][mapping]") {
  const auto rows = ReadCsv(
      kWide,
      std::string(kWideHeader) +
          "A1, Soldador\t MIG ,\"1.234.567,5\",Antioquia,,"
          "01/12/2026 19:30,31/12/2026,SI,,\"B, C\",leer|| medir,7.5,6\n");
  REQUIRE(rows.size() == 1);
  INFO(rows[0].status);
  REQUIRE(rows[0].status.ok());
  const v1::Vacancy& vacancy = rows[0].record->vacancy();
  CHECK(vacancy.id() == "A1");
  CHECK(vacancy.status() == v1::VACANCY_STATUS_OPEN);
  REQUIRE(vacancy.texts_size() == 1);
  CHECK(vacancy.texts(0).title() == "Soldador MIG");
  CHECK(vacancy.texts(0).language() == "es");
  CHECK(vacancy.occupation().text() == "Soldador\t MIG");
  CHECK(vacancy.pay().min_hundredths() == 123456750);
  // The second place has no value of its own, so its constant goes too.
  REQUIRE(vacancy.locations_size() == 1);
  CHECK(vacancy.locations(0).subdivision() == "CO-ANT");
  CHECK(vacancy.sharing().countries_size() == 2);
  CHECK(vacancy.created_at().seconds() == 1793491200);
  CHECK(vacancy.modified_at().seconds() == 1796171400);
  CHECK(vacancy.closing_date() == "2026-12-31");
  CHECK(vacancy.remote());
  CHECK(vacancy.contract_type() == v1::CONTRACT_TYPE_SEASONAL);
  REQUIRE(vacancy.driving_licences_size() == 2);
  CHECK(vacancy.driving_licences(1) == "C");
  REQUIRE(vacancy.skills_size() == 2);
  CHECK(vacancy.skills(1).label() == "medir");
  CHECK(vacancy.weekly_hours().min() == 45);
}

TEST_CASE("a bad value refuses its row and names the column",
          "[import][mapping]") {
  const auto rows = ReadCsv(kWide, std::string(kWideHeader) +
                                       "1,t,mucho,,,,,,,,,,\n"
                                       "2,t,,Lima,Quito,,,,,,,24,7\n"
                                       "3,t,,,,,32/12/2026,,,,,,\n"
                                       "4,t,,,,,,,eterno,,,,\n"
                                       "5,t\n"
                                       "6,t,,,,,,,,,,diez,7\n"
                                       ",t,,,,,,,,,,,\n"
                                       "con espacio,t,,,,,,,,,,,\n"
                                       "9,t,,,,,,,,,,,\n");
  REQUIRE(rows.size() == 9);
  CHECK(rows[0].status.message() ==
        "column `sueldo` (`pay.min_hundredths`): `mucho` is not a number");
  REQUIRE(rows[1].status.ok());
  // Outside table and range, both left out as the mapping asks.
  REQUIRE(rows[1].record->vacancy().locations_size() == 2);
  CHECK(rows[1].record->vacancy().locations(0).subdivision().empty());
  CHECK(rows[1].record->vacancy().locations(1).municipality() == "Quito");
  CHECK_FALSE(rows[1].record->vacancy().has_weekly_hours());
  CHECK(absl::StrContains(rows[2].status.message(), "`closing_date`"));
  CHECK(absl::StrContains(rows[3].status.message(), "no ContractType"));
  CHECK(rows[4].status.message() == "row has 2 columns where 13 are expected");
  CHECK(rows[5].status.message() ==
        "column `horas` × `dias` (`weekly_hours.min`): `diez` is not a number");
  CHECK(rows[6].status.message() == "column `id` is empty but makes the id");
  CHECK(absl::StartsWith(rows[7].status.message(), "id: "));
  CHECK(rows[8].status.ok());
  CHECK(rows[8].line == 10);
  for (const Row& row : rows) CHECK((row.record != nullptr) == row.status.ok());
}

TEST_CASE("digests are stable and repetitions numbered", "[import][mapping]") {
  const std::string mapping = R"(
[source]
format = "csv"
kind = "vacancy"
[id]
digest = true
prefix = "x-"
[columns]
a = "provenance"
b = "right_to_work"
)";
  const auto rows = ReadCsv(mapping, "a,b\n1,23\n12,3\n1,23\n1,23\n");
  REQUIRE(rows.size() == 4);
  const auto id = [&](std::size_t i) { return rows[i].record->vacancy().id(); };
  CHECK(id(0).size() == 18);
  CHECK(id(0) != id(1));
  CHECK(id(2) == id(0) + "-2");
  CHECK(id(3) == id(0) + "-3");
  CHECK(ReadCsv(mapping, "a,b\n1,23\n")[0].record->vacancy().id() == id(0));
}

TEST_CASE("profiles bring their consent", "[import][mapping]") {
  const auto rows = ReadCsv(R"(
[source]
format = "csv"
kind = "profile"
header = false
columns = ["doc", "oficio", "paises", "hasta", "usos"]
[id]
columns = ["doc"]
[constants]
status = "active"
"consent.sections" = ["basic", "occupation"]
[columns]
oficio = "desired_occupations[0].isco"
paises = { field = "consent.countries", split = " " }
hasta = { field = "consent.expires", date = "%Y-%m-%d" }
usos = { field = "consent.purposes", split = " " }
)",
                            "77,7212,EC MX,2027-01-31,job_matching "
                            "PURPOSE_CONTACT\n"
                            "78,7212,,,\n");
  REQUIRE(rows.size() == 2);
  REQUIRE(rows[1].status.ok());
  CHECK(rows[1].consent == nullptr);
  INFO(rows[0].status);
  REQUIRE(rows[0].status.ok());
  CHECK(rows[0].record->profile().id() == "77");
  CHECK(rows[0].record->profile().desired_occupations(0).isco() == "7212");
  REQUIRE(rows[0].consent != nullptr);
  CHECK(rows[0].consent->countries_size() == 2);
  CHECK(rows[0].consent->sections_size() == 2);
  CHECK(rows[0].consent->purposes(1) == v1::PURPOSE_CONTACT);
  CHECK(rows[0].consent->expires() == "2027-01-31");
}

TEST_CASE("a repeated field has a bound", "[import][mapping]") {
  const std::string mapping =
      std::string(kHead) +
      "a = { field = \"skills[].label\", split = \"|\" }\n";
  std::string many = "1,x";
  for (int i = 0; i < 100; ++i) many += "|x";
  const auto rows = ReadCsv(mapping, "id,a\n" + many + "\n2,x|y\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(rows[1].record->vacancy().skills_size() == 2);
}

}  // namespace
}  // namespace minga::importing
