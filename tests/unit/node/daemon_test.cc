// The daemon in this process: what it refuses to start on, what it leaves
// behind, and its services over the real socket.
#include "node/daemon.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/crypto/certificate.h"
#include "node/files.h"
#include "node/init.h"
#include "node/keys.h"
#include "node/log_keeper.h"
#include "node/rpc/admin_client.h"
#include "node/rpc/unix_socket.h"
#include "storage/merkle.h"
#include "tests/support/parties.h"

namespace minga {
namespace {

using Admin = v1::AdminService::StubInterface;
using Audit = v1::AuditService::StubInterface;

const absl::Time kNow = absl::FromUnixSeconds(1796083200);

class Node {
 public:
  explicit Node(Country country = Country::Of("CO")) : clock_(kNow) {
    static const absl::Status tls13 = RequireTls13ForProcess();
    REQUIRE(tls13.ok());
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-node-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    data_ = name;
    InitOptions init;
    init.data_dir = data_;
    init.country = country;
    init.name = "Servicio de Empleo";
    init.listen = "127.0.0.1:0";
    init.endpoint = "127.0.0.1:7443";
    init.now = kNow;
    REQUIRE(InitNode(init, random_) == absl::OkStatus());
  }
  ~Node() {
    daemon_ = nullptr;
    std::filesystem::remove_all(data_);
  }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  DaemonOptions Options() {
    DaemonOptions options;
    options.folder.root = data_;
    options.config = LoadConfig(options.folder).value();
    options.clock = &clock_;
    options.random = &random_;
    return options;
  }
  absl::Status Start() {
    absl::StatusOr<std::unique_ptr<Daemon>> started = Daemon::Start(Options());
    if (started.ok()) daemon_ = *std::move(started);
    return started.status();
  }
  absl::Status Stop() {
    const absl::Status status = daemon_->Stop();
    daemon_ = nullptr;
    return status;
  }
  std::unique_ptr<rpc::AdminClient> Client() {
    auto client = rpc::AdminClient::Connect(data_);
    REQUIRE(client.status().message() == "");
    return *std::move(client);
  }
  const std::string& data() const { return data_; }
  Daemon& daemon() { return *daemon_; }
  SimulatedClock& clock() { return clock_; }

