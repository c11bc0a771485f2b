// Peers, people, classes and documents.
#include <catch2/catch.hpp>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

PeerRow Peer(PeerId id) {
  PeerRow row;
  row.id = id;
  row.descriptor = "descriptor\n";
  row.pseudonym_key = std::string(32, 'p');
  row.added_at = absl::FromUnixSeconds(1'800'000'000);
  return row;
}

using Strings = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("a peer is kept with its cursor and receipts",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    CHECK(absl::IsNotFound(t.peers().SetCursor(kEcuador, {1, 2})));
    MINGA_RETURN_IF_ERROR(t.peers().Put(Peer(kPeru)));
    MINGA_RETURN_IF_ERROR(t.peers().Put(Peer(kEcuador)));
    MINGA_RETURN_IF_ERROR(t.peers().SetCursor(kEcuador, {3, 40}));
    for (SeqNo upto : {10, 20, 30}) {
      ReceiptRow receipt;
      receipt.side = ReceiptSide::kTaken;
      receipt.upto = upto;
      receipt.note = absl::StrCat("note ", upto);
      MINGA_RETURN_IF_ERROR(t.peers().receipts().Add(kEcuador, receipt));
    }
    // Suspended: the cursor stays.
    PeerRow suspended = Peer(kEcuador);
    suspended.state = PeerState::kSuspended;
    suspended.suspended_why = "malformed pages";
    return t.peers().Put(suspended);
  });
  engine.Reopen();
  Read(engine.database(), [](const Snapshot& s) {
    const std::vector<PeerRow> peers = Must(s.peers().List());
    REQUIRE(peers.size() == 2);
    CHECK(peers[0].id == kEcuador);
    CHECK(peers[0].state == PeerState::kSuspended);
    CHECK(peers[0].suspended_why == "malformed pages");
    CHECK(peers[0].pseudonym_key == std::string(32, 'p'));
    CHECK(peers[1].id == kPeru);
    CHECK(Must(s.peers().CursorOf(kEcuador)) == Cursor{3, 40});
    CHECK(Must(s.peers().CursorOf(kPeru)) == Cursor{0, 0});
    const auto receipts =
        Must(s.peers().receipts().Newest(kEcuador, ReceiptSide::kTaken, 2));
    REQUIRE(receipts.size() == 2);
    CHECK(receipts[0].upto == 30);
    CHECK(receipts[0].side == ReceiptSide::kTaken);
    CHECK(receipts[1].note == "note 20");
  });
  Write(engine.database(),
        [](Transaction& t) { return t.peers().Remove(kEcuador); });
  Read(engine.database(), [](const Snapshot& s) {
    CHECK(!Must(s.peers().Get(kEcuador)).has_value());
    CHECK(Must(s.peers().receipts().Newest(kEcuador, ReceiptSide::kTaken, 9))
              .empty());
    CHECK(Must(s.peers().CursorOf(kEcuador)) == Cursor{0, 0});
  });
}

