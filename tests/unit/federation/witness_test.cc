// Being witness: what is cosigned, what is refused, what is kept of a fork.
#include "federation/witness.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "federation/cosign_round.h"
#include "federation/own_log.h"
#include "minga/v1/audit.pb.h"
#include "node/base/strings.h"
#include "storage/evidence/cosignatures.h"
#include "storage/merkle.h"
#include "tests/unit/federation/witnessing.h"

namespace minga::test {
namespace {

TEST_CASE_METHOD(Witnessing, "a witness between two keys cosigns with both",
                 "[witness]") {
  const Party other = MakeParty(kPeru);
  cosign = [first = CosignAs(ec), second = CosignAs(other)](
               absl::string_view text, std::uint64_t unix_seconds) {
    std::vector<NoteSignature> both = first(text, unix_seconds);
    both.push_back(second(text, unix_seconds).front());
    return both;
  };
  const MemoryLog log = LogOf(300);
  const auto answer = Ask(Question(log, 0, 300));
  REQUIRE(answer.ok());
  const std::string text = Note::Parse(Signed(log, 300))->text;
  // Whichever of the two the peer knows.
  for (const Party* known : {&ec, &other}) {
    const NoteVerifier& key = known->descriptor.cosign_key;
    const auto read =
        storage::ReadCosignature(answer->cosignature(), text, key);
    REQUIRE(read.ok());
    CHECK(read->name == key.name);
  }
  CHECK_FALSE(
      storage::ReadCosignature(answer->cosignature(), text,
                               MakeParty(kColombia).descriptor.cosign_key)
          .ok());
}

TEST_CASE_METHOD(Witnessing, "a log that continues is cosigned each time",
                 "[witness]") {
  const MemoryLog log = LogOf(700);
  std::uint64_t held = 0;
  for (const std::uint64_t size : {1u, 2u, 255u, 256u, 300u, 300u, 700u}) {
    CAPTURE(size);
    const auto answer = Ask(Question(log, held, size));
    REQUIRE(answer.ok());
    CHECK(answer->size() == size);
    Note note = Note::Parse(Signed(log, size)).value();
    const auto line = storage::ReadCosignature(answer->cosignature(), note.text,
                                               ec.descriptor.cosign_key);
    REQUIRE(line.ok());
    CHECK(storage::CosignedAt(*line) == kNow);
    held = size;
  }
  CHECK(Forks().empty());
  // Two witnesses that log it would go on for ever.
  CHECK(LogSize() == 0);
}

TEST_CASE_METHOD(Witnessing, "what was cosigned outlives the witness",
                 "[witness]") {
  const MemoryLog log = LogOf(700);
  REQUIRE(Ask(Question(log, 0, 400)).ok());
  Open();

  SECTION("and is told, signed by its own log, to who asks") {
    const auto answer = Ask(v1::CheckpointQuestion());
    REQUIRE(answer.ok());
    CHECK(answer->cosignature().empty());
    CHECK(answer->size() == 400);
    const auto held =
        storage::OpenCheckpoint(answer->held(), {&co.descriptor.log_key, 1});
    REQUIRE(held.ok());
    CHECK(held->body.size == 400);
  }
  SECTION("a wrong old size is told the right one") {
    for (const std::uint64_t old : {0u, 300u, 500u}) {
      const auto answer = Ask(Question(log, old, 700));
      REQUIRE(answer.ok());
      CHECK(answer->cosignature().empty());
      CHECK(answer->size() == 400);
    }
  }
  SECTION("a rollback is not cosigned") {
    v1::CheckpointQuestion question = Question(log, 100, 300);
    const auto answer = Ask(question);
    REQUIRE(answer.ok());
    CHECK(answer->cosignature().empty());
    question.set_old_size(400);
    CHECK(absl::IsInvalidArgument(Ask(question).status()));
  }
}

TEST_CASE_METHOD(Witnessing, "a fork is refused and both notes are kept",
                 "[witness]") {
  const MemoryLog log = LogOf(700);
  REQUIRE(Ask(Question(log, 0, 400)).ok());

  SECTION("two roots at one size: proof to everybody") {
    const MemoryLog other = LogOf(400, 350);
    v1::CheckpointQuestion question;
    question.set_old_size(400);
    question.set_checkpoint(Signed(other, 400));
    for (int again = 0; again < 2; ++again) {
      CHECK(absl::IsFailedPrecondition(Ask(question).status()));
    }
    REQUIRE(Forks().size() == 1);
    const v1::ForkEvidence fork = Forks()[0];
    CHECK(fork.country() == "CO");
    CHECK(fork.kind() == v1::FORK_KIND_TWO_ROOTS);
    const auto first =
        storage::OpenCheckpoint(fork.first(), {&co.descriptor.log_key, 1});
    const auto second =
        storage::OpenCheckpoint(fork.second(), {&co.descriptor.log_key, 1});
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    CHECK(storage::Compare(first->body, second->body) ==
          storage::CheckpointPair::kFork);
    CHECK(LogSize() == 1);
  }
  SECTION("a longer log that does not contain what was cosigned") {
    const MemoryLog other = LogOf(700, 350);
    CHECK(absl::IsFailedPrecondition(Ask(Question(other, 400, 600)).status()));
    CHECK(absl::IsFailedPrecondition(Ask(Question(other, 400, 700)).status()));
    REQUIRE(Forks().size() == 1);
    CHECK(Forks()[0].kind() == v1::FORK_KIND_NOT_CONTINUED);
    CHECK(LogSize() == 1);
  }
  SECTION("many forks do not fill the store") {
    for (int n = 0; n < 20; ++n) {
      const MemoryLog other = LogOf(400, 350, absl::StrCat("other ", n, " "));
      v1::CheckpointQuestion question;
      question.set_old_size(400);
      question.set_checkpoint(Signed(other, 400));
      CHECK(absl::IsFailedPrecondition(Ask(question).status()));
    }
    CHECK(Forks().size() == federation::kForksKeptMax);
  }
  // The history that was cosigned goes on being witnessed.
  CHECK(Ask(Question(log, 400, 700))->size() == 700);
}

TEST_CASE_METHOD(Witnessing, "what is not the peer's is refused", "[witness]") {
  const MemoryLog log = LogOf(700);
  v1::CheckpointQuestion question = Question(log, 0, 400);

  SECTION("signed by nobody known") {
    std::string& note = *question.mutable_checkpoint();
    note[note.size() - 5] = note[note.size() - 5] == 'A' ? 'B' : 'A';
    CHECK(absl::IsPermissionDenied(Ask(question).status()));
  }
  SECTION("of another log") {
    Note note;
    note.text = "minga/xx\n1\n" + Base64(std::string(32, 'r')) + "\n";
    note.signatures = {SignNote(note.text, "minga/xx", *co.log_key)};
    question.set_checkpoint(note.Serialize());
    CHECK(absl::IsPermissionDenied(Ask(question).status()));
  }
  SECTION("no note at all") {
    question.set_checkpoint("hello");
    CHECK(absl::IsInvalidArgument(Ask(question).status()));
  }
  SECTION("hashes of another length, or more than a proof has") {
    question.add_proof("short");
    CHECK(absl::IsInvalidArgument(Ask(question).status()));
    question.clear_proof();
    for (int n = 0; n < 64; ++n) question.add_proof(std::string(32, 'h'));
    CHECK(absl::IsInvalidArgument(Ask(question).status()));
  }
  SECTION("a proof from nothing") {
    question.add_proof(std::string(32, 'h'));
    CHECK(absl::IsInvalidArgument(Ask(question).status()));
  }
  CHECK(Forks().empty());
}

// --- The own log

TEST_CASE("cosignatures of one round come together on one note", "[witness]") {
  const MemoryLog log = LogOf(700);
  Witnessing w;
  const Party pe = MakeParty(kPeru);
  const auto note_at = [&](std::uint64_t size) {
    return Note::Parse(w.Signed(log, size)).value();
  };
  const auto cosigned_by = [](const Note& note, const Party& who,
                              absl::Time at) {
    return CosignNote(note.text, who.descriptor.cosign_key.name,
                      *who.cosign_key,
                      static_cast<std::uint64_t>(absl::ToUnixSeconds(at)));
  };
  int log_number = 0;
  bool last = false;
  // Whether it was kept.
  const auto store = [&](const Note& note, absl::Time at) {
    bool kept = false;
    REQUIRE(w.database
                ->Write([&](storage::Transaction& t) -> absl::Status {
                  kept = federation::StoreCosigned(t.documents(), log_number,
                                                   last, note, at)
                             .value();
                  return absl::OkStatus();
                })
                .ok());
    return kept;
  };
  const auto stored = [&] {
    std::string text;
    REQUIRE(w.database
                ->Read([&](const storage::Snapshot& s) -> absl::Status {
                  text = s.documents()
                             .Get(federation::CosignedDocument(log_number))
                             .value()
                             .value_or("");
                  return absl::OkStatus();
                })
                .ok());
    const Note note = Note::Parse(text).value();
    return std::make_pair(storage::Checkpoint::Parse(note.text)->size,
                          note.signatures.size() - 1);
  };
  using Stored = std::pair<std::uint64_t, std::size_t>;

  Note first = note_at(300);
  storage::AddCosignature(first, cosigned_by(first, w.ec, kNow));
  store(first, kNow);
  CHECK(stored() == Stored(300, 1));
  // A restart between: only Peru's line is on the note that comes.
  Note second = note_at(300);
  storage::AddCosignature(second, cosigned_by(second, pe, kNow));
  store(second, kNow);
  CHECK(stored() == Stored(300, 2));
  // A newer one with fewer waits until the old one is old.
  Note newer = note_at(500);
  storage::AddCosignature(newer, cosigned_by(newer, w.ec, kNow));
  CHECK_FALSE(store(newer, kNow + absl::Minutes(1)));
  CHECK(stored() == Stored(300, 2));
  const absl::Time later = kNow + federation::kCosignedKept + absl::Seconds(1);
  CHECK(store(newer, later));
  CHECK(stored() == Stored(500, 1));

  // With the last one the log is closed: it is kept at once, and completed.
  storage::AddCosignature(newer, cosigned_by(newer, pe, later));
  store(newer, later);
  Note end = note_at(700);
  storage::AddCosignature(end, cosigned_by(end, w.ec, later));
  store(end, later);
  CHECK(stored() == Stored(500, 2));
  last = true;
  store(end, later);
  CHECK(stored() == Stored(700, 1));
  // The next log has its own.
  log_number = 1;
  last = false;
  store(first, later);
  CHECK(stored() == Stored(300, 1));

  // One with more, but from years to come, does not stand until then.
  log_number = 2;
  Note dreamt = note_at(300);
  const absl::Time far = later + absl::Hours(24 * 3650);
  storage::AddCosignature(dreamt, cosigned_by(dreamt, w.ec, far));
  storage::AddCosignature(dreamt, cosigned_by(dreamt, pe, later));
  CHECK(store(dreamt, later));
  Note awake = note_at(500);
  storage::AddCosignature(awake, cosigned_by(awake, pe, later));
  CHECK(store(awake, later));
  CHECK(stored() == Stored(500, 1));
  REQUIRE(w.database
              ->Read([](const storage::Snapshot& s) -> absl::Status {
                const auto newest =
                    federation::NewestCosigned(s.documents(), 3).value();
                REQUIRE(newest.has_value());
                CHECK(newest->log == 2);
                return absl::OkStatus();
              })
              .ok());
}

TEST_CASE("nothing is signed until the peers were heard or time is up",
          "[witness]") {
  Witnessing w;
  storage::PeerRow row;
  row.id = kColombia;
  row.descriptor = w.co.DescriptorNote();
  row.pseudonym_key = std::string(32, 'p');
  row.added_at = kNow;
  REQUIRE(
      w.database
          ->Write([&](storage::Transaction& t) { return t.peers().Put(row); })
          .ok());
  federation::OwnLog own({{w.ec.descriptor.log_key}, w.cosign});
  CHECK(own.MaySign(kNow).ok());
  REQUIRE(own.AwaitPeers(*w.database, kNow).ok());
  CHECK(absl::IsUnavailable(own.MaySign(kNow)));
  CHECK(own.MaySign(kNow + federation::kGuardWait).ok());
  // A clock that is set back an hour does not hold the log up for an hour.
  CHECK(own.MaySign(kNow - absl::Hours(1)).ok());

  SECTION("heard") {
    own.Heard(kColombia);
    CHECK(own.MaySign(kNow).ok());
  }
  SECTION("stopped by what a peer has shown, whatever comes later") {
    own.Stop("CO", {"minga/ec", 500, {}}, 300);
    own.Heard(kColombia);
    const absl::Status may = own.MaySign(kNow + absl::Hours(1));
    CHECK(absl::IsDataLoss(may));
    CHECK(absl::StrContains(may.message(), "CO holds a checkpoint over 500"));
    CHECK(absl::StrContains(may.message(), "none can be proved to others"));
  }
}

}  // namespace
}  // namespace minga::test
