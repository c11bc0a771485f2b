// The packs in deploy/policy load, and the three together let out and withhold
// what they should.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/policy_set.h"

namespace minga::policy {
namespace {

const Country kColombia = Country::Of("CO");
const Country kEcuador = Country::Of("EC");
const Country kMexico = Country::Of("MX");
const absl::CivilDay kToday(2026, 11, 21);

DocumentSource Read(const std::string& path) {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  const std::string full =
      absl::StrCat(root == nullptr ? "." : root, "/deploy/policy/", path);
  std::ifstream file(full);
  std::stringstream text;
  text << file.rdbuf();
  INFO(full);
  REQUIRE(file.good());
  return DocumentSource{path, text.str()};
}

DocumentSource Mou(absl::string_view a, absl::string_view b) {
  DocumentSource mou = Read("mou/template.textproto");
  mou.name = absl::StrCat(a, "-", b, ".textproto");
  mou.text = absl::StrReplaceAll(mou.text, {{"@A@", a},
                                            {"@B@", b},
                                            {"@FROM@", "2026-01-01"},
                                            {"@UNTIL@", "2027-12-31"}});
  return mou;
}

std::shared_ptr<const PolicySet> LoadPack(Country own, const std::string& dir) {
  PolicySources sources;
  sources.national = Read(dir + "/national.textproto");
  if (own != kMexico) sources.mous.push_back(Mou("CO", "EC"));
  if (own != kEcuador) sources.mous.push_back(Mou("CO", "MX"));
  if (own != kColombia) sources.mous.push_back(Mou("EC", "MX"));
  auto set = PolicySet::Load(own, sources);
  INFO(set.status());
  REQUIRE(set.ok());
  return *set;
}

Question Ask(Country own, Country peer, RecordKind kind,
             Direction direction = Direction::kSend) {
  Question question;
  question.own = own;
  question.peer = peer;
  question.kind = kind;
  question.direction = direction;
  question.as_of = kToday;
  return question;
}

Facts Vacancy() {
  Facts facts(RecordKind::kVacancy);
  CHECK(facts.Set("record.imported", false));
  CHECK(facts.Set("vacancy.status", std::string("open")));
  CHECK(facts.Set("vacancy.country", std::string("CO")));
  CHECK(facts.Set("vacancy.employer_confidential", false));
  CHECK(facts.Set("vacancy.cross_border", true));
  CHECK(facts.Set("vacancy.countries", std::vector<std::string>()));
  CHECK(facts.Set("vacancy.fee_charged", false));
  CHECK(facts.Set("vacancy.documents_retained", false));
  CHECK(facts.Set("vacancy.is_agency", false));
  CHECK(facts.Set("vacancy.pay_stated", true));
  CHECK(facts.Set("vacancy.remote", false));
  return facts;
}

Facts Profile() {
  Facts facts(RecordKind::kProfile);
  using List = std::vector<std::string>;
  CHECK(facts.Set("record.imported", false));
  CHECK(facts.Set("profile.active", true));
  CHECK(facts.Set("consent.given", true));
  CHECK(facts.Set("consent.countries", List{"EC", "MX"}));
  CHECK(facts.Set("consent.purposes", List{"job_matching"}));
  CHECK(facts.Set("consent.sections",
                  List{"basic", "occupation", "education", "region"}));
  CHECK(facts.Set("consent.expires", absl::CivilDay(2027, 6, 1)));
  return facts;
}

Level LevelOf(const Decision& decision, RecordKind kind,
              absl::string_view field) {
  const auto id = SchemaOf(kind).FindField(field);
  REQUIRE(id.has_value());
  return decision.levels[*id];
}

TEST_CASE("the three packs load", "[policy][packs]") {
  CHECK(LoadPack(kColombia, "co")->MouPartners() ==
        std::vector<Country>{kEcuador, kMexico});
  CHECK(LoadPack(kEcuador, "ec")->MouPartners() ==
        std::vector<Country>{kColombia, kMexico});
  CHECK(LoadPack(kMexico, "mx")->MouPartners() ==
        std::vector<Country>{kColombia, kEcuador});
}

TEST_CASE("a shared vacancy crosses and can be received", "[policy][packs]") {
  const auto co = LoadPack(kColombia, "co");
  const auto ec = LoadPack(kEcuador, "ec");
  const Question send = Ask(kColombia, kEcuador, RecordKind::kVacancy);
  const Decision sent = co->Decide(send, Vacancy());
  CHECK(sent.permitted);
  CHECK(LevelOf(sent, RecordKind::kVacancy, "employer.name").raw());
  CHECK(sent.obligations.erase_within_hours == 24);
  CHECK(sent.obligations.no_onward_transfer);
  CHECK(ec->Decide(Ask(kEcuador, kColombia, RecordKind::kVacancy,
                       Direction::kReceive),
                   Vacancy())
            .permitted);
}

TEST_CASE("what the packs withhold of vacancies", "[policy][packs]") {
  const auto co = LoadPack(kColombia, "co");
  const Question send = Ask(kColombia, kEcuador, RecordKind::kVacancy);
  Facts facts = Vacancy();

  SECTION("not shared") { facts.Set("vacancy.cross_border", false); }
  SECTION("shared with others only") {
    facts.Set("vacancy.countries", std::vector<std::string>{"MX"});
  }
  SECTION("imported") { facts.Set("record.imported", true); }
  SECTION("closed") { facts.Set("vacancy.status", std::string("closed")); }
  SECTION("withdrawn") {
    facts.Set("vacancy.status", std::string("withdrawn"));
  }
  SECTION("a fee") { facts.Set("vacancy.fee_charged", true); }
  SECTION("documents retained") {
    facts.Set("vacancy.documents_retained", true);
  }
  SECTION("arms") { facts.Set("vacancy.sector", std::string("C2520")); }
  SECTION("an agency of unknown licence") {
    facts.Set("vacancy.is_agency", true);
  }
  SECTION("an agency without licence") {
    facts.Set("vacancy.is_agency", true);
    facts.Set("vacancy.licensed_recruiter", false);
  }
  SECTION("an agency for domestic work") {
    facts.Set("vacancy.is_agency", true);
    facts.Set("vacancy.licensed_recruiter", true);
    facts.Set("vacancy.sector", std::string("T9700"));
  }
  CHECK_FALSE(co->Decide(send, facts).permitted);
  CHECK(co->Explain(send, facts).summary.substr(0, 10) == "withheld: ");
}

TEST_CASE("a fee is refused under article 36", "[policy][packs]") {
  Facts facts = Vacancy();
  facts.Set("vacancy.fee_charged", true);
  const Explanation why =
      LoadPack(kColombia, "co")
          ->Explain(Ask(kColombia, kEcuador, RecordKind::kVacancy), facts);
  CHECK(why.summary ==
        "withheld: forbidden by national rule `co.vacancy.fee`, "
        "Ley 1636/2013 art. 36 (verified); mou rule "
        "`mou.fair-recruitment`, Memorando de Entendimiento CO–EC "
        "cláusula 5 (verified)");
}

TEST_CASE("a confidential employer is not named", "[policy][packs]") {
  Facts facts = Vacancy();
  facts.Set("vacancy.employer_confidential", true);
  const Decision decision =
      LoadPack(kColombia, "co")
          ->Decide(Ask(kColombia, kEcuador, RecordKind::kVacancy), facts);
  CHECK(decision.permitted);
  CHECK(LevelOf(decision, RecordKind::kVacancy, "employer.name").suppressed());
  CHECK(LevelOf(decision, RecordKind::kVacancy, "title").raw());
}

TEST_CASE("the quota notice travels with Mexican vacancies",
          "[policy][packs]") {
  const Decision decision =
      LoadPack(kMexico, "mx")
          ->Decide(Ask(kMexico, kEcuador, RecordKind::kVacancy), Vacancy());
  REQUIRE(decision.obligations.notices.size() == 1);
  CHECK(decision.obligations.notices[0].find("art. 7") != std::string::npos);
}

TEST_CASE("a profile crosses generalised, with its obligations",
          "[policy][packs]") {
  const auto ec = LoadPack(kEcuador, "ec");
  Facts facts = Profile();
  facts.Set("consent.countries", std::vector<std::string>{"CO"});
  const Decision decision =
      ec->Decide(Ask(kEcuador, kColombia, RecordKind::kProfile), facts);
  REQUIRE(decision.permitted);
  const auto level = [&](absl::string_view field) {
    return LevelOf(decision, RecordKind::kProfile, field).ToString();
  };
  CHECK(level("pseudonym") == "PSEUDONYM");
  CHECK(level("occupations") == "GENERALISE(2)");
  CHECK(level("education") == "GENERALISE(1)");
  CHECK(level("region") == "GENERALISE(1)");
  CHECK(level("skills") == "SUPPRESS");
  CHECK(level("identity.name") == "SUPPRESS");
  CHECK(level("sensitive.nationality") == "SUPPRESS");
  CHECK(decision.obligations.min_k == 5);
  CHECK(decision.obligations.erase_within_hours == 24);
  CHECK(decision.obligations.breach_notice_hours == 72);
  CHECK(decision.obligations.retention_days == 180);
}

TEST_CASE("no profile leaves without live consent for it", "[policy][packs]") {
  const auto co = LoadPack(kColombia, "co");
  const Question send = Ask(kColombia, kEcuador, RecordKind::kProfile);
  using List = std::vector<std::string>;
  Facts facts = Profile();
  REQUIRE(co->Decide(send, facts).permitted);
  std::string reason;

  SECTION("not given") {
    facts.Set("consent.given", false);
    reason = "consent.given";
  }
  SECTION("expired yesterday") {
    facts.Set("consent.expires", kToday - 1);
    reason = "consent.expires";
  }
  SECTION("another country") {
    facts.Set("consent.countries", List{"MX"});
    reason = "consent.countries";
  }
  SECTION("another purpose") {
    facts.Set("consent.purposes", List{"statistics"});
    reason = "consent.purposes";
  }
  SECTION("no basic section") {
    facts.Set("consent.sections", List{"occupation"});
    reason = "consent.sections";
  }
  CHECK_FALSE(co->Decide(send, facts).permitted);
  CHECK(co->Explain(send, facts).summary ==
        absl::StrCat("withheld: layer consent: `", reason,
                     "` does not cover this"));
}

}  // namespace
}  // namespace minga::policy
