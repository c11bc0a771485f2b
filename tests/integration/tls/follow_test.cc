// Follow streams: order, ends from either side, and lifetimes.
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/base/limits.h"
#include "tests/integration/tls/two_nodes.h"

namespace minga::test {
namespace {

constexpr Country kColombia = Country::Of("CO");
constexpr Country kEcuador = Country::Of("EC");

std::unique_ptr<v1::FollowResponse> PageOf(int number, std::size_t bytes) {
  auto response = std::make_unique<v1::FollowResponse>();
  response->mutable_page()->set_note(std::to_string(number));
  response->mutable_page()->add_rows(std::string(bytes, 'x'));
  return response;
}

v1::FollowRequest CreditOf(unsigned pages) {
  v1::FollowRequest request;
  request.mutable_credit()->set_pages(pages);
  return request;
}

// Ecuador follows Colombia.
struct Pair {
  Pair()
      : colombia(kColombia, Certificate()), ecuador(kEcuador, Certificate()) {
    colombia.Know({{FingerprintOf(ecuador.tls().own), kEcuador}});
    ecuador.Know({{FingerprintOf(colombia.tls().own), kColombia}});
    colombia.Serve();
  }
  std::unique_ptr<federation::FollowerLink> Dial(federation::LinkId id) {
    return ecuador.transport->Follow(colombia.DescriptorAt(colombia.port()), id,
                                     ecuador.heard);
  }
  void Open() {
    follower = Dial(1);
    PeerId peer;
    origin = colombia.heard.AwaitAccepted(origin_id, peer);
    CHECK(peer == kEcuador);
  }
  Edges colombia;
  Edges ecuador;
  std::unique_ptr<federation::FollowerLink> follower;
  std::unique_ptr<federation::OriginLink> origin;
  federation::LinkId origin_id = 0;
};

TEST_CASE("messages arrive in order, both ways", "[follow]") {
  Pair pair;
  pair.Open();
  constexpr int kMessages = 500;
  for (int i = 0; i < kMessages; ++i) {
    pair.origin->Send(PageOf(i, 20000));
    pair.follower->Send(CreditOf(static_cast<unsigned>(i)));
  }
  const auto pages = pair.ecuador.heard.AwaitResponses(kMessages);
  const auto credits = pair.colombia.heard.AwaitRequests(kMessages);
  REQUIRE(pages.size() == kMessages);
  REQUIRE(credits.size() == kMessages);
  for (int i = 0; i < kMessages; ++i) {
    const auto at = static_cast<std::size_t>(i);
    REQUIRE(pages[at]->page().note() == std::to_string(i));
    REQUIRE(credits[at]->credit().pages() == static_cast<unsigned>(i));
  }
}

TEST_CASE("the origin's reason to end reaches the follower", "[follow]") {
  Pair pair;
  pair.Open();
  pair.origin->Send(PageOf(1, 10));
  pair.ecuador.heard.AwaitResponses(1);
  pair.origin->Finish(absl::FailedPreconditionError("no agreement in force"));
  // As federation does: finish and forget.
  pair.origin = nullptr;
  const absl::Status why = pair.ecuador.heard.AwaitClosed(1);
  CHECK(why == absl::FailedPreconditionError("no agreement in force"));
}

TEST_CASE("either end that is dropped closes the other", "[follow]") {
  Pair pair;
  pair.Open();
  SECTION("the follower goes") {
    pair.follower = nullptr;
    CHECK(pair.colombia.heard.AwaitClosed(pair.origin_id).code() !=
          absl::StatusCode::kUnavailable);
    // Who dropped the link is told nothing.
    CHECK_FALSE(pair.ecuador.heard.closed(1));
  }
  SECTION("the origin goes") {
    pair.origin = nullptr;
    CHECK(absl::IsCancelled(pair.ecuador.heard.AwaitClosed(1)));
    CHECK_FALSE(pair.colombia.heard.closed(pair.origin_id));
  }
  SECTION("the origin goes while its writes wait for the network") {
    for (int i = 0; i < 50; ++i) pair.origin->Send(PageOf(i, 1000000));
    pair.origin = nullptr;
    CHECK_FALSE(pair.ecuador.heard.AwaitClosed(1).ok());
  }
  SECTION("the server stops") {
    pair.colombia.server->Shutdown(absl::ZeroDuration());
    CHECK_FALSE(pair.ecuador.heard.AwaitClosed(1).ok());
    CHECK(pair.colombia.heard.closed(pair.origin_id));
  }
  SECTION("the transport stops") {
    pair.ecuador.transport->Shutdown();
    CHECK(pair.ecuador.heard.closed(1));
    CHECK(pair.colombia.heard.AwaitClosed(pair.origin_id).code() !=
          absl::StatusCode::kUnavailable);
  }
  SECTION("the pin goes at the origin") {
    pair.colombia.Know({});
    CHECK_FALSE(pair.ecuador.heard.AwaitClosed(1).ok());
    CHECK(absl::IsUnauthenticated(
        pair.colombia.heard.AwaitClosed(pair.origin_id)));
  }
  SECTION("the pin goes at the follower") {
    pair.ecuador.Know({});
    CHECK(absl::IsCancelled(pair.ecuador.heard.AwaitClosed(1)));
    CHECK(pair.colombia.heard.AwaitClosed(pair.origin_id).code() !=
          absl::StatusCode::kUnavailable);
  }
}

TEST_CASE("sending into a stream that has ended does nothing", "[follow]") {
  Pair pair;
  pair.Open();
  pair.colombia.server->Shutdown(absl::ZeroDuration());
  CHECK_FALSE(pair.ecuador.heard.AwaitClosed(1).ok());
  pair.origin->Send(PageOf(1, 10));
  pair.origin->Finish(absl::OkStatus());
  pair.follower->Send(CreditOf(1));
  CHECK(pair.colombia.heard.closed(pair.origin_id));
}

TEST_CASE("a link dropped before it is connected is no trouble", "[follow]") {
  Pair pair;
  for (federation::LinkId id = 1; id <= 50; ++id) pair.Dial(id);
  pair.follower = pair.Dial(51);
  pair.follower->Send(CreditOf(1));
  CHECK(pair.colombia.heard.AwaitRequests(1).size() == 1);
  // Some of the dropped ones may have been accepted before.
  PeerId peer;
  while (pair.origin_id != pair.colombia.heard.requester()) {
    pair.origin = pair.colombia.heard.AwaitAccepted(pair.origin_id, peer);
  }
  pair.origin->Send(PageOf(7, 10));
  CHECK(pair.ecuador.heard.AwaitResponses(1).size() == 1);
}

TEST_CASE("nobody at the endpoint is told as unavailable", "[follow]") {
  Pair pair;
  const int port = pair.colombia.port();
  pair.colombia.server->Shutdown(absl::ZeroDuration());
  const auto link = pair.ecuador.transport->Follow(
      pair.colombia.DescriptorAt(port), 1, pair.ecuador.heard);
  CHECK(absl::IsUnavailable(pair.ecuador.heard.AwaitClosed(1)));
}

TEST_CASE("a message over the limit ends the stream, not the node",
          "[follow]") {
  Pair pair;
  pair.Open();
  pair.origin->Send(PageOf(1, kWireMessageBytesMax + 1));
  CHECK_FALSE(pair.ecuador.heard.AwaitClosed(1).ok());
  CHECK(pair.colombia.heard.AwaitClosed(pair.origin_id).code() !=
        absl::StatusCode::kUnavailable);
  pair.follower = pair.Dial(2);
  PeerId peer;
  pair.origin = pair.colombia.heard.AwaitAccepted(pair.origin_id, peer);
  pair.origin->Send(PageOf(2, 10));
  CHECK(pair.ecuador.heard.AwaitResponses(1).front()->page().note() == "2");
}

TEST_CASE("after shutdown nothing is dialled any more", "[follow]") {
  Pair pair;
  pair.ecuador.transport->Shutdown();
  const auto link = pair.Dial(1);
  CHECK(absl::IsUnavailable(pair.ecuador.heard.AwaitClosed(1)));
}

}  // namespace
}  // namespace minga::test
