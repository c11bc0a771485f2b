// Closing the log and going on in a new one: the keeper by itself, and a node.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "federation/own_log.h"
#include "minga/v1/admin.grpc.pb.h"
#include "minga/v1/audit.grpc.pb.h"
#include "node/audit/proof.h"
#include "node/exchange/audit_basis.h"
#include "node/files.h"
#include "node/keys.h"
#include "node/log_keeper.h"
#include "node/rpc/log_verifier.h"
#include "storage/audit_chain.h"
#include "storage/evidence/log_link.h"
#include "storage/evidence/signed_checkpoint.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/generations.h"
#include "tests/unit/node/local_node.h"

namespace minga {
namespace {

namespace fs = std::filesystem;
using Admin = v1::AdminService::StubInterface;
using Audit = v1::AuditService::StubInterface;

// A database with its keeper, which is made anew as after a start.
struct Keeping {
  explicit Keeping(std::uint64_t entries = 0) : close_at(entries) {
    std::string name =
        (fs::temp_directory_path() / "minga-close-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    storage::SqliteOptions options;
    options.path = folder + "/minga.db";
    options.own = test::kColombia;
    options.node_key = std::string(32, 'k');
    options.random = &random;
    database = storage::OpenSqliteDatabase(options).value();
    REQUIRE(Start().ok());
  }
  ~Keeping() {
    database = nullptr;
    fs::remove_all(folder);
  }
  absl::Status Start() {
    guard.emplace(federation::OwnLogKeys{{party.descriptor.log_key}, nullptr});
    keeper.emplace(database.get(), &ring, file(), &clock, &*guard, close_at);
    return keeper->CheckAtStart();
  }
  std::string file() const { return folder + "/checkpoint"; }
  void Append(int count) {
    REQUIRE(database
                ->Write([&](storage::Transaction& t) -> absl::Status {
                  for (int i = 0; i < count; ++i) {
                    const auto index = t.audit().Append(absl::StrCat("e", i));
                    if (!index.ok()) return index.status();
                  }
                  return absl::OkStatus();
                })
                .ok());
  }
  template <typename Look>
  void Read(const Look& look) const {
    REQUIRE(database
                ->Read([&](const storage::Snapshot& s) {
                  look(s);
                  return absl::OkStatus();
                })
                .ok());
  }
  int Logs() const {
    int number = 0;
    Read([&](const storage::Snapshot& s) {
      number = storage::NumberOf(s.audit()).value();
    });
    return number + 1;
  }
  rpc::LogVerdict Verify() const {
    return rpc::VerifyOwnLog(*database, {&party.descriptor.log_key, 1}).value();
  }

  const std::uint64_t close_at;
  const test::Party party = test::MakeParty(test::kColombia);
  SystemRandom random;
  SimulatedClock clock{kNow};
  federation::Keyring ring{{test::FirstGeneration(party)}, &clock};
  std::string folder;
  std::unique_ptr<storage::Database> database;
  std::optional<federation::OwnLog> guard;
  std::optional<LogKeeper> keeper;
};

TEST_CASE("a closed log is signed to its end and continued",
          "[node][closing]") {
  Keeping k;
  k.Append(300);
  const auto closed = k.keeper->Close("operator");
  REQUIRE(closed.ok());
  const std::vector<NoteVerifier> keys = {k.party.descriptor.log_key};
  const auto last = storage::OpenCheckpoint(closed->checkpoint, keys);
  REQUIRE(last.ok());
  CHECK(last->head() == storage::LogHead{0, 301});
  CHECK(closed->next == keys.front().name + "/log-1");
  k.Read([&](const storage::Snapshot& s) {
    const auto log = storage::OpenLog(s.audit(), 0).value();
    CHECK(log->Size().value() == 301);
    CHECK(log->Checkpoint().value() == closed->checkpoint);
    CHECK(storage::ClosesLog(
        storage::SplitBundle(log->EntryBundle(1).value()).value().back()));
    const auto first = storage::SplitBundle(s.audit().EntryBundle(0).value());
    REQUIRE(first->size() == 1);
    CHECK(storage::CheckContinues(first->front(), last->body).ok());
    // The next one begins signed.
    const auto begun =
        storage::OpenCheckpoint(s.audit().Checkpoint().value(), keys);
    REQUIRE(begun.ok());
    CHECK(begun->head() == storage::LogHead{1, 1});
  });
  CHECK(k.guard->signed_head() == storage::LogHead{1, 1});

  SECTION("all of it verifies, also after more of the same") {
    k.Append(20);
    REQUIRE(k.keeper->SignIfGrown().ok());
    REQUIRE(k.keeper->Close("operator").ok());
    const rpc::LogVerdict verdict = k.Verify();
    CHECK(verdict.faults == std::vector<std::string>());
    CHECK(verdict.closed == 2);
    CHECK(verdict.entries == 301 + 22 + 1);
    CHECK(verdict.size == 1);
  }
  SECTION("a start goes on from there") {
    REQUIRE(k.Start().ok());
    k.Append(5);
    REQUIRE(k.keeper->SignIfGrown().ok());
    CHECK(k.guard->signed_head() == storage::LogHead{1, 6});
    CHECK(k.Verify().faults.empty());
  }
  SECTION("a crash before the file was written leaves an older one") {
    REQUIRE(WriteFileAtomically(k.file(), closed->checkpoint, 0644).ok());
    CHECK(k.Start().ok());
    CHECK(k.guard->signed_head() == storage::LogHead{1, 1});
  }
}

TEST_CASE("logs that do not lead to each other do not hold",
          "[node][closing]") {
  Keeping k;
  k.Append(10);
  REQUIRE(k.keeper->SignIfGrown().ok());
  REQUIRE(k.database
              ->Write([](storage::Transaction& t) {
                return storage::AuditChain::Of(t.audit())->Close();
              })
              .ok());
  k.Append(3);
  REQUIRE(k.keeper->SignIfGrown().ok());
  CHECK(k.Verify().faults ==
        std::vector<std::string>{
            "another log follows, and the last entry does not say so",
            "log 1: entry 0 does not say which log it continues"});
}

TEST_CASE("a database from before the log was closed is not signed on",
          "[node][closing]") {
  Keeping before;
  before.Append(300);
  REQUIRE(before.keeper->SignIfGrown().ok());
  Keeping k;
  k.Append(300);
  REQUIRE(k.keeper->Close("operator").ok());
  // The same node's older copy, with the file that is newer.
  fs::copy_file(k.file(), before.file(), fs::copy_options::overwrite_existing);
  const absl::Status status = before.Start();
  CHECK(absl::IsDataLoss(status));
  CHECK(absl::StrContains(status.message(), "older copy"));
}

TEST_CASE("bases are told anew in the next log", "[node][closing]") {
  Keeping k;
  const exchange::Deed deed{"operator", kNow};
  const auto tell = [&] {
    storage::LeafIndex index = 0;
    REQUIRE(k.database
                ->Write([&](storage::Transaction& t) -> absl::Status {
                  exchange::BasisBook book(t.audit(), t.documents(), deed);
                  exchange::BasisParts parts;
                  parts.reason = "permit";
                  index = book.IndexOf(exchange::BasisBytes(parts)).value();
                  return absl::OkStatus();
                })
                .ok());
    return index;
  };
  k.Append(10);
  CHECK(tell() == 10);
  CHECK(tell() == 10);
  REQUIRE(k.keeper->Close("operator").ok());
  CHECK(tell() == 1);
  CHECK(tell() == 1);
}

TEST_CASE("a log is closed when it is full, and not before",
          "[node][closing]") {
  Keeping k(100);
  k.Append(99);
  REQUIRE(k.keeper->SignIfGrown().ok());
  REQUIRE(k.keeper->CloseIfFull().ok());
  CHECK(k.Logs() == 1);
  k.Append(1);
  // Not signed yet: what is closed was seen first.
  REQUIRE(k.keeper->CloseIfFull().ok());
  CHECK(k.Logs() == 1);
  REQUIRE(k.keeper->SignIfGrown().ok());
  REQUIRE(k.keeper->CloseIfFull().ok());
  CHECK(k.Logs() == 2);
  REQUIRE(k.keeper->CloseIfFull().ok());
  CHECK(k.Logs() == 2);

  SECTION("nor by a node that may not sign") {
    k.Append(200);
    REQUIRE(k.keeper->SignIfGrown().ok());
    k.guard->Stop("EC", {"minga/co/log", 900, {}}, 300);
    CHECK(absl::IsDataLoss(k.keeper->CloseIfFull()));
    CHECK(absl::IsDataLoss(k.keeper->Close("operator").status()));
    CHECK(k.Logs() == 2);
  }
}

TEST_CASE("a node closes its log on request", "[node][closing]") {
  LocalNode node;
  REQUIRE(node.Start().ok());
  {
    const auto client = node.Client();
    const auto closed =
        rpc::Call(client->audit(), &Audit::CloseLog, v1::CloseLogRequest());
    INFO(closed.status());
    REQUIRE(closed.ok());
    CHECK(closed->log() == 0);
    CHECK(absl::EndsWith(closed->origin(), "/log-1"));
    const auto verdict =
        rpc::Call(client->audit(), &Audit::VerifyLog, v1::VerifyLogRequest());
    REQUIRE(verdict.ok());
    CHECK(verdict->faults_size() == 0);
    CHECK(verdict->closed() == 1);

    // Reading goes through both, in their order.
    grpc::ClientContext context;
    v1::TailRequest tail;
    tail.set_count(100);
    const auto stream = client->audit().Tail(&context, tail);
    std::vector<std::pair<int, v1::AuditEvent>> read;
    v1::TailResponse line;
    while (stream->Read(&line)) {
      read.emplace_back(line.log(), line.entry().event());
    }
    REQUIRE(stream->Finish().ok());
    using Read = std::pair<int, v1::AuditEvent>;
    REQUIRE(read.size() >= 4);
    CHECK(read.front() == Read(0, v1::AUDIT_EVENT_NODE_STARTED));
    const auto end = std::find(read.begin(), read.end(),
                               Read(0, v1::AUDIT_EVENT_LOG_CLOSED));
    REQUIRE(end + 1 < read.end());
    CHECK(end[1] == Read(1, v1::AUDIT_EVENT_LOG_CONTINUED));

    // Entries of both are found and proved under one key.
    const NodeKeys keys = LoadKeys(DataFolder{node.data()}.keys()).value();
    for (const std::uint32_t log : {0u, 1u}) {
      v1::ProveRequest request;
      request.mutable_place()->set_log(log);
      const auto proved = rpc::Call(client->audit(), &Audit::Prove, request);
      REQUIRE(proved.ok());
      const auto proof = audit::EntryProof::Parse(proved->proof());
      REQUIRE(proof.ok());
      const auto holds = audit::VerifyEntryProof(*proof, keys.log.verifier);
      REQUIRE(holds.ok());
      CHECK(*holds == static_cast<int>(log));
      const auto key = NoteVerifier::FromVkey(proved->key());
      REQUIRE(key.ok());
      CHECK(audit::VerifyEntryProof(*proof, *key).ok());
    }
    v1::ProveRequest beyond;
    beyond.mutable_place()->set_log(2);
    CHECK(absl::IsOutOfRange(
        rpc::Call(client->audit(), &Audit::Prove, beyond).status()));
    const auto status =
        rpc::Call(client->admin(), &Admin::GetStatus, v1::GetStatusRequest());
    REQUIRE(status.ok());
    CHECK(status->log_number() == 1);
  }
  REQUIRE(node.Stop().ok());
  CHECK(node.Start().ok());
}

}  // namespace
}  // namespace minga
