#include "tests/integration/tls/two_nodes.h"

#include <catch2/catch.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/crypto/certificate.h"

namespace minga::test {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

}  // namespace

const absl::Time kNow = absl::FromUnixSeconds(1796083200);

void Heard::OnResponse(federation::LinkId /*link*/,
                       std::unique_ptr<v1::FollowResponse> message) {
  const absl::MutexLock lock(&mutex_);
  responses_.push_back(std::move(message));
}

void Heard::OnRequest(federation::LinkId link,
                      std::unique_ptr<v1::FollowRequest> message) {
  const absl::MutexLock lock(&mutex_);
  requests_.push_back(std::move(message));
  requester_ = link;
}

void Heard::OnClosed(federation::LinkId link, const absl::Status& why) {
  const absl::MutexLock lock(&mutex_);
  closed_[link] = why;
}

federation::LinkId Heard::OnAccepted(
    const PeerId& peer, std::unique_ptr<federation::OriginLink> link) {
  const absl::MutexLock lock(&mutex_);
  accepted_.push_back({++next_, peer, std::move(link)});
  return next_;
}

void Heard::OnAsked(const PeerId& peer,
                    std::unique_ptr<v1::AskRequest> question,
                    std::unique_ptr<federation::AnswerLink> link) {
  const absl::MutexLock lock(&mutex_);
  asked_.push_back({peer, std::move(question), std::move(link)});
}

void Heard::OnAnswered(
    federation::LinkId link,
    absl::StatusOr<std::unique_ptr<v1::AskResponse>> answer) {
  const absl::MutexLock lock(&mutex_);
  answered_.emplace(link, std::move(answer));
}

Heard::Asked Heard::AwaitAsked() {
  const absl::MutexLock lock(&mutex_);
  Await([&] { return !asked_.empty(); });
  Asked asked = std::move(asked_.front());
  asked_.erase(asked_.begin());
  return asked;
}

absl::StatusOr<std::unique_ptr<v1::AskResponse>> Heard::AwaitAnswered(
    federation::LinkId link) {
  const absl::MutexLock lock(&mutex_);
  Await([&] { return answered_.contains(link); });
  return std::move(answered_.extract(link).mapped());
}

void Heard::Await(absl::FunctionRef<bool()> condition) {
  // Condition wants a callable of its own.
  const auto holds = [&condition] { return condition(); };
  REQUIRE(mutex_.AwaitWithTimeout(absl::Condition(&holds), kPatience));
}

absl::Status Heard::AwaitClosed(federation::LinkId link) {
  const absl::MutexLock lock(&mutex_);
  Await([&] { return closed_.contains(link); });
  return closed_[link];
}

std::vector<std::unique_ptr<v1::FollowResponse>> Heard::AwaitResponses(
    int count) {
  const absl::MutexLock lock(&mutex_);
  Await([&] { return responses_.size() >= static_cast<std::size_t>(count); });
  return std::exchange(responses_, {});
}

std::vector<std::unique_ptr<v1::FollowRequest>> Heard::AwaitRequests(
    int count) {
  const absl::MutexLock lock(&mutex_);
  Await([&] { return requests_.size() >= static_cast<std::size_t>(count); });
  return std::exchange(requests_, {});
}

std::unique_ptr<federation::OriginLink> Heard::AwaitAccepted(
    federation::LinkId& id, PeerId& peer) {
  const absl::MutexLock lock(&mutex_);
  Await([&] { return !accepted_.empty(); });
  Accepted accepted = std::move(accepted_.front());
  accepted_.erase(accepted_.begin());
  id = accepted.id;
  peer = accepted.peer;
  return std::move(accepted.link);
}

bool Heard::closed(federation::LinkId link) const {
  const absl::MutexLock lock(&mutex_);
  return closed_.contains(link);
}

federation::LinkId Heard::requester() const {
  const absl::MutexLock lock(&mutex_);
  return requester_;
}

void Refused::Add(const rpc::Refusal& refusal) {
  const absl::MutexLock lock(&mutex_);
  all_.push_back(refusal);
}

rpc::Refusal Refused::Await(absl::string_view reason) {
  const absl::MutexLock lock(&mutex_);
  rpc::Refusal found;
  const auto came = [&] {
    for (const rpc::Refusal& refusal : all_) {
      if (!absl::StrContains(refusal.reason, reason)) continue;
      found = refusal;
      return true;
    }
    return false;
  };
  const bool in_time =
      mutex_.AwaitWithTimeout(absl::Condition(&came), kPatience);
  for (const rpc::Refusal& refusal : all_) UNSCOPED_INFO(refusal.reason);
  UNSCOPED_INFO("awaited: " << std::string(reason));
  REQUIRE(in_time);
  return found;
}

std::size_t Refused::count() const {
  const absl::MutexLock lock(&mutex_);
  return all_.size();
}

CertificateAndKey Certificate(absl::Time from, absl::Time to) {
  return MakeSelfSignedCertificate("minga-test", from, to).value();
}

Digest FingerprintOf(const CertificateAndKey& certificate) {
  return ReadCertificate(certificate.certificate_pem).value().fingerprint;
}

Edges::Edges(Country country_of, CertificateAndKey own)
    : country(country_of), clock(kNow) {
  static const absl::Status tls13 = RequireTls13ForProcess();
  REQUIRE(tls13.ok());
  pins_ = std::make_shared<rpc::PinBook>();
  tls_.own = std::move(own);
  tls_.pins = pins_;
  tls_.refusals = std::make_shared<rpc::RefusalLog>(
      &clock, [this](const rpc::Refusal& refusal) { refused.Add(refusal); });
  tls_.refusals->ListenToGrpc();
  tls_.clock = &clock;
  transport = std::make_unique<rpc::GrpcTransport>(
      tls_, [this](const PeerId& peer, const std::string& address) {
        if (server != nullptr) server->Reached(peer, address);
      });
}

Edges::~Edges() {
  if (server != nullptr) server->Shutdown(absl::ZeroDuration());
  transport->Shutdown();
  tls_.refusals->Close();
}

void Edges::Know(const std::vector<rpc::Pin>& pins) {
  pins_->Replace(pins);
  transport->PinsChanged();
  if (server != nullptr) server->PinsChanged();
}

void Edges::Serve() {
  rpc::PeerServerOptions options;
  options.listen = "127.0.0.1:0";
  options.tls = tls_;
  options.events = &heard;
  options.prober =
      [this](const PeerId& peer,
             const v1::ProbeRequest&) -> absl::StatusOr<v1::ProbeResponse> {
    v1::ProbeResponse response;
    response.set_country(country.ToString());
    response.set_mou_digest(peer.ToString());
    return response;
  };
  auto started = rpc::PeerServer::Start(std::move(options));
  REQUIRE(started.status().message() == "");
  server = *std::move(started);
}

int Edges::port() const {
  const std::string& address = server->listening();
  int port = 0;
  REQUIRE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  return port;
}

federation::Descriptor Edges::DescriptorAt(int port) const {
  federation::Descriptor descriptor;
  descriptor.country = country;
  descriptor.endpoints = {absl::StrCat("127.0.0.1:", port)};
  descriptor.certificate_pem = tls_.own.certificate_pem;
  return descriptor;
}

}  // namespace minga::test
