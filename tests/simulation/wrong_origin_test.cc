// An origin that says wrong things: each is refused by its own words, nothing
// of it is stored, and the exchange goes on once it is right again.
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "federation/conduct.h"
#include "federation/page.h"
#include "federation/receipt.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "tests/simulation/wrong.h"

namespace minga::test {
namespace {

v1::Row ParsedRow(const v1::Page& page) {
  v1::Row row;
  REQUIRE(row.ParseFromString(page.rows(0)));
  return row;
}

TEST_CASE_METHOD(Wrong, "wrong pages") {
  SECTION("root") {
    ChangeNextPage(
        [](PageHeader&, v1::Page& page) { page.mutable_rows(0)->append("x"); },
        /*sign=*/false);
    MustBeRefused("the rows do not hash to the signed root");
  }
  SECTION("signature") {
    ChangeNextPage(
        [&](PageHeader& header, v1::Page& page) {
          SealPage(header,
                   {ec.party().node_key.get(), co.party().verifier().name},
                   page);
        },
        /*sign=*/false);
    MustBeRefused("no valid signature by `minga/co/node`");
  }
  SECTION("gap") {
    ChangeNextPage([](PageHeader& h, v1::Page&) { h.after = h.upto; });
    MustBeRefused("leaves a gap after the cursor 2");
  }
  SECTION("overlap") {
    ChangeNextPage([](PageHeader& h, v1::Page&) { h.after = 1; });
    MustBeRefused("overlaps the cursor 2");
  }
  SECTION("epoch") {
    ChangeNextPage([](PageHeader& h, v1::Page&) { h.epoch = 9; });
    MustBeRefused("is of epoch 9, the stream of epoch 1");
  }
  SECTION("row out of order") {
    ChangeNextPage([](PageHeader&, v1::Page& page) {
      v1::Row row = ParsedRow(page);
      row.set_seq(1);
      page.set_rows(0, row.SerializeAsString());
    });
    MustBeRefused("sequence 1 is not in (2, 3]");
  }
  SECTION("too many rows") {
    ChangeNextPage(
        [](PageHeader&, v1::Page& page) {
          while (page.rows_size() <= kFeedPageRowsMax)
            *page.add_rows() = std::string(1, 'x');
        },
        /*sign=*/false);
    MustBeRefused("page has 1025 rows; at most 1024 are allowed");
  }
  SECTION("too many bytes") {
    ChangeNextPage([](PageHeader&, v1::Page& page) {
      page.set_rows(0, std::string(kFeedPageBytesMax + 1, 'x'));
    });
    MustBeRefused("page has 2097153 bytes of rows");
  }
  SECTION("unknown kind of record") {
    ChangeNextPage([](PageHeader&, v1::Page& page) {
      v1::Row row = ParsedRow(page);
      row.set_kind(static_cast<v1::RecordKind>(99));
      page.set_rows(0, row.SerializeAsString());
    });
    MustBeRefused("page (2, 3] row 1: ");
  }
}

TEST_CASE_METHOD(Wrong, "a record of another country is rejected, not stored") {
  ChangeNextPage([](PageHeader&, v1::Page& page) {
    v1::Row row = ParsedRow(page);
    row.set_body("PE/vacancy/v3\nminer");
    page.set_rows(0, row.SerializeAsString());
  });
  co.Put("v3", "miner");
  co.Put("v4", "baker");
  world.Settle();
  CHECK(ec.HeldFrom(kColombia).size() == 3);
  CHECK(ec.HeldFrom(kPeru).empty());
  CHECK(ec.ProgressWith(kColombia).records_rejected == 1);
}

TEST_CASE_METHOD(Wrong, "wrong responses") {
  v1::FollowResponse page;
  bool again = false;
  world.network().OnResponses([&](PeerId from, v1::FollowResponse& r) {
    if (from != kColombia) return;
    if (r.page().rows_size() > 0) page = r;
    if (again && r.has_page() && r.page().rows().empty()) {
      r = page;
      again = false;
    }
  });
  co.Put("v5", "driver");
  world.Settle();
  REQUIRE(page.page().rows_size() == 1);

  SECTION("a replayed page is receipted again and changes nothing") {
    const std::size_t applied = ec.Audit().size();
    const View before = ec.HeldFrom(kColombia);
    again = true;
    // The keepalive is exchanged for the old page: its receipt is then for a
    // page that the origin has not sent now, which closes the stream.
    while (again) {
      world.clock().Advance(absl::Seconds(10));
      world.Settle();
    }
    CHECK(ec.HeldFrom(kColombia) == before);
    CHECK(ec.Audit().size() == applied);
    CHECK(absl::StrContains(co.ProgressWith(kEcuador).last_error,
                            "receipt for (2, 3]: no such page was sent"));
    MustRecover();
  }
  SECTION("a second greeting") {
    world.network().OnResponses([&](PeerId from, v1::FollowResponse& r) {
      if (from == kColombia && r.has_page()) r.mutable_hello()->set_epoch(1);
    });
    co.Put("v6", "guide");
    world.Settle();
    CHECK(absl::StrContains(ec.ProgressWith(kColombia).last_error,
                            "second greeting"));
    world.network().OnResponses(nullptr);
    MustRecover();
  }
  SECTION("a message of an unknown kind") {
    world.network().OnResponses([&](PeerId from, v1::FollowResponse& r) {
      if (from == kColombia) r.Clear();
    });
    co.Put("v6", "guide");
    world.Settle();
    CHECK(absl::StrContains(ec.ProgressWith(kColombia).last_error,
                            "message of an unknown kind"));
    world.network().OnResponses(nullptr);
    MustRecover();
  }
}

TEST_CASE_METHOD(Wrong, "wrong greetings of an origin") {
  const auto greet = [&](std::function<void(v1::HelloReply&)> change,
                         const char* error) {
    world.network().OnResponses(
        [change, done = false](PeerId from, v1::FollowResponse& r) mutable {
          if (done || from != kColombia || !r.has_hello()) return;
          done = true;
          change(*r.mutable_hello());
        });
    ec.Restart();
    world.Settle();
    CHECK(absl::StrContains(ec.ProgressWith(kColombia).last_error, error));
    CHECK(ec.HeldFrom(kColombia).size() == 2);
    MustRecover();
  };
  SECTION("protocol") {
    greet([](v1::HelloReply& r) { r.set_protocol(7); },
          "greeting chooses protocol 7, offered were 1-2");
  }
  SECTION("no epoch") {
    greet([](v1::HelloReply& r) { r.set_epoch(0); }, "has no epoch");
  }
  SECTION("start") {
    greet([](v1::HelloReply& r) { r.set_start(1); },
          "greeting starts at 1 of epoch 1, the cursor is at 2 of epoch 1");
  }
  SECTION("bounds") {
    greet([](v1::HelloReply& r) { r.set_checkpoint(std::string(9000, 'x')); },
          "greeting is over its bounds");
  }
}

TEST_CASE_METHOD(
    Wrong, "who keeps sending malformed pages is slowed, then suspended") {
  world.network().OnResponses([&](PeerId from, v1::FollowResponse& r) {
    if (from == kColombia && r.page().rows_size() > 0) {
      r.mutable_page()->set_note("");
    }
  });
  co.Put("v3", "miner");
  int refused = 0;
  const absl::Time end = world.clock().Now() + absl::Hours(1);
  while (world.clock().Now() < end) {
    world.Settle();
    world.clock().Advance(absl::Seconds(1));
  }
  for (const v1::AuditEntry& e : ec.Audit()) {
    refused += e.event() == v1::AUDIT_EVENT_PAGE_REFUSED;
  }
  CHECK(refused == federation::kOffencesSuspend);
  int suspended = 0;
  for (const v1::AuditEntry& e : ec.Audit()) {
    if (e.event() != v1::AUDIT_EVENT_PEER_SUSPENDED) continue;
    ++suspended;
    CHECK(e.actor() == "system");
    CHECK(e.peer() == "CO");
    CHECK(absl::StartsWith(e.detail(), "10 offences within an hour, the last"));
  }
  CHECK(suspended == 1);
  // Until an operator resumes it.
  world.network().OnResponses(nullptr);
  CHECK_FALSE(world.Converge());
  ec.SetState(kColombia, storage::PeerState::kActive);
  MustRecover();
}

TEST_CASE_METHOD(Wrong, "a follower that floods is cut off") {
  v1::FollowRequest credit;
  credit.mutable_credit();
  Stranger stranger;
  ec.Crash();
  const auto transport = world.network().TransportOf(kEcuador);
  const auto link =
      transport->Follow(co.party().descriptor, 1'000'000, stranger);
  for (int i = 0; i < 1000; ++i) link->Send(credit);
  while (world.network().Deliver()) {
  }
  co.federation().Tick();
  while (world.network().Deliver()) {
  }
  CHECK(absl::IsInvalidArgument(stranger.closed));
  ec.Start();
}

TEST_CASE_METHOD(Wrong, "too many questions are refused, each with a reason") {
  Stranger stranger;
  ec.Crash();
  const auto transport = world.network().TransportOf(kEcuador);
  constexpr std::size_t kAsked = 100;
  for (std::size_t i = 0; i < kAsked; ++i) {
    transport->Ask(co.party().descriptor, 1'000'000 + i, v1::AskRequest(),
                   absl::Seconds(30), stranger);
  }
  while (world.network().Deliver()) {
  }
  const std::size_t refused = stranger.answers.size();
  CHECK(refused > kAsked / 2);
  CHECK(refused < kAsked);
  co.federation().Tick();
  while (world.network().Deliver()) {
  }
  REQUIRE(stranger.answers.size() == kAsked);
  for (std::size_t i = 0; i < kAsked; ++i) {
    const absl::Status& answer = stranger.answers[i];
    // Nobody knows an empty question.
    CHECK((i < refused ? absl::IsResourceExhausted(answer)
                       : absl::IsUnimplemented(answer)));
  }
  ec.Start();
}

TEST_CASE_METHOD(Wrong, "an origin may not send beyond the credits") {
  Stranger stranger;
  co.Crash();
  world.network().Attach(kColombia, &stranger);
  world.clock().Advance(absl::Minutes(2));
  ec.federation().Tick();  // learns that the stream is gone
  while (stranger.accepted == nullptr) {
    world.clock().Advance(absl::Seconds(1));
    ec.federation().Tick();
    world.network().Deliver();
  }
  static_assert(kFeedCreditsMax == 8);
  const int pages = GENERATE(8, 9, 100);
  stranger.Greet(2);
  PageHeader header{kColombia, kEcuador, 1, 2, 3, 0, {}};
  for (int i = 0; i < pages; ++i, ++header.after, ++header.upto) {
    auto response = std::make_unique<v1::FollowResponse>();
    SealPage(header, co_signer, *response->mutable_page());
    stranger.accepted->Send(std::move(response));
  }
  while (world.network().Deliver()) {
  }
  ec.federation().Tick();
  const std::string error = ec.ProgressWith(kColombia).last_error;
  INFO(error);
  if (pages == kFeedCreditsMax) {
    CHECK(ec.ProgressWith(kColombia).following);
  } else {
    CHECK_FALSE(ec.ProgressWith(kColombia).following);
    CHECK(absl::StrContains(error, "page beyond the credits"));
  }
  world.network().Detach(kColombia);
  stranger.accepted = nullptr;
  co.Start();
}

TEST_CASE_METHOD(Wrong, "an error of the exchange undoes the whole page") {
  SECTION("of this node") {
    ec.exchange().apply_error = absl::ResourceExhaustedError("disk full");
  }
  SECTION("of the page") {
    ec.exchange().apply_error = absl::InvalidArgumentError("no such thing");
  }
  co.Put("v3", "miner");
  world.Settle();
  CHECK(ec.HeldFrom(kColombia).size() == 2);
  CHECK(ec.CursorOf(kColombia).seq == 2);
  CHECK_FALSE(ec.ProgressWith(kColombia).following);
  ec.exchange().apply_error = absl::OkStatus();
  MustRecover();
  CHECK(ec.HeldFrom(kColombia).size() == 3);
}

}  // namespace
}  // namespace minga::test
