// What proofs find, and that what they find is so: every counterexample is
// decided by the engine as the proof says.
#include "policy/proof/proof.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "policy/cases/cases.h"
#include "policy/proof/common_properties.h"
#include "policy/schema.h"
#include "tests/unit/policy/documents.h"
#include "tests/unit/policy_proof/disagreement.h"

namespace minga::policy::proof {
namespace {

using Kind = Finding::Kind;

// A permit of everything of `kind` to send.
std::string Open(const std::string& id, const std::string& kind,
                 const std::string& more = "") {
  return absl::StrCat("rules { id: '", id,
                      "' effect: EFFECT_PERMIT directions: DIRECTION_SEND "
                      "kinds: RECORD_KIND_",
                      kind,
                      " fields: '*' level: LEVEL_RAW purposes: "
                      "[PURPOSE_JOB_MATCHING, PURPOSE_APPLICATION, "
                      "PURPOSE_CONTACT] ",
                      kCitation, " ", more, " }\n");
}

std::string Promise(const std::string& id, const std::string& more) {
  return absl::StrCat("properties { id: '", id, "' ", more, " }\n");
}

Report ProveText(const DocumentSource& document, Options options = {}) {
  const auto report = Prove(document, options);
  INFO(report.status());
  REQUIRE(report.ok());
  return *report;
}

std::vector<const Finding*> Of(const Report& report, Kind kind) {
  std::vector<const Finding*> all;
  for (const Finding& finding : report.findings) {
    if (finding.kind == kind) all.push_back(&finding);
  }
  return all;
}

std::vector<std::string> Ids(const Report& report, Kind kind) {
  std::vector<std::string> ids;
  for (const Finding* finding : Of(report, kind)) ids.push_back(finding->id);
  return ids;
}

bool IsProved(const Report& report, const std::string& id) {
  return std::any_of(report.proved.begin(), report.proved.end(),
                     [&](const Proved& one) { return one.id == id; });
}

v1::PolicyCase CaseOf(const Finding& finding) {
  v1::PolicyCases cases;
  INFO(finding.counterexample);
  REQUIRE(google::protobuf::TextFormat::ParseFromString(finding.counterexample,
                                                        &cases));
  REQUIRE(cases.cases_size() == 1);
  return cases.cases(0);
}

// The engine decides the counterexample otherwise than it should be, and as
// the proof says: run as a case of the pack it fails.
void CheckReal(const DocumentSource& document, const Finding& finding,
               absl::string_view country = "CO") {
  const auto report = cases::TestPolicy(
      document, {"cases", absl::StrCat("cases {\n  country: '", country, "'\n",
                                       finding.counterexample, "}\n")});
  INFO(finding.message << "\n" << finding.counterexample << report.status());
  REQUIRE(report.ok());
  REQUIRE(report->failures.size() == 1);
  CHECK(report->failures.front().id == CaseOf(finding).id());
}

using Strings = std::vector<std::string>;

TEST_CASE("a permit of all vacancies breaks what must hold",
          "[policy][proof]") {
  const DocumentSource document = National(Open("all", "VACANCY"));
  const Report report = ProveText(document);
  CHECK_FALSE(report.ok());
  CHECK(Ids(report, Kind::kPropertyFails) == Strings{"minga.imported-stays"});
  CHECK(IsProved(report, "minga.no-agreement-nothing-crosses"));
  const Finding& finding = *Of(report, Kind::kPropertyFails).front();
  CHECK(finding.refuses);
  CHECK(absl::StrContains(finding.message, "permitted by `all`"));
  CheckReal(document, finding);
  const v1::PolicyCase example = CaseOf(finding);
  CHECK_FALSE(example.permitted());
  CHECK(example.agreement() == v1::PolicyCase::AGREEMENT_UNSPECIFIED);
  CHECK(std::count(example.facts().begin(), example.facts().end(),
                   "record.imported = true") == 1);
}

TEST_CASE("the condition that was missing makes it hold", "[policy][proof]") {
  const Report report =
      ProveText(National(Open("all", "VACANCY", "when: '!record.imported'")));
  CHECK(report.ok());
  CHECK(IsProved(report, "minga.imported-stays"));
  CHECK(IsProved(report, "no-dead-rules"));
  CHECK(IsProved(report, "no-shadowed-rules"));
}

TEST_CASE("profiles need a class, identity needs a grant", "[policy][proof]") {
  const std::string local = "when: '!record.imported'";
  const DocumentSource document =
      National(absl::StrCat(Open("profiles", "PROFILE", local),
                            Open("contacts", "CONTACT_REQUEST", local),
                            Open("applications", "APPLICATION", local)));
  const Report report = ProveText(document);
  CHECK(Ids(report, Kind::kPropertyFails) ==
        Strings{"minga.profile-in-a-class", "minga.contact-needs-grant"});
  CHECK(IsProved(report, "minga.profile-needs-consent"));
  CHECK(IsProved(report, "minga.contact-needs-consent"));
  CHECK(IsProved(report, "minga.application-sensitive-stays"));
  for (const Finding* finding : Of(report, Kind::kPropertyFails)) {
    CheckReal(document, *finding);
  }
  const v1::PolicyCase one = CaseOf(*Of(report, Kind::kPropertyFails)[0]);
  CHECK(one.permitted());
  REQUIRE(one.obligations_size() == 1);
  CHECK(one.obligations(0).min_k() == 2);
  const v1::PolicyCase two = CaseOf(*Of(report, Kind::kPropertyFails)[1]);
  CHECK(two.permitted());
  REQUIRE(two.levels_size() > 0);
  CHECK(two.levels(0).level() == v1::Rule::LEVEL_SUPPRESS);
}

TEST_CASE("properties of the pack: at most, at least, obliges",
          "[policy][proof]") {
  const std::string pay =
      "kinds: RECORD_KIND_VACANCY directions: DIRECTION_SEND fields: 'pay' ";
  const std::string rules = absl::StrCat(
      Open("open", "VACANCY",
           "when: \"!record.imported && vacancy.status == 'open'\" "
           "obligations { retention_days: 90 }"),
      Forbid("secret", "pay", "when: 'vacancy.employer_confidential'"));
  const auto prove = [&](const std::string& property) {
    return ProveText(National(absl::StrCat(rules, property)));
  };
  CHECK(prove(Promise("a", pay + "when: 'vacancy.employer_confidential' "
                                 "at_most { level: LEVEL_SUPPRESS }"))
            .ok());
  CHECK(Ids(prove(Promise("b", pay + "at_most { level: LEVEL_SUPPRESS }")),
            Kind::kPropertyFails) == Strings{"b"});
  CHECK(prove(Promise("c", pay + "purposes: PURPOSE_JOB_MATCHING "
                                 "when: \"vacancy.status == 'open' && "
                                 "!record.imported && "
                                 "!vacancy.employer_confidential\" "
                                 "at_least { level: LEVEL_RAW }"))
            .ok());
  const Report missing =
      prove(Promise("d", pay + "purposes: PURPOSE_JOB_MATCHING "
                               "when: \"vacancy.status == 'open' && "
                               "!record.imported\" "
                               "at_least { level: LEVEL_RAW }"));
  REQUIRE(Ids(missing, Kind::kPropertyFails) == Strings{"d"});
  CHECK(absl::StrContains(missing.findings.front().message,
                          "forbidden by `secret`"));
  CHECK(prove(Promise("e", pay + "obliges { retention_days: 120 }")).ok());
  CHECK(Ids(prove(Promise("f", pay + "obliges { retention_days: 60 }")),
            Kind::kPropertyFails) == Strings{"f"});
}

TEST_CASE("a rule that can never apply is refused", "[policy][proof]") {
  const Report report = ProveText(National(absl::StrCat(
      Open("live", "VACANCY", "when: '!record.imported'"),
      Forbid("dead", "pay",
             "when: 'has(vacancy.age_days) && vacancy.age_days > 5 && "
             "vacancy.age_days < 3'"),
      Forbid("late", "pay",
             "valid_until: '2026-01-31' when: \"as_of > "
             "date('2026-06-01')\""),
      Forbid("between", "pay",
             "when: \"vacancy.status > 'open' && vacancy.status < 'opfn'\""))));
  CHECK_FALSE(report.ok());
  CHECK(Ids(report, Kind::kDeadRule) == Strings{"dead", "late"});
}

TEST_CASE("a rule that another covers is a remark", "[policy][proof]") {
  const Report report = ProveText(National(absl::StrCat(
      Open("wide", "VACANCY", "when: '!record.imported'"),
      Open("narrow", "VACANCY",
           "when: \"!record.imported && vacancy.status == 'open'\""))));
  CHECK(report.ok());
  REQUIRE(Ids(report, Kind::kShadowedRule) == Strings{"narrow"});
  CHECK(absl::StrContains(report.findings.front().message, "rule `wide`"));
}

TEST_CASE("a forbid of what never leaves is a remark", "[policy][proof]") {
  const Report report = ProveText(National(absl::StrCat(
      Open("open", "CONTACT_REQUEST",
           "when: \"!record.imported && contact.decision == 'granted'\""),
      "rules { id: 'safe' effect: EFFECT_FORBID directions: DIRECTION_SEND "
      "kinds: RECORD_KIND_CONTACT_REQUEST fields: 'identity.*' "
      "when: 'record.imported' }")));
  CHECK(report.ok());
  REQUIRE(Ids(report, Kind::kShadowedRule) == Strings{"safe"});
  CHECK(absl::StrContains(report.findings.front().message,
                          "withheld without it"));
}

// Everything that a proof of a random policy says is so.
TEST_CASE("counterexamples of random policies are real", "[policy][proof]") {
  int failing = 0;
  int proved = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    RandomPolicy random(seed);
    const DocumentSource document =
        SourcesFrom(random.MakeDocuments()).national;
    const Report report = ProveText(document);
    INFO("seed " << seed << "\n" << document.text);
    for (const Finding& finding : report.findings) {
      CHECK(finding.kind != Kind::kUndecided);
      if (finding.kind != Kind::kPropertyFails) continue;
      ++failing;
      CheckReal(document, finding);
    }
    proved += static_cast<int>(report.proved.size());
  }
  CHECK(failing > 30);
  CHECK(proved > 150);
}

TEST_CASE("an obligation keeps a covered rule alive", "[policy][proof]") {
  const Report report = ProveText(National(absl::StrCat(
      Open("wide", "VACANCY", "when: '!record.imported'"),
      Open("narrow", "VACANCY",
           "when: \"!record.imported && vacancy.status == 'open'\" "
           "obligations { retention_days: 9 }"))));
  CHECK(Ids(report, Kind::kShadowedRule).empty());
}

TEST_CASE("days without any permit are named", "[policy][proof]") {
  const std::string local = "when: '!record.imported' ";
  const Report report = ProveText(National(absl::StrCat(
      Open("old", "VACANCY", local + "valid_until: '2026-11-29'"),
      Open("new", "VACANCY", local + "valid_from: '2026-12-01'"))));
  CHECK(report.ok());
  REQUIRE(Ids(report, Kind::kDateGap) == Strings{"new"});
  CHECK(absl::StrContains(report.findings.front().message,
                          "from 2026-11-30 to 2026-11-30 no vacancy can be "
                          "sent"));
}

TEST_CASE("a new document that permits more is told by example",
          "[policy][proof]") {
  const std::string when =
      "when: \"!record.imported && peer.country in ['EC', 'PE']\"";
  const std::string less = "when: \"!record.imported && peer.country == 'EC'\"";
  Options options;
  options.previous = National(Open("r", "VACANCY", less));
  const Report more = ProveText(National(Open("r", "VACANCY", when)), options);
  CHECK(more.ok());
  REQUIRE(Ids(more, Kind::kPermitsMore) == Strings{"no-more-than-before"});
  const v1::PolicyCase example = CaseOf(*Of(more, Kind::kPermitsMore).front());
  CHECK(example.peer() == "PE");
  CHECK_FALSE(example.permitted());

  options.previous = National(Open("r", "VACANCY", when));
  CHECK(IsProved(ProveText(National(Open("r", "VACANCY", less)), options),
                 "no-more-than-before"));
  options.previous = National(
      Open("r", "VACANCY", less + " obligations { retention_days: 9 }"));
  CHECK(Ids(ProveText(National(Open("r", "VACANCY", less)), options),
            Kind::kPermitsMore) == Strings{"no-more-than-before"});
  options.previous = Agreement(Permit("m"));
  CHECK(Prove(National(Permit("p")), options).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("groups of the old and of the new document are told apart",
          "[policy][proof]") {
  const auto with = [](const std::string& countries) {
    return National(absl::StrCat("peer_groups { name: 'CAN' countries: [",
                                 countries, "] }\n",
                                 Open("r", "VACANCY",
                                      "when: \"!record.imported && 'CAN' in "
                                      "peer.groups\"")));
  };
  Options options;
  options.previous = with("'EC', 'PE'");
  CHECK(IsProved(ProveText(with("'EC'"), options), "no-more-than-before"));
  const Report more = ProveText(with("'EC', 'PE', 'BO'"), options);
  REQUIRE(Ids(more, Kind::kPermitsMore).size() == 1);
  CHECK(CaseOf(more.findings.front()).peer() == "BO");
}

TEST_CASE("an MoU is proved by itself, for each of its parties",
          "[policy][proof]") {
  const std::string property =
      Promise("m",
              "kinds: RECORD_KIND_VACANCY when: 'record.imported' fields: '*' "
              "at_most { level: LEVEL_SUPPRESS }");
  CHECK(ProveText(Agreement(absl::StrCat(
                      Permit("p", "when: '!record.imported'"), property)))
            .ok());
  CHECK(Ids(ProveText(Agreement(absl::StrCat(Permit("p"), property))),
            Kind::kPropertyFails) == Strings{"m", "m"});
}

TEST_CASE("agreements and the override only tighten", "[policy][proof]") {
  PolicySources sources;
  sources.national = National(Permit("p", "obligations { retention_days: 9 }"));
  sources.mous = {Agreement(Permit("m"))};
  sources.overrides = {Override(Forbid("o", "pay"))};
  const auto report = ProveTightens(Country::Of("CO"), sources);
  REQUIRE(report.ok());
  CHECK(report->ok());
  CHECK(IsProved(*report, "no-more-than-national-law"));
  CHECK(IsProved(*report, "override-tightens"));
}

TEST_CASE("an override's promise holds whatever the law permits",
          "[policy][proof]") {
  const std::string property =
      Promise("o",
              "kinds: RECORD_KIND_VACANCY directions: DIRECTION_SEND fields: "
              "'pay' at_most { level: LEVEL_SUPPRESS }");
  CHECK(ProveText(Override(absl::StrCat(Forbid("o", "pay"), property))).ok());
  CHECK_FALSE(
      ProveText(Override(absl::StrCat(Forbid("o", "skills"), property))).ok());
}

TEST_CASE("what is not decided in time is refused", "[policy][proof]") {
  Options options;
  options.limit = absl::ZeroDuration();
  const Report report = ProveText(
      National(Open("all", "VACANCY", "when: '!record.imported'")), options);
  CHECK_FALSE(report.ok());
  CHECK(absl::StrContains(report.findings.front().message,
                          "was not decided within 0"));
}

TEST_CASE("conditions too large to prove are refused", "[policy][proof]") {
  std::string large = "when: \"vacancy.remote";
  for (int i = 0; i < 400; ++i) absl::StrAppend(&large, " || as_of==as_of");
  std::string rules;
  for (int i = 0; i < 300; ++i) {
    absl::StrAppend(&rules,
                    Open(absl::StrCat("r", i), "VACANCY", large + "\""));
  }
  const auto report = Prove(National(rules), Options());
  CHECK(report.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(absl::StartsWith(report.status().message(),
                         "the conditions of co.textproto have 120"));
}

TEST_CASE("what must hold everywhere names every kind that can cross",
          "[policy][proof]") {
  for (const CompiledProperty& property : CommonProperties()) {
    INFO(property.id);
    for (const char* language : {"es", "pt", "en"}) {
      CHECK(property.Statement(language) != property.id);
    }
    if (property.id != "minga.imported-stays" &&
        property.id != "minga.no-agreement-nothing-crosses") {
      continue;
    }
    for (int i = 0; i < kRecordKinds; ++i) {
      const auto kind = static_cast<RecordKind>(i);
      if (SchemaOf(kind).fields.empty()) continue;
      INFO(KindName(kind));
      CHECK(std::any_of(
          property.parts.begin(), property.parts.end(),
          [&](const PropertyPart& part) { return part.kind == kind; }));
    }
  }
}

}  // namespace
}  // namespace minga::policy::proof
