#include <catch2/catch.hpp>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

FeedRow Row(const std::string& id, ViewState state,
            const std::string& body = "") {
  FeedRow row;
  row.key = {kColombia, RecordKind::kVacancy, id};
  row.state = state;
  row.revision = 5;
  if (state == ViewState::kShown) row.digest = Sha256(body);
  row.reason = state == ViewState::kShown ? "shown" : "policy";
  row.explanation = absl::StrCat("rule-", row.reason, ": Ley 1636, art. 5");
  return row;
}
FeedRow Shown(const std::string& id, const std::string& body) {
  return Row(id, ViewState::kShown, body);
}

// A feed for Ecuador with helpers that must succeed.
template <typename Engine>
class Feed {
 public:
  Feed() {
    Write(engine_.database(), [](Transaction& transaction) {
      return transaction.feeds().StartEpoch(kEcuador, 9);
    });
  }
  SeqNo Put(const FeedRow& row, PeerId peer = kEcuador) {
    SeqNo seq = 0;
    Write(engine_.database(), [&](Transaction& transaction) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(seq, transaction.feeds().Put(peer, row));
      return absl::OkStatus();
    });
    return seq;
  }
  absl::Status Acknowledge(SeqNo upto) {
    return engine_.database().Write([&](Transaction& transaction) {
      return transaction.feeds().Acknowledge(kEcuador, upto);
    });
  }
  std::vector<FeedRow> Rows(SeqNo after = 0, int limit = 100) {
    std::vector<FeedRow> rows;
    Read(engine_.database(), [&](const Snapshot& snapshot) {
      rows = Must(snapshot.feeds().Read(kEcuador, after, limit));
    });
    return rows;
  }
  std::optional<FeedRow> Find(const std::string& id) {
    std::optional<FeedRow> row;
    Read(engine_.database(), [&](const Snapshot& snapshot) {
      row = Must(snapshot.feeds().Find(kEcuador,
                                       {kColombia, RecordKind::kVacancy, id}));
    });
    return row;
  }
  FeedHead Head() {
    FeedHead head;
    Read(engine_.database(), [&](const Snapshot& snapshot) {
      head = Must(snapshot.feeds().Head(kEcuador));
    });
    return head;
  }
  Engine& engine() { return engine_; }

 private:
  Engine engine_;
};

}  // namespace

TEMPLATE_TEST_CASE("a feed holds one row per record", "[storage][contract]",
                   InSqlite) {
  Feed<TestType> feed;
  const SeqNo one = feed.Put(Shown("v1", "one"));
  const SeqNo two = feed.Put(Shown("v2", "two"));
  CHECK(one == 1);
  CHECK(two == 2);

  SECTION("an unchanged digest keeps its place") {
    CHECK(feed.Put(Shown("v1", "one")) == one);
    CHECK(feed.Head().last == two);
  }
  SECTION("a change moves the record to the end") {
    CHECK(feed.Put(Shown("v1", "uno")) == 3);
    const std::vector<FeedRow> rows = feed.Rows();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].key.id == "v2");
    CHECK(rows[1].key.id == "v1");
    CHECK(rows[1].digest == Sha256("uno"));
    CHECK(rows[1].revision == 5);
    CHECK(rows[1].reason == "shown");
    CHECK(rows[1].explanation == "rule-shown: Ley 1636, art. 5");
  }
  SECTION("what was shown leaves a tombstone at the end") {
    CHECK(feed.Put(Row("v1", ViewState::kWithheld)) == 3);
    const std::vector<FeedRow> rows = feed.Rows();
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].state == ViewState::kWithheld);
    CHECK(rows[1].digest == Digest{});
    CHECK(rows[1].seq == 3);
    // On its way: another reason does not move it.
    CHECK(feed.Put(Row("v1", ViewState::kGone)) == 3);
    CHECK(feed.Rows()[1].state == ViewState::kGone);
  }
  SECTION("pages begin after a sequence and are bounded") {
    CHECK(feed.Rows(one).size() == 1);
    CHECK(feed.Rows(0, 1).size() == 1);
    CHECK(feed.Rows(two).empty());
    Read(feed.engine().database(), [&](const Snapshot& snapshot) {
      CHECK(!snapshot.feeds().Read(kEcuador, 0, 0).ok());
      CHECK(!snapshot.feeds().Read(kEcuador, 0, kFeedPageRowsMax + 1).ok());
      CHECK(absl::IsNotFound(snapshot.feeds().Head(kPeru).status()));
    });
  }
  SECTION("heads and rows survive a restart") {
    feed.engine().Reopen();
    CHECK(feed.Head().last == two);
    CHECK(feed.Head().epoch == 9);
    CHECK(feed.Put(Shown("v3", "three")) == 3);
  }
}