TEMPLATE_TEST_CASE("receipts add up, and say what was not accepted",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  const absl::Time start = absl::FromUnixSeconds(1'800'000'000);
  const auto receipt = [&](ReceiptSide side, SeqNo upto, int rejected) {
    ReceiptRow row;
    row.side = side;
    row.epoch = 2;
    row.after = upto - 10;
    row.upto = upto;
    row.at = start + absl::Seconds(upto);
    row.note = absl::StrCat("note ", upto);
    row.applied = 7;
    row.withdrawn = 1;
    for (int i = 0; i < rejected; ++i) {
      row.rejected.push_back(
          {0,
           upto - static_cast<SeqNo>(i),
           i == 0 ? RecordKind::kVacancy : RecordKind::kUnspecified,
           i == 0 ? "v1" : "",
           "fee: is asked for",
           {}});
    }
    return row;
  };
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    ReceiptStore& receipts = t.peers().receipts();
    for (SeqNo upto : {10, 20, 30}) {
      MINGA_RETURN_IF_ERROR(
          receipts.Add(kEcuador, receipt(ReceiptSide::kTaken, upto, 2)));
    }
    MINGA_RETURN_IF_ERROR(
        receipts.Add(kEcuador, receipt(ReceiptSide::kGiven, 40, 1)));
    return receipts.Add(kPeru, receipt(ReceiptSide::kTaken, 50, 1));
  });
  engine.Reopen();
  Read(engine.database(), [&](const Snapshot& s) {
    const ReceiptReader& receipts = s.peers().receipts();
    const ReceiptTotals taken =
        Must(receipts.Totals(kEcuador, ReceiptSide::kTaken));
    CHECK(taken.pages == 3);
    CHECK(taken.applied == 21);
    CHECK(taken.withdrawn == 3);
    CHECK(taken.rejected == 6);
    CHECK(Must(receipts.Totals(kPeru, ReceiptSide::kGiven)).pages == 0);
    CHECK(Must(receipts.Newest(kEcuador, ReceiptSide::kGiven, 9)).size() == 1);
    const auto covering = [&](Epoch epoch, SeqNo seq) {
      const std::optional<ReceiptRow> found =
          Must(receipts.Covering(kEcuador, ReceiptSide::kTaken, epoch, seq));
      return found.has_value() ? found->note : "";
    };
    CHECK(covering(2, 11) == "note 20");
    CHECK(covering(2, 20) == "note 20");
    CHECK(covering(2, 31) == "");
    CHECK(covering(1, 11) == "");
    const auto rejected =
        Must(receipts.Rejections(kEcuador, ReceiptSide::kTaken, 4));
    REQUIRE(rejected.size() == 4);
    CHECK(rejected[1].seq == 30);
    CHECK(rejected[1].id == "v1");
    CHECK(rejected[1].kind == RecordKind::kVacancy);
    CHECK(rejected[1].reason == "fee: is asked for");
    CHECK(rejected[1].at == start + absl::Seconds(30));
    CHECK(rejected[0].kind == RecordKind::kUnspecified);
  });
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    ReceiptStore& receipts = t.peers().receipts();
    CHECK(Must(receipts.ForgetRejections(start + absl::Seconds(30))) == 4);
    CHECK(Must(receipts.Rejections(kEcuador, ReceiptSide::kTaken, 9)).size() ==
          2);
    // Counted once and for all.
    CHECK(Must(receipts.Totals(kEcuador, ReceiptSide::kTaken)).rejected == 6);
    return receipts.Remove(kEcuador);
  });
  Read(engine.database(), [&](const Snapshot& s) {
    const ReceiptReader& receipts = s.peers().receipts();
    CHECK(Must(receipts.Totals(kEcuador, ReceiptSide::kTaken)).pages == 0);
    CHECK(Must(receipts.Rejections(kEcuador, ReceiptSide::kGiven, 9)).empty());
    CHECK(Must(receipts.Rejections(kPeru, ReceiptSide::kTaken, 9)).size() == 1);
  });
}

TEMPLATE_TEST_CASE("a peer cannot fill the disk with what it rejects",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    SeqNo seq = 0;
    for (int page = 0; page * 1000 <= kRejectionsKeptMax; ++page) {
      ReceiptRow row;
      row.side = ReceiptSide::kTaken;
      for (int i = 0; i < 1000; ++i) {
        row.rejected.push_back(
            {0, ++seq, RecordKind::kUnspecified, "", "no", {}});
      }
      MINGA_RETURN_IF_ERROR(t.peers().receipts().Add(kPeru, row));
    }
    return absl::OkStatus();
  });
  Read(engine.database(), [](const Snapshot& s) {
    const auto kept = Must(s.peers().receipts().Rejections(
        kPeru, ReceiptSide::kTaken, 2 * kRejectionsKeptMax));
    REQUIRE(kept.size() == static_cast<std::size_t>(kRejectionsKeptMax));
    CHECK(kept.back().seq == 1001);
  });
}

TEMPLATE_TEST_CASE("there are not more peers than the bound",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  const auto put = [&](int n) {
    const char code[] = {static_cast<char>('A' + n / 26),
                         static_cast<char>('A' + n % 26), '\0'};
    return engine.database().Write(
        [&](Transaction& t) { return t.peers().Put(Peer(Country::Of(code))); });
  };
  for (int n = 0; n < kPeersMax; ++n) MINGA_CHECK_OK(put(n));
  CHECK(absl::IsResourceExhausted(put(kPeersMax)));
  MINGA_CHECK_OK(put(0));  // replaces
}

