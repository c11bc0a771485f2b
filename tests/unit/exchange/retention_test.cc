// How long what peers bring may stay, whatever happens in between.
#include "node/exchange/retention.h"

#include <catch2/catch.hpp>
#include <functional>

#include "absl/strings/str_cat.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "node/exchange/subject.h"
#include "tests/unit/exchange/obliging.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using federation::ApplyResult;
using federation::InboundRow;

constexpr absl::CivilDay kFirst(2026, 11, 21);  // on which offices open

const RecordKey& Foreign() {
  static const auto* const key =
      new RecordKey{kEcuador, RecordKind::kVacancy, "q1"};
  return *key;
}

std::string Body(absl::string_view title = "") {
  v1::Vacancy vacancy = SampleVacancy("q1");
  vacancy.clear_sharing();
  vacancy.clear_provenance();
  vacancy.clear_closing_date();
  vacancy.mutable_locations(0)->set_country("EC");
  vacancy.mutable_locations(0)->set_subdivision("EC-P");
  if (!title.empty()) vacancy.mutable_texts(0)->set_title(std::string(title));
  return vacancy.SerializeAsString();
}

// Brings `body` of "q1", to be kept `retention_days`. Returns why it was
// refused; "" if it was not.
std::string Bring(Office& office, int retention_days,
                  const std::string& body = Body()) {
  InboundRow row;
  row.seq = 1;
  row.key = Foreign();
  row.upsert = true;
  row.body = body;
  row.revision = 1;
  row.retention_days = retention_days;
  ApplyResult result;
  auto rejected = office.offices.inbox->Validate(kEcuador, {row});
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        result, office.offices.inbox->Apply(transaction, kEcuador, {row},
                                            std::move(rejected)));
    return absl::OkStatus();
  });
  return result.rejected.empty() ? "" : result.rejected[0].reason;
}

void TakeBack(Office& office) {
  InboundRow row;
  row.seq = 2;
  row.key = Foreign();
  row.reason = "closed";
  office.Write([&](storage::Transaction& transaction) {
    return office.offices.inbox->Apply(transaction, kEcuador, {row}, {})
        .status();
  });
}

void BeginEpoch(Office& office, Epoch epoch) {
  office.Write([&](storage::Transaction& transaction) {
    return office.offices.inbox->BeginEpoch(transaction, kEcuador, epoch);
  });
}

template <typename T>
T InSnapshot(
    const Office& office,
    const std::function<absl::StatusOr<T>(const storage::Snapshot&)>& read) {
  T result{};
  const absl::Status status =
      office.database->Read([&](const storage::Snapshot& snapshot) {
        absl::StatusOr<T> found = read(snapshot);
        if (found.ok()) result = *std::move(found);
        return found.status();
      });
  INFO(status.ToString());
  REQUIRE(status.ok());
  return result;
}

using Record = std::optional<storage::StoredRecord>;

Record Held(const Office& office) {
  return InSnapshot<Record>(office, [](const storage::Snapshot& snapshot) {
    return snapshot.records().Get(Foreign());
  });
}

std::optional<absl::CivilDay> KeptUntil(const Office& office) {
  const Record record = Held(office);
  REQUIRE(record.has_value());
  const absl::StatusOr<ReceivedBody> body = DecodeReceived(record->body);
  REQUIRE(body.ok());
  return body->keep_until;
}

std::uint64_t Ended(const Office& office) {
  return InSnapshot<std::uint64_t>(
      office, [](const storage::Snapshot& snapshot) {
        return RetentionEndedOf(snapshot.documents(), kEcuador);
      });
}

std::optional<absl::CivilDay> Remembered(const Office& office) {
  return InSnapshot<std::optional<absl::CivilDay>>(
      office, [](const storage::Snapshot& snapshot) {
        return StayOf(snapshot.documents(), Foreign());
      });
}

void Pass(Office& office, int days) {
  office.clock.Advance(absl::Hours(24 * days));
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
}

policy::DocumentSource Keeping(int days) {
  return Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                  absl::StrCat("obligations { retention_days: ", days, " }"),
                  "DIRECTION_RECEIVE");
}

constexpr char kOver[] = "retention_days: its stay has ended";

