// What the exchange does with the gate's answer: nothing is put in force
// without it, and what it said is in the log.
#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "node/exchange/activation_gate.h"
#include "node/exchange/scene.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

const policy::DocumentSource kCases = {"cases.textproto",
                                       "cases { country: 'CO' }\n"};

std::string Stored(const Office& office, absl::string_view name) {
  std::string document;
  const absl::Status read = office.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        document = snapshot.documents().Get(name)->value_or("");
        return absl::OkStatus();
      });
  REQUIRE(read.ok());
  return document;
}

absl::StatusOr<int> Activate(Office& office,
                             const policy::DocumentSource& document,
                             const policy::DocumentSource& cases) {
  return office.offices.desk->Activate("operator", PolicyDocument::kNational,
                                       document, cases);
}

TEST_CASE("what the gate refuses changes nothing") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  const Digest before = office.offices.desk->InForce()->hash();
  const std::string document = Stored(office, kDocNational);
  const std::size_t entries = office.Log().size();
  office.gate.refusal =
      absl::InvalidArgumentError("co-2.textproto: case `x` fails");

  const absl::StatusOr<int> refused = Activate(office, VacanciesOnly(), kCases);
  CHECK(refused.status() == office.gate.refusal);
  CHECK(office.offices.desk->InForce()->hash() == before);
  CHECK(Stored(office, kDocNational) == document);
  CHECK(Stored(office, kDocNationalCases).empty());
  CHECK(office.Log().size() == entries);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
}

TEST_CASE("the gate sees everything that would be in force") {
  Office office;
  office.Prepare();
  office.gate.asked.clear();
  REQUIRE(Activate(office, VacanciesOnly(), kCases).ok());
  REQUIRE(office.gate.asked.size() == 1);
  const Candidate& candidate = office.gate.asked[0];
  CHECK(candidate.own == kColombia);
  CHECK(candidate.which == PolicyDocument::kNational);
  CHECK(candidate.document.text == VacanciesOnly().text);
  CHECK(candidate.cases.text == kCases.text);
  CHECK(candidate.sources.national.text == VacanciesOnly().text);
  REQUIRE(candidate.sources.mous.size() == 2);
  CHECK(candidate.sources.mous[0].signed_by == std::vector{kEcuador});
}

TEST_CASE("accepted cases are kept, and the log says what was passed") {
  Office office;
  office.gate.admission = {48, 6, 1};
  REQUIRE(Activate(office, SampleNational(), kCases).ok());
  CHECK(absl::StrContains(Stored(office, kDocNationalCases), kCases.text));
  std::vector<v1::AuditEntry> log =
      office.Log(v1::AUDIT_EVENT_POLICY_ACTIVATED);
  REQUIRE(log.size() == 1);
  // SHA-256 of the cases, as any other tool computes it.
  CHECK(log[0].detail() ==
        "national co.textproto; 48 cases passed (28df7ed57823905d), 6 "
        "properties proved, 1 remarks");
  CHECK(log[0].digest() == AsView(office.offices.desk->InForce()->hash()));

  // The cases of another document would say nothing about this one.
  REQUIRE(Activate(office, VacanciesOnly(), {}).ok());
  CHECK(Stored(office, kDocNationalCases).empty());
  log = office.Log(v1::AUDIT_EVENT_POLICY_ACTIVATED);
  REQUIRE(log.size() == 2);
  CHECK(absl::StrContains(log[1].detail(), "no cases"));
}

