#include "node/base/note.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/limits.h"
#include "node/base/random.h"
#include "node/base/strings.h"

namespace minga {
namespace {

constexpr absl::string_view kDash = "\xE2\x80\x94";

std::unique_ptr<SigningKey> KeyOf(char seed) {
  auto key = SigningKey::FromSeed(std::string(kSigningSeedBytes, seed));
  REQUIRE(key.ok());
  return *std::move(key);
}

NoteVerifier VerifierOf(const SigningKey& key, absl::string_view name,
                        NoteKeyType type = NoteKeyType::kEd25519) {
  return {std::string(name), type, key.public_key()};
}

TEST_CASE("a signed note survives its text form", "[base][note]") {
  SeededRandom random(51);
  for (int i = 0; i < 200; ++i) {
    Note note;
    for (std::uint64_t n = random.Below(6); n > 0; --n) {
      absl::StrAppend(&note.text, Base32(random.Bytes(random.Below(20))), "\n");
    }
    note.text += '\n';
    for (std::uint64_t n = 1 + random.Below(5); n > 0; --n) {
      note.signatures.push_back({absl::StrCat("k", Hex(random.Bytes(3))),
                                 static_cast<std::uint32_t>(random.Next()),
                                 random.Bytes(1 + random.Below(90))});
    }
    const auto parsed = Note::Parse(note.Serialize());
    REQUIRE(parsed.ok());
    CHECK(parsed->text == note.text);
    REQUIRE(parsed->signatures.size() == note.signatures.size());
    for (std::size_t k = 0; k < note.signatures.size(); ++k) {
      CHECK(parsed->signatures[k].name == note.signatures[k].name);
      CHECK(parsed->signatures[k].key_id == note.signatures[k].key_id);
      CHECK(parsed->signatures[k].signature == note.signatures[k].signature);
    }
    CHECK(parsed->Serialize() == note.Serialize());
  }
}

TEST_CASE("two signers, one note, a stranger ignored", "[base][note]") {
  const auto colombia = KeyOf('c');
  const auto ecuador = KeyOf('e');
  const auto stranger = KeyOf('s');
  const std::string text = "MoU\n\nbetween CO and EC, se\xC3\xB1ores\n";
  Note note{text,
            {SignNote(text, "minga/co", *colombia),
             SignNote(text, "someone", *stranger),
             SignNote(text, "minga/ec", *ecuador)}};
  const auto parsed = Note::Parse(note.Serialize());
  REQUIRE(parsed.ok());
  CHECK(VerifyNote(*parsed, VerifierOf(*colombia, "minga/co")));
  CHECK(VerifyNote(*parsed, VerifierOf(*ecuador, "minga/ec")));
  CHECK_FALSE(VerifyNote(*parsed, VerifierOf(*ecuador, "minga/co")));
  CHECK_FALSE(VerifyNote(*parsed, VerifierOf(*colombia, "minga/ec")));
  CHECK_FALSE(VerifyNote(*parsed, VerifierOf(*KeyOf('x'), "minga/ec")));

  Note altered = *parsed;
  altered.text[0] = 'm';
  CHECK_FALSE(VerifyNote(altered, VerifierOf(*colombia, "minga/co")));
}

TEST_CASE("one wrong signature of a known key spoils the note",
          "[base][note]") {
  const auto key = KeyOf('k');
  const NoteVerifier verifier = VerifierOf(*key, "k");
  const NoteSignature good = SignNote("t\n", "k", *key);
  NoteSignature bad = good;
  bad.signature[5] = static_cast<char>(bad.signature[5] ^ 1);
  NoteSignature cut = good;
  cut.signature.pop_back();
  CHECK(VerifyNote({"t\n", {good}}, verifier));
  CHECK(VerifyNote({"t\n", {good, good}}, verifier));
  CHECK_FALSE(VerifyNote({"t\n", {bad}}, verifier));
  CHECK_FALSE(VerifyNote({"t\n", {good, bad}}, verifier));
  CHECK_FALSE(VerifyNote({"t\n", {bad, good}}, verifier));
  CHECK_FALSE(VerifyNote({"t\n", {cut}}, verifier));
  CHECK_FALSE(VerifyNote({"t\n", {}}, verifier));
}

TEST_CASE("a cosignature covers its time", "[base][note]") {
  const auto key = KeyOf('w');
  const std::string body = "minga/co\n7\nqqqq\n";
  const NoteSignature cosignature =
      CosignNote(body, "minga/ec/w", *key, 1'800'000'000);
  REQUIRE(cosignature.signature.size() == 8 + kSignatureBytes);
  CHECK(Hex(cosignature.signature.substr(0, 8)) == "000000006b49d200");
  CHECK(VerifySignature(key->public_key(),
                        absl::StrCat("cosignature/v1\ntime 1800000000\n", body),
                        cosignature.signature.substr(8)));

  const auto verifier =
      VerifierOf(*key, "minga/ec/w", NoteKeyType::kEd25519Cosignature);
  CHECK(VerifyNote({body, {cosignature}}, verifier));
  for (std::size_t i = 0; i < cosignature.signature.size(); ++i) {
    NoteSignature altered = cosignature;
    altered.signature[i] = static_cast<char>(altered.signature[i] ^ 1);
    CHECK_FALSE(VerifyNote({body, {altered}}, verifier));
  }
}

TEST_CASE("the two kinds of signature cannot stand for each other",
          "[base][note]") {
  const auto key = KeyOf('w');
  const auto plain = VerifierOf(*key, "w");
  const auto cosigner = VerifierOf(*key, "w", NoteKeyType::kEd25519Cosignature);
  CHECK(plain.KeyId() != cosigner.KeyId());
  CHECK_FALSE(VerifyNote({"t\n", {SignNote("t\n", "w", *key)}}, cosigner));
  CHECK_FALSE(VerifyNote({"t\n", {CosignNote("t\n", "w", *key, 1)}}, plain));
  // Nor if the key ID is forged.
  NoteSignature forged = SignNote("t\n", "w", *key);
  forged.key_id = cosigner.KeyId();
  CHECK_FALSE(VerifyNote({"t\n", {forged}}, cosigner));
}

TEST_CASE("a verifier key survives its text form", "[base][note]") {
  SeededRandom random(52);
  for (int i = 0; i < 100; ++i) {
    const NoteVerifier verifier{
        absl::StrCat("minga/", Hex(random.Bytes(4))),
        i % 2 == 0 ? NoteKeyType::kEd25519 : NoteKeyType::kEd25519Cosignature,
        random.Bytes(kPublicKeyBytes)};
    const auto parsed = NoteVerifier::FromVkey(verifier.ToVkey());
    REQUIRE(parsed.ok());
    CHECK(parsed->name == verifier.name);
    CHECK(parsed->type == verifier.type);
    CHECK(parsed->public_key == verifier.public_key);
  }
}

TEST_CASE("malformed verifier keys are refused", "[base][note]") {
  const std::string good = VerifierOf(*KeyOf('k'), "minga/co").ToVkey();
  REQUIRE(NoteVerifier::FromVkey(good).ok());
  const auto with = [&good](absl::string_view from, absl::string_view to) {
    const std::string changed = absl::StrReplaceAll(good, {{from, to}});
    REQUIRE(changed != good);
    return changed;
  };
  const std::string id = good.substr(9, 8);
  for (const std::string& bad :
       {std::string(), std::string("minga/co"), good.substr(0, 17),
        with("minga/co", "minga/ec"), with("minga/co", ""),
        with("minga/co", "minga co"), with("minga/co", "minga\nco"),
        with(id, "00000000"), with(id, id.substr(1)), with(id, id + "0"),
        with(id, "0x" + id.substr(2)), good + "=", good + "\n",
        good.substr(0, good.size() - 4), " " + good}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(NoteVerifier::FromVkey(bad).status()));
  }
  // Well-formed but of a type that Minga does not know.
  NoteVerifier unknown = VerifierOf(*KeyOf('k'), "minga/co");
  unknown.type = static_cast<NoteKeyType>(0x06);
  CHECK(absl::IsInvalidArgument(
      NoteVerifier::FromVkey(unknown.ToVkey()).status()));
}

TEST_CASE("malformed notes are refused", "[base][note]") {
  const std::string line = absl::StrCat(kDash, " k AAAAAQU=\n");
  REQUIRE(Note::Parse("t\n\n" + line).ok());
  REQUIRE(Note::Parse("\n\n" + line).ok());
  const std::vector<std::string> bad = {
      "",
      "\n",
      "\n\n",
      "t\n",
      "t\n\n",
      "t\n" + line,  // no blank line
      line,          // no text
      "\n" + line,
      "t\n\n" + line.substr(0, line.size() - 1),  // no last newline
      "t\n\n" + line + "\n",                      // blank line at the end
      "t\n\n" + line + "more\n",
      "t\n\n" + line + line + "x",
      "t\r\n\r\n" + line,  // control character
      "t\x01\n\n" + line,
      "t\x7f\n\n" + line,
      "t\xff\n\n" + line,                   // not UTF-8
      absl::StrCat("t\n\n- k AAAAAQU=\n"),  // not an em dash
      absl::StrCat("t\n\n", kDash, "k AAAAAQU=\n"),
      absl::StrCat("t\n\n", kDash, "  AAAAAQU=\n"),  // no name
      absl::StrCat("t\n\n", kDash, " k\n"),          // no signature
      absl::StrCat("t\n\n", kDash, " k \n"),
      absl::StrCat("t\n\n", kDash, " k AAAAAQ==\n"),  // key ID alone
      absl::StrCat("t\n\n", kDash, " k AAAAAQV=\n"),  // stray bits
      absl::StrCat("t\n\n", kDash, " k AAAAAQU\n"),   // no padding
      absl::StrCat("t\n\n", kDash, " k AAAAAQU= \n"),
      absl::StrCat("t\n\n", kDash, " k  AAAAAQU=\n"),
      absl::StrCat("t\n\n", kDash, " a+b AAAAAQU=\n"),
      absl::StrCat("t\n\n", kDash, " a\xC2\xA0", "b AAAAAQU=\n"),
      absl::StrCat("t\n\n ", kDash, " k AAAAAQU=\n"),
  };
  for (const std::string& note : bad) {
    CAPTURE(Printable(note, 100));
    CHECK(absl::IsInvalidArgument(Note::Parse(note).status()));
  }
}

TEST_CASE("a note's bounds are held", "[base][note]") {
  const std::string line = absl::StrCat(kDash, " k AAAAAQU=\n");
  std::string many = "t\n\n";
  for (int i = 0; i < kNoteSignaturesMax; ++i) many += line;
  CHECK(Note::Parse(many).ok());
  CHECK(absl::IsInvalidArgument(Note::Parse(many + line).status()));

  const std::string end = "\n\n" + line;
  const std::string longest(kNoteBytesMax - end.size(), 'x');
  CHECK(Note::Parse(longest + end).ok());
  CHECK(absl::IsInvalidArgument(Note::Parse("x" + longest + end).status()));
}

TEST_CASE("text with signature-like lines stays text", "[base][note]") {
  const std::string line = absl::StrCat(kDash, " k AAAAAQU=\n");
  const auto parsed = Note::Parse("t\n\n" + line + "\n" + line);
  REQUIRE(parsed.ok());
  CHECK(parsed->text == "t\n\n" + line);
  CHECK(parsed->signatures.size() == 1);
}

TEST_CASE("what parses is written back byte for byte", "[base][note]") {
  SeededRandom random(53);
  const auto key = KeyOf('k');
  Note note{"origin\n7\nroot\n", {}};
  note.signatures = {SignNote(note.text, "a", *key),
                     CosignNote(note.text, "b", *key, 9)};
  const std::string serialized = note.Serialize();
  int parsed_count = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string altered = serialized;
    altered[random.Below(altered.size())] =
        static_cast<char>(random.Below(256));
    if (random.Below(2) == 0) altered.resize(random.Below(altered.size()) + 1);
    const auto parsed = Note::Parse(altered);
    if (!parsed.ok()) continue;
    ++parsed_count;
    CHECK(parsed->Serialize() == altered);
  }
  CHECK(parsed_count > 100);
}

TEST_CASE("key names have no spaces and no plus", "[base][note]") {
  CHECK(ValidateKeyName("minga/co/bogot\xC3\xA1").ok());
  CHECK(ValidateKeyName(std::string(kKeyNameBytesMax, 'n')).ok());
  CHECK_FALSE(ValidateKeyName(std::string(kKeyNameBytesMax + 1, 'n')).ok());
  for (const char* bad :
       {"", " ", "a b", "a+b", "a\tb", "a\nb", "a\x7f", "a\xff", "a\xC2\x85",
        "a\xC2\xA0", "a\xE1\x9A\x80", "a\xE2\x80\x83", "a\xE2\x80\xA8",
        "a\xE2\x80\xAF", "a\xE2\x81\x9F", "a\xE3\x80\x80"}) {
    CAPTURE(Printable(bad, 40));
    CHECK(absl::IsInvalidArgument(ValidateKeyName(bad)));
  }
}

}  // namespace
}  // namespace minga
