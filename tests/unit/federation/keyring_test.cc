#include "federation/keyring.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "node/base/clock.h"
#include "tests/support/generations.h"

namespace minga::federation {
namespace {

using test::FirstGeneration;
using test::MakeParty;
using test::NextGeneration;

const absl::CivilDay kToday(2026, 11, 22);
const PeerId kPeru = Country::Of("PE");
const PeerId kColombia = Country::Of("CO");

absl::Time On(absl::CivilDay day) {
  return absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(12);
}

struct Rotated {
  SimulatedClock clock{On(kToday)};
  test::Party party = MakeParty(test::kEcuador);
  OwnGeneration first = FirstGeneration(party);
  OwnGeneration second =
      NextGeneration(first, {"tls", "node", "log", "cosign"}, kToday, 30);
  Keyring ring{{first}, &clock};

  bool Signs(KeyUse use, const OwnGeneration& generation) const {
    Note note;
    note.text = "said\n";
    note.signatures = ring.Sign(use, note.text);
    return VerifyNote(note, VerifierOf(generation.descriptor, use));
  }
};

TEST_CASE_METHOD(Rotated, "old and new keys sign together, then the new alone",
                 "[keyring]") {
  const KeyUse use = GENERATE(KeyUse::kNode, KeyUse::kLog);
  CHECK(Signs(use, first));
  CHECK_FALSE(Signs(use, second));
  ring.Add(second);
  CHECK(Signs(use, first));
  CHECK(Signs(use, second));
  clock.Set(On(kToday + 30));
  CHECK(Signs(use, first));
  clock.Set(On(kToday + 31));
  CHECK_FALSE(Signs(use, first));
  CHECK(Signs(use, second));
  // What they signed stays verifiable.
  CHECK(ring.Verifiers(use).size() == 2);
  CHECK(ring.Verifiers(use).front().ToVkey() ==
        VerifierOf(second.descriptor, use).ToVkey());
}

TEST_CASE_METHOD(Rotated, "a key that did not change signs once", "[keyring]") {
  ring.Add(NextGeneration(first, {"tls"}, kToday, 30));
  CHECK(ring.Sign(KeyUse::kNode, "said\n").size() == 1);
  CHECK(ring.Cosign("said\n", 1).size() == 1);
  CHECK(ring.Verifiers(KeyUse::kNode).size() == 1);
}

TEST_CASE_METHOD(Rotated, "cosignatures come from both keys, too",
                 "[keyring]") {
  ring.Add(second);
  Note note;
  note.text = "log\n1\nroot\n";
  note.signatures = ring.Cosign(note.text, 1796083200);
  CHECK(note.signatures.size() == 2);
  CHECK(VerifyNote(note, first.descriptor.cosign_key));
  CHECK(VerifyNote(note, second.descriptor.cosign_key));
}

TEST_CASE_METHOD(Rotated, "a peer is shown the certificate that it knows",
                 "[keyring]") {
  ring.SetPeers({kPeru, kColombia});
  ring.Add(second);
  CHECK(ring.TowardsPeer(kPeru).private_key_pem == "tls 1");
  CHECK(ring.Serving().private_key_pem == "tls 1");
  ring.NoteHeld(kPeru, 2);
  CHECK(ring.TowardsPeer(kPeru).private_key_pem == "tls 2");
  CHECK(ring.TowardsPeer(kColombia).private_key_pem == "tls 1");
  CHECK(ring.Serving().private_key_pem == "tls 1");
  SECTION("the port shows the new one when all know it") {
    ring.NoteHeld(kColombia, 2);
    CHECK(ring.Serving().private_key_pem == "tls 2");
  }
  SECTION("a peer that is no more is not waited for") {
    ring.SetPeers({kPeru});
    CHECK(ring.Serving().private_key_pem == "tls 2");
  }
  SECTION("nor is one longer than half of the time") {
    clock.Set(On(kToday + 15));
    CHECK(ring.Serving().private_key_pem == "tls 1");
    clock.Set(On(kToday + 16));
    CHECK(ring.Serving().private_key_pem == "tls 2");
    CHECK(ring.TowardsPeer(kColombia).private_key_pem == "tls 1");
    clock.Set(On(kToday + 31));
    CHECK(ring.TowardsPeer(kColombia).private_key_pem == "tls 2");
  }
  SECTION("what was never made is not believed to be held") {
    ring.NoteHeld(kColombia, 3);
    CHECK(ring.Held().at(kColombia) == 0);
  }
}

TEST_CASE_METHOD(Rotated, "without an overlap the old keys are gone at once",
                 "[keyring]") {
  ring.SetPeers({kPeru});
  OwnGeneration next =
      NextGeneration(first, {"tls", "node", "log", "cosign"}, kToday, -1);
  ring.Add(next);
  CHECK_FALSE(Signs(KeyUse::kNode, first));
  CHECK(Signs(KeyUse::kNode, next));
  CHECK(ring.Serving().private_key_pem == "tls 2");
  CHECK(ring.TowardsPeer(kPeru).private_key_pem == "tls 2");
}

TEST_CASE_METHOD(Rotated, "what no longer counts is forgotten", "[keyring]") {
  ring.Add(second);
  ring.Forget();
  CHECK(ring.All().back().node != nullptr);
  clock.Set(On(kToday + 31));
  ring.Forget();
  const OwnGeneration old = ring.All().back();
  CHECK(old.node == nullptr);
  CHECK(old.log == nullptr);
  CHECK(old.cosign == nullptr);
  CHECK(old.tls_key_pem.empty());
  CHECK(ring.Newest().node != nullptr);
  CHECK(ring.OldestInForceSequence() == 2);
}

TEST_CASE_METHOD(Rotated, "peers get the descriptors they lack in their order",
                 "[keyring]") {
  const OwnGeneration third = NextGeneration(second, {"node"}, kToday, 30);
  ring.Add(second);
  ring.Add(third);
  CHECK(ring.NotesAfter(0, 8) ==
        std::vector<std::string>{first.note, second.note, third.note});
  CHECK(ring.NotesAfter(1, 1) == std::vector<std::string>{second.note});
  CHECK(ring.NotesAfter(3, 8).empty());
  // Every step of the way is signed by the key before.
  CHECK(CheckSuccessor(first.descriptor, second.descriptor, second.note).ok());
  CHECK(CheckSuccessor(second.descriptor, third.descriptor, third.note).ok());
  const absl::Status skipped =
      CheckSuccessor(first.descriptor, third.descriptor, third.note);
  CHECK(absl::IsFailedPrecondition(skipped));
  CHECK(skipped.message().find("--after 1") != std::string::npos);
}

}  // namespace
}  // namespace minga::federation
