// Bad input at the command line: each its own error and exit code, nothing
// lost or half written.
#include <catch2/catch.hpp>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kVacancy = v1::RECORD_KIND_VACANCY;

std::string Write(const TwoCountries& two, const std::string& name,
                  const std::string& text) {
  const std::string path = absl::StrCat(two.folder.path(), "/", name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string Vacancy(const std::string& id, const std::string& more) {
  return absl::StrCat(
      R"({"vacancy":{"id":")", id,
      R"(","status":"VACANCY_STATUS_OPEN","texts":[{"language":"es",)"
      R"("title":"albañil"}],"locations":[{"country":"CO"}])",
      more, "}}\n");
}

TEST_CASE("bad rows are reported by line, good rows go in", "[integration]") {
  TwoCountries two;
  struct Case {
    const char* name;
    std::string line;
    const char* says;
  };
  const Case cases[] = {
      {"negative pay",
       Vacancy("a", R"(,"pay":{"min_hundredths":"-5","currency":"COP",)"
                    R"("interval":"PAY_INTERVAL_MONTH"})"),
       "pay.min_hundredths"},
      {"dates out of order",
       Vacancy("b",
               R"(,"start_date":"2026-12-31","closing_date":"2026-13-01")"),
       "closing_date"},
      {"wrong code", Vacancy("c", R"(,"occupation":{"isco":"72X2"})"),
       "occupation.isco"},
      {"overlong",
       Vacancy("d", absl::StrCat(R"(,"right_to_work":")",
                                 std::string(5000, 'x'), "\"")),
       "right_to_work"},
      {"not UTF-8", "{\"vacancy\":{\"id\":\"e\",\"right_to_work\":\"\xff\"}}\n",
       "UTF-8"},
      {"unknown field", Vacancy("f", R"(,"salario":1)"), "salario"},
      {"not JSON", "{{{\n", ""},
  };
  int good = 0;
  for (const Case& bad : cases) {
    INFO(bad.name);
    const std::string file = Write(
        two, "rows.jsonl",
        absl::StrCat(Vacancy(absl::StrCat("good", good++), ""), bad.line));
    const Ran ran = Run(*two.co, absl::StrCat("import ", file));
    INFO(ran.output);
    CHECK(ran.code == 7);
    CHECK(absl::StrContains(ran.output, absl::StrCat(file, ":2: ")));
    CHECK(absl::StrContains(ran.output, bad.says));
    CHECK(absl::StrContains(ran.output, "1 refused"));
  }
  CHECK(Held(*two.co, "CO", kVacancy) == good);
}

TEST_CASE("one id twice with other content is refused", "[integration]") {
  TwoCountries two;
  const std::string file = Write(
      two, "twice.jsonl",
      Vacancy("x", "") + Vacancy("x", R"(,"openings":3)") + Vacancy("x", ""));
  const Ran ran = Run(*two.co, absl::StrCat("import ", file));
  INFO(ran.output);
  CHECK(ran.code == 7);
  CHECK(absl::StrContains(ran.output, ":2: "));
  CHECK(Held(*two.co, "CO", kVacancy) == 1);
}

TEST_CASE("what is no file of records is refused as such", "[integration]") {
  TwoCountries two;
  CHECK(Run(*two.co, "import " + two.folder.path() + "/missing").code == 4);
  const Ran folder = Run(*two.co, "import " + two.folder.path());
  CHECK(folder.code == 5);
  CHECK(absl::StrContains(folder.output, two.folder.path()));
  const Ran empty = Run(*two.co, "import " + Write(two, "empty", ""));
  CHECK(empty.code == 3);
  CHECK(absl::StrContains(empty.output, "empty"));
  const Ran mapping =
      Run(*two.co,
          absl::StrCat("import ", Write(two, "x.csv", "a,b\n1,2\n"),
                       " --mapping ", Write(two, "bad.toml", "[source\n")));
  CHECK(mapping.code == 3);
  CHECK(absl::StrContains(mapping.output, "bad.toml:1:"));
  CHECK(Held(*two.co, "CO", kVacancy) == 0);
}

TEST_CASE("a line of any length costs bounded memory", "[integration]") {
  TwoCountries two;
  // 64 MiB in one line, then a good one: 64 times the bound.
  const std::string file =
      Write(two, "long.jsonl",
            absl::StrCat(R"({"vacancy":{"id":")", std::string(64 << 20, 'y'),
                         "\"}}\n", Vacancy("after", "")));
  const Ran ran = Run(*two.co, absl::StrCat("import ", file));
  INFO(ran.output);
  CHECK(ran.code == 7);
  CHECK(absl::StrContains(ran.output, ":1: "));
  CHECK(Held(*two.co, "CO", kVacancy) == 1);
}

TEST_CASE("records come in through standard input too", "[integration]") {
  TwoCountries two;
  const std::string file = Write(two, "one.jsonl", Vacancy("v", ""));
  Ran ran;
  ran.code = RunMinga(absl::StrCat("--data ", two.co->data(), " put - <", file),
                      &ran.output);
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(Held(*two.co, "CO", kVacancy) == 1);
  const Ran got = Run(*two.co, "get CO/vacancy/v");
  CHECK(absl::StrContains(got.output, "albañil"));
}

TEST_CASE("--dry-run stores nothing", "[integration]") {
  TwoCountries two;
  const std::string file = Write(two, "rows.jsonl", Vacancy("v", ""));
  const Ran ran = Run(*two.co, absl::StrCat("import --dry-run ", file));
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(Held(*two.co, "CO", kVacancy) == 0);
}

TEST_CASE("a data folder has one daemon", "[integration]") {
  TwoCountries two;
  const Ran second = Run(*two.co, "serve");
  CHECK(second.code == 5);
  CHECK(absl::StrContains(second.output, "another"));
  CHECK(two.co->Status().country() == "CO");
}

TEST_CASE("commands without a daemon say how to start one", "[integration]") {
  TwoCountries two;
  two.co->Kill();
  const Ran status = Run(*two.co, "status");
  CHECK(status.code == 6);
  CHECK(absl::StrContains(status.output, "minga serve"));
  CHECK(Run(*two.co, "frobnicate").code == 2);
  CHECK(Run(*two.co, "--help").code == 0);
}

TEST_CASE("a policy with an error leaves the one in force", "[integration]") {
  TwoCountries two;
  const std::string before = two.co->Status().policy_hash();
  const Ran bad =
      Run(*two.co, "policy activate " +
                       Write(two, "bad.textproto", "national_policy {\n  rul"));
  INFO(bad.output);
  CHECK(bad.code == 3);
  CHECK(absl::StrContains(bad.output, "bad.textproto:2:"));
  CHECK(two.co->Status().policy_hash() == before);
}

TEST_CASE("joining with a wrong fingerprint adds nobody", "[integration]") {
  TwoCountries two;
  const std::string file = two.folder.path() + "/ec.descriptor";
  REQUIRE(Run(*two.ec, "peer invite --out " + file).code == 0);
  const Ran wrong =
      Run(*two.co, "peer add " + file + " --fingerprint 'aaaa bbbb'");
  CHECK(wrong.code == 3);
  CHECK(two.co->Status().peers_size() == 0);

  std::string note = ReadAll(file);
  note[note.find("name: ") + 7] ^= 1;
  const Ran altered =
      Run(*two.co, "peer add " + Write(two, "altered.descriptor", note));
  CHECK(altered.code == 3);
}

}  // namespace
}  // namespace minga::testing
