// All keys of both nodes change while records are exchanged.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "minga/v1/keys.pb.h"
#include "minga/v1/peers.pb.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

using Admin = v1::AdminService::StubInterface;
using Keys = v1::KeyService::StubInterface;
using Peers = v1::PeerService::StubInterface;

v1::ListKeysResponse KeysOf(NodeProcess& node) {
  const auto keys =
      rpc::Call(node.client().keys(), &Keys::ListKeys, v1::ListKeysRequest());
  INFO(keys.status());
  REQUIRE(keys.ok());
  return *keys;
}

v1::RotateKeysResponse RotateAll(NodeProcess& node, int overlap_days) {
  v1::RotateKeysRequest request;
  for (const char* use : {"tls", "node", "log", "cosign"}) {
    request.add_uses(use);
  }
  request.set_overlap_days(static_cast<std::uint32_t>(overlap_days));
  const auto rotated =
      rpc::Call(node.client().keys(), &Keys::RotateKeys, request);
  INFO(rotated.status());
  REQUIRE(rotated.ok());
  return *rotated;
}

std::vector<std::string> FailedSteps(NodeProcess& node,
                                     const std::string& peer) {
  v1::CheckPeerRequest request;
  request.set_country(peer);
  const auto checked =
      rpc::Call(node.client().admin(), &Admin::CheckPeer, request);
  REQUIRE(checked.ok());
  std::vector<std::string> failed;
  for (const v1::CheckStep& step : checked->steps()) {
    if (!step.ok()) {
      failed.push_back(absl::StrCat(step.name(), ": ", step.detail()));
    }
  }
  return failed;
}

bool LogHolds(NodeProcess& node) {
  const auto verdict = rpc::Call(node.client().audit(),
                                 &v1::AuditService::StubInterface::VerifyLog,
                                 v1::VerifyLogRequest());
  return verdict.ok() && verdict->faults_size() == 0;
}

// The port shows the newest certificate.
bool ShowsNewest(NodeProcess& node) {
  const v1::ListKeysResponse keys = KeysOf(node);
  for (const v1::OwnKey& key : keys.keys()) {
    if (key.use() == "tls") return key.state() == "in use";
  }
  return false;
}

TEST_CASE_METHOD(TwoCountries, "all keys change during an exchange",
                 "[nodes][keys]") {
  MustJoin();
  int next = 0;
  const auto put = [&](NodeProcess& node, int count) {
    std::vector<v1::Record> records;
    for (int i = 0; i < count; ++i) {
      records.push_back(
          OpenVacancy(absl::StrCat("v", next++), "Soldadora de estructuras"));
    }
    MustPut(node, records);
  };
  put(*co, 500);
  RotateAll(*co, 30);
  put(*co, 500);
  RotateAll(*ec, 30);
  put(*co, 500);
  REQUIRE(
      WaitFor([&] { return InStep(*co, *ec) && InStep(*ec, *co); }, kPatience));
  CHECK(Held(*ec, "CO", v1::RECORD_KIND_VACANCY) == 1500);

  // Each has learnt of it by itself, and the ports show the new certificates.
  REQUIRE(WaitFor(
      [&] {
        return co->Peer("EC").descriptor_sequence() == 2 &&
               ec->Peer("CO").descriptor_sequence() == 2 && ShowsNewest(*co) &&
               ShowsNewest(*ec);
      },
      kPatience));
  // What was proved before is proved still.
  CHECK(LogHolds(*co));
  CHECK(LogHolds(*ec));
  REQUIRE(WaitFor([&] { return FailedSteps(*co, "EC").empty(); }, kPatience));
  CHECK(FailedSteps(*ec, "CO") == std::vector<std::string>());

  // Nothing of it depends on the process that did it.
  co->Kill();
  REQUIRE(co->Start().ok());
  put(*co, 10);
  REQUIRE(WaitFor([&] { return InStep(*co, *ec); }, kPatience));
  CHECK(Held(*ec, "CO", v1::RECORD_KIND_VACANCY) == 1510);
  CHECK(KeysOf(*co).sequence() == 2);
}

TEST_CASE_METHOD(TwoCountries, "who was away takes the new keys from a file",
                 "[nodes][keys]") {
  MustJoin();
  MustPut(*co, {OpenVacancy("v1", "Soldadora")});
  REQUIRE(WaitFor([&] { return InStep(*co, *ec); }, kPatience));
  ec->Kill();
  // Without an overlap: no certificate that the other knows is left.
  RotateAll(*co, 0);
  // The port follows within a second; a node that starts shows the new one.
  co->Kill();
  REQUIRE(co->Start().ok());
  MustPut(*co, {OpenVacancy("v2", "Cocinera")});
  REQUIRE(ec->Start().ok());
  CHECK(
      WaitFor([&] { return !ec->Peer("CO").last_error().empty(); }, kPatience));
  CHECK(Held(*ec, "CO", v1::RECORD_KIND_VACANCY) == 1);

  v1::InviteRequest invite;
  invite.set_after(ec->Peer("CO").descriptor_sequence());
  const auto descriptors =
      rpc::Call(co->client().admin(), &Admin::Invite, invite);
  INFO(descriptors.status());
  REQUIRE(descriptors.ok());
  v1::UpdatePeerRequest update;
  update.set_descriptor_notes(descriptors->descriptor_note());
  const auto updated =
      rpc::Call(ec->client().peers(), &Peers::UpdatePeer, update);
  INFO(updated.status());
  REQUIRE(updated.ok());
  CHECK(updated->changed_size() == 4);
  REQUIRE(WaitFor([&] { return InStep(*co, *ec); }, kPatience));
  CHECK(Held(*ec, "CO", v1::RECORD_KIND_VACANCY) == 2);
}

}  // namespace
}  // namespace minga::testing
