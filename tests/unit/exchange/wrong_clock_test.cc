// What was decided while the clock was wrong, when it is right again.
#include <catch2/catch.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
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

// The clock of an office, but a day behind for some of the times it is read.
class Flickering final : public Clock {
 public:
  Flickering(const Clock& clock, int from) : clock_(clock), from_(from) {}
  absl::Time Now() const override {
    const int read = reads_++;
    const bool behind = from_ <= read && read < from_ + 3;
    return clock_.Now() - (behind ? absl::Hours(24) : absl::ZeroDuration());
  }
  bool seen() const { return reads_ > from_; }

 private:
  const Clock& clock_;
  const int from_;
  mutable int reads_ = 0;
};

TEST_CASE("a sweep during which the clock is set back leaves nobody behind") {
  bool seen = true;
  for (int from = 0; seen; from += 2) {
    Office office;
    office.Prepare();
    office.Activate(
        Lawful("true || vacancy.remote", "valid_from: '2026-11-24'"));
    std::vector<v1::Record> records;
    for (int i = 0; i < 300; ++i) {
      records.push_back(Wrap(Timeless(absl::StrCat("v", i))));
    }
    office.PutAll(records);
    office.clock.Set(absl::FromCivil(absl::CivilHour(2026, 11, 24, 12),
                                     absl::UTCTimeZone()));
    const Flickering clock(office.clock, from);
    House house(office, "", &clock);
    // Fails if it notices.
    for (int i = 0; i < 3; ++i) {
      house.exchange->Housekeep(office.clock.Now()).status().IgnoreError();
    }
    seen = clock.seen();
    house.KeepOn(absl::CivilDay(2026, 11, 24));
    INFO("behind from reading " << from << " on");
    int shown = 0;
    for (const v1::Record& record : records) {
      const auto row = office.Row(kPeru, VacancyKey(record.vacancy().id()));
      shown += row.state == ViewState::kShown ? 1 : 0;
    }
    CHECK(shown == 300);
  }
}

}  // namespace
}  // namespace minga::exchange
