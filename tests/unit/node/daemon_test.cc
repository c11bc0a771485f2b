// The daemon in this process: what it refuses to start on, what it leaves
// behind, and its services over the real socket.
#include "node/daemon.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/crypto/certificate.h"
#include "node/files.h"
#include "node/keys.h"
#include "node/log_keeper.h"
#include "storage/merkle.h"
#include "tests/support/parties.h"
#include "tests/unit/node/local_node.h"

namespace minga {
namespace {

using Admin = v1::AdminService::StubInterface;
using Audit = v1::AuditService::StubInterface;

TEST_CASE("a fresh node starts, answers and stops", "[node][daemon]") {
  LocalNode node;
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
  LocalNode node;
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
  LocalNode node;
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
  LocalNode node;
  SECTION("folder") { REQUIRE(::chmod(node.data().c_str(), 0755) == 0); }
  SECTION("key") {
    REQUIRE(::chmod((node.data() + "/keys/node.key").c_str(), 0644) == 0);
  }
  CHECK(absl::IsFailedPrecondition(node.Start()));
  CHECK_FALSE(std::filesystem::exists(DataFolder{node.data()}.database()));
}

TEST_CASE("a node whose certificate has expired starts with a new one",
          "[node][daemon]") {
  LocalNode node;
  node.clock().Set(kNow + kCertificateLife + absl::Hours(1));
  REQUIRE(node.Start() == absl::OkStatus());
  const auto keys =
      rpc::Call(node.Client()->keys(), &v1::KeyService::StubInterface::ListKeys,
                v1::ListKeysRequest());
  REQUIRE(keys.ok());
  CHECK(keys->sequence() == 2);
  REQUIRE(keys->keys_size() == 5);
  CHECK(keys->keys(0).use() == "tls");
  CHECK(keys->keys(0).state() == "in use");
  CHECK(keys->keys(1).state() == "retired");
}

TEST_CASE("a taken address keeps the node from starting, and can be retried",
          "[node][daemon]") {
  LocalNode first;
  REQUIRE(first.Start().ok());
  LocalNode second(Country::Of("EC"));
  DaemonOptions options = second.Options();
  options.config.listen = first.daemon().listening();
  CHECK(absl::IsFailedPrecondition(Daemon::Start(options).status()));
  CHECK(second.Start() == absl::OkStatus());
}

TEST_CASE("a database put back to an older copy is not signed on",
          "[node][daemon]") {
  LocalNode node;
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
  LocalNode node;
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

TEST_CASE("wrong requests are answered, not obeyed", "[node][daemon]") {
  LocalNode node;
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
