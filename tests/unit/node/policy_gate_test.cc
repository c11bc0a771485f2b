// What a document must pass, on the packs that ship.
#include "node/policy_gate.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "federation/mou.h"

namespace minga {
namespace {

using exchange::Admission;
using exchange::Candidate;
using exchange::PolicyDocument;

constexpr Country kColombia = Country::Of("CO");
constexpr Country kEcuador = Country::Of("EC");

// What an error of the admin socket may have (node/rpc/status.cc).
constexpr std::size_t kMessageBytesMax = 2048;

std::string Pack(const std::string& name) {
  const char* source = std::getenv("MINGA_SOURCE_DIR");
  REQUIRE(source != nullptr);
  std::ifstream file(absl::StrCat(source, "/deploy/policy/", name),
                     std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

Candidate Colombia() {
  Candidate candidate;
  candidate.own = kColombia;
  candidate.document = {"national.textproto", Pack("co/national.textproto")};
  candidate.cases = {"cases.textproto", Pack("co/cases.textproto")};
  candidate.sources.national = candidate.document;
  return candidate;
}

Candidate Memorandum() {
  Candidate candidate = Colombia();
  candidate.which = PolicyDocument::kMou;
  candidate.cases = {};
  const auto text = federation::DraftMou(Pack("mou/template.textproto"),
                                         kColombia, kEcuador, "2026-11-01", "");
  REQUIRE(text.ok());
  candidate.document = {"mou/EC", *text, {kEcuador}};
  candidate.sources.mous = {candidate.document};
  return candidate;
}

std::string Refusal(const Candidate& candidate) {
  const absl::StatusOr<Admission> answer = MakePolicyGate()->Admit(candidate);
  REQUIRE(absl::IsInvalidArgument(answer.status()));
  CHECK(answer.status().message().size() <= kMessageBytesMax);
  return std::string(answer.status().message());
}

TEST_CASE("the pack of a country passes with its cases", "[node]") {
  const std::unique_ptr<exchange::ActivationGate> gate = MakePolicyGate();
  const absl::StatusOr<Admission> passed = gate->Admit(Colombia());
  INFO(passed.status());
  REQUIRE(passed.ok());
  CHECK(passed->cases > 40);
  // Those of the pack and those that hold for every country.
  CHECK(passed->properties > 15);
  // Asked again, it answers the same.
  const absl::StatusOr<Admission> again = gate->Admit(Colombia());
  REQUIRE(again.ok());
  CHECK(again->cases == passed->cases);
  CHECK(again->properties == passed->properties);
}

TEST_CASE("a national policy needs cases, an agreement does not", "[node]") {
  Candidate candidate = Colombia();
  candidate.cases = {};
  const std::string reasons = Refusal(candidate);
  INFO(reasons);
  CHECK(absl::StrContains(reasons, "national.textproto:1:1: "));
  CHECK(absl::StrContains(reasons, "unchanged"));

  const absl::StatusOr<Admission> mou = MakePolicyGate()->Admit(Memorandum());
  INFO(mou.status());
  REQUIRE(mou.ok());
  CHECK(mou->cases == 0);
  CHECK(mou->properties > 0);
}

TEST_CASE("many reasons are told as far as they fit", "[node]") {
  Candidate candidate = Colombia();
  // All cases but the first: nearly every rule is then untried.
  const std::size_t second = candidate.cases.text.find(
      "\n  cases {", candidate.cases.text.find("\n  cases {") + 1);
  REQUIRE(second != std::string::npos);
  candidate.cases.text =
      absl::StrCat(candidate.cases.text.substr(0, second), "\n}\n");
  const std::string reasons = Refusal(candidate);
  INFO(reasons);
  CHECK(absl::StrContains(reasons, "never applies"));
  CHECK(absl::StrContains(reasons, " more; `minga policy test`"));
}

TEST_CASE("a broken promise and a broken case are both told", "[node]") {
  Candidate candidate = Colombia();
  candidate.document.text = absl::StrReplaceAll(
      candidate.document.text,
      {{"national_policy {\n",
        "national_policy {\n  properties { id: 'co.no-title' kinds: "
        "RECORD_KIND_VACANCY directions: DIRECTION_SEND fields: 'title' "
        "at_most { level: LEVEL_SUPPRESS } }\n"}});
  candidate.sources.national = candidate.document;
  const std::size_t flag = candidate.cases.text.find("permitted: false");
  REQUIRE(flag != std::string::npos);
  candidate.cases.text.replace(flag, 16, "permitted: true");
  const std::string reasons = Refusal(candidate);
  INFO(reasons);
  CHECK(absl::StrContains(reasons, "national.textproto:"));
  CHECK(absl::StrContains(reasons, "co.no-title"));
  CHECK(absl::StrContains(reasons, "cases.textproto:"));
  CHECK(absl::StrContains(reasons, "case `vacancy.shared-with-others`"));
}

TEST_CASE("a finding has the place of what it is about", "[node]") {
  const policy::DocumentSource document = {
      "x.textproto",
      "# 'co.a' is explained here\nrules {\n  id : \"co.a\"\n}\nrules { id: "
      "'co.ab' when: \"peer.country == 'co.b'\" } rules {id:'co.b'}\n"};
  CHECK(PlaceOf(document, "co.a") == "x.textproto:3:3");
  CHECK(PlaceOf(document, "co.ab") == "x.textproto:5:9");
  CHECK(PlaceOf(document, "co.b") == "x.textproto:5:61");
  CHECK(PlaceOf(document, "minga.imported-stays") == "x.textproto");
  CHECK(PlaceOf(document, "") == "x.textproto");
}

TEST_CASE("an override of a country in force is proved to tighten", "[node]") {
  Candidate candidate = Colombia();
  candidate.which = PolicyDocument::kOverride;
  candidate.cases = {};
  candidate.document = {
      "own.textproto",
      "node_override { country: 'CO' rules { id: 'own.pay' effect: "
      "EFFECT_FORBID directions: DIRECTION_SEND kinds: RECORD_KIND_VACANCY "
      "fields: 'pay' } }"};
  candidate.sources.overrides = {candidate.document};
  candidate.sources.mous = Memorandum().sources.mous;
  const absl::StatusOr<Admission> passed = MakePolicyGate()->Admit(candidate);
  INFO(passed.status());
  REQUIRE(passed.ok());
  CHECK(passed->properties > 0);
}

TEST_CASE("an override's promise is proved with the groups of the law",
          "[node]") {
  const auto override_for = [](const std::string& peers) {
    return policy::DocumentSource{
        "own.textproto",
        absl::StrCat(
            "node_override { country: 'CO' rules { id: 'own.pay' effect: "
            "EFFECT_FORBID directions: DIRECTION_SEND kinds: "
            "RECORD_KIND_VACANCY fields: 'pay' ",
            peers,
            " } properties { id: 'own.p' kinds: RECORD_KIND_VACANCY "
            "directions: DIRECTION_SEND fields: 'pay' peer_groups: 'CAN' "
            "at_most { level: LEVEL_SUPPRESS } } }")};
  };
  Candidate candidate = Colombia();
  candidate.which = PolicyDocument::kOverride;
  candidate.cases = {};
  candidate.document = override_for("peer_groups: 'CAN'");
  candidate.sources.overrides = {candidate.document};
  const absl::StatusOr<Admission> passed = MakePolicyGate()->Admit(candidate);
  INFO(passed.status());
  REQUIRE(passed.ok());

  candidate.document = override_for("peers: 'EC'");
  candidate.sources.overrides = {candidate.document};
  CHECK(absl::StrContains(Refusal(candidate), "own.p"));

  // The law that is put in force afterwards may have other groups.
  Candidate law = Colombia();
  law.sources.overrides = {override_for("peers: 'EC'")};
  CHECK(absl::StrContains(Refusal(law), "own.textproto:1:"));
}

}  // namespace
}  // namespace minga