TEMPLATE_TEST_CASE("a row keeps when the peer has to have erased it",
                   "[storage][contract]", InSqlite) {
  Feed<TestType> feed;
  FeedRow row = Shown("v1", "one");
  row.erase_within_hours = 48;
  const SeqNo seq = feed.Put(row);
  CHECK(feed.Find("v1")->erase_within_hours == 48);
  CHECK_FALSE(feed.Find("v1")->erase_by.has_value());
  // Another clock alone is no news for the peer.
  row.erase_within_hours = 12;
  CHECK(feed.Put(row) == seq);
  CHECK(feed.Find("v1")->erase_within_hours == 12);
  CHECK(feed.Head().last == seq);

  const absl::Time due = absl::FromUnixSeconds(1795262400);
  FeedRow withheld = Row("v1", ViewState::kWithheld);
  withheld.erase_by = due;
  feed.Put(withheld);
  CHECK(feed.Find("v1")->erase_by == due);
  CHECK(feed.Find("v1")->erase_within_hours == 0);
  // On its way: another reason leaves the deadline.
  feed.Put(Row("v1", ViewState::kGone));
  feed.engine().Reopen();
  REQUIRE(feed.Rows().size() == 1);
  CHECK(feed.Rows()[0].erase_by == due);
  // Shown again, nothing is owed.
  feed.Put(Shown("v1", "one"));
  CHECK_FALSE(feed.Find("v1")->erase_by.has_value());
}

TEMPLATE_TEST_CASE("what a peer owes is counted", "[storage][contract]",
                   InSqlite) {
  Feed<TestType> feed;
  const auto owed = [&](absl::Time now) {
    OwedErasures found;
    Read(feed.engine().database(), [&](const Snapshot& s) {
      found = Must(s.feeds().Owed(kEcuador, now));
    });
    return found;
  };
  const absl::Time due = absl::FromUnixSeconds(1795262400);
  CHECK(owed(due).waiting == 0);
  CHECK(owed(due).first == absl::InfiniteFuture());
  for (const char* const id : {"v1", "v2", "v3", "v4"}) {
    feed.Put(Shown(id, "one"));
  }
  feed.Put(Row("never", ViewState::kWithheld));
  CHECK(owed(due).waiting == 0);
  FeedRow gone = Row("v2", ViewState::kGone);
  gone.erase_by = due;
  const SeqNo first = feed.Put(gone);
  gone.key.id = "v1";
  gone.erase_by = due + absl::Hours(1);
  feed.Put(gone);
  feed.Put(Row("v3", ViewState::kGone));  // of no deadline
  CHECK(owed(due).waiting == 3);
  CHECK(owed(due).first == due);
  CHECK(owed(due).overdue == 0);
  CHECK(owed(due + absl::Nanoseconds(1)).overdue == 1);
  CHECK(owed(due + absl::Hours(2)).overdue == 2);
  Write(feed.engine().database(), [&](Transaction& t) -> absl::Status {
    return t.feeds().Acknowledge(kEcuador, first);
  });
  CHECK(owed(due + absl::Hours(2)).waiting == 2);
  CHECK(owed(due + absl::Hours(2)).first == due + absl::Hours(1));
  Read(feed.engine().database(), [&](const Snapshot& s) {
    CHECK(absl::IsNotFound(s.feeds().Owed(kPeru, due).status()));
  });
}

