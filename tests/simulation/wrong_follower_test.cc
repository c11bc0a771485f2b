// A follower that says wrong things: each is refused by its own words, nothing
// of it is stored, and the exchange goes on once it is right again.
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "federation/page.h"
#include "federation/receipt.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "tests/simulation/wrong.h"

namespace minga::test {
namespace {

TEST_CASE_METHOD(Wrong, "wrong receipts close the stream") {
  SECTION("signature") {
    ChangeNextRequest([&](v1::FollowRequest& r) {
      if (!r.has_receipt()) return false;
      std::string& note = *r.mutable_receipt()->mutable_note();
      note[note.find("EC CO")] = 'U';
      return true;
    });
    MustBeClosed("receipt: no valid signature by `minga/ec/node`");
  }
  SECTION("of a page never sent") {
    ChangeNextRequest([&](v1::FollowRequest& r) {
      if (!r.has_receipt()) return false;
      PageHeader page{kColombia, kEcuador, 1, 2, 5, 1, {}};
      SealReceipt(page, {}, ec_signer, federation::FullDialect(),
                  *r.mutable_receipt());
      return true;
    });
    MustBeClosed("receipt for (2, 5]: no such page was sent");
  }
  SECTION("with too many credits") {
    ChangeNextRequest([&](v1::FollowRequest& r) {
      if (!r.has_receipt()) return false;
      r.mutable_receipt()->set_credits(3);
      return true;
    });
    MustBeClosed("credit for 3 more pages; at most 8 may be under way");
  }
}

TEST_CASE_METHOD(Wrong, "receipts come in the order of the pages") {
  // Two pages travel; the receipt of the second comes first.
  v1::FollowRequest first;
  int receipts = 0;
  world.network().OnRequests([&](PeerId from, v1::FollowRequest& r) {
    if (from != kEcuador || !r.has_receipt()) return;
    if (++receipts == 1) {
      first = r;
      r.mutable_credit();  // nothing, for now
    }
  });
  co.Write([&](storage::Transaction& t) {
    for (int i = 0; i < 1500; ++i) {
      const absl::Status put =
          PutText(t, co.Key(absl::StrCat("w", i)), "welder", {kEcuador});
      if (!put.ok()) return put;
    }
    return absl::OkStatus();
  });
  while (receipts < 2) world.Step();
  world.Settle();
  CHECK(absl::StrContains(co.ProgressWith(kEcuador).last_error,
                          "is out of order"));
  world.network().OnRequests(nullptr);
  MustRecover();
}

TEST_CASE_METHOD(Wrong, "wrong greetings of a follower") {
  const auto hello = [&](std::function<void(v1::Hello&)> change) {
    ChangeNextRequest([change](v1::FollowRequest& r) {
      if (r.has_hello()) change(*r.mutable_hello());
      return r.has_hello();
    });
  };
  SECTION("too many credits") {
    hello([](v1::Hello& h) { h.set_credits(99); });
    MustBeClosedAtGreeting("credit for 99 more pages");
  }
  SECTION("protocol") {
    hello([](v1::Hello& h) {
      h.set_protocol_min(3);
      h.set_protocol_max(4);
    });
    MustBeClosedAtGreeting(
        "FAILED_PRECONDITION: no common protocol: this node speaks 1-2, the "
        "other 3-4");
  }
  SECTION("no range") {
    hello([](v1::Hello& h) { h.set_protocol_min(0); });
    MustBeClosedAtGreeting("protocol 0-2 is not a range");
  }
  SECTION("bounds") {
    hello([](v1::Hello& h) { h.add_features(std::string(100, 'x')); });
    MustBeClosedAtGreeting("greeting is over its bounds");
  }
  SECTION("receipt instead") {
    ChangeNextRequest([](v1::FollowRequest& r) {
      r.mutable_receipt();
      return true;
    });
    MustBeClosedAtGreeting("receipt before the greeting");
  }
  SECTION("credit instead") {
    ChangeNextRequest([](v1::FollowRequest& r) {
      r.mutable_credit();
      return true;
    });
    MustBeClosedAtGreeting("credit before the greeting");
  }
  SECTION("nothing known") {
    ChangeNextRequest([](v1::FollowRequest& r) {
      r.Clear();
      return true;
    });
    MustBeClosedAtGreeting("message of an unknown kind");
  }
}

TEST_CASE_METHOD(Wrong, "a newer feature is no offence") {
  ChangeNextRequest([](v1::FollowRequest& r) {
    if (!r.has_hello()) return false;
    r.mutable_hello()->add_features("telepathy/2");
    r.mutable_hello()->set_protocol_max(9);
    return true;
  });
  ec.Restart();
  co.Put("v3", "miner");
  world.Settle();
  CHECK(ec.HeldFrom(kColombia).size() == 3);
}

TEST_CASE_METHOD(Wrong,
                 "who keeps sending malformed receipts is not accepted") {
  world.network().OnRequests([&](PeerId from, v1::FollowRequest& r) {
    if (from == kEcuador && r.has_receipt()) {
      r.mutable_receipt()->set_note("");
    }
  });
  co.Put("v3", "miner");
  world.Settle();
  world.Converge(absl::Minutes(3));
  CHECK(absl::StrContains(ec.ProgressWith(kColombia).last_error,
                          "malformed messages came before"));
  world.network().OnRequests(nullptr);
  MustRecover();
}

}  // namespace
}  // namespace minga::test
