// Between the building of a page and its entry in the log.
#include "federation/last_look.h"

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>

#include "node/base/clock.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/parties.h"
#include "tests/support/temporary_folder.h"

namespace minga::federation {
namespace {

using storage::Transaction;
using test::kColombia;
using test::kPeru;

const absl::Time kNoon =
    absl::FromCivil(absl::CivilHour(2026, 11, 22, 12), absl::UTCTimeZone());

storage::FeedRow Row(absl::string_view id, storage::ViewState state) {
  storage::FeedRow row;
  row.key = {kColombia, RecordKind::kVacancy, std::string(id)};
  row.state = state;
  row.wire_id = std::string(id);
  row.revision = 1;
  return row;
}

// Peru is shown the vacancies a and b; a page of both was built at noon.
struct Origin {
  Origin() {
    storage::SqliteOptions options;
    options.path = folder / "node.db";
    options.own = kColombia;
    options.node_key = std::string(32, 'k');
    options.random = &random;
    database = storage::OpenSqliteDatabase(options).value();
    Change([&](Transaction& t) {
      SetState(t, storage::PeerState::kActive);
      REQUIRE(t.feeds().StartEpoch(kPeru, 7).ok());
      REQUIRE(t.documents().Put(kDocLawInForce, "law").ok());
      for (const char* id : {"a", "b"}) {
        const storage::FeedRow row = Row(id, storage::ViewState::kShown);
        const absl::StatusOr<SeqNo> seq = t.feeds().Put(kPeru, row);
        REQUIRE(seq.ok());
        basis.shown.emplace_back(*seq, row.key);
        basis.last = page.upto = *seq;
      }
    });
    basis.law = "law";
    basis.day = DayOf(kNoon);
    page.origin = kColombia;
    page.follower = kPeru;
    page.epoch = 7;
    page.rows = 2;
  }
  static void SetState(Transaction& t, storage::PeerState state) {
    storage::PeerRow peer;
    peer.id = kPeru;
    peer.state = state;
    peer.pseudonym_key = std::string(32, 'p');
    REQUIRE(t.peers().Put(peer).ok());
  }
  void Change(const std::function<void(Transaction&)>& change) {
    REQUIRE(database
                ->Write([&](Transaction& t) {
                  change(t);
                  return absl::OkStatus();
                })
                .ok());
  }
  absl::Status Look(absl::Time now = kNoon) {
    return database->Write(
        [&](Transaction& t) { return LastLook(t, page, basis, now); });
  }

  const testing::TemporaryFolder folder;
  SystemRandom random;
  std::unique_ptr<storage::Database> database;
  PageHeader page;
  PageBasis basis;
};

TEST_CASE("a page goes out while all it shows is still shown") {
  Origin co;
  CHECK(co.Look().ok());
  CHECK(co.Look(kNoon + absl::Hours(11)).ok());
  SECTION("also in a newer form, or when something else has come") {
    co.Change([](Transaction& t) {
      storage::FeedRow newer = Row("a", storage::ViewState::kShown);
      newer.revision = 2;
      REQUIRE(t.feeds().Put(kPeru, newer).ok());
      REQUIRE(t.feeds().Put(kPeru, Row("c", storage::ViewState::kShown)).ok());
    });
    CHECK(co.Look().ok());
  }
  SECTION("not after a withdrawal") {
    co.Change([](Transaction& t) {
      REQUIRE(t.feeds().Put(kPeru, Row("b", storage::ViewState::kGone)).ok());
    });
    CHECK(absl::IsAborted(co.Look()));
  }
  SECTION("not under another law") {
    co.Change([](Transaction& t) {
      REQUIRE(t.documents().Put(kDocLawInForce, "newer").ok());
    });
    CHECK(absl::IsAborted(co.Look()));
  }
  SECTION("not in another epoch") {
    co.Change(
        [](Transaction& t) { REQUIRE(t.feeds().StartEpoch(kPeru, 8).ok()); });
    CHECK(absl::IsAborted(co.Look()));
  }
  SECTION("not to a peer that is suspended") {
    co.Change([](Transaction& t) {
      Origin::SetState(t, storage::PeerState::kSuspended);
    });
    CHECK(absl::IsPermissionDenied(co.Look()));
  }
}

TEST_CASE("what midnight may have ended does not go out after it") {
  Origin co;
  CHECK(absl::IsAborted(co.Look(kNoon + absl::Hours(12))));
  // As little when the clock is set back.
  CHECK(absl::IsAborted(co.Look(kNoon - absl::Hours(24))));
  // What shows nothing may go at any hour: no withdrawal waits for the day.
  co.basis.shown.clear();
  CHECK(co.Look(kNoon + absl::Hours(12)).ok());
}

TEST_CASE("who leaves is sent withdrawals only") {
  Origin co;
  co.Change([](Transaction& t) {
    Origin::SetState(t, storage::PeerState::kLeaving);
  });
  CHECK(absl::IsUnavailable(co.Look()));
  co.basis.shown.clear();
  CHECK(co.Look().ok());
}

}  // namespace
}  // namespace minga::federation
