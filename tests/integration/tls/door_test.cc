// Floods of connections at the peers' port, and the peers meanwhile.
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/rpc/knock_book.h"
#include "node/rpc/waiting_room.h"
#include "tests/integration/tls/flood.h"
#include "tests/integration/tls/two_nodes.h"

namespace minga::test {
namespace {

constexpr Country kColombia = Country::Of("CO");
constexpr Country kEcuador = Country::Of("EC");
const int kHandshakes = rpc::PeerServerOptions().handshakes_per_minute;
// The header of a ClientHello of which the rest never comes: gRPC waits for it.
constexpr absl::string_view kHalfHello("\x16\x03\x01\x02\x00\x01", 6);

// Colombia's door, whose clock stands still: nothing spent comes back.
struct Pair {
  Pair()
      : colombia(kColombia, Certificate()), ecuador(kEcuador, Certificate()) {
    colombia.Know({{FingerprintOf(ecuador.tls().own), kEcuador}});
    ecuador.Know({{FingerprintOf(colombia.tls().own), kColombia}});
    colombia.Serve();
  }

  // On a connection of its own, a page from Colombia and a word back.
  void CheckExchanges() {
    const auto follower = ecuador.transport->Follow(
        colombia.DescriptorAt(colombia.port()), ++links, ecuador.heard);
    federation::LinkId id = 0;
    PeerId peer;
    const auto origin = colombia.heard.AwaitAccepted(id, peer);
    CHECK(peer == kEcuador);
    auto page = std::make_unique<v1::FollowResponse>();
    page->mutable_page()->set_note("in spite of it");
    origin->Send(std::move(page));
    CHECK(ecuador.heard.AwaitResponses(1)[0]->page().note() ==
          "in spite of it");
    v1::FollowRequest credit;
    credit.mutable_credit()->set_pages(7);
    follower->Send(credit);
    CHECK(colombia.heard.AwaitRequests(1)[0]->credit().pages() == 7);
  }

  Edges colombia;
  Edges ecuador;
  federation::LinkId links = 0;
};

TEST_CASE("connections that say nothing keep no peer out", "[door]") {
  Pair pair;
  constexpr int kConnections = 500;
  constexpr int kPatient = static_cast<int>(rpc::kWaitingPerAddress);
  Flood flood("127.0.0.2", pair.colombia.port());
  flood.Add(kConnections, "");
  CHECK(flood.AwaitClosed(kConnections - kPatient) == kConnections - kPatient);
  CHECK(pair.colombia.refused.Await("the oldest from 127.0.0.2").side ==
        rpc::Refusal::Side::kServer);
  // A peer that the door has not seen yet.
  pair.CheckExchanges();
  // What is left goes by itself.
  CHECK(flood.Closed() == kConnections - kPatient);
  pair.colombia.clock.Advance(rpc::kHelloPatience);
  CHECK(flood.AwaitClosed(kConnections) == kConnections);
  pair.CheckExchanges();
}

TEST_CASE("garbage costs no budget and keeps no peer out", "[door]") {
  Pair pair;
  constexpr int kConnections = 500;
  // From the peer's own address.
  Flood flood("127.0.0.1", pair.colombia.port());
  flood.Add(kConnections, "GET / HTTP/1.1\r\nHost: minga\r\n\r\n");
  CHECK(flood.AwaitClosed(kConnections) == kConnections);
  pair.colombia.refused.Await("not a TLS handshake, from 127.0.0.1");
  pair.CheckExchanges();
}

TEST_CASE("an address that begins too many handshakes is turned away",
          "[door]") {
  Pair pair;
  Flood flood("127.0.0.2", pair.colombia.port());
  flood.Add(kHandshakes + 30, kHalfHello);
  CHECK(flood.AwaitClosed(30) >= 30);
  pair.colombia.refused.Await("more handshakes from 127.0.0.2");
  pair.CheckExchanges();
}

// Floods Colombia from more addresses than strangers have budgets for.
class Floods {
 public:
  explicit Floods(Pair& pair) : port_(pair.colombia.port()) {
    for (int i = 0; i <= rpc::kStrangersShare; ++i) Next();
    pair.colombia.refused.Await("from all strangers");
  }
  // From another address; nothing is left to it.
  Flood& Next() {
    floods_.push_back(std::make_unique<Flood>(
        absl::StrCat("127.0.1.", floods_.size() + 1), port_));
    floods_.back()->Add(kHandshakes, kHalfHello);
    return *floods_.back();
  }

 private:
  const int port_;
  std::vector<std::unique_ptr<Flood>> floods_;
};

TEST_CASE("strangers from everywhere leave room for peers", "[door]") {
  Pair pair;
  SECTION("that have called before") { pair.CheckExchanges(); }
  SECTION("that this node has reached itself") {
    pair.ecuador.Serve();
    const auto follower = pair.colombia.transport->Follow(
        pair.ecuador.DescriptorAt(pair.ecuador.port()), 1, pair.colombia.heard);
    federation::LinkId id = 0;
    PeerId peer;
    const auto origin = pair.ecuador.heard.AwaitAccepted(id, peer);
    origin->Send(std::make_unique<v1::FollowResponse>());
    pair.colombia.heard.AwaitResponses(1);
  }
  Floods floods(pair);
  CHECK(floods.Next().AwaitClosed(kHandshakes) == kHandshakes);
  pair.CheckExchanges();
}

}  // namespace
}  // namespace minga::test
