// The sweep after a change of law: at every commit on its way, after a crash,
// and in what order peers learn of it.
#include "node/exchange/sweep.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "node/base/status.h"
#include "node/exchange/sweep_mark.h"
#include "tests/unit/exchange/house.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

constexpr absl::CivilDay kToday(2026, 11, 21);

// Every look takes as long as Housekeep may work, so that it does one thing at
// a time.
class SlowClock final : public Clock {
 public:
  explicit SlowClock(const Clock& of) : start_(of.Now()) {}
  absl::Time Now() const override { return start_ + kHousekeepWork * looks_++; }

 private:
  const absl::Time start_;
  mutable std::int64_t looks_ = 0;
};

policy::DocumentSource Replaced(policy::DocumentSource source,
                                const std::string& what,
                                const std::string& with) {
  source.text.replace(source.text.find(what), what.size(), with);
  return source;
}

// Three vacancies of each four change: other fields, withdrawn, newly shown.
// Profiles are shown among five alike instead of three.
policy::DocumentSource NewLaw() {
  policy::DocumentSource law =
      Replaced(SampleNational(), std::string(kFeeAsked), "vacancy.remote");
  law = Replaced(law, "min_k: 3", "min_k: 5");
  law = Replaced(law, "kinds: RECORD_KIND_VACANCY fields: '*' level",
                 "kinds: RECORD_KIND_VACANCY fields: ['title', 'status', "
                 "'location.country', 'occupation.isco'] level");
  law.name = "new.textproto";
  return law;
}

constexpr int kVacancies = 800;

void PutRecords(Office& office) {
  std::vector<v1::Record> records;
  for (int i = 0; i < kVacancies; ++i) {
    v1::Vacancy vacancy = SampleVacancy(absl::StrCat("v", 1000 + i));
    vacancy.set_remote(i % 4 == 1);
    if (i % 4 == 2) {
      vacancy.mutable_recruitment()->add_worker_fees()->set_category(
          v1::FEE_CATEGORY_MEDICAL);
    }
    records.push_back(Wrap(vacancy));
  }
  office.PutAll(records);
  records.clear();
  const v1::Consent consent = SampleConsent();
  for (int i = 0; i < 10; ++i) {
    // Four in one class, six in the other.
    records.push_back(Wrap(SampleProfile(absl::StrCat("p", i),
                                         i < 4 ? "7212" : "5120", "CO-AMA")));
  }
  office.PutAll(records, &consent);
}

// What a crash right after the commit of Activate leaves: the law is in force,
// the sweep has not begun.
void PutInForce(Office& office, const policy::DocumentSource& law) {
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(policy::PolicySources sources,
                           ReadSources(transaction.documents()));
    sources.national = law;
    MINGA_ASSIGN_OR_RETURN(const auto loaded,
                           policy::PolicySet::Load(kColombia, sources));
    MINGA_RETURN_IF_ERROR(
        transaction.documents().Put(kDocNational, WithName(law)));
    MINGA_RETURN_IF_ERROR(
        transaction.documents().Put(kDocInForce, AsView(loaded->hash())));
    return transaction.documents().Put(kDocSweep, "under way");
  });
}

using Seen = std::map<std::pair<Country, RecordKey>, std::string>;

// What peers can be sent now. Rows that are not sent, because they are not what
// the law in force says, are left out.
Seen WhatIsSent(const Office& office) {
  Seen seen;
  for (const Country peer : {kEcuador, kPeru}) {
    for (const storage::FeedRow& row : office.Feed(peer)) {
      if (row.state != ViewState::kShown) continue;
      const absl::Status read = office.database->Read(
          [&](const storage::Snapshot& snapshot) -> absl::Status {
            auto sent = office.offices.projector->Project(snapshot, peer, row);
            if (absl::IsFailedPrecondition(sent.status())) {
              return absl::OkStatus();
            }
            MINGA_RETURN_IF_ERROR(sent.status());
            seen.emplace(std::make_pair(peer, row.key), sent->body);
            return absl::OkStatus();
          });
      REQUIRE(read.ok());
    }
  }
  return seen;
}

std::optional<SweepMark> MarkOf(const Office& office) {
  std::optional<SweepMark> mark;
  const absl::Status read = office.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                               snapshot.documents().Get(kDocSweep));
        if (text.has_value()) mark = DecodeMark(*text);
        return absl::OkStatus();
      });
  REQUIRE(read.ok());
  return mark;
}

