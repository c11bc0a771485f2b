// Policies on real nodes: what is refused and why, what is foretold, and
// agreements of groups.
#include <catch2/catch.hpp>
#include <fstream>
#include <future>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kVacancy = v1::RECORD_KIND_VACANCY;

// Colombia alone, with its pack in force unless `lawless`.
struct OneCountry {
  TemporaryFolder folder;
  std::unique_ptr<NodeProcess> co;

  explicit OneCountry(bool lawless = false) {
    auto node = NodeProcess::Init(folder.path(), "CO");
    REQUIRE(node.ok());
    co = *std::move(node);
    REQUIRE(co->Start().ok());
    if (lawless) return;
    const absl::Status active = ActivatePack(*co);
    INFO(active);
    REQUIRE(active.ok());
  }

  std::string Write(const std::string& name, const std::string& text) const {
    const std::string path = absl::StrCat(folder.path(), "/", name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
};

std::string Pack(const std::string& name) {
  return ReadAll(SourceFile(absl::StrCat("deploy/policy/", name)));
}

// A small policy whose fifth line is `line`.
std::string Small(const std::string& line) {
  return absl::StrCat(
      "national_policy {\n  country: 'CO'\n  rules {\n    id: 'co.vacancy'\n",
      "    ", line,
      "\n    effect: EFFECT_PERMIT\n    directions: DIRECTION_SEND\n"
      "    kinds: RECORD_KIND_VACANCY\n    level: LEVEL_RAW\n"
      "    purposes: PURPOSE_JOB_MATCHING\n  }\n}\n");
}

constexpr char kCited[] =
    "citations { statute: 'Ley 1636/2013' article: 'art. 31' "
    "certainty: CERTAINTY_VERIFIED } ";

TEST_CASE("mistakes are refused with their place, the law in force stays",
          "[integration]") {
  const OneCountry one;
  const std::string before = one.co->Status().policy_hash();
  const std::string log = absl::StrCat(one.co->Status().log_size());
  struct Case {
    const char* name;
    std::string text;
    const char* place;
    const char* says;
  };
  const std::string good = absl::StrCat("fields: '*' ", kCited);
  const Case cases[] = {
      {"a typo in a field name",
       Small(absl::StrCat("fields: 'employer.nmae' ", kCited)),
       ":5:", "employer.nmae"},
      {"a typo in the document", Small(absl::StrCat("feilds: '*' ", kCited)),
       ":5:", "feilds"},
      {"two rules of one id",
       absl::StrReplaceAll(
           Small(good),
           {{"\n  }\n}\n", absl::StrCat("\n  }\n  rules { id: 'co.vacancy' ",
                                        "effect: EFFECT_PERMIT directions: "
                                        "DIRECTION_SEND kinds: "
                                        "RECORD_KIND_VACANCY level: "
                                        "LEVEL_RAW purposes: "
                                        "PURPOSE_JOB_MATCHING ",
                                        good, "}\n}\n")}}),
       ":12:", "co.vacancy"},
      {"an unknown obligation",
       Small(absl::StrCat(good, "obligations { delete_after_days: 3 }")),
       ":5:", "delete_after_days"},
      {"a citation without an article",
       Small("fields: '*' citations { statute: 'Ley 1636/2013' certainty: "
             "CERTAINTY_VERIFIED }"),
       ":5:", "article"},
      {"dates upside down",
       Small(absl::StrCat(
           good, "valid_from: '2027-01-01' valid_until: '2026-01-01'")),
       ":5:", "2026-01-01"},
      {"a condition that can never hold",
       Small(absl::StrCat(good, "when: \"false && vacancy.remote\"")),
       ":5:", "never"},
  };
  for (const Case& bad : cases) {
    INFO(bad.name);
    const std::string file = one.Write("bad.textproto", bad.text);
    for (const char* verb : {"check", "activate"}) {
      const Ran ran = Run(*one.co, absl::StrCat("policy ", verb, " ", file));
      INFO(verb << ": " << ran.output);
      CHECK(ran.code == 3);
      CHECK(absl::StrContains(ran.output,
                              absl::StrCat("bad.textproto", bad.place)));
      CHECK(absl::StrContains(ran.output, bad.says));
    }
  }
  CHECK(one.co->Status().policy_hash() == before);
  CHECK(absl::StrCat(one.co->Status().log_size()) == log);
}

TEST_CASE("nested parentheses of any depth are refused at once",
          "[integration]") {
  const OneCountry one(/*lawless=*/true);
  const auto nested = [](std::size_t bytes) {
    return Small(absl::StrCat("fields: '*' ", kCited, "when: \"",
                              std::string(bytes / 2, '('), "true",
                              std::string(bytes / 2, ')'), "\""));
  };
  const Ran ten =
      Run(*one.co,
          "policy activate " + one.Write("ten.textproto", nested(10 << 20)));
  INFO(ten.output);
  CHECK(ten.code == 9);
  CHECK(absl::StrContains(ten.output, "ten.textproto"));
  // As much as a document may have: the condition's own bound refuses it.
  const Ran four =
      Run(*one.co,
          "policy activate " + one.Write("four.textproto", nested(4'000'000)));
  INFO(four.output.substr(0, 2000));
  CHECK(four.code == 3);
  CHECK(absl::StrContains(four.output, "four.textproto:5:"));
  CHECK(four.output.size() < 10000);
  CHECK(one.co->Status().policy_name().empty());
}

TEST_CASE("what its cases do not hold is not put in force", "[integration]") {
  const OneCountry one;
  const std::string before = one.co->Status().policy_hash();
  const std::string national = Pack("co/national.textproto");
  const std::string file = one.Write("national.textproto", national);

  SECTION("no cases at all") {
    const Ran ran = Run(*one.co, "policy activate " + file);
    INFO(ran.output);
    CHECK(ran.code == 3);
    CHECK(absl::StrContains(ran.output, "national.textproto:1:1:"));
    CHECK(absl::StrContains(ran.output, "with its cases"));
    CHECK(Run(*one.co, "policy test " + file).code == 4);
  }
  SECTION("a case that is decided otherwise") {
    std::string cases = Pack("co/cases.textproto");
    const std::size_t at = cases.find("permitted: false");
    REQUIRE(at != std::string::npos);
    cases.replace(at, 16, "permitted: true");
    one.Write("cases.textproto", cases);
    for (const auto& [verb, code] :
         {std::pair("activate", 3), std::pair("test", 8)}) {
      const Ran ran = Run(*one.co, absl::StrCat("policy ", verb, " ", file));
      INFO(verb << ": " << ran.output);
      CHECK(ran.code == code);
      CHECK(absl::StrContains(ran.output, "cases.textproto:"));
      CHECK(absl::StrContains(ran.output, "vacancy.shared-with-others"));
    }
  }
  SECTION("a rule that can never apply, though its condition is no constant") {
    const std::string dead = absl::StrReplaceAll(
        national,
        {{"national_policy {\n",
          absl::StrCat("national_policy {\n  rules { id: 'co.dead' effect: "
                       "EFFECT_FORBID directions: DIRECTION_SEND kinds: "
                       "RECORD_KIND_VACANCY fields: 'pay' when: "
                       "\"has(vacancy.age_days) && vacancy.age_days > 9 && "
                       "vacancy.age_days < 3\" }\n")}});
    const std::string changed = one.Write("dead.textproto", dead);
    one.Write("dead.cases.textproto", Pack("co/cases.textproto"));
    for (const auto& [verb, code] :
         {std::pair("activate", 3), std::pair("prove", 8)}) {
      const Ran ran = Run(*one.co, absl::StrCat("policy ", verb, " ", changed));
      INFO(verb << ": " << ran.output);
      CHECK(ran.code == code);
      CHECK(absl::StrContains(ran.output, "dead.textproto:"));
      CHECK(absl::StrContains(ran.output, "co.dead"));
    }
  }
  SECTION("a profile that leaves without consent for the destination") {
    // The layer of consent stands, so the property that breaks is a promise of
    // the document itself.
    const std::string promise = absl::StrReplaceAll(
        national,
        {{"national_policy {\n",
          "national_policy {\n  properties { id: 'co.no-pay' kinds: "
          "RECORD_KIND_VACANCY directions: DIRECTION_SEND fields: 'pay' "
          "at_most { level: LEVEL_SUPPRESS } }\n"}});
    const std::string changed = one.Write("promise.textproto", promise);
    one.Write("promise.cases.textproto", Pack("co/cases.textproto"));
    const Ran ran = Run(*one.co, "policy activate " + changed);
    INFO(ran.output);
    CHECK(ran.code == 3);
    CHECK(absl::StrContains(ran.output, "co.no-pay"));
    const Ran proved = Run(*one.co, "policy prove " + changed);
    INFO(proved.output);
    CHECK(proved.code == 8);
    // The counterexample is a case that check accepts.
    CHECK(absl::StrContains(proved.output, "cases {"));
  }
  CHECK(one.co->Status().policy_hash() == before);
}

TEST_CASE("others are served while a policy is tested and proved",
          "[integration]") {
  OneCountry one(/*lawless=*/true);
  auto activated =
      std::async(std::launch::async, [&] { return ActivatePack(*one.co); });
  int answers = 0;
  while (activated.wait_for(std::chrono::seconds(0)) !=
         std::future_status::ready) {
    v1::PutRecordsRequest request;
    v1::Vacancy& vacancy = *request.add_records()->mutable_vacancy();
    vacancy.set_id(absl::StrCat("v", answers));
    vacancy.set_status(v1::VACANCY_STATUS_OPEN);
    vacancy.add_locations()->set_country("CO");
    v1::LocalizedText& text = *vacancy.add_texts();
    text.set_language("es");
    text.set_title("panadera");
    REQUIRE(rpc::Call(one.co->client().pes(),
                      &v1::PesService::StubInterface::PutRecords, request)
                .ok());
    REQUIRE(one.co->Status().country() == "CO");
    ++answers;
  }
  CHECK(activated.get().ok());
  CHECK(answers > 1);
  CHECK(one.co->Status().policy_name() == "national.textproto");
}

TEST_CASE("an agreement of a group grows with each signature",
          "[integration]") {
  TwoCountries two;
  const std::unique_ptr<NodeProcess> pe = two.Begin("PE");
  REQUIRE(AddPeer(*two.co, *two.ec).ok());
  REQUIRE(AddPeer(*two.ec, *two.co).ok());
  REQUIRE(AddPeer(*two.co, *pe).ok());
  REQUIRE(AddPeer(*pe, *two.co).ok());
  MustPut(*two.co, {two.OpenVacancy("v1", "mecánica de torno")});

  absl::StatusOr<std::string> note = DraftMou(*two.co, "", "can.textproto");
  INFO(note.status());
  REQUIRE(note.ok());
  REQUIRE(SignMou(*two.co, *note).ok());
  REQUIRE(SignMou(*two.ec, *note).ok());
  REQUIRE(SignMou(*two.co, *note).ok());
  CHECK(WaitFor([&] { return Finds(*two.ec, "mecánica", "v1"); }, kPatience));
  CHECK(two.co->Peer("EC").mou_in_force());
  CHECK_FALSE(two.co->Peer("PE").mou_in_force());
  CHECK(Views(*two.co, "PE", "shown", kVacancy) == 0);

  // Peru does not know Ecuador; the signature goes along untouched.
  REQUIRE(SignMou(*pe, *note).ok());
  REQUIRE(SignMou(*two.co, *note).ok());
  CHECK(WaitFor([&] { return Finds(*pe, "mecánica", "v1"); }, kPatience));
  CHECK(two.co->Peer("PE").mou_in_force());
  CHECK(two.co->Peer("EC").mou_in_force());
  CHECK(absl::StrContains(*note, "minga/ec/"));
}

TEST_CASE("documents are read, tested and proved without a daemon",
          "[integration]") {
  const std::string national =
      SourceFile("deploy/policy/co/national.textproto");
  const auto run = [](const std::string& arguments) {
    Ran ran;
    ran.code = RunMinga("--data /nonexistent policy " + arguments, &ran.output);
    return ran;
  };
  const std::string cases = SourceFile("deploy/policy/co/cases.textproto");
  CHECK(run("check " + national).code == 0);
  CHECK(run("check " + cases).code == 0);
  const Ran tested = run("test " + national);
  INFO(tested.output);
  CHECK(tested.code == 0);
  CHECK(absl::StrContains(tested.output, ": ok; "));
  const Ran proved = run("prove " + national);
  INFO(proved.output);
  CHECK(proved.code == 0);
  CHECK(absl::StrContains(proved.output, "holds"));
  for (const char* language : {"es", "pt", "en"}) {
    const Ran shown =
        run(absl::StrCat("show ", national, " --lang ", language));
    INFO(shown.output.substr(0, 500));
    CHECK(shown.code == 0);
    CHECK(absl::StrContains(shown.output, "1636"));
  }
  const Ran schema = run("show --schema --lang en");
  CHECK(schema.code == 0);
  CHECK(absl::StrContains(schema.output, "vacancy.fee_charged"));
  CHECK(run("show --schema --lang xx").code == 2);
  CHECK(run("show").code == 3);
  CHECK(run("test /nonexistent.textproto").code == 4);
}

}  // namespace
}  // namespace minga::testing
