// A node that is witness to Colombia's log, for tests.
#ifndef MINGA_TESTS_UNIT_FEDERATION_WITNESSING_H_
#define MINGA_TESTS_UNIT_FEDERATION_WITNESSING_H_

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "federation/witness.h"
#include "node/base/strings.h"
#include "storage/merkle.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/exported_log.h"
#include "tests/support/generations.h"
#include "tests/support/parties.h"
#include "tests/support/temporary_folder.h"

namespace minga::test {

using federation::WitnessOutcome;
using storage::MemoryLog;

inline const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

// Ecuador is witness to Colombia's log.
struct Witnessing {
  Witnessing() { Open(); }
  void Open() {
    database = nullptr;
    storage::SqliteOptions options;
    options.path = folder / "node.db";
    options.own = kEcuador;
    options.node_key = std::string(32, 'k');
    options.random = &random;
    database = storage::OpenSqliteDatabase(options).value();
  }
  // Colombia's data are lost: it is set up anew, under the same names.
  void LoseKeys() {
    const auto renew = [](char seed, std::unique_ptr<SigningKey>& key,
                          NoteVerifier& verifier) {
      key = SigningKey::FromSeed(std::string(32, seed)).value();
      verifier.public_key = key->public_key();
    };
    renew('1', co.node_key, co.descriptor.node_key);
    renew('2', co.log_key, co.descriptor.log_key);
    renew('3', co.cosign_key, co.descriptor.cosign_key);
  }
  // A checkpoint of `log` as Colombia signs it.
  std::string Signed(const MemoryLog& log, storage::LeafIndex size) const {
    storage::Checkpoint checkpoint{co.descriptor.log_key.name, size,
                                   storage::RootAt(log, size).value()};
    Note note;
    note.text = checkpoint.Body();
    note.signatures = {SignNote(note.text, checkpoint.origin, *co.log_key)};
    return note.Serialize();
  }
  v1::CheckpointQuestion Question(const MemoryLog& log, std::uint64_t old_size,
                                  std::uint64_t size) const {
    v1::CheckpointQuestion question;
    question.set_old_size(old_size);
    question.set_checkpoint(Signed(log, size));
    const auto proof = storage::ProveConsistency(log, old_size, size);
    REQUIRE(proof.ok());
    for (const Digest& hash : *proof) {
      question.add_proof(ToBytes(hash));
    }
    return question;
  }
  // As the errand does it: read, one transaction, the answer after it.
  absl::StatusOr<v1::CheckpointAnswer> Ask(
      const v1::CheckpointQuestion& question) {
    const auto read = federation::ReadWitnessQuestion(question, co.descriptor);
    if (!read.ok()) return read.status();
    WitnessOutcome outcome;
    const absl::Status written =
        database->Write([&](storage::Transaction& t) -> absl::Status {
          auto made =
              federation::Witness(t, co.descriptor, *read, cosign, kNow);
          if (!made.ok()) return made.status();
          outcome = *made;
          return absl::OkStatus();
        });
    if (!written.ok()) return written;
    if (!outcome.refused.ok()) return outcome.refused;
    return outcome.answer;
  }
  std::vector<v1::ForkEvidence> Forks() const {
    std::vector<v1::ForkEvidence> forks;
    REQUIRE(database
                ->Read([&](const storage::Snapshot& s) -> absl::Status {
                  forks = federation::ListForks(s.documents()).value();
                  return absl::OkStatus();
                })
                .ok());
    return forks;
  }
  std::uint64_t LogSize() const {
    std::uint64_t size = 0;
    REQUIRE(database
                ->Read([&](const storage::Snapshot& s) -> absl::Status {
                  size = s.audit().Size().value();
                  return absl::OkStatus();
                })
                .ok());
    return size;
  }

  const testing::TemporaryFolder folder;
  SystemRandom random;
  std::unique_ptr<storage::Database> database;
  Party co = MakeParty(kColombia);
  const Party ec = MakeParty(kEcuador);
  federation::Cosign cosign = CosignAs(ec);
};

inline MemoryLog LogOf(std::size_t size, std::size_t common = 1000,
                       absl::string_view what = "other") {
  MemoryLog log;
  while (log.entries.size() < size) {
    const std::size_t n = log.entries.size();
    log.Append(absl::StrCat(n < common ? "entry " : what, n));
  }
  return log;
}

}  // namespace minga::test

#endif  // MINGA_TESTS_UNIT_FEDERATION_WITNESSING_H_