TEST_CASE("a stricter retention holds for what is here, from its first day") {
  Office office;
  office.Prepare();
  const int agreed = GENERATE(0, 30);
  CHECK(Bring(office, agreed).empty());
  Pass(office, 5);
  office.Activate(Keeping(10));
  CHECK(KeptUntil(office) == kFirst + 10);
  CHECK(Held(office)->due == kFirst + 11);
  const auto row = Held(office)->row;
  SECTION("erased after its last day") {
    Pass(office, 5);
    CHECK(Held(office).has_value());
    CHECK(Ended(office) == 0);
    Pass(office, 1);
    CHECK_FALSE(Held(office).has_value());
    CHECK(Ended(office) == 1);
  }
  SECTION("written once") {
    office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                             "obligations { retention_days: 10 } "
                             "obligations { erase_within_hours: 24 }",
                             "DIRECTION_RECEIVE"));
    CHECK(Held(office)->row == row);
  }
  SECTION("a looser one afterwards prolongs nothing that is held") {
    office.Activate(Keeping(20));
    CHECK(KeptUntil(office) == kFirst + 10);
  }
}

TEST_CASE("what is past a stricter retention goes at once") {
  Office office;
  office.Prepare();
  CHECK(Bring(office, 30).empty());
  Pass(office, 20);
  office.Activate(Keeping(10));
  CHECK_FALSE(Held(office).has_value());
  CHECK(Ended(office) == 1);
  const auto log = office.Log(v1::AUDIT_EVENT_RECORD_WITHDRAWN);
  REQUIRE(log.size() == 1);
  CHECK(log[0].detail() == "retention");
  CHECK(Bring(office, 30) == kOver);

  SECTION("a looser law lets it in for the rest of its stay") {
    office.Write([](storage::Transaction& transaction) {
      return transaction.peers().SetCursor(kEcuador, {5, 40});
    });
    office.Activate(Keeping(25));
    // It is asked for again.
    const auto cursor = InSnapshot<storage::Cursor>(
        office, [](const storage::Snapshot& snapshot) {
          return snapshot.peers().CursorOf(kEcuador);
        });
    CHECK(cursor == storage::Cursor{5, 0});
    CHECK(Bring(office, 30).empty());
    CHECK(KeptUntil(office) == kFirst + 25);
    CHECK_FALSE(Remembered(office).has_value());
  }
}

TEST_CASE("what is brought again does not begin a new stay") {
  Office office;
  office.Prepare();
  CHECK(Bring(office, 10).empty());
  Pass(office, 6);
  SECTION("a new revision") {
    CHECK(Bring(office, 10, Body("Soldadora")).empty());
    CHECK(KeptUntil(office) == kFirst + 10);
  }
  SECTION("in a new epoch") {
    BeginEpoch(office, 7);
    CHECK(Bring(office, 10).empty());
    CHECK(KeptUntil(office) == kFirst + 10);
  }
  SECTION("after a refusal") {
    v1::Vacancy bad;
    REQUIRE(bad.ParseFromString(Body()));
    bad.mutable_pay()->set_min_hundredths(-1);
    CHECK_FALSE(Bring(office, 10, bad.SerializeAsString()).empty());
    CHECK_FALSE(Held(office).has_value());
    CHECK(Bring(office, 10).empty());
    CHECK(KeptUntil(office) == kFirst + 10);
  }
  SECTION("on its last day's morrow, before the house is kept") {
    office.clock.Advance(absl::Hours(24 * 5));
    CHECK(Bring(office, 10) == kOver);
    CHECK_FALSE(Held(office).has_value());
    CHECK(Ended(office) == 1);
  }
  SECTION("after its end") {
    Pass(office, 5);
    CHECK_FALSE(Held(office).has_value());
    CHECK(Bring(office, 10) == kOver);
    BeginEpoch(office, 7);
    CHECK(Bring(office, 10, Body("Soldadora")) == kOver);
    CHECK(Ended(office) == 1);
    CHECK_FALSE(Held(office).has_value());
    // Its origin may agree to more.
    CHECK(Bring(office, 12).empty());
    CHECK(KeptUntil(office) == kFirst + 12);
  }
  SECTION("unless its origin withdrew it in between") {
    Pass(office, 5);
    TakeBack(office);
    CHECK_FALSE(Remembered(office).has_value());
    CHECK(Bring(office, 10).empty());
    CHECK(KeptUntil(office) == kFirst + 21);
  }
}