TEMPLATE_TEST_CASE("a person's key is made once and can be destroyed",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  std::string key;
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    CHECK(absl::IsNotFound(t.people().Key("p1").status()));
    MINGA_ASSIGN_OR_RETURN(key, t.people().KeyOrNew(Somebody("p1")));
    CHECK(key.size() == 32);
    CHECK(Must(t.people().KeyOrNew(Somebody("p2"))) != key);
    return t.people().SetConsent("p1", "consent", absl::CivilDay(2027, 3, 1));
  });
  engine.Reopen();
  Write(engine.database(), [&](Transaction& t) {
    CHECK(Must(t.people().KeyOrNew(Somebody("p1"))) == key);
    CHECK(Must(t.people().Consent("p1")) == "consent");
    CHECK(!Must(t.people().Consent("p2")).has_value());
    CHECK(Must(t.people().Destroy("p1")));
    CHECK(!Must(t.people().Destroy("p1")));
    CHECK(absl::IsNotFound(t.people().Key("p1").status()));
    CHECK(absl::IsNotFound(t.people().Consent("p1").status()));
    CHECK(Must(t.people().KeyOrNew(Somebody("p1"))) != key);
    CHECK(!Must(t.people().Consent("p1")).has_value());
    return absl::OkStatus();
  });
}

TEMPLATE_TEST_CASE("ended consents are found by day", "[storage][contract]",
                   InSqlite) {
  TestType engine;
  const absl::CivilDay day(2027, 3, 1);
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.people().SetConsent("c", "x", day - 1));
    MINGA_RETURN_IF_ERROR(t.people().SetConsent("a", "x", day - 400));
    MINGA_RETURN_IF_ERROR(t.people().SetConsent("b", "x", day));
    MINGA_RETURN_IF_ERROR(t.people().SetConsent("d", "x", day - 2));
    return t.people().SetConsent("d", "y", day + 9);
  });
  Read(engine.database(), [&](const Snapshot& s) {
    CHECK(Must(s.people().ConsentsEndedBefore(day, "", 9)) ==
          Strings{"a", "c"});
    CHECK(Must(s.people().ConsentsEndedBefore(day, "", 1)) == Strings{"a"});
    CHECK(Must(s.people().ConsentsEndedBefore(day, "a", 9)) == Strings{"c"});
  });
}

TEMPLATE_TEST_CASE("documents are found by name and prefix",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    CHECK(absl::IsInvalidArgument(t.documents().Put("", "x")));
    MINGA_RETURN_IF_ERROR(t.documents().Put("mou/PE", "peru"));
    MINGA_RETURN_IF_ERROR(t.documents().Put("mou/EC", "old"));
    MINGA_RETURN_IF_ERROR(t.documents().Put("mou/EC", "ecuador"));
    MINGA_RETURN_IF_ERROR(t.documents().Put("mou0", ""));
    return t.documents().Put("policy/national", std::string("a\0b", 3));
  });
  Read(engine.database(), [](const Snapshot& s) {
    CHECK(Must(s.documents().Get("policy/national")) == std::string("a\0b", 3));
    CHECK(Must(s.documents().Get("mou0")) == "");
    CHECK(!Must(s.documents().Get("mou")).has_value());
    const auto mous = Must(s.documents().List("mou/"));
    REQUIRE(mous.size() == 2);
    CHECK(mous[0] == std::pair<std::string, std::string>("mou/EC", "ecuador"));
    CHECK(mous[1].first == "mou/PE");
    CHECK(Must(s.documents().List("")).size() == 4);
    const auto first = Must(s.documents().Page("mou/", "", 1));
    REQUIRE(first.size() == 1);
    CHECK(first[0].first == "mou/EC");
    const auto rest = Must(s.documents().Page("mou/", "mou/EC", 9));
    REQUIRE(rest.size() == 1);
    CHECK(rest[0] == std::pair<std::string, std::string>("mou/PE", "peru"));
    CHECK(Must(s.documents().Page("mou/", "mou/PE", 9)).empty());
    CHECK(Must(s.documents().Page("", "mou/", 2)).size() == 2);
    CHECK(Must(s.documents().Page("mou/", "", 0)).empty());
  });
  Write(engine.database(), [](Transaction& t) {
    CHECK(Must(t.documents().Remove("mou0")));
    CHECK(!Must(t.documents().Remove("mou0")));
    return absl::OkStatus();
  });
}

}  // namespace minga::storage
