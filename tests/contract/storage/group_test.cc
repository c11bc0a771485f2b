// Jobs that share a commit, and readers beside them.
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

StoredRecord Record(const std::string& id) {
  StoredRecord record;
  record.key = {kColombia, RecordKind::kVacancy, id};
  record.body = id;
  record.digest = Sha256(id);
  return record;
}

FeedRow Shown(const std::string& id) {
  FeedRow row;
  row.key = {kColombia, RecordKind::kVacancy, id};
  row.state = ViewState::kShown;
  row.digest = Sha256(id);
  row.reason = absl::StrCat("reason of ", id);
  return row;
}

// What a real job does: a record, its row for a peer, an audit entry.
absl::Status PutAll(Transaction& t, const std::string& id) {
  MINGA_RETURN_IF_ERROR(t.records().Put(Record(id), true).status());
  MINGA_RETURN_IF_ERROR(t.feeds().Put(kEcuador, Shown(id)).status());
  MINGA_RETURN_IF_ERROR(t.people().KeyOrNew(Somebody(id)).status());
  ClassPlace place;
  place.shown = true;
  place.classes = {Sha256("class")};
  MINGA_RETURN_IF_ERROR(t.classes().Put(kEcuador, id, place));
  return t.audit().Append(id).status();
}

// Holds the writer in a job, so that what is enqueued meanwhile is one group.
template <typename Engine>
class Group {
 public:
  explicit Group(Engine& engine) : engine_(engine) {
    engine_.database().WriteAsync(
        [this](Transaction&) {
          go_.WaitForNotification();
          return absl::OkStatus();
        },
        [](const absl::Status&) {});
  }
  void Add(Database::Job job) {
    const std::size_t index = results_.size();
    results_.emplace_back(absl::UnknownError("not told"));
    jobs_.push_back([this, index, job = std::move(job)] {
      engine_.database().WriteAsync(
          job, [this, index](const absl::Status& s) { results_[index] = s; });
    });
  }
  std::vector<absl::Status> Run() {
    for (const auto& job : jobs_) job();
    go_.Notify();
    // Jobs run in order, so all are told when this one is.
    MINGA_CHECK_OK(engine_.database().Write(
        [](Transaction&) { return absl::OkStatus(); }));
    return results_;
  }

 private:
  Engine& engine_;
  absl::Notification go_;
  std::vector<absl::Status> results_;
  std::vector<std::function<void()>> jobs_;
};

template <typename Engine>
void StartFeed(Engine& engine) {
  Write(engine.database(),
        [](Transaction& t) { return t.feeds().StartEpoch(kEcuador, 1); });
}

}  // namespace

TEMPLATE_TEST_CASE("a failing job takes only itself back",
                   "[storage][contract][group]", InSqlite) {
  TestType engine;
  StartFeed(engine);
  Group<TestType> group(engine);
  group.Add([](Transaction& t) { return PutAll(t, "a"); });
  group.Add([](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(PutAll(t, "b"));
    // Its own writes are seen, and all of them go.
    CHECK(Must(t.feeds().Head(kEcuador)).last == 2);
    for (int i = 0; i < 600; ++i) {
      MINGA_RETURN_IF_ERROR(t.audit().Append("b").status());
    }
    MINGA_RETURN_IF_ERROR(t.feeds().StartEpoch(kPeru, 1));
    CHECK(Must(t.records().Erase(Record("a").key)));
    return absl::AbortedError("no");
  });
  group.Add([](Transaction& t) {
    CHECK(Must(t.feeds().Head(kEcuador)).last == 1);
    CHECK(Must(t.audit().Size()) == 1);
    CHECK(absl::IsNotFound(t.feeds().Head(kPeru).status()));
    return PutAll(t, "c");
  });
  const std::vector<absl::Status> results = group.Run();
  CHECK(results[0].ok());
  CHECK(absl::IsAborted(results[1]));
  CHECK(results[2].ok());

  const auto check = [](const Snapshot& s) {
    CHECK(Must(s.records().Get(Record("a").key)).has_value());
    CHECK(!Must(s.records().Get(Record("b").key)).has_value());
    CHECK(Must(s.records().Count(kColombia, RecordKind::kVacancy)).records ==
          2);
    const auto changes = Must(s.records().ChangesSince(0, 0, 10));
    REQUIRE(changes.put.size() == 2);
    CHECK(changes.put[1].row == changes.put[0].row + 1);
    CHECK(changes.gone.empty());
    const auto rows = Must(s.feeds().Read(kEcuador, 0, 10));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].key.id == "a");
    CHECK(rows[0].reason == "reason of a");
    CHECK(rows[1].key.id == "c");
    CHECK(rows[1].reason == "reason of c");
    CHECK(rows[1].seq == 2);
    CHECK(Must(s.classes().Lookup(kEcuador, Sha256("class"))).shown == 2);
    CHECK(absl::IsNotFound(s.people().Key("b").status()));
    CHECK(Must(RootAt(s.audit(), Must(s.audit().Size()))) ==
          RootOf({LeafHash("a"), LeafHash("c")}));
  };
  Read(engine.database(), check);
  engine.Reopen();
  Read(engine.database(), check);
}

