// What was decided while the clock was wrong, when it is right again.
#include <catch2/catch.hpp>

#include "tests/unit/exchange/dates.h"
#include "tests/unit/exchange/house.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

constexpr absl::CivilDay kToday(2026, 11, 21);

TEST_CASE("what was decided on a day that has not come is decided again") {
  Office office;
  office.Prepare();
  v1::Vacancy vacancy = Closing("v1", "2026-11-21");
  office.Put(Wrap(vacancy));
  House house(office);
  house.KeepOn(kToday);
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  // Nobody kept house while the clock was wrong.
  office.clock.Advance(absl::Hours(24));
  vacancy.mutable_texts(0)->set_title("Soldadora");
  office.Put(Wrap(vacancy));
  CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "expired");
  office.clock.Advance(-absl::Hours(24));
  house.KeepOn(kToday);
  CHECK(house.swept());
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  house.KeepOn(kToday);
  CHECK_FALSE(house.swept());
  house.KeepOn(kToday + 1);
  CHECK_FALSE(house.swept());
  CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "expired");
}

TEST_CASE("what was decided on a day that had been left is decided again") {
  Office office;
  office.Prepare();
  office.Activate(Lawful("true || vacancy.remote", "valid_from: '2026-11-24'"));
  House house(office);
  house.KeepOn(absl::CivilDay(2026, 11, 24));
  // Nobody kept house while the clock was wrong.
  office.clock.Advance(-absl::Hours(24));
  office.PutAll({Wrap(Timeless("v1")), Wrap(Closing("v2", "2026-12-10"))});
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kWithheld);
  office.clock.Advance(absl::Hours(24));
  house.KeepOn(absl::CivilDay(2026, 11, 24));
  CHECK(house.swept());
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  CHECK(DueDay(office, VacancyKey("v2")) == absl::CivilDay(2026, 12, 11));
  house.KeepOn(absl::CivilDay(2026, 11, 24));
  CHECK_FALSE(house.swept());
}

}  // namespace
}  // namespace minga::exchange
