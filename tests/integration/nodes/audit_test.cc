// An auditor at a real node: finds, proves, counts, reports; and is seen.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

int Lines(const std::string& text, absl::string_view with) {
  int lines = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    lines += absl::StrContains(line, with) ? 1 : 0;
  }
  return lines;
}

// The index that a line begins with.
std::string IndexIn(const std::string& text, absl::string_view with) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StrContains(line, with)) continue;
    return std::string(line.substr(0, line.find(' ')));
  }
  FAIL("no line with " << with << " in\n" << text);
  return "";
}

std::string ValueAfter(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  INFO(text);
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + word.size();
  return text.substr(begin, text.find_first_of("\n ;", begin) - begin);
}

}  // namespace

TEST_CASE("an auditor finds, proves, counts and is seen", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  MustPut(*two.co, {two.OpenVacancy("v1", "Soldador"),
                    two.OpenVacancy("v2", "Tornero")});
  REQUIRE(WaitFor([&] { return InStep(*two.co, *two.ec); }, kPatience));

  const std::string about = Minga(*two.co, "audit find --record CO/vacancy/v1");
  CHECK(Lines(about, "vacancy/v1") == 1);
  CHECK(absl::StrContains(about, "decision permit  EC"));
  CHECK(absl::StrContains(about, "permit: co."));
  const std::string rule = ValueAfter(about, "permit: ");
  const std::string name = rule.substr(0, rule.find(':'));
  CHECK(Lines(Minga(*two.co, "audit find --rule " + name), "decision permit") ==
        2);
  CHECK(Lines(Minga(*two.co, "audit find --event page-sent --peer EC"),
              "page sent  EC") >= 1);
  CHECK(absl::StrContains(
      Minga(*two.co, "audit find --record CO/vacancy/v1 --until 2020-01-01"),
      "no entry"));
  CHECK(absl::StrContains(Minga(*two.co, "audit find --event no-such", 3),
                          "decision-permit"));

  const std::string stats = Minga(*two.co, "audit stats --by peer");
  CHECK(absl::StrContains(stats, "EC"));
  CHECK(absl::StrContains(stats, "2"));
  CHECK(absl::StrContains(Minga(*two.co, "audit stats --by rule"), name));

  // Who looked, and for what.
  const std::string seen = Minga(*two.co, "audit find --event log-read");
  CHECK(absl::StrContains(seen, "find record CO/vacancy/v1"));
  CHECK(absl::StrContains(seen, "statistics of decisions"));

  const std::string index = IndexIn(about, "vacancy/v1");
  const std::string proof = two.folder.path() + "/entry.tlog-proof";
  // The next checkpoint covers the entry.
  Ran proved;
  const bool covered = WaitFor(
      [&] {
        proved =
            Run(*two.co, absl::StrCat("audit prove ", index, " --out ", proof));
        return proved.code == 0;
      },
      kPatience);
  INFO(proved.output);
  REQUIRE(covered);
  const std::string key = ValueAfter(proved.output, "; key ");
  two.co->Kill();
  const std::string verify =
      absl::StrCat("audit verify-proof ", proof, " --key '", key, "'");
  CHECK(absl::StrContains(Minga(*two.co, verify), "the proof holds"));
  std::string text = ReadAll(proof);
  // Another entry's, in a number that is still one.
  char& digit = text[text.find("index ") + 6];
  digit = digit == '9' ? '8' : static_cast<char>(digit + 1);
  std::ofstream(proof) << text;
  CHECK(absl::StrContains(Minga(*two.co, verify, 8), "DOES NOT HOLD"));
}

TEST_CASE("what left about a person, and after erasure nothing leads there",
          "[integration]") {
  TwoCountries two;
  two.MustJoin();
  v1::PutRecordsRequest put;
  for (std::uint64_t i = 0; i < 300; ++i) {
    auto [profile, consent] = two.samples.Person(Country::Of("CO"), i);
    if (consent) (*put.mutable_consents())[profile.id()] = *consent;
    *put.add_records()->mutable_profile() = std::move(profile);
  }
  REQUIRE(rpc::Call(two.co->client().pes(),
                    &v1::PesService::StubInterface::PutRecords, put)
              .ok());
  REQUIRE(WaitFor([&] { return InStep(*two.co, *two.ec); }, kPatience));
  // Somebody whom Ecuador sees.
  std::string person;
  for (const v1::Record& record : put.records()) {
    person = record.profile().id();
    const std::string found =
        Minga(*two.co, "audit find --event decision-permit --person " + person);
    if (absl::StrContains(found, "decision permit")) break;
  }
  const std::string report =
      Minga(*two.co, absl::StrCat("audit report ", person, " --lang es"));
  CHECK(absl::StrContains(report, "A Ecuador (EC)"));
  CHECK(absl::StrContains(report, "Se permitió mostrar el perfil"));
  CHECK(absl::StrContains(report, "Acuse de recibo: 20"));
  CHECK(absl::StrContains(report, "Se buscaron en el registro"));
  const std::string page = two.folder.path() + "/report.html";
  Minga(*two.co,
        absl::StrCat("audit report ", person, " --lang pt --html ", page));
  CHECK(absl::StrContains(ReadAll(page), "<html lang=\"pt\">"));
  // The log knows the person by a commitment only.
  const std::string all = Minga(*two.co, "audit tail -n 10000");
  CHECK_FALSE(absl::StrContains(all, person));
  const std::string committed =
      ValueAfter(Minga(*two.co, "audit find --person " + person), "person:");

  Minga(*two.co, "erase " + person);
  CHECK(absl::StrContains(Minga(*two.co, "audit find --person " + person, 4),
                          "erased"));
  CHECK(
      absl::StrContains(Minga(*two.co, "audit report " + person, 4), "erased"));
  // The entries stand as they were, and the log verifies.
  CHECK(Lines(Minga(*two.co, "audit tail -n 10000"), committed) > 1);
  CHECK(absl::StrContains(Minga(*two.co, "audit verify"), "the log holds"));
}

TEST_CASE("an import is an entry of the log", "[integration]") {
  TwoCountries two;
  const std::string file = two.folder.path() + "/rows.jsonl";
  std::ofstream(file) << "{\"vacancy\":{\"id\":\"v9\"}}\nno record\n";
  Minga(*two.co, "import --dry-run " + file, 7);
  CHECK_FALSE(absl::StrContains(Minga(*two.co, "audit find --event import"),
                                "refused"));
  Minga(*two.co, "import " + file, 7);
  CHECK(absl::StrContains(Minga(*two.co, "audit find --event import"),
                          "2 refused"));
}

}  // namespace minga::testing