TEST_CASE("what a law erased goes on with its stay when another lets it in") {
  Office office;
  office.Prepare();
  CHECK(Bring(office, 10).empty());
  policy::DocumentSource closed = SampleNational();
  const std::string receive = "\"!record.imported\"";
  closed.text.replace(closed.text.find(receive), receive.size(),
                      "\"record.imported\"");
  Pass(office, 3);
  office.Activate(closed);
  CHECK_FALSE(Held(office).has_value());
  CHECK(Remembered(office) == kFirst);
  Pass(office, 3);
  office.Activate(SampleNational());
  CHECK(Bring(office, 10).empty());
  CHECK(KeptUntil(office) == kFirst + 10);
}

TEST_CASE("records written before stays were noted are read") {
  ReceivedBody old;
  old.keep_until = kFirst + 90;
  old.no_onward_transfer = true;
  old.epoch = 3;
  old.message = "message";
  const std::string bytes = EncodeReceived(old);
  // The form of then: 12 bytes, the message.
  CHECK(bytes.size() == 12 + old.message.size());
  const auto read = DecodeReceived(bytes);
  REQUIRE(read.ok());
  CHECK_FALSE(read->since.has_value());
  CHECK(read->keep_until == old.keep_until);
  CHECK(read->message == "message");

  ReceivedBody now = old;
  now.since = kFirst;
  const std::string longer = EncodeReceived(now);
  const auto again = DecodeReceived(longer);
  REQUIRE(again.ok());
  CHECK(again->since == kFirst);
  CHECK(again->keep_until == old.keep_until);
  CHECK(again->no_onward_transfer);
  CHECK(again->epoch == 3);
  CHECK(again->message == "message");
  for (std::size_t size = 0; size < 16; ++size) {
    CHECK_FALSE(DecodeReceived(longer.substr(0, size)).ok());
  }

  // Their stay began with their last change.
  Office office;
  office.Prepare();
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    storage::StoredRecord record;
    record.key = Foreign();
    record.revision = 1;
    record.changed_at = office.clock.Now();
    const std::string message = Body();
    ReceivedBody form;
    form.message = message;
    record.body = EncodeReceived(form);
    record.digest = Sha256(message);
    return transaction.records().Put(record, /*own=*/false).status();
  });
  Pass(office, 4);
  office.Activate(Keeping(10));
  CHECK(KeptUntil(office) == kFirst + 10);
}

TEST_CASE("stays are remembered for so many records") {
  Office office;
  constexpr int kMost = 20;
  const auto key = [](int i) {
    return RecordKey{kEcuador, RecordKind::kVacancy, absl::StrCat("q", i)};
  };
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    storage::DocumentStore& documents = transaction.documents();
    for (int i = 0; i < kMost; ++i) {
      MINGA_RETURN_IF_ERROR(RememberStay(documents, key(i), kFirst + i, kMost));
    }
    // Twice the same is one.
    MINGA_RETURN_IF_ERROR(RememberStay(documents, key(0), kFirst, kMost));
    CHECK(*StayOf(documents, key(0)) == kFirst);
    // One that is forgotten makes room.
    MINGA_RETURN_IF_ERROR(ForgetStay(documents, key(9)));
    MINGA_RETURN_IF_ERROR(
        RememberStay(documents, key(kMost), kFirst + kMost, kMost));
    CHECK(*StayOf(documents, key(0)) == kFirst);
    // Of too many the oldest go: a tenth and one.
    MINGA_RETURN_IF_ERROR(
        RememberStay(documents, key(kMost + 1), kFirst + 99, kMost));
    for (int i = 0; i <= kMost + 1; ++i) {
      CAPTURE(i);
      CHECK(StayOf(documents, key(i))->has_value() == (i > 2 && i != 9));
    }
    // Nothing in the store names a record.
    MINGA_ASSIGN_OR_RETURN(const auto all, documents.List("stay"));
    for (const auto& [name, day] : all) CHECK(name.find('q') == name.npos);
    CHECK(all.size() == 1 + kMost + 2 - 3 - 1);
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace minga::exchange
