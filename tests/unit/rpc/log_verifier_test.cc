#include "node/rpc/log_verifier.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "node/base/crypto/sign.h"
#include "node/base/limits.h"
#include "node/base/random.h"
#include "storage/database.h"
#include "storage/merkle.h"
#include "tests/support/exported_log.h"

namespace minga::rpc {
namespace {

// A log in memory that can be damaged as no store would allow.
class DamagedLog final : public storage::MemoryLog {
 public:
  absl::StatusOr<std::string> EntryBundle(std::uint64_t number) const override {
    if (number < pruned) return absl::NotFoundError("pruned");
    return MemoryLog::EntryBundle(number);
  }
  absl::StatusOr<std::string> Checkpoint() const override { return note; }

  std::uint64_t pruned = 0;  // bundles
  std::string note;
};

// Only the log is asked for.
class LogOnly final : public storage::Database, public storage::Snapshot {
 public:
  absl::Status Write(Job /*job*/) override {
    return absl::UnimplementedError("read only");
  }
  void WriteAsync(Job /*job*/, Done done) override {
    done(absl::UnimplementedError("read only"));
  }
  absl::Status Read(absl::FunctionRef<absl::Status(const storage::Snapshot&)>
                        read) const override {
    return read(*this);
  }
  absl::StatusOr<storage::PersonDraft> Draft(
      absl::string_view /*person*/, absl::string_view /*consent*/,
      absl::CivilDay /*ends*/) const override {
    return absl::UnimplementedError("read only");
  }
  void AddListener(Listener /*listener*/) override {}
  const storage::RecordReader& records() const override { std::abort(); }
  const storage::FeedReader& feeds() const override { std::abort(); }
  const storage::PeerReader& peers() const override { std::abort(); }
  const storage::PersonReader& people() const override { std::abort(); }
  const storage::ClassReader& classes() const override { std::abort(); }
  const storage::DocumentReader& documents() const override { std::abort(); }
  const storage::AuditReader& audit() const override { return log; }
  const storage::DueReader& due() const override { std::abort(); }
  const storage::ViewReader& views() const override { std::abort(); }
  DamagedLog log;
};

struct Signed {
  Signed() {
    SeededRandom random(7);
    key = SigningKey::Generate(random).value();
    verifier = {"minga/co/spe", NoteKeyType::kEd25519, key->public_key()};
  }
  void Grow(std::size_t entries) {
    while (database.log.entries.size() < entries) {
      database.log.Append(absl::StrCat("entry ", database.log.entries.size()));
    }
  }
  void Sign() {
    storage::Checkpoint checkpoint;
    checkpoint.origin = verifier.name;
    checkpoint.size = database.log.entries.size();
    checkpoint.root = storage::RootAt(database.log, checkpoint.size).value();
    Note note;
    note.text = checkpoint.Body();
    note.signatures = {SignNote(note.text, verifier.name, *key)};
    database.log.note = note.Serialize();
  }
  LogVerdict Verify() { return VerifyOwnLog(database, {&verifier, 1}).value(); }