TEST_CASE("at every commit of a sweep peers see one law") {
  Office office;
  office.Prepare();
  PutRecords(office);
  House(office).KeepOn(kToday);
  const Seen before = WhatIsSent(office);
  PutInForce(office, NewLaw());
  std::vector<Seen> moments = {WhatIsSent(office)};
  int calls = 0;
  std::string place;
  std::int64_t done = 0;
  int pass = 0;
  while (true) {
    // Each time by new offices, as after a crash; now and then the database is
    // opened anew, too.
    if (++calls % 3 == 0) office.Restart();
    const SlowClock slow(office.clock);
    const House house(office, "", &slow);
    const absl::Time now = office.clock.Now();
    const absl::StatusOr<absl::Time> next = house.exchange->Housekeep(now);
    REQUIRE(next.ok());
    moments.push_back(WhatIsSent(office));
    const std::optional<SweepMark> mark = MarkOf(office);
    if (!mark.has_value()) break;
    CHECK(*next == now);
    REQUIRE(calls < 100);
    // It goes on where it stood.
    CHECK(EncodeMark(*mark) != place);
    CHECK(mark->progress.done >= done);
    CHECK(mark->progress.pass >= pass);
    CHECK(mark->progress.done <= mark->progress.total);
    place = EncodeMark(*mark);
    done = mark->progress.done;
    pass = mark->progress.pass;
  }
  CHECK(calls > 6);
  // Then people are released, in pieces too.
  const SlowClock slow(office.clock);
  const House house(office, "", &slow);
  bool more = true;
  while (more) {
    const absl::Time now = office.clock.Now();
    const absl::StatusOr<absl::Time> next = house.exchange->Housekeep(now);
    REQUIRE(next.ok());
    more = *next == now;
    moments.push_back(WhatIsSent(office));
  }
  const Seen after = WhatIsSent(office);
  // A quarter is withdrawn, another is new; the rest has other fields.
  CHECK(before.size() == 2 * (kVacancies * 3 / 4 + 10));
  CHECK(after.size() == 2 * (kVacancies * 3 / 4 + 6));
  std::size_t fewer = 0;
  for (const Seen& moment : moments) {
    fewer += moment.size() < after.size() ? 1 : 0;
    for (const auto& [what, body] : moment) {
      INFO(what.first.ToString() << " " << what.second.ToString());
      const auto found = after.find(what);
      REQUIRE(found != after.end());
      REQUIRE(found->second == body);
    }
  }
  // Otherwise nothing was looked at on the way.
  CHECK(fewer > 3);
  CHECK(before.at({kPeru, VacancyKey("v1000")}) !=
        after.at({kPeru, VacancyKey("v1000")}));
}

TEST_CASE("withdrawals come first in each feed") {
  Office office;
  office.Prepare();
  PutRecords(office);
  House(office).KeepOn(kToday);
  std::set<RecordKey> shown;
  for (const storage::FeedRow& row : office.Feed(kPeru)) {
    if (row.state == ViewState::kShown) shown.insert(row.key);
  }
  const SeqNo last = office.Last(kPeru);
  CHECK(office.Activate(NewLaw()) > 0);
  SeqNo last_delete = 0;
  SeqNo first_new = 0;
  int deletes = 0;
  int fresh = 0;
  for (const storage::FeedRow& row : office.Feed(kPeru)) {
    if (row.seq <= last) continue;
    if (row.state != ViewState::kShown) {
      ++deletes;
      last_delete = row.seq;
    } else if (!shown.contains(row.key)) {
      ++fresh;
      if (first_new == 0) first_new = row.seq;
    }
  }
  CHECK(deletes == kVacancies / 4 + 4);
  CHECK(fresh == kVacancies / 4);
  CHECK(last_delete < first_new);
  const SweepProgress progress = office.offices.desk->Progress();
  CHECK_FALSE(progress.running);
  CHECK(progress.pass == 3);
  CHECK(progress.total == 2 * (kVacancies + 10));
  CHECK(progress.done == progress.total);
}

