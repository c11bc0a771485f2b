// Who gets in, who does not, and what is written down about it.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <openssl/ssl.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/federation.grpc.pb.h"
#include "node/base/strings.h"
#include "node/rpc/peer_channel.h"
#include "tests/integration/tls/raw_tls.h"
#include "tests/integration/tls/two_nodes.h"

namespace minga::test {
namespace {

constexpr Country kColombia = Country::Of("CO");
constexpr Country kEcuador = Country::Of("EC");
// gRPC closes the connection without an alert.
constexpr absl::string_view kDropped = "unexpected eof while reading";

std::string NameOf(const CertificateAndKey& certificate) {
  return absl::StrCat("sha256:", Hex(AsView(FingerprintOf(certificate))));
}

rpc::Pin PinOf(Country peer, const CertificateAndKey& certificate) {
  return rpc::Pin{FingerprintOf(certificate), peer};
}

// One Probe of `server` on `channel`, as `peer check` asks it.
grpc::Status Probe(const std::shared_ptr<grpc::Channel>& channel,
                   v1::ProbeResponse& response) {
  const auto stub = v1::FederationService::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  return stub->Probe(&context, v1::ProbeRequest(), &response);
}

// A client with `own` that knows `server` as Colombia.
class Stranger {
 public:
  Stranger(CertificateAndKey own, const Edges& server)
      : edges(kEcuador, std::move(own)) {
    edges.Know({PinOf(kColombia, server.tls().own)});
    channel = rpc::OpenPeerChannel(edges.tls(), kColombia,
                                   absl::StrCat("127.0.0.1:", server.port()));
  }
  grpc::Status Probe() {
    v1::ProbeResponse response;
    return test::Probe(channel, response);
  }
  Edges edges;
  std::shared_ptr<grpc::Channel> channel;
};

// That the server still serves those it should.
void CheckServes(Edges& server, const CertificateAndKey& friendly) {
  server.Know({PinOf(kEcuador, friendly)});
  Stranger ecuador(friendly, server);
  v1::ProbeResponse response;
  const grpc::Status status = Probe(ecuador.channel, response);
  CHECK(status.error_message() == "");
  CHECK(response.country() == "CO");
  CHECK(response.mou_digest() == "EC");
}

TEST_CASE("a pinned peer gets in and is recognised", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  CheckServes(colombia, Certificate());
  CHECK(colombia.refused.count() == 0);
}

TEST_CASE("a certificate that is not pinned is refused and named", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  const CertificateAndKey unknown = Certificate();
  Stranger stranger(unknown, colombia);
  CHECK(stranger.Probe().error_code() == grpc::StatusCode::UNAVAILABLE);
  const rpc::Refusal refusal =
      colombia.refused.Await("not that of a peer of this node");
  CHECK(refusal.side == rpc::Refusal::Side::kServer);
  CHECK(refusal.certificate == NameOf(unknown));
  CheckServes(colombia, Certificate());
}

TEST_CASE("dates are checked although the certificate is pinned", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  SECTION("expired") {
    const CertificateAndKey old =
        Certificate(kNow - absl::Hours(48), kNow - absl::Hours(1));
    colombia.Know({PinOf(kEcuador, old)});
    Stranger ecuador(old, colombia);
    CHECK_FALSE(ecuador.Probe().ok());
    CHECK(colombia.refused.Await("the certificate expired on").certificate ==
          NameOf(old));
  }
  SECTION("not yet valid") {
    const CertificateAndKey fresh =
        Certificate(kNow + absl::Hours(1), kNow + absl::Hours(48));
    colombia.Know({PinOf(kEcuador, fresh)});
    Stranger ecuador(fresh, colombia);
    CHECK_FALSE(ecuador.Probe().ok());
    CHECK(colombia.refused.Await("is not valid before").certificate ==
          NameOf(fresh));
  }
}

TEST_CASE("a suspended peer is told apart from a stranger", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  const CertificateAndKey own = Certificate();
  colombia.Know({rpc::Pin{FingerprintOf(own), kEcuador, true}});
  Stranger ecuador(own, colombia);
  CHECK_FALSE(ecuador.Probe().ok());
  CHECK(colombia.refused.Await("peer EC is suspended here").side ==
        rpc::Refusal::Side::kServer);
}

TEST_CASE("the client refuses a server that is not the pinned one", "[tls]") {
  Edges imposter(kColombia, Certificate());
  imposter.Serve();
  Edges ecuador(kEcuador, Certificate());
  imposter.Know({PinOf(kEcuador, ecuador.tls().own)});
  const CertificateAndKey real = Certificate();

  SECTION("a stranger's certificate") {
    ecuador.Know({PinOf(kColombia, real)});
    const auto channel = rpc::OpenPeerChannel(
        ecuador.tls(), kColombia, absl::StrCat("127.0.0.1:", imposter.port()));
    v1::ProbeResponse response;
    CHECK_FALSE(Probe(channel, response).ok());
    const rpc::Refusal refusal =
        ecuador.refused.Await("not that of a peer of this node");
    CHECK(refusal.side == rpc::Refusal::Side::kClient);
    CHECK(refusal.certificate == NameOf(imposter.tls().own));
  }
  SECTION("another peer's certificate") {
    ecuador.Know(
        {PinOf(kColombia, real), PinOf(Country::Of("PE"), imposter.tls().own)});
    const auto channel = rpc::OpenPeerChannel(
        ecuador.tls(), kColombia, absl::StrCat("127.0.0.1:", imposter.port()));
    v1::ProbeResponse response;
    CHECK_FALSE(Probe(channel, response).ok());
    ecuador.refused.Await("the certificate is that of PE");
  }
  SECTION("expired") {
    ecuador.Know({PinOf(kColombia, imposter.tls().own)});
    ecuador.clock.Advance(absl::Hours(25));
    const auto channel = rpc::OpenPeerChannel(
        ecuador.tls(), kColombia, absl::StrCat("127.0.0.1:", imposter.port()));
    v1::ProbeResponse response;
    CHECK_FALSE(Probe(channel, response).ok());
    ecuador.refused.Await("the certificate expired on");
  }
}

TEST_CASE("a TLS 1.2 client is refused", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  const CertificateAndKey own = Certificate();
  colombia.Know({PinOf(kEcuador, own)});
  // The same client gets in with TLS 1.3, so it is the version that counts.
  CHECK(ConnectTls(colombia.port(), {TLS1_3_VERSION, &own}) == "open");
  CHECK(ConnectTls(colombia.port(), {TLS1_2_VERSION, &own}) == kDropped);
  CHECK(colombia.refused.Await("unsupported protocol").certificate == "");
  CheckServes(colombia, own);
}

TEST_CASE("a TLS 1.2 server is refused by the client", "[tls]") {
  const CertificateAndKey own = Certificate();
  Edges ecuador(kEcuador, Certificate());
  ecuador.Know({PinOf(kColombia, own)});
  const auto dial = [&](RawTlsServer& server) {
    const auto channel = rpc::OpenPeerChannel(
        ecuador.tls(), kColombia, absl::StrCat("127.0.0.1:", server.port()));
    v1::ProbeResponse response;
    CHECK_FALSE(Probe(channel, response).ok());
    return server.Await();
  };
  RawTlsServer modern({TLS1_3_VERSION, &own});
  CHECK(dial(modern) == "open");
  RawTlsServer old({TLS1_2_VERSION, &own});
  CHECK(dial(old) == "unsupported protocol");
  ecuador.refused.Await("protocol version");
}

TEST_CASE("a client without a certificate is refused", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  CHECK(ConnectTls(colombia.port(), {TLS1_3_VERSION, nullptr}) == kDropped);
  CHECK(colombia.refused.Await("peer did not return a certificate").side ==
        rpc::Refusal::Side::kUnknown);
  CheckServes(colombia, Certificate());
}

TEST_CASE("garbage on the port is reported and harmless", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  SECTION("plain HTTP") {
    ConnectAndWrite(colombia.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    colombia.refused.Await("not a TLS handshake, from 127.0.0.1");
  }
  SECTION("bytes that are no TLS record") {
    ConnectAndWrite(colombia.port(), std::string(4096, '\xa5'));
    colombia.refused.Await("not a TLS handshake, from 127.0.0.1");
  }
  SECTION("a greeting of nonsense") {
    ConnectAndWrite(
        colombia.port(),
        absl::StrCat(absl::string_view("\x16\x03\x01\x00\x40\x01", 6),
                     std::string(63, '\xff')));
    colombia.refused.Await("TLS handshake failed");
  }
  CheckServes(colombia, Certificate());
}

TEST_CASE("a pin removed at run time stops calls on an open connection",
          "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  const CertificateAndKey own = Certificate();
  colombia.Know({PinOf(kEcuador, own)});
  Stranger ecuador(own, colombia);
  REQUIRE(ecuador.Probe().ok());

  colombia.Know({rpc::Pin{FingerprintOf(own), kEcuador, true}});
  CHECK(ecuador.Probe().error_code() == grpc::StatusCode::PERMISSION_DENIED);
  colombia.Know({});
  CHECK(ecuador.Probe().error_code() == grpc::StatusCode::UNAUTHENTICATED);
  colombia.Know({PinOf(kEcuador, own)});
  CHECK(ecuador.Probe().ok());
  colombia.clock.Advance(absl::Hours(25));
  CHECK(ecuador.Probe().error_code() == grpc::StatusCode::UNAUTHENTICATED);
  CHECK(colombia.refused.count() == 0);
}

TEST_CASE("a peer that asks for its standing without end is stopped", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  const CertificateAndKey own = Certificate();
  const CertificateAndKey other = Certificate();
  colombia.Know({PinOf(kEcuador, own), PinOf(Country::Of("PE"), other)});
  Stranger ecuador(own, colombia);
  for (int i = 0; i < rpc::kProbesPerMinute; ++i) {
    REQUIRE(ecuador.Probe().ok());
  }
  CHECK(ecuador.Probe().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  Stranger peru(other, colombia);
  CHECK(peru.Probe().ok());
  colombia.clock.Advance(absl::Minutes(1));
  CHECK(ecuador.Probe().ok());
}

TEST_CASE("two servers cannot share a port", "[tls]") {
  Edges colombia(kColombia, Certificate());
  colombia.Serve();
  rpc::PeerServerOptions options;
  options.listen = absl::StrCat("127.0.0.1:", colombia.port());
  options.tls = colombia.tls();
  options.events = &colombia.heard;
  const auto second = rpc::PeerServer::Start(std::move(options));
  CHECK(absl::IsFailedPrecondition(second.status()));
  CHECK(absl::StrContains(second.status().message(), "taken"));
}

}  // namespace
}  // namespace minga::test