TEST_CASE("nothing waits while a document is examined, and nothing is missed") {
  Office office;
  office.Prepare();
  const Digest before = office.offices.desk->InForce()->hash();
  bool again = false;
  absl::StatusOr<int> other = 0;
  office.gate.meanwhile = [&] {
    if (again) return;
    again = true;
    other = office.offices.desk->Activate(
        "operator", PolicyDocument::kOverride,
        {"node.textproto",
         "node_override { country: 'CO' rules { id: 'stop' effect: "
         "EFFECT_FORBID directions: DIRECTION_SEND kinds: RECORD_KIND_VACANCY "
         "fields: '*' peers: 'PE' } }"});
    office.Put(Wrap(SampleVacancy("v1")));
  };
  const absl::StatusOr<int> first = Activate(office, VacanciesOnly(), kCases);
  REQUIRE(other.ok());
  // What was examined is not what would be in force now.
  CHECK(absl::IsAborted(first.status()));
  CHECK(absl::StrContains(office.offices.desk->NationalName(), "co.textproto"));
  CHECK(office.offices.desk->InForce()->hash() != before);
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kWithheld);

  office.gate.meanwhile = nullptr;
  CHECK(Activate(office, VacanciesOnly(), kCases).ok());
}

TEST_CASE("without a gate nothing is put in force") {
  Office office;
  const absl::StatusOr<Offices> blind =
      OpenOffices({kColombia, office.database.get(), office.index.get(),
                   &office.clock, &office.random});
  REQUIRE(blind.ok());
  const absl::StatusOr<int> activated = blind->desk->Activate(
      "operator", PolicyDocument::kNational, SampleNational());
  CHECK(absl::IsFailedPrecondition(activated.status()));
  CHECK(office.offices.desk->NationalName().empty());
}

TEST_CASE("an agreement is in force only if the gate admits it") {
  Office office;
  office.AddPeer(kEcuador);
  office.Activate(SampleNational());
  office.Put(Wrap(SampleVacancy("v1")));
  office.gate.refusal = absl::InvalidArgumentError("mou/EC: permits more");
  const std::string text = SampleMou("EC").text;
  CHECK(office.offices.desk->KeepMou("operator", kEcuador, "note", text, true)
            .status() == office.gate.refusal);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kWithheld);
  CHECK(Stored(office, "mou/EC").empty());
  // Nor is one that lacks a signature kept: ours is on it.
  CHECK(office.offices.desk->KeepMou("operator", kEcuador, "note", text, false)
            .status() == office.gate.refusal);
  CHECK(office.offices.desk->ExamineMou(kEcuador, text) == office.gate.refusal);
  CHECK(Stored(office, "mou-draft/EC").empty());
  CHECK(Stored(office, "mou-note/EC").empty());

  office.gate.refusal = absl::OkStatus();
  const std::size_t entries = office.Log().size();
  CHECK(office.offices.desk->ExamineMou(kEcuador, text) == absl::OkStatus());
  CHECK(absl::IsInvalidArgument(office.offices.desk->ExamineMou(kPeru, text)));
  CHECK(Stored(office, "mou/EC").empty());
  CHECK(office.Log().size() == entries);
}

TEST_CASE("no agreement comes before the national policy") {
  Office office;
  office.AddPeer(kEcuador);
  const std::string text = SampleMou("EC").text;
  for (const bool complete : {true, false}) {
    const absl::Status early =
        office.offices.desk
            ->KeepMou("operator", kEcuador, "note", text, complete)
            .status();
    CHECK(absl::IsFailedPrecondition(early));
    CHECK(early.message() == "activate a national policy first");
  }
  CHECK(absl::IsFailedPrecondition(
      office.offices.desk->ExamineMou(kEcuador, text)));
  CHECK(office.gate.asked.empty());
  CHECK(Stored(office, "mou/EC").empty());
  CHECK(Stored(office, "mou-note/EC").empty());
  office.Activate(SampleNational());
  CHECK(office.SignMou(kEcuador) == 0);
  CHECK(Stored(office, "mou/EC") == text);
}

