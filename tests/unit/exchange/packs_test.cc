// The packs that are delivered, from a put to what the other side stores.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "federation/mou.h"
#include "node/base/status.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

std::string ReadPack(const std::string& name) {
  const char* const source = std::getenv("MINGA_SOURCE_DIR");
  if (source == nullptr) return "";
  std::ifstream file(absl::StrCat(source, "/deploy/policy/", name));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_CASE("the pack of Colombia and the draft agreement let work cross") {
  const std::string national = ReadPack("co/national.textproto");
  const std::string draft = ReadPack("mou/template.textproto");
  if (national.empty() || draft.empty()) {
    WARN("SKIPPED: the packs are not on this machine");
    return;
  }
  Office office;
  office.AddPeer(kEcuador);
  office.Activate({"co.textproto", national});
  const auto mou = federation::DraftMou(draft, kColombia, kEcuador,
                                        "2026-11-01", "2027-11-01");
  REQUIRE(mou.ok());
  const auto signed_by_both =
      office.offices.desk->KeepMou("operator", kEcuador, "note", *mou, true);
  INFO(signed_by_both.status().ToString());
  REQUIRE(signed_by_both.ok());

  office.Put(Wrap(SampleVacancy("v1")));
  const storage::FeedRow shown = office.Row(kEcuador, VacancyKey("v1"));
  INFO(shown.reason << ": " << shown.explanation);
  REQUIRE(shown.state == ViewState::kShown);
  v1::Vacancy sent;
  REQUIRE(sent.ParseFromString(office.Projected(kEcuador, shown).body));
  CHECK(sent.employer().name() == "Taller Andino");
  // Ecuador is in both groups: what each lets a person do is said beside it.
  REQUIRE(sent.notices_size() == 2);
  CHECK(sent.notices(1).citation().find("Decisión 878") != std::string::npos);
  CHECK(sent.notices(0).citation().find("MERCOSUR") != std::string::npos);

  v1::Vacancy closed = SampleVacancy("v1");
  closed.set_status(v1::VACANCY_STATUS_CLOSED);
  office.Put(Wrap(closed));
  const storage::FeedRow recalled = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(recalled.state != ViewState::kShown);
  CHECK(recalled.seq > shown.seq);

  v1::Vacancy with_fee = SampleVacancy("v2");
  with_fee.mutable_recruitment()->add_worker_fees()->set_category(
      v1::FEE_CATEGORY_RECRUITMENT);
  office.Put(Wrap(with_fee));
  const storage::FeedRow refused = office.Row(kEcuador, VacancyKey("v2"));
  CHECK(refused.state == ViewState::kWithheld);
  CHECK(refused.explanation.find("1636/2013") != std::string::npos);

  v1::Vacancy confidential = SampleVacancy("v3");
  confidential.mutable_employer()->set_confidential(true);
  office.Put(Wrap(confidential));
  REQUIRE(sent.ParseFromString(
      office.Projected(kEcuador, office.Row(kEcuador, VacancyKey("v3"))).body));
  CHECK(sent.employer().name().empty());

  const v1::Consent consent = SampleConsent();
  for (int i = 1; i <= 5; ++i) {
    v1::Profile person =
        SampleProfile("p" + std::to_string(i), "7212", "CO-AMA");
    // Without it nobody knows that the person is of age.
    office.Put(Wrap(person), &consent);
    const storage::FeedRow unknown =
        office.Row(kEcuador, ProfileKey(person.id()));
    CHECK(unknown.state == ViewState::kWithheld);
    CHECK(unknown.explanation.find("co.profile.minor") == 0);
    person.mutable_identity()->set_birth_date("1990-05-01");
    office.Put(Wrap(person), &consent);
    const storage::FeedRow first = office.Row(kEcuador, ProfileKey("p1"));
    INFO(first.reason << ": " << first.explanation);
    CHECK(first.state == (i < 5 ? ViewState::kHeldBack : ViewState::kShown));
  }
  const federation::Projection projection =
      office.Projected(kEcuador, office.Row(kEcuador, ProfileKey("p1")));
  CHECK(projection.retention_days == 180);
  v1::Profile profile;
  REQUIRE(profile.ParseFromString(projection.body));
  CHECK_FALSE(profile.has_identity());
}

}  // namespace
}  // namespace minga::exchange
