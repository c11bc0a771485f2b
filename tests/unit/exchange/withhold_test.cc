// Rows that could not be shown as decided for so long that the peer was told to
// erase them.
#include <catch2/catch.hpp>

#include "tests/unit/exchange/people.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

void Withhold(Office& office, Country peer, const storage::FeedRow& row) {
  office.offices.projector->Withhold(peer, {{row.seq, row.key}});
  // What was queued before is done.
  office.Write([](storage::Transaction&) { return absl::OkStatus(); });
}

TEST_CASE("a vacancy that was given up is withheld until it is decided anew") {
  Office office;
  office.Prepare();
  v1::Vacancy vacancy = SampleVacancy("v1");
  office.Put(Wrap(vacancy));
  const storage::FeedRow shown = office.Row(kEcuador, VacancyKey("v1"));
  REQUIRE(shown.state == ViewState::kShown);
  Withhold(office, kEcuador, shown);
  const storage::FeedRow withheld = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(withheld.state == ViewState::kWithheld);
  CHECK(withheld.reason == "unreadable");
  CHECK(withheld.seq > shown.seq);
  CHECK(withheld.erase_by.has_value());
  CHECK(office.Log(v1::AUDIT_EVENT_WITHDRAWAL).size() == 1);
  // Nobody else is concerned.
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);

  vacancy.set_openings(7);
  office.Put(Wrap(vacancy));
  const storage::FeedRow again = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(again.state == ViewState::kShown);
  // The row that was given up has gone.
  Withhold(office, kEcuador, shown);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).seq == again.seq);
}

TEST_CASE("a profile that was given up leaves its class") {
  Office office;
  office.Prepare();
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  const storage::FeedRow shown = office.Row(kPeru, ProfileKey("p2"));
  REQUIRE(shown.state == ViewState::kShown);
  Withhold(office, kPeru, shown);
  const storage::FeedRow withheld = office.Row(kPeru, ProfileKey("p2"));
  CHECK(withheld.reason == "unreadable");
  CHECK(withheld.wire_id == shown.wire_id);
  CHECK(DisplaysOf(office, kPeru).people == 0);
  CheckAnonymous(office, kPeru, 3);
}

}  // namespace
}  // namespace minga::exchange
