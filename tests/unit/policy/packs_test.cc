// The packs in deploy/policy, with a draft agreement, let out and withhold what
// they should; Chile and Argentina where their law is unlike that of others.
#include "tests/unit/policy/packs.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/policy_set.h"

namespace minga::policy {
namespace {

const Country kColombia = Country::Of("CO");
const Country kEcuador = Country::Of("EC");
const Country kMexico = Country::Of("MX");
const Country kArgentina = Country::Of("AR");
const Country kChile = Country::Of("CL");
const absl::CivilDay kToday(2026, 11, 21);

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
  CHECK(facts.Set("profile.minor", false));
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

// The rules of the pack that decided.
std::string Deciding(const PolicySet& set, const Question& question,
                     const Facts& facts) {
  std::string text;
  for (const RuleTrace& trace : set.Explain(question, facts).deciding) {
    if (trace.layer != Layer::kNational) continue;
    absl::StrAppend(&text, trace.rule_id, ";");
  }
  return text;
}

std::shared_ptr<const PolicySet> LoadPair(Country own, absl::string_view dir,
                                          Country peer) {
  PolicySources sources;
  sources.national = Read(absl::StrCat(dir, "/national.textproto"));
  sources.mous.push_back(Mou(own.ToString(), peer.ToString()));
  auto set = PolicySet::Load(own, sources);
  INFO(set.status());
  REQUIRE(set.ok());
  return *set;
}

TEST_CASE("the law of Chile changes on the first of December 2026",
          "[policy][packs]") {
  const auto cl = LoadPair(kChile, "cl", kColombia);
  CHECK(cl->NextBoundary(kToday) == absl::CivilDay(2026, 12, 1));
  CHECK(cl->NextBoundary(absl::CivilDay(2026, 12, 1)) >
        absl::CivilDay(2026, 12, 1));
  Facts facts = Profile();
  facts.Set("consent.countries", std::vector<std::string>{"CO"});
  Question question = Ask(kChile, kColombia, RecordKind::kProfile);

  question.as_of = absl::CivilDay(2026, 11, 30);
  REQUIRE(cl->Decide(question, facts).permitted);
  // That of the agreement; the law in force knows no term.
  CHECK(cl->Decide(question, facts).obligations.breach_notice_hours == 72);
  std::string deciding = Deciding(*cl, question, facts);
  CHECK(absl::StrContains(deciding, "cl.profile.send.19628;"));
  CHECK_FALSE(absl::StrContains(deciding, "21719"));

  question.as_of = absl::CivilDay(2026, 12, 1);
  REQUIRE(cl->Decide(question, facts).permitted);
  CHECK(cl->Decide(question, facts).obligations.breach_notice_hours == 24);
  deciding = Deciding(*cl, question, facts);
  CHECK(absl::StrContains(deciding, "cl.profile.send.21719;"));
  CHECK_FALSE(absl::StrContains(deciding, "19628"));
}

Facts Granted() {
  Facts facts(RecordKind::kContactRequest);
  using List = std::vector<std::string>;
  CHECK(facts.Set("record.imported", false));
  CHECK(facts.Set("message.addressee", std::string("EC")));
  CHECK(facts.Set("contact.decision", std::string("granted")));
  CHECK(facts.Set("consent.given", true));
  CHECK(facts.Set("consent.countries", List{"EC"}));
  CHECK(facts.Set("consent.purposes", List{"contact"}));
  CHECK(facts.Set("consent.sections", List{"identity", "contact"}));
  CHECK(facts.Set("consent.expires", absl::CivilDay(2027, 6, 1)));
  return facts;
}

TEST_CASE("a granted contact shows who it is, to the one who asked",
          "[policy][packs]") {
  const auto co = LoadPack(kColombia, "co");
  Question question = Ask(kColombia, kEcuador, RecordKind::kContactRequest);
  question.purpose = Purpose::kContact;
  Facts facts = Granted();
  const auto name = [&] {
    return LevelOf(co->Decide(question, facts), RecordKind::kContactRequest,
                   "identity.name")
        .ToString();
  };
  REQUIRE(co->Decide(question, facts).permitted);
  CHECK(name() == "RAW");

  SECTION("not while it is pending") {
    facts.Set("contact.decision", std::string("pending"));
    CHECK(co->Decide(question, facts).permitted);
    CHECK(name() == "SUPPRESS");
  }
  SECTION("not without consent") {
    facts.Set("consent.given", false);
    CHECK(co->Decide(question, facts).permitted);
    CHECK(name() == "SUPPRESS");
  }
  SECTION("not to another") {
    facts.Set("message.addressee", std::string("MX"));
    CHECK_FALSE(co->Decide(question, facts).permitted);
  }
}

TEST_CASE("an application goes to its addressee only, as consented",
          "[policy][packs]") {
  const auto ar = LoadPair(kArgentina, "ar", kEcuador);
  Question question = Ask(kArgentina, kEcuador, RecordKind::kApplication);
  question.purpose = Purpose::kApplication;
  Facts facts(RecordKind::kApplication);
  using List = std::vector<std::string>;
  facts.Set("record.imported", false);
  facts.Set("message.addressee", std::string("EC"));
  facts.Set("application.status", std::string("sent"));
  facts.Set("consent.given", true);
  facts.Set("consent.countries", List{"EC"});
  facts.Set("consent.purposes", List{"application"});
  facts.Set("consent.sections", List{"basic", "identity", "profile"});
  facts.Set("consent.expires", absl::CivilDay(2027, 6, 1));
  const Decision sent = ar->Decide(question, facts);
  REQUIRE(sent.permitted);
  const auto level = [&](absl::string_view field) {
    return LevelOf(sent, RecordKind::kApplication, field).ToString();
  };
  CHECK(level("identity.name") == "RAW");
  CHECK(level("profile") == "RAW");
  CHECK(level("identity.document") == "SUPPRESS");
  CHECK(level("sensitive") == "SUPPRESS");
  CHECK(sent.obligations.no_onward_transfer);
  CHECK(absl::StrContains(Deciding(*ar, question, facts),
                          "ar.application.send-person-treaty;"));

  facts.Set("message.addressee", std::string("CO"));
  CHECK_FALSE(ar->Decide(question, facts).permitted);
}

TEST_CASE("the fee of an Argentine agency has a bound, others charge nothing",
          "[policy][packs]") {
  PolicySources sources;
  sources.national = Read("ar/national.textproto");
  // An agreement that permits everything: the draft forbids all fees.
  sources.mous.push_back(
      {"all.textproto",
       "mou { parties: ['AR', 'EC'] valid_from: '2026-01-01' rules { id: 'all' "
       "effect: EFFECT_PERMIT directions: [DIRECTION_SEND, DIRECTION_RECEIVE] "
       "kinds: RECORD_KIND_VACANCY fields: '*' level: LEVEL_RAW purposes: "
       "PURPOSE_JOB_MATCHING citations { statute: 'a' article: 'b' certainty: "
       "CERTAINTY_UNVERIFIED } } }"});
  const auto ar = PolicySet::Load(kArgentina, sources);
  INFO(ar.status());
  REQUIRE(ar.ok());
  const Question send = Ask(kArgentina, kEcuador, RecordKind::kVacancy);
  Facts facts = Vacancy();
  CHECK((*ar)->Decide(send, facts).obligations.fee_percent_max == -1);
  facts.Set("vacancy.fee_charged", true);
  CHECK_FALSE((*ar)->Decide(send, facts).permitted);
  facts.Set("vacancy.is_agency", true);
  REQUIRE((*ar)->Decide(send, facts).permitted);
  CHECK((*ar)->Decide(send, facts).obligations.fee_percent_max == 10);
}

}  // namespace
}  // namespace minga::policy
