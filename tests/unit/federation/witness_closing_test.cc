// Being witness to a log that was closed and to the one that continues it.
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/evidence/log_names.h"
#include "storage/evidence/signed_checkpoint.h"
#include "tests/unit/federation/witnessing.h"

namespace minga::test {
namespace {

// Colombia's log of 700 entries is closed; log 1 goes on from it.
struct Closing : Witnessing {
  explicit Closing(storage::LeafIndex closed_at = 700)
      : end(Signed(log, closed_at)) {
    next.Append(storage::ContinuedEntry(end));
    while (next.entries.size() < 300) {
      next.Append(absl::StrCat("entry ", next.entries.size()));
    }
  }
  std::string SignedNext(const MemoryLog& of, storage::LeafIndex size,
                         int number = 1) const {
    const NoteVerifier key = storage::KeyOfLog(co.descriptor.log_key, number);
    Note note;
    note.text =
        storage::Checkpoint{key.name, size, storage::RootAt(of, size).value()}
            .Body();
    note.signatures = {SignNote(note.text, key.name, *co.log_key)};
    return note.Serialize();
  }
  // From the end of log 0 at `old_size` into `of`.
  v1::CheckpointQuestion Over(const MemoryLog& of, std::uint64_t old_size,
                              std::uint64_t size, int number = 1) const {
    v1::CheckpointQuestion question;
    question.set_old_size(old_size);
    question.set_checkpoint(SignedNext(of, size, number));
    question.set_first_entry(of.entries.front());
    const auto proof = storage::ProveInclusion(of, 0, size);
    REQUIRE(proof.ok());
    for (const Digest& hash : *proof) question.add_proof(ToBytes(hash));
    return question;
  }

  const MemoryLog log = LogOf(800);
  const std::string end;
  MemoryLog next;
};

TEST_CASE("the log that continues a closed one is cosigned", "[witness]") {
  Closing c;
  REQUIRE(c.Ask(c.Question(c.log, 0, 700)).ok());
  const auto over = c.Ask(c.Over(c.next, 700, 120));
  REQUIRE(over.ok());
  CHECK(over->size() == 120);
  CHECK_FALSE(over->cosignature().empty());

  SECTION("and goes on as a log does") {
    v1::CheckpointQuestion question;
    question.set_old_size(120);
    question.set_checkpoint(c.SignedNext(c.next, 300));
    const auto proof = storage::ProveConsistency(c.next, 120, 300);
    REQUIRE(proof.ok());
    for (const Digest& hash : *proof) question.add_proof(ToBytes(hash));
    CHECK(c.Ask(question)->size() == 300);
  }
  SECTION("and the closed one is never cosigned again") {
    v1::CheckpointQuestion question = c.Question(c.log, 700, 800);
    question.set_old_size(120);
    const auto answer = c.Ask(question);
    REQUIRE(answer.ok());
    CHECK(answer->cosignature().empty());
    const auto held =
        storage::OpenCheckpoint(answer->held(), {&c.co.descriptor.log_key, 1});
    REQUIRE(held.ok());
    CHECK(held->head() == storage::LogHead{1, 120});
  }
  CHECK(c.Forks().empty());
}

TEST_CASE("the next log must lead there from what was cosigned", "[witness]") {
  Closing c;

  SECTION("not before the end of the closed one was cosigned") {
    REQUIRE(c.Ask(c.Question(c.log, 0, 600)).ok());
    const auto answer = c.Ask(c.Over(c.next, 600, 120));
    REQUIRE(answer.ok());
    CHECK(answer->cosignature().empty());
    CHECK(answer->size() == 600);
    CHECK(c.Forks().empty());
  }
  SECTION("a log that ends before what was cosigned is a fork") {
    REQUIRE(c.Ask(c.Question(c.log, 0, 750)).ok());
    CHECK(absl::IsFailedPrecondition(c.Ask(c.Over(c.next, 750, 120)).status()));
    REQUIRE(c.Forks().size() == 1);
    CHECK(c.Forks()[0].kind() == v1::FORK_KIND_NOT_CONTINUED);
  }
  SECTION("so is one that ends in another history") {
    REQUIRE(c.Ask(c.Question(LogOf(700, 350), 0, 700)).ok());
    CHECK(absl::IsFailedPrecondition(c.Ask(c.Over(c.next, 700, 120)).status()));
    CHECK(c.Forks().size() == 1);
  }
  SECTION("an entry that is not the first of the log leads nowhere") {
    REQUIRE(c.Ask(c.Question(c.log, 0, 700)).ok());
    v1::CheckpointQuestion question = c.Over(c.next, 700, 120);
    question.set_first_entry(storage::ContinuedEntry(c.Signed(c.log, 600)));
    CHECK(absl::IsInvalidArgument(c.Ask(question).status()));
    MemoryLog silent;
    silent.Append("an entry that names no log");
    CHECK(absl::IsInvalidArgument(c.Ask(c.Over(silent, 700, 1)).status()));
    question.set_first_entry(std::string(70'000, 'x'));
    CHECK(absl::IsInvalidArgument(c.Ask(question).status()));
    CHECK(c.Forks().empty());
  }
  SECTION("none may be left out") {
    REQUIRE(c.Ask(c.Question(c.log, 0, 700)).ok());
    const auto answer = c.Ask(c.Over(c.next, 700, 120, /*number=*/2));
    REQUIRE(answer.ok());
    CHECK(answer->cosignature().empty());
  }
  SECTION("without its first entry it leads nowhere either") {
    REQUIRE(c.Ask(c.Question(c.log, 0, 700)).ok());
    v1::CheckpointQuestion question = c.Over(c.next, 700, 120);
    question.clear_first_entry();
    CHECK_FALSE(c.Ask(question).ok());  // 700 is beyond its checkpoint
    question.set_checkpoint(c.SignedNext(LogOf(750), 750));
    const auto answer = c.Ask(question);
    REQUIRE(answer.ok());
    CHECK(answer->cosignature().empty());
  }
}

TEST_CASE("a witness that holds nothing begins with the present log",
          "[witness]") {
  Closing c;
  v1::CheckpointQuestion question;
  question.set_checkpoint(c.SignedNext(c.next, 120));
  CHECK(c.Ask(question)->size() == 120);
}

}  // namespace
}  // namespace minga::test
