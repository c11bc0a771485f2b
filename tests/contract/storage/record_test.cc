#include <algorithm>
#include <catch2/catch.hpp>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

StoredRecord Record(const std::string& id, const std::string& body,
                    Country country = kColombia) {
  StoredRecord record;
  record.key = {country, RecordKind::kVacancy, id};
  record.body = body;
  record.digest = Sha256(body);
  record.changed_at = absl::FromUnixSeconds(1'800'000'000);
  record.revision = 77;
  return record;
}

template <typename Engine>
PutResult Put(Engine& engine, const StoredRecord& record, bool own = true) {
  PutResult result;
  Write(engine.database(), [&](Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(result, transaction.records().Put(record, own));
    return absl::OkStatus();
  });
  return result;
}

template <typename Engine>
RecordChanges Changes(Engine& engine, RowNo after, std::int64_t gone_after,
                      int limit = 100) {
  RecordChanges changes;
  Read(engine.database(), [&](const Snapshot& snapshot) {
    changes = Must(snapshot.records().ChangesSince(after, gone_after, limit));
  });
  return changes;
}

std::vector<std::string> Ids(const std::vector<StoredRecord>& records) {
  std::vector<std::string> ids;
  for (const StoredRecord& record : records) ids.push_back(record.key.id);
  return ids;
}

using Strings = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("a record is stored once per key", "[storage][contract]",
                   InSqlite) {
  TestType engine;
  const PutResult first = Put(engine, Record("v1", "uno"));
  CHECK(first.outcome == PutResult::Outcome::kInserted);
  CHECK(first.revision == static_cast<Revision>(first.row));

  SECTION("the same digest changes nothing") {
    const PutResult again = Put(engine, Record("v1", "uno"));
    CHECK(again.outcome == PutResult::Outcome::kUnchanged);
    CHECK(again.row == first.row);
    CHECK(again.revision == first.revision);
    CHECK(Changes(engine, first.row, 0).put.empty());
  }
  SECTION("another digest replaces it under a new row") {
    const PutResult again = Put(engine, Record("v1", "dos"));
    CHECK(again.outcome == PutResult::Outcome::kReplaced);
    CHECK(again.row > first.row);
    const RecordChanges changes = Changes(engine, 0, 0);
    CHECK(Ids(changes.put) == Strings{"v1"});
    CHECK(changes.put[0].body == "dos");
    CHECK(changes.put[0].row == again.row);
    CHECK(changes.gone == std::vector<RowNo>{first.row});
  }
  SECTION("all of it comes back after a restart") {
    engine.Reopen();
    Read(engine.database(), [&](const Snapshot& snapshot) {
      const auto found = Must(snapshot.records().Get(Record("v1", "").key));
      REQUIRE(found.has_value());
      CHECK(found->body == "uno");
      CHECK(found->digest == Sha256("uno"));
      CHECK(found->changed_at == absl::FromUnixSeconds(1'800'000'000));
      CHECK(found->row == first.row);
    });
  }
}

TEMPLATE_TEST_CASE("a peer's record keeps the peer's revision",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  const PutResult put = Put(engine, Record("x", "b", kEcuador), /*own=*/false);
  CHECK(put.revision == 77);
  // And does not hide one of ours with the same id.
  Put(engine, Record("x", "c"));
  Read(engine.database(), [&](const Snapshot& snapshot) {
    const RecordReader& records = snapshot.records();
    CHECK(Must(records.Get({kEcuador, RecordKind::kVacancy, "x"}))->body ==
          "b");
    CHECK(Must(records.Get({kColombia, RecordKind::kVacancy, "x"}))->body ==
          "c");
    CHECK(!Must(records.Get({kPeru, RecordKind::kVacancy, "x"})).has_value());
    CHECK(
        !Must(records.Get({kEcuador, RecordKind::kProfile, "x"})).has_value());
  });
}

TEMPLATE_TEST_CASE("row numbers are never used again", "[storage][contract]",
                   InSqlite) {
  TestType engine;
  const PutResult first = Put(engine, Record("v1", "uno"));
  Write(engine.database(), [&](Transaction& transaction) {
    CHECK(Must(transaction.records().Erase(Record("v1", "").key)));
    CHECK(!Must(transaction.records().Erase(Record("v1", "").key)));
    return absl::OkStatus();
  });
  engine.Reopen();
  CHECK(Put(engine, Record("v1", "uno")).row > first.row);
}

TEMPLATE_TEST_CASE("changes are read in pages", "[storage][contract]",
                   InSqlite) {
  TestType engine;
  for (const char* id : {"a", "b", "c"}) Put(engine, Record(id, id));
  Put(engine, Record("a", "a2"));
  Put(engine, Record("b", "b2"));

  const RecordChanges one = Changes(engine, 0, 0, 2);
  CHECK(Ids(one.put) == Strings{"c", "a"});
  CHECK(one.gone.size() == 2);
  const RecordChanges two = Changes(engine, one.upto, one.gone_upto, 2);
  CHECK(Ids(two.put) == Strings{"b"});
  CHECK(two.gone.empty());
  CHECK(two.gone_upto == one.gone_upto);
  const RecordChanges none = Changes(engine, two.upto, two.gone_upto, 2);
  CHECK(none.put.empty());
  CHECK(none.upto == two.upto);

  Write(engine.database(), [&](Transaction& transaction) {
    return transaction.records().DropGone(one.gone_upto);
  });
  CHECK(Changes(engine, 0, 0).gone.empty());
}

TEMPLATE_TEST_CASE("records are scanned by id and counted",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  for (const char* id : {"c", "a", "b"}) Put(engine, Record(id, id));
  Put(engine, Record("z", "z", kEcuador), /*own=*/false);
  Put(engine, Record("a", "a2"));
  const auto check = [&](const RecordReader& records) {
    CHECK(Ids(Must(records.Scan(kColombia, RecordKind::kVacancy, "", 2))) ==
          Strings{"a", "b"});
    CHECK(Ids(Must(records.Scan(kColombia, RecordKind::kVacancy, "b", 2))) ==
          Strings{"c"});
    CHECK(Must(records.Count(kColombia, RecordKind::kVacancy)).records == 3);
    CHECK(Must(records.Count(kEcuador, RecordKind::kVacancy)).records == 1);
    CHECK(Must(records.Count(kColombia, RecordKind::kProfile)).records == 0);
    CHECK(!records.Scan(kColombia, RecordKind::kVacancy, "", 0).ok());
  };
  Read(engine.database(),
       [&](const Snapshot& snapshot) { check(snapshot.records()); });
  engine.Reopen();
  Write(engine.database(), [&](Transaction& transaction) {
    check(transaction.records());
    CHECK(Must(transaction.records().Erase(Record("c", "").key)));
    CHECK(Must(transaction.records().Count(kColombia, RecordKind::kVacancy))
              .records == 2);
    return absl::OkStatus();
  });
}

TEMPLATE_TEST_CASE("a record that breaks a bound is refused",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  const auto refused = [&](const StoredRecord& record, bool own) {
    const absl::Status status =
        engine.database().Write([&](Transaction& transaction) {
          return transaction.records().Put(record, own).status();
        });
    CHECK(absl::IsInvalidArgument(status));
  };
  refused(Record("", "b"), true);
  refused(Record("a b", "b"), true);
  refused(Record(std::string(kRecordIdBytesMax + 1, 'i'), "b"), true);
  refused(Record("v", std::string(2 * kRecordBytesMax, 'b')), true);
  refused(Record("v", "b", kEcuador), true);
  CHECK(Changes(engine, 0, 0).put.empty());
}

}  // namespace minga::storage
