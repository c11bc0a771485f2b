// Two daemons meet: invitation, fingerprint, agreement, and what is refused.
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/files.h"
#include "node/keys.h"
#include "tests/support/parties.h"
#include "tests/unit/node/local_node.h"

namespace minga {
namespace {

using Admin = v1::AdminService::StubInterface;

TEST_CASE("invitation, fingerprint, agreement", "[node][daemon]") {
  LocalNode colombia;
  LocalNode ecuador(Country::Of("EC"));
  REQUIRE(colombia.Start().ok());
  REQUIRE(ecuador.Start().ok());
  const auto co = colombia.Client();
  const auto ec = ecuador.Client();
  const auto invitation =
      rpc::Call(ec->admin(), &Admin::Invite, v1::InviteRequest());
  REQUIRE(invitation.ok());

  v1::AddPeerRequest add;
  add.set_descriptor_note(invitation->descriptor_note());
  auto added = rpc::Call(co->admin(), &Admin::AddPeer, add);
  REQUIRE(added.ok());
  CHECK_FALSE(added->added());
  CHECK(added->fingerprint() == invitation->fingerprint());

  add.set_fingerprint("aaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaa");
  CHECK(absl::IsPermissionDenied(
      rpc::Call(co->admin(), &Admin::AddPeer, add).status()));
  // As it is written down after a phone call.
  std::string heard = absl::AsciiStrToUpper(invitation->fingerprint());
  for (char& c : heard) c = c == '-' ? ' ' : c;
  add.set_fingerprint(heard);
  added = rpc::Call(co->admin(), &Admin::AddPeer, add);
  REQUIRE(added.status().message() == "");
  CHECK(added->added());

  // Its own country's is no peer.
  CHECK(absl::IsFailedPrecondition(
      rpc::Call(ec->admin(), &Admin::AddPeer, add).status()));

  const auto status =
      rpc::Call(co->admin(), &Admin::GetStatus, v1::GetStatusRequest());
  REQUIRE(status.ok());
  REQUIRE(status->peers_size() == 1);
  CHECK(status->peers(0).country() == "EC");
  CHECK(status->peers(0).state() == "active");
  CHECK_FALSE(status->peers(0).mou_in_force());

  v1::CheckPeerRequest check;
  check.set_country("MX");
  CHECK(absl::IsNotFound(
      rpc::Call(co->admin(), &Admin::CheckPeer, check).status()));
}

TEST_CASE("peer check says how far it gets", "[node][daemon]") {
  LocalNode colombia;
  LocalNode ecuador(Country::Of("EC"));
  REQUIRE(colombia.Start().ok());
  REQUIRE(ecuador.Start().ok());
  const auto invite = [](LocalNode& node) {
    // The endpoint of minga.toml is not where this test's port is.
    DaemonOptions options = node.Options();
    options.config.endpoints = {node.daemon().listening()};
    REQUIRE(WriteFileAtomically(options.folder.config(),
                                RenderConfig(options.config), 0644)
                .ok());
    options.config.listen = node.daemon().listening();
    REQUIRE(WriteFileAtomically(options.folder.config(),
                                RenderConfig(options.config), 0644)
                .ok());
    REQUIRE(node.Stop().ok());
    REQUIRE(node.Start() == absl::OkStatus());
    return rpc::Call(node.Client()->admin(), &Admin::Invite,
                     v1::InviteRequest())
        .value();
  };
  const v1::InviteResponse from_ec = invite(ecuador);
  const v1::InviteResponse from_co = invite(colombia);
  const auto add = [](LocalNode& node, const v1::InviteResponse& invitation) {
    v1::AddPeerRequest request;
    request.set_descriptor_note(invitation.descriptor_note());
    request.set_fingerprint(invitation.fingerprint());
    REQUIRE(rpc::Call(node.Client()->admin(), &Admin::AddPeer, request)
                .status()
                .message() == "");
  };
  const auto failed = [](LocalNode& node, const char* peer) {
    v1::CheckPeerRequest request;
    request.set_country(peer);
    std::string names;
    const v1::CheckPeerResponse response =
        rpc::Call(node.Client()->admin(), &Admin::CheckPeer, request).value();
    for (const v1::CheckStep& step : response.steps()) {
      UNSCOPED_INFO(step.name() << ": " << step.detail());
      if (!step.ok()) absl::StrAppend(&names, step.name(), ";");
      CHECK(step.ok() == step.advice().empty());
    }
    return names;
  };

  add(colombia, from_ec);
  CHECK(failed(colombia, "EC") == "let in;agreement here;policy;");
  add(ecuador, from_co);
  CHECK(failed(colombia, "EC") == "agreement there;agreement here;policy;");
  ecuador.clock().Advance(absl::Hours(3));
  CHECK(failed(colombia, "EC") ==
        "clock;agreement there;agreement here;policy;");
  REQUIRE(ecuador.Stop().ok());
  CHECK(failed(colombia, "EC") == "connect;agreement here;policy;");
}

TEST_CASE("who joins has a key of its own, and signs under law",
          "[node][daemon]") {
  LocalNode node;
  REQUIRE(node.Start().ok());
  const auto client = node.Client();
  const auto own = federation::ReadDescriptor(
      rpc::Call(client->admin(), &Admin::Invite, v1::InviteRequest())
          .value()
          .descriptor_note());
  REQUIRE(own.ok());
  const auto add = [&](const test::Party& party) {
    v1::AddPeerRequest request;
    request.set_descriptor_note(party.DescriptorNote());
    request.set_fingerprint(federation::Fingerprint(party.descriptor));
    return rpc::Call(client->admin(), &Admin::AddPeer, request).status();
  };
  test::Party ecuador = test::MakeParty(test::kEcuador);
  const std::string name = ecuador.descriptor.node_key.name;
  ecuador.descriptor.node_key.name = own->node_key.name;
  const absl::Status ours = add(ecuador);
  CHECK(absl::IsFailedPrecondition(ours));
  CHECK(absl::StrContains(ours.message(), own->node_key.name));
  CHECK(absl::StrContains(ours.message(), "ask for a descriptor"));
  ecuador.descriptor.node_key.name = name;
  CHECK(add(ecuador) == absl::OkStatus());
  CHECK(add(ecuador) == absl::OkStatus());  // its own name is no other's

  test::Party peru = test::MakeParty(test::kPeru);
  peru.descriptor.node_key.name = name;
  const absl::Status theirs = add(peru);
  CHECK(absl::IsFailedPrecondition(theirs));
  CHECK(absl::StrContains(theirs.message(), "that of EC"));
  peru = test::MakeParty(test::kPeru);
  peru.node_key = std::move(ecuador.node_key);
  peru.descriptor.node_key.public_key = peru.node_key->public_key();
  CHECK(absl::IsFailedPrecondition(add(peru)));
  const auto status =
      rpc::Call(client->admin(), &Admin::GetStatus, v1::GetStatusRequest());
  REQUIRE(status.ok());
  CHECK(status->peers_size() == 1);

  v1::SignMouRequest mou;
  mou.set_mou_note(
      "mou { parties: ['CO', 'EC'] valid_from: '2026-01-01' rules { id: "
      "'mou.all' effect: EFFECT_PERMIT directions: DIRECTION_SEND kinds: "
      "RECORD_KIND_VACANCY fields: '*' level: LEVEL_RAW purposes: "
      "PURPOSE_JOB_MATCHING citations { statute: 'Memorando' "
      "article: '1' certainty: CERTAINTY_UNVERIFIED } } }\n");
  const absl::Status lawless =
      rpc::Call(client->admin(), &Admin::SignMou, mou).status();
  CHECK(absl::IsFailedPrecondition(lawless));
  CHECK(lawless.message() == "activate a national policy first");
}

}  // namespace
}  // namespace minga