  LogOnly database;
  std::unique_ptr<SigningKey> key;
  NoteVerifier verifier;
};

TEST_CASE("a sound log of any size holds", "[rpc][log]") {
  for (const std::size_t size : {0u, 1u, 2u, 3u, 255u, 256u, 257u, 511u, 512u,
                                 700u, 65535u, 65536u, 65537u, 70001u}) {
    CAPTURE(size);
    Signed log;
    log.Grow(size);
    log.Sign();
    const LogVerdict verdict = log.Verify();
    CHECK(verdict.faults == std::vector<std::string>{});
    CHECK(verdict.size == size);
    CHECK(verdict.checkpoint_size == size);
    CHECK(verdict.root == storage::RootAt(log.database.log, size).value());
  }
}

TEST_CASE("a checkpoint inside a bundle is checked at its own size",
          "[rpc][log]") {
  Signed log;
  log.Grow(300);
  log.Sign();
  log.Grow(1000);
  const LogVerdict verdict = log.Verify();
  CHECK(verdict.faults.empty());
  CHECK(verdict.checkpoint_size == 300);
  CHECK(verdict.size == 1000);
}

TEST_CASE("entries that were pruned are missed by nobody", "[rpc][log]") {
  Signed log;
  log.Grow(600);
  v1::AuditEntry said;
  said.set_event(v1::AUDIT_EVENT_LOG_PRUNED);
  said.set_upto(512);
  log.database.log.Append(said.SerializeAsString());
  log.Grow(700);
  log.Sign();
  log.database.log.pruned = 2;

  SECTION("if the log says that they were") {
    const LogVerdict verdict = log.Verify();
    CHECK(verdict.faults == std::vector<std::string>{});
    CHECK(verdict.pruned == 512);
    CHECK(verdict.root == storage::RootAt(log.database.log, 700).value());
  }
  SECTION("but not if it does not") {
    Signed silent;
    silent.Grow(700);
    silent.Sign();
    silent.database.log.pruned = 2;
    REQUIRE(silent.Verify().faults.size() == 1);
    CHECK(silent.Verify().faults[0] ==
          "entries before 512 are gone, and the log says so of those before 0 "
          "only");
  }
  SECTION("and their hashes are checked") {
    log.database.log.tiles[{0, 1}][40] ^= 1;
    CHECK_FALSE(log.Verify().faults.empty());
  }
  SECTION("a bundle that is not full cannot be pruned") {
    log.database.log.pruned = 3;
    CHECK_FALSE(log.Verify().faults.empty());
  }
}

TEST_CASE("every kind of damage is found", "[rpc][log]") {
  Signed log;
  log.Grow(70000);
  log.Sign();
  std::string expected;
  SECTION("an entry was changed") {
    log.database.log.entries[4000][0] = 'E';
    expected = "tile/0/015: does not follow";
  }
  SECTION("the last entry was changed") {
    log.database.log.entries[69999][0] = 'E';
    expected = "does not follow";
  }
  SECTION("a leaf tile was changed") {
    log.database.log.tiles[{0, 3}][100] ^= 1;
    expected = "tile/0/003: does not follow";
  }
  SECTION("an inner tile was changed") {
    log.database.log.tiles[{1, 0}][8000] ^= 1;
    expected = "tile/1/000: does not follow";
  }
  SECTION("a tile is missing") {
    log.database.log.tiles.erase({0, 5});
    expected = "tile/0/005: missing";
  }
  SECTION("entries are missing") {
    log.database.log.entries.resize(69990);
    expected = "covers 70000 entries, the log has 69990";
  }
  SECTION("another key signed") {
    SeededRandom random(8);
    log.key = SigningKey::Generate(random).value();
    log.Sign();
    expected = "signature by `minga/co/spe` is missing or wrong";
  }
  SECTION("the checkpoint is not a note") {
    log.database.log.note = "hello";
    expected = "checkpoint: ";
  }
  SECTION("the checkpoint has another root") {
    const std::string root = "root of another tree";
    storage::Checkpoint checkpoint{"minga/co/spe", 70000, Sha256(root)};
    Note note;
    note.text = checkpoint.Body();
    note.signatures = {SignNote(note.text, "minga/co/spe", *log.key)};
    log.database.log.note = note.Serialize();
    expected = "its root is not that of the first 70000 entries";
  }
  SECTION("the checkpoint is of another log") {
    log.verifier.name = "minga/ec/rse";
    expected = "origin `minga/co/spe` is not `minga/ec/rse`";
  }
  const LogVerdict verdict = log.Verify();
  REQUIRE_FALSE(verdict.faults.empty());
  bool found = false;
  for (const std::string& fault : verdict.faults) {
    UNSCOPED_INFO(fault);
    found = found || fault.find(expected) != std::string::npos;
  }
  CHECK(found);
  CHECK(verdict.faults.size() <= kLogFaultsMax);
}

}  // namespace
}  // namespace minga::rpc
