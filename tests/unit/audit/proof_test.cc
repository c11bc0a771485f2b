// One entry and its proof, without the node.
#include "node/audit/proof.h"

#include "node/base/crypto/sign.h"
#include "storage/merkle.h"
#include "tests/support/log/sample_log.h"
#include "tests/unit/audit/stored_log.h"

namespace minga::audit {
namespace {

struct Signed {
  explicit Signed(int entries) {
    SampleLog sample(3, 1000, 10);
    std::vector<v1::AuditEntry> all;
    for (int i = 0; i < entries; ++i) all.push_back(sample.Next());
    log.Append(all);
    const absl::Status signed_it =
        log.database->Write([&](storage::Transaction& t) -> absl::Status {
          storage::Checkpoint checkpoint{"minga/co/test", 0, {}};
          checkpoint.size = StoredLog::Must(t.audit().Size());
          checkpoint.root =
              StoredLog::Must(storage::RootAt(t.audit(), checkpoint.size));
          Note note{checkpoint.Body(), {}};
          note.signatures = {SignNote(note.text, key.name, *secret)};
          return t.audit().SaveCheckpoint(note.Serialize(), checkpoint.size);
        });
    REQUIRE(signed_it.ok());
  }

  absl::StatusOr<EntryProof> Prove(storage::LeafIndex index) const {
    absl::StatusOr<EntryProof> proof;
    const absl::Status read =
        log.database->Read([&](const storage::Snapshot& snapshot) {
          proof = ProveEntry(snapshot.audit(), index);
          return absl::OkStatus();
        });
    REQUIRE(read.ok());
    return proof;
  }

  StoredLog log;
  SystemRandom random;
  std::unique_ptr<SigningKey> secret =
      StoredLog::Must(SigningKey::FromSeed(std::string(32, 's')));
  NoteVerifier key{"minga/co/test", NoteKeyType::kEd25519,
                   secret->public_key()};
};

TEST_CASE("an entry is proved and the proof verified from its text") {
  Signed log(700);
  for (const storage::LeafIndex index : {0, 1, 255, 256, 511, 698, 699}) {
    INFO(index);
    const EntryProof made = StoredLog::Must(log.Prove(index));
    const EntryProof read =
        StoredLog::Must(EntryProof::Parse(made.Serialize()));
    CHECK(read.Serialize() == made.Serialize());
    CHECK(read.index == index);
    const absl::Status holds = VerifyEntryProof(read, log.key).status();
    INFO(holds);
    CHECK(holds.ok());
  }
  CHECK(absl::IsOutOfRange(log.Prove(700).status()));
}

TEST_CASE("what is not signed yet cannot be proved yet") {
  Signed log(5);
  v1::AuditEntry entry;
  entry.set_event(v1::AUDIT_EVENT_LOG_READ);
  log.log.Append({entry});
  CHECK(absl::IsFailedPrecondition(log.Prove(5).status()));
  CHECK(log.Prove(4).ok());
}

TEST_CASE("no bit of a proof can be another") {
  Signed log(300);
  const std::string text = StoredLog::Must(log.Prove(77)).Serialize();
  int refused = 0;
  for (std::size_t byte = 0; byte < text.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[byte] = static_cast<char>(changed[byte] ^ (1 << bit));
      const absl::StatusOr<EntryProof> proof = EntryProof::Parse(changed);
      const bool holds = proof.ok() && VerifyEntryProof(*proof, log.key).ok();
      INFO("byte " << byte << " bit " << bit);
      CHECK_FALSE(holds);
      ++refused;
    }
  }
  CHECK(refused == static_cast<int>(8 * text.size()));

  SECTION("and another log's key does not do") {
    NoteVerifier other = log.key;
    other.name = "minga/ec/test";
    const EntryProof proof = StoredLog::Must(EntryProof::Parse(text));
    CHECK_FALSE(VerifyEntryProof(proof, other).ok());
  }
}

}  // namespace
}  // namespace minga::audit