TEST_CASE("another law starts the sweep over") {
  Office office;
  office.Prepare();
  PutRecords(office);
  House(office).KeepOn(kToday);
  PutInForce(office, NewLaw());
  const auto step = [&] {
    const SlowClock slow(office.clock);
    const House house(office, "", &slow);
    REQUIRE(house.exchange->Housekeep(office.clock.Now()).ok());
  };
  for (int i = 0; i < 3; ++i) step();
  const std::optional<SweepMark> first = MarkOf(office);
  REQUIRE(first.has_value());
  CHECK(first->progress.done > 512);

  // As another activation does that crashes; the mark of the first one is put
  // back, to see that it is the law that counts.
  PutInForce(office, VacanciesOnly());
  office.Write([&](storage::Transaction& transaction) {
    return transaction.documents().Put(kDocSweep, EncodeMark(*first));
  });
  step();
  const std::optional<SweepMark> second = MarkOf(office);
  REQUIRE(second.has_value());
  CHECK(second->policy != first->policy);
  CHECK(second->progress.done < first->progress.done);
  House(office).KeepOn(kToday);
  CHECK_FALSE(MarkOf(office).has_value());
  CHECK(office.Row(kPeru, ProfileKey("p9")).state == ViewState::kWithheld);
  CHECK(office.Row(kPeru, VacancyKey("v1002")).state == ViewState::kWithheld);
  CHECK(office.Row(kPeru, VacancyKey("v1001")).state == ViewState::kShown);
}

TEST_CASE("housekeeping does not wait for a change of law") {
  Office office;
  office.Prepare();
  const House house(office);
  const absl::Time now = office.clock.Now();
  house.core->change_mutex.Lock();
  const absl::StatusOr<absl::Time> next = house.exchange->Housekeep(now);
  house.core->change_mutex.Unlock();
  REQUIRE(next.ok());
  CHECK(*next > now);
  CHECK(*next <= now + absl::Seconds(1));
}

TEST_CASE("an agreement with one peer moves no day of the others") {
  Office office;
  office.AddPeer(kEcuador);
  office.AddPeer(kPeru);
  office.Activate(SampleNational());
  office.SignMou(kEcuador);
  office.Put(Wrap(SampleVacancy("v1")));  // closes on 2026-12-31
  House house(office);
  house.KeepOn(kToday);
  // It ends before the vacancy closes; the sweep on its last day is kept.
  policy::DocumentSource brief = SampleMou("PE");
  brief = Replaced(brief, "2027-06-30", "2026-12-05");
  REQUIRE(
      office.offices.desk->KeepMou("operator", kPeru, "note", brief.text, true)
          .ok());
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  house.KeepOn(absl::CivilDay(2026, 12, 5));
  CHECK_FALSE(house.swept());
  house.KeepOn(absl::CivilDay(2026, 12, 6));
  CHECK(house.swept());
  CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "mou");
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
  house.KeepOn(absl::CivilDay(2027, 1, 1));
  CHECK_FALSE(house.swept());
  CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "expired");
}

TEST_CASE("another version of the program looks at everything once") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  House first(office, "1.0.0");
  first.KeepOn(kToday);
  House same(office, "1.0.0");
  same.KeepOn(kToday + 1);
  CHECK_FALSE(same.swept());
  House other(office, "1.1.0");
  other.KeepOn(kToday + 1);
  CHECK(other.swept());
  other.KeepOn(kToday + 2);
  CHECK_FALSE(other.swept());
}

TEST_CASE("the mark of a sweep is read as it was written") {
  SweepMark mark;
  mark.policy = Sha256("law");
  mark.day = kToday;
  mark.country = kPeru;
  mark.kind = RecordKind::kProfile;
  mark.id = "A-1.x:y_z";
  mark.progress = {true, 2, 12345678901, 22345678901};
  for (const bool one : {false, true}) {
    if (one) mark.only = kEcuador;
    const std::optional<SweepMark> read = DecodeMark(EncodeMark(mark));
    REQUIRE(read.has_value());
    CHECK(read->policy == mark.policy);
    CHECK(read->day == mark.day);
    CHECK(read->only == mark.only);
    CHECK(read->country == mark.country);
    CHECK(read->kind == mark.kind);
    CHECK(read->id == mark.id);
    CHECK(read->progress == mark.progress);
  }
  const std::string text = EncodeMark(mark);
  for (std::size_t cut = 0; cut < text.size() - mark.id.size(); ++cut) {
    CHECK_FALSE(DecodeMark(text.substr(0, cut)).has_value());
  }
  for (const char* bad :
       {"", "under way", "sweep-1", "sweep-2 a b c d e f g"}) {
    CHECK_FALSE(DecodeMark(bad).has_value());
  }
}

}  // namespace
}  // namespace minga::exchange