TEMPLATE_TEST_CASE("what never crossed has no sequence", "[storage][contract]",
                   InSqlite) {
  Feed<TestType> feed;
  CHECK(feed.Put(Row("v1", ViewState::kWithheld)) == 0);
  CHECK(feed.Head().last == 0);
  CHECK(feed.Rows().empty());
  REQUIRE(feed.Find("v1").has_value());
  CHECK(feed.Find("v1")->state == ViewState::kWithheld);
  CHECK(feed.Find("v1")->reason == "policy");

  SECTION("until it is shown") {
    CHECK(feed.Put(Shown("v1", "one")) == 1);
    CHECK(feed.Rows().size() == 1);
  }
  SECTION("and is forgotten when gone") {
    CHECK(feed.Put(Row("v1", ViewState::kGone)) == 0);
    CHECK(!feed.Find("v1").has_value());
    CHECK(feed.Put(Row("v2", ViewState::kGone)) == 0);
    CHECK(!feed.Find("v2").has_value());
  }
}

FeedRow OfPerson(FeedRow row) {
  row.key.kind = RecordKind::kProfile;
  return row;
}

TEMPLATE_TEST_CASE("acknowledging settles tombstones of persons",
                   "[storage][contract]", InSqlite) {
  Feed<TestType> feed;
  const auto find = [&](const std::string& id) {
    std::optional<FeedRow> found;
    Read(feed.engine().database(), [&](const Snapshot& snapshot) {
      found = Must(snapshot.feeds().Find(
          kEcuador, {kColombia, RecordKind::kProfile, id}));
    });
    return found;
  };
  for (const char* id : {"p1", "p2", "p3"}) feed.Put(OfPerson(Shown(id, id)));
  feed.Put(OfPerson(Row("p1", ViewState::kWithheld)));
  feed.Put(OfPerson(Row("p2", ViewState::kGone)));
  CHECK(absl::IsFailedPrecondition(feed.Acknowledge(6)));
  CHECK(feed.Head().acknowledged == 0);
  MINGA_CHECK_OK(feed.Acknowledge(5));
  CHECK(feed.Head().acknowledged == 5);
  MINGA_CHECK_OK(feed.Acknowledge(2));  // old news
  CHECK(feed.Head().acknowledged == 5);

  REQUIRE(feed.Rows().size() == 1);
  CHECK(feed.Rows()[0].key.id == "p3");
  CHECK(find("p1")->seq == 0);
  CHECK(!find("p2").has_value());
  // Shown again: a new row, as if for the first time.
  CHECK(feed.Put(OfPerson(Shown("p1", "p1"))) == 6);
}

TEMPLATE_TEST_CASE("other tombstones stay until past the horizon",
                   "[storage][contract]", InSqlite) {
  Feed<TestType> feed;
  feed.Put(Shown("v1", "v1"));
  feed.Put(Shown("v2", "v2"));
  feed.Put(Row("v1", ViewState::kGone));
  feed.Put(Row("v2", ViewState::kWithheld));
  MINGA_CHECK_OK(feed.Acknowledge(4));
  CHECK(feed.Find("v1")->seq == 3);
  CHECK(feed.Find("v2")->seq == 4);

  Write(feed.engine().database(), [](Transaction& transaction) -> absl::Status {
    for (std::uint64_t i = 0; i < kTombstoneHorizonRows; ++i) {
      MINGA_RETURN_IF_ERROR(transaction.feeds()
                                .Put(kEcuador, Shown("busy", std::to_string(i)))
                                .status());
    }
    return absl::OkStatus();
  });
  MINGA_CHECK_OK(feed.Acknowledge(kTombstoneHorizonRows + 3));
  CHECK(!feed.Find("v1").has_value());
  CHECK(feed.Find("v2")->seq == 4);
  MINGA_CHECK_OK(feed.Acknowledge(kTombstoneHorizonRows + 4));
  CHECK(feed.Find("v2")->seq == 0);
}

TEMPLATE_TEST_CASE("a new epoch begins with nothing", "[storage][contract]",
                   InSqlite) {
  Feed<TestType> feed;
  feed.Put(Shown("v1", "one"));
  Write(feed.engine().database(), [](Transaction& transaction) {
    return transaction.feeds().StartEpoch(kEcuador, 10);
  });
  CHECK(feed.Head().epoch == 10);
  CHECK(feed.Head().last == 0);
  CHECK(feed.Rows().empty());
  CHECK(feed.Put(Shown("v1", "one")) == 1);
}