 private:
  std::string data_;
  SimulatedClock clock_;
  SystemRandom random_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_CASE("a fresh node starts, answers and stops", "[node][daemon]") {
  Node node;
  REQUIRE(node.Start() == absl::OkStatus());
  CHECK(absl::StartsWith(node.daemon().listening(), "127.0.0.1:"));
  {
    const auto client = node.Client();
    const auto status =
        rpc::Call(client->admin(), &Admin::GetStatus, v1::GetStatusRequest());
    REQUIRE(status.ok());
    CHECK(status->country() == "CO");
    CHECK(status->name() == "Servicio de Empleo");
    CHECK(status->policy_name() == "");
    CHECK(status->log_size() >= 1);
    CHECK(status->memory_bytes() > 1000000);
    CHECK(status->listen() == node.daemon().listening());
  }
  struct stat facts {};
  REQUIRE(::stat(rpc::AdminSocketPath(node.data()).c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(node.Stop() == absl::OkStatus());
  CHECK_FALSE(std::filesystem::exists(rpc::AdminSocketPath(node.data())));
  // And again, on what it left.
  CHECK(node.Start() == absl::OkStatus());
}

TEST_CASE("start and stop are written down and signed", "[node][daemon]") {
  Node node;
  REQUIRE(node.Start().ok());
  REQUIRE(node.Stop().ok());
  REQUIRE(node.Start().ok());
  const auto client = node.Client();
  const auto verdict =
      rpc::Call(client->audit(), &Audit::VerifyLog, v1::VerifyLogRequest());
  REQUIRE(verdict.ok());
  CHECK(verdict->faults_size() == 0);
  CHECK(verdict->checkpoint_size() >= 2);

  v1::TailRequest request;
  request.set_count(100);
  grpc::ClientContext context;
  const auto stream = client->audit().Tail(&context, request);
  std::vector<v1::AuditEvent> events;
  v1::TailResponse line;
  while (stream->Read(&line)) {
    CHECK(line.index() == events.size());
    events.push_back(line.entry().event());
  }
  REQUIRE(stream->Finish().ok());
  // Verification was a reading, too; this reading came after it.
  CHECK(events == std::vector<v1::AuditEvent>{v1::AUDIT_EVENT_NODE_STARTED,
                                              v1::AUDIT_EVENT_NODE_STOPPED,
                                              v1::AUDIT_EVENT_NODE_STARTED,
                                              v1::AUDIT_EVENT_LOG_READ});
}

TEST_CASE("a data folder has one daemon", "[node][daemon]") {
  Node node;
  REQUIRE(node.Start().ok());
  const auto second = Daemon::Start(node.Options());
  CHECK(absl::IsFailedPrecondition(second.status()));
  CHECK(absl::StrContains(second.status().message(), "another daemon"));
  CHECK(rpc::Call(node.Client()->admin(), &Admin::GetStatus,
                  v1::GetStatusRequest())
            .ok());
}

TEST_CASE("a folder or key open to others keeps the node from starting",
          "[node][daemon]") {
  Node node;
  SECTION("folder") { REQUIRE(::chmod(node.data().c_str(), 0755) == 0); }
  SECTION("key") {
    REQUIRE(::chmod((node.data() + "/keys/node.key").c_str(), 0644) == 0);
  }
  CHECK(absl::IsFailedPrecondition(node.Start()));
  CHECK_FALSE(std::filesystem::exists(DataFolder{node.data()}.database()));
}

TEST_CASE("an expired certificate of its own keeps the node from starting",
          "[node][daemon]") {
  Node node;
  node.clock().Set(kNow + kCertificateLife + absl::Hours(1));
  CHECK(absl::StrContains(node.Start().message(), "certificate expired"));
}

TEST_CASE("a taken address keeps the node from starting, and can be retried",
          "[node][daemon]") {
  Node first;
  REQUIRE(first.Start().ok());
  Node second(Country::Of("EC"));
  DaemonOptions options = second.Options();
  options.config.listen = first.daemon().listening();
  CHECK(absl::IsFailedPrecondition(Daemon::Start(options).status()));
  CHECK(second.Start() == absl::OkStatus());
}

TEST_CASE("a database put back to an older copy is not signed on",
          "[node][daemon]") {
  Node node;
  const DataFolder folder{node.data()};
  REQUIRE(node.Start().ok());
  REQUIRE(node.Stop().ok());
  const std::string copy = node.data() + "/copy";
  REQUIRE(std::filesystem::copy_file(folder.database(), copy));
  REQUIRE(node.Start().ok());
  REQUIRE(node.Stop().ok());
  for (const char* extra : {"", "-wal", "-shm"}) {
    std::filesystem::remove(folder.database() + extra);
  }
  std::filesystem::rename(copy, folder.database());
  const absl::Status status = node.Start();
  CHECK(absl::IsDataLoss(status));
  CHECK(absl::StrContains(status.message(), "older copy"));
}

// A checkpoint as `keys` would sign it.
std::string CheckpointOf(const NamedKey& key, absl::string_view origin,
                         storage::LeafIndex size, const Digest& root) {
  const storage::Checkpoint checkpoint{std::string(origin), size, root};
  Note note;
  note.text = checkpoint.Body();
  note.signatures = {SignNote(note.text, key.verifier.name, *key.key)};
  return note.Serialize();
}

TEST_CASE("only a checkpoint of this very log is continued", "[node][daemon]") {
  Node node;
  const DataFolder folder{node.data()};
  REQUIRE(node.Start().ok());
  REQUIRE(node.Stop().ok());
  const NodeKeys keys = LoadKeys(folder.keys()).value();
  const std::string& origin = keys.log.verifier.name;
  std::string forged;
  absl::StatusCode expected = absl::StatusCode::kFailedPrecondition;
  SECTION("entries that were signed are missing") {
    forged = CheckpointOf(keys.log, origin, 1000, Sha256("x"));
    expected = absl::StatusCode::kDataLoss;
  }
  SECTION("other entries were signed") {
    forged = CheckpointOf(keys.log, origin, 1, Sha256("x"));
    expected = absl::StatusCode::kDataLoss;
  }
  SECTION("another key signed") {
    forged = CheckpointOf(keys.node, origin, 1, Sha256("x"));
  }
  SECTION("another log") {
    forged = CheckpointOf(keys.log, "minga/co/other", 1, Sha256("x"));
  }
  REQUIRE(WriteFileAtomically(folder.checkpoint(), forged, 0644).ok());
  CHECK(node.Start().code() == expected);
}

TEST_CASE("invitation, fingerprint, agreement", "[node][daemon]") {
  Node colombia;
  Node ecuador(Country::Of("EC"));
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
  Node colombia;
  Node ecuador(Country::Of("EC"));
  REQUIRE(colombia.Start().ok());
  REQUIRE(ecuador.Start().ok());
  const auto invite = [](Node& node) {
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
  const auto add = [](Node& node, const v1::InviteResponse& invitation) {
    v1::AddPeerRequest request;
    request.set_descriptor_note(invitation.descriptor_note());
    request.set_fingerprint(invitation.fingerprint());
    REQUIRE(rpc::Call(node.Client()->admin(), &Admin::AddPeer, request)
                .status()
                .message() == "");
  };
  const auto failed = [](Node& node, const char* peer) {
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
  Node node;
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

TEST_CASE("wrong requests are answered, not obeyed", "[node][daemon]") {
  Node node;
  REQUIRE(node.Start().ok());
  const auto client = node.Client();
  v1::ActivatePolicyRequest policy;
  policy.set_name("co.textproto");
  policy.set_text("national_policy {\n  contry: \"CO\"\n}\n");
  const auto activated =
      rpc::Call(client->admin(), &Admin::ActivatePolicy, policy);
  CHECK(absl::IsInvalidArgument(activated.status()));
  CHECK(absl::StrContains(activated.status().message(), "co.textproto:2:"));

  v1::CheckPolicyRequest check;
  check.set_name(policy.name());
  check.set_text(policy.text());
  const auto checked = rpc::Call(client->admin(), &Admin::CheckPolicy, check);
  REQUIRE(checked.ok());
  CHECK(checked->errors_size() >= 1);

  v1::SignMouRequest mou;
  mou.set_mou_note("hello\n");
  CHECK(absl::IsInvalidArgument(
      rpc::Call(client->admin(), &Admin::SignMou, mou).status()));

  v1::GetRecordRequest get;
  get.mutable_key()->set_country("CO");
  get.mutable_key()->set_kind(v1::RECORD_KIND_VACANCY);
  get.mutable_key()->set_id("none");
  CHECK(absl::IsNotFound(
      rpc::Call(client->pes(), &v1::PesService::StubInterface::GetRecord, get)
          .status()));

  v1::TailRequest tail;
  tail.set_count(10001);
  grpc::ClientContext context;
  CHECK(client->audit().Tail(&context, tail)->Finish().error_code() ==
        grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace minga
