#include <catch2/catch.hpp>
#include <string>

#include "node/base/note.h"

namespace minga {
namespace {

// From the documentation of golang.org/x/mod/sumdb/note.
constexpr absl::string_view kVkey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr absl::string_view kSignedNote =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xE2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n";

TEST_CASE("Go's example note verifies", "[conformance][note]") {
  const auto verifier = NoteVerifier::FromVkey(kVkey);
  REQUIRE(verifier.ok());
  CHECK(verifier->name == "PeterNeumann");
  CHECK(verifier->type == NoteKeyType::kEd25519);
  CHECK(verifier->KeyId() == 0xc74f20a3U);
  CHECK(verifier->ToVkey() == kVkey);

  const auto note = Note::Parse(kSignedNote);
  REQUIRE(note.ok());
  CHECK(note->Serialize() == kSignedNote);
  CHECK(VerifyNote(*note, *verifier));

  Note altered = *note;
  altered.text[0] = 'i';
  CHECK_FALSE(VerifyNote(altered, *verifier));
}

TEST_CASE("a second signature does not hide the first", "[conformance][note]") {
  const auto verifier = NoteVerifier::FromVkey(kVkey);
  REQUIRE(verifier.ok());
  const auto note = Note::Parse(
      std::string(kSignedNote) +
      "\xE2\x80\x94 EnochRoot "
      "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTG"
      "wnWLox33WWd1RvMc+QQ=\n");
  REQUIRE(note.ok());
  CHECK(note->signatures.size() == 2);
  CHECK(VerifyNote(*note, *verifier));
}

}  // namespace
}  // namespace minga