TEMPLATE_TEST_CASE("a lone failing job leaves nothing",
                   "[storage][contract][group]", InSqlite) {
  TestType engine;
  StartFeed(engine);
  CHECK(absl::IsAborted(
      engine.database().Write([](Transaction& t) -> absl::Status {
        MINGA_RETURN_IF_ERROR(PutAll(t, "a"));
        return absl::AbortedError("no");
      })));
  Write(engine.database(), [](Transaction& t) {
    CHECK(Must(t.feeds().Head(kEcuador)).last == 0);
    CHECK(!Must(t.records().Get(Record("a").key)).has_value());
    return PutAll(t, "a");
  });
  Read(engine.database(), [](const Snapshot& s) {
    CHECK(Must(s.feeds().Head(kEcuador)).last == 1);
    CHECK(Must(s.feeds().Read(kEcuador, 0, 9))[0].reason == "reason of a");
    CHECK(Must(s.audit().Size()) == 1);
  });
}

TEMPLATE_TEST_CASE("listeners hear what stands", "[storage][contract][group]",
                   InSqlite) {
  TestType engine;
  std::vector<CommitNews> heard;  // on the writer thread, before Write returns
  engine.database().AddListener(
      [&](const CommitNews& news) { heard.push_back(news); });
  StartFeed(engine);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].feeds == std::vector<PeerId>{kEcuador});
  CHECK(!heard[0].records);

  Write(engine.database(), [](Transaction& t) { return PutAll(t, "a"); });
  REQUIRE(heard.size() == 2);
  CHECK(heard[1].records);
  CHECK(heard[1].feeds == std::vector<PeerId>{kEcuador});

  // Nothing new: not told.
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.records().Put(Record("a"), true).status());
    return t.feeds().Put(kEcuador, Shown("a")).status();
  });
  // Taken back: not told.
  CHECK(!engine.database()
             .Write([](Transaction& t) -> absl::Status {
               MINGA_RETURN_IF_ERROR(PutAll(t, "b"));
               return absl::AbortedError("no");
             })
             .ok());
  CHECK(heard.size() == 2);
}

TEMPLATE_TEST_CASE("a reader sees one state", "[storage][contract][group]",
                   InSqlite) {
  TestType engine;
  StartFeed(engine);
  Write(engine.database(), [](Transaction& t) { return PutAll(t, "a"); });
  Read(engine.database(), [&](const Snapshot& s) {
    // On another thread: Write must not be called from inside a job.
    std::thread([&] {
      Write(engine.database(), [](Transaction& t) { return PutAll(t, "b"); });
    }).join();
    CHECK(!Must(s.records().Get(Record("b").key)).has_value());
    CHECK(Must(s.feeds().Head(kEcuador)).last == 1);
    CHECK(Must(s.audit().Size()) == 1);
    CHECK(Must(s.audit().Tile(0, 0)).size() == 32);
  });
  Read(engine.database(), [](const Snapshot& s) {
    CHECK(Must(s.audit().Size()) == 2);
    CHECK(Must(s.feeds().Head(kEcuador)).last == 2);
  });
}

TEMPLATE_TEST_CASE("a reader's error comes back", "[storage][contract][group]",
                   InSqlite) {
  TestType engine;
  CHECK(absl::IsCancelled(engine.database().Read(
      [](const Snapshot&) { return absl::CancelledError("enough"); })));
  Read(engine.database(),
       [](const Snapshot& s) { CHECK(Must(s.audit().Size()) == 0); });
}

TEMPLATE_TEST_CASE("many threads write and read at once",
                   "[storage][contract][group]", InSqlite) {
  TestType engine;
  StartFeed(engine);
  constexpr int kThreads = 12;  // more than there are pooled readers
  constexpr int kJobs = 40;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kJobs; ++i) {
        const std::string id = absl::StrCat("t", thread, "-", i);
        const bool lie = i % 5 == 4;
        const absl::Status written =
            engine.database().Write([&](Transaction& t) -> absl::Status {
              MINGA_RETURN_IF_ERROR(PutAll(t, id));
              return lie ? absl::AbortedError("no") : absl::OkStatus();
            });
        const absl::Status read = engine.database().Read([&](const Snapshot& s)
                                                             -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const auto found,
                                 s.records().Get(Record(id).key));
          MINGA_ASSIGN_OR_RETURN(const LeafIndex size, s.audit().Size());
          MINGA_ASSIGN_OR_RETURN(const FeedHead head, s.feeds().Head(kEcuador));
          const bool consistent = found.has_value() != lie && size == head.last;
          return consistent ? absl::OkStatus() : absl::DataLossError("torn");
        });
        if (written.ok() == lie || !read.ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  Read(engine.database(), [](const Snapshot& s) {
    constexpr int kStanding = kThreads * kJobs * 4 / 5;
    CHECK(Must(s.records().Count(kColombia, RecordKind::kVacancy)).records ==
          kStanding);
    CHECK(Must(s.audit().Size()) == kStanding);
    CHECK(Must(s.feeds().Head(kEcuador)).last == kStanding);
  });
}

TEMPLATE_TEST_CASE("closing runs what is queued", "[storage][contract][group]",
                   InSqlite) {
  TestType engine;
  std::atomic<int> told = 0;
  for (int i = 0; i < 50; ++i) {
    engine.database().WriteAsync(
        [i](Transaction& t) {
          return t.audit().Append(absl::StrCat(i)).status();
        },
        [&](const absl::Status& status) { told += status.ok() ? 1 : 1000; });
  }
  engine.Reopen();
  CHECK(told == 50);
  Read(engine.database(),
       [](const Snapshot& s) { CHECK(Must(s.audit().Size()) == 50); });
}

}  // namespace minga::storage