TEMPLATE_TEST_CASE("feeds of peers are apart", "[storage][contract]",
                   InSqlite) {
  Feed<TestType> feed;
  CHECK(absl::IsNotFound(
      feed.engine().database().Write([&](Transaction& transaction) {
        return transaction.feeds().Put(kPeru, Shown("v1", "one")).status();
      })));
  Write(feed.engine().database(), [](Transaction& transaction) {
    return transaction.feeds().StartEpoch(kPeru, 1);
  });
  CHECK(feed.Put(Shown("v1", "one")) == 1);
  CHECK(feed.Put(Shown("v0", "zero"), kPeru) == 1);
  CHECK(feed.Put(Shown("v1", "one, more"), kPeru) == 2);
  Write(feed.engine().database(), [](Transaction& transaction) {
    return transaction.feeds().Drop(kPeru);
  });
  REQUIRE(feed.Rows().size() == 1);
  CHECK(feed.Rows()[0].digest == Sha256("one"));
  Read(feed.engine().database(), [](const Snapshot& snapshot) {
    CHECK(absl::IsNotFound(snapshot.feeds().Head(kPeru).status()));
  });
  CHECK(absl::IsInvalidArgument(
      feed.engine().database().Write([&](Transaction& transaction) {
        FeedRow row = Shown("v1", "one");
        row.key.country = kPeru;
        return transaction.feeds().Put(kEcuador, row).status();
      })));
}

TEMPLATE_TEST_CASE("a summary says what crossed and why not the rest",
                   "[storage][contract]", InSqlite) {
  Feed<TestType> feed;
  feed.Put(Shown("v1", "one"));
  feed.Put(Shown("v2", "two"));
  feed.Put(Row("v3", ViewState::kWithheld));
  feed.Put(Row("v4", ViewState::kHeldBack));
  std::vector<FeedCount> counts;
  Read(feed.engine().database(), [&](const Snapshot& snapshot) {
    counts = Must(snapshot.feeds().Summarise(kEcuador));
  });
  REQUIRE(counts.size() == 3);
  std::map<ViewState, std::int64_t> by_state;
  for (const FeedCount& count : counts) {
    by_state[count.state] += count.records;
    CHECK(count.kind == RecordKind::kVacancy);
    CHECK(count.explanation ==
          absl::StrCat("rule-", count.reason, ": Ley 1636, art. 5"));
  }
  CHECK(by_state ==
        std::map<ViewState, std::int64_t>{{ViewState::kShown, 2},
                                          {ViewState::kWithheld, 1},
                                          {ViewState::kHeldBack, 1}});
}

TEMPLATE_TEST_CASE("a name that is used no more has a tombstone of its own",
                   "[storage][contract]", InSqlite) {
  Feed<TestType> feed;
  const absl::Time erase_by = absl::FromUnixSeconds(1'800'000'000);
  FeedRow person = Shown("p1", "body");
  person.wire_id = "old-name";
  CHECK(feed.Put(person) == 1);

  FeedRow next = Row("p1", ViewState::kHeldBack);
  next.retire = true;
  next.erase_by = erase_by;
  CHECK(feed.Put(next) == 0);
  const std::optional<FeedRow> tombstone = feed.Find("old-name");
  REQUIRE(tombstone.has_value());
  CHECK(tombstone->state == ViewState::kGone);
  CHECK(tombstone->seq == 2);
  CHECK(tombstone->wire_id == "old-name");
  CHECK(tombstone->erase_by == erase_by);
  REQUIRE(feed.Find("p1").has_value());
  CHECK(feed.Find("p1")->seq == 0);
  CHECK(feed.Find("p1")->wire_id.empty());

  SECTION("and the record comes under another") {
    person.wire_id = "new-name";
    CHECK(feed.Put(person) == 3);
    CHECK(feed.Rows().size() == 2);
  }
  SECTION("nothing is left of what is gone but the name") {
    FeedRow gone = Row("p1", ViewState::kGone);
    gone.retire = true;
    CHECK(feed.Put(gone) == 0);
    CHECK_FALSE(feed.Find("p1").has_value());
    CHECK(feed.Rows().size() == 1);
  }
}

}  // namespace minga::storage