TEST_CASE("a draft leaves the evidence of what is in force alone") {
  Office office;
  office.AddPeer(kEcuador);
  office.Activate(SampleNational());
  const std::string text = SampleMou("EC").text;
  const std::string line = "\n\xE2\x80\x94 a key and a signature\n";
  const auto keep = [&](const std::string& note, const std::string& of,
                        bool complete) {
    return office.offices.desk->KeepMou("operator", kEcuador, note, of,
                                        complete);
  };
  REQUIRE(keep(text + line, text, false).ok());
  CHECK(Stored(office, "mou-draft/EC") == text + line);
  CHECK(Stored(office, "mou-note/EC").empty());
  REQUIRE(keep(text + line + "both", text, true).ok());
  CHECK(Stored(office, "mou-draft/EC").empty());
  CHECK(Stored(office, "mou-note/EC") == text + line + "both");

  // Neither the half-signed note of that text nor the next draft replaces it,
  // and to bring it again does not lose the draft.
  REQUIRE(keep(text + line, text, false).ok());
  const std::string next = text + "# the next one\n";
  REQUIRE(keep(next + line, next, false).ok());
  REQUIRE(keep(text + line + "both", text, true).ok());
  CHECK(Stored(office, "mou-note/EC") == text + line + "both");
  CHECK(Stored(office, "mou-draft/EC") == next + line);
  CHECK(Stored(office, "mou/EC") == text);
}

TEST_CASE("an agreement that was replaced does not come back") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  const std::string old = SampleMou("EC").text;
  const std::string narrow = absl::StrReplaceAll(
      old,
      {{"[RECORD_KIND_VACANCY, RECORD_KIND_PROFILE]", "RECORD_KIND_PROFILE"}});
  const auto keep = [&](const std::string& text, bool complete) {
    return office.offices.desk->KeepMou("operator", kEcuador, "note", text,
                                        complete);
  };
  REQUIRE(keep(narrow, true).value() == 1);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kWithheld);
  for (const bool complete : {true, false}) {
    const absl::Status again = keep(old, complete).status();
    CHECK(absl::IsAlreadyExists(again));
    CHECK(absl::StrContains(again.message(), "draft and sign them anew"));
  }
  CHECK(absl::IsAlreadyExists(office.offices.desk->ExamineMou(kEcuador, old)));
  CHECK(Stored(office, "mou/EC") == narrow);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kWithheld);

  office.Restart();
  CHECK(absl::IsAlreadyExists(keep(old, true).status()));
  CHECK(keep(narrow, true).value() == 0);
  CHECK(keep(old + "# signed anew\n", true).value() == 1);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
  CHECK(absl::IsAlreadyExists(keep(narrow, true).status()));
  CHECK(absl::IsAlreadyExists(keep(old, true).status()));
  // With another peer that text is still good.
  CHECK(office.offices.desk->ExamineMou(kPeru, SampleMou("PE").text).ok());
}

TEST_CASE("an agreement of a group is in force with those who have signed") {
  Office office;
  office.AddPeer(kEcuador);
  office.AddPeer(kPeru);
  office.Activate(SampleNational());
  office.Put(Wrap(SampleVacancy("v1")));
  const std::string text = absl::StrReplaceAll(
      SampleMou("EC").text, {{"['CO', 'EC']", "['CO', 'EC', 'PE']"}});
  const auto keep = [&](Country peer, bool complete) {
    return office.offices.desk->KeepMou("operator", peer, "note", text,
                                        complete);
  };
  CHECK(keep(kEcuador, true).value() == 1);
  CHECK(keep(kPeru, false).value() == 0);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
  const storage::FeedRow waiting = office.Row(kPeru, VacancyKey("v1"));
  CHECK(waiting.state == ViewState::kWithheld);
  CHECK(waiting.reason == "mou");

  // Peru's signature raises the set; Ecuador's view is not touched.
  const SeqNo last = office.Last(kEcuador);
  CHECK(keep(kEcuador, true).value() == 0);
  CHECK(keep(kPeru, true).value() == 1);
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  CHECK(office.Last(kEcuador) == last);

  office.Restart();
  office.Put(Wrap(SampleVacancy("v2")));
  CHECK(office.Row(kPeru, VacancyKey("v2")).state == ViewState::kShown);

  const absl::StatusOr<int> stranger = office.offices.desk->KeepMou(
      "operator", Country::Of("CL"), "note", text, true);
  CHECK(absl::IsInvalidArgument(stranger.status()));
}

}  // namespace
}  // namespace minga::exchange
