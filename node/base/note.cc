#include "node/base/note.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/crypto/hash.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga {
namespace {

constexpr absl::string_view kSignaturePrefix = "\xE2\x80\x94 ";  // em dash
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kCosignatureTimeBytes = 8;
constexpr std::size_t kEchoBytesMax = 80;

// The characters of Unicode's property White_Space that ValidateText lets
// through.
constexpr std::array<absl::string_view, 18> kSpaces = {
    " ",
    "\xC2\xA0",
    "\xE1\x9A\x80",
    "\xE2\x80\x80",
    "\xE2\x80\x81",
    "\xE2\x80\x82",
    "\xE2\x80\x83",
    "\xE2\x80\x84",
    "\xE2\x80\x85",
    "\xE2\x80\x86",
    "\xE2\x80\x87",
    "\xE2\x80\x88",
    "\xE2\x80\x89",
    "\xE2\x80\x8A",
    "\xE2\x80\xA8",
    "\xE2\x80\xA9",
    "\xE2\x80\xAF",
    "\xE2\x81\x9F",
};
constexpr absl::string_view kIdeographicSpace = "\xE3\x80\x80";

std::string BigEndian(std::uint64_t value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i-- > 0; value >>= 8) {
    bytes[i] = static_cast<char>(value & 0xFF);
  }
  return bytes;
}

std::uint64_t FromBigEndian(absl::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes)
    value = (value << 8) | static_cast<std::uint8_t>(c);
  return value;
}

std::string CosignedMessage(absl::string_view text,
                            std::uint64_t unix_seconds) {
  return absl::StrCat("cosignature/v1\ntime ", unix_seconds, "\n", text);
}

absl::Status LineError(int line, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("note signature ", line, ": ", what));
}

// `line` is without its '\n'; `number` counts from 1.
absl::StatusOr<NoteSignature> ParseSignatureLine(absl::string_view line,
                                                 int number) {
  if (!absl::ConsumePrefix(&line, kSignaturePrefix)) {
    return LineError(number, "does not begin with an em dash and a space");
  }
  const std::size_t space = line.find(' ');
  if (space == absl::string_view::npos) {
    return LineError(number, "has no space after the key name");
  }
  NoteSignature signature;
  signature.name = std::string(line.substr(0, space));
  const absl::Status valid_name = ValidateKeyName(signature.name);
  if (!valid_name.ok()) return LineError(number, valid_name.message());
  const absl::StatusOr<std::string> bytes = FromBase64(line.substr(space + 1));
  if (!bytes.ok()) return LineError(number, bytes.status().message());
  if (bytes->size() <= kKeyIdBytes) {
    return LineError(number, "is too short to hold a key ID and a signature");
  }
  signature.key_id = static_cast<std::uint32_t>(
      FromBigEndian(absl::string_view(*bytes).substr(0, kKeyIdBytes)));
  signature.signature = bytes->substr(kKeyIdBytes);
  return signature;
}

NoteSignature MakeSignature(NoteKeyType type, absl::string_view name,
                            const SigningKey& key, std::string bytes) {
  const NoteVerifier verifier{std::string(name), type, key.public_key()};
  return {verifier.name, verifier.KeyId(), std::move(bytes)};
}

bool VerifyOne(absl::string_view text, absl::string_view signature,
               const NoteVerifier& verifier) {
  switch (verifier.type) {
    case NoteKeyType::kEd25519:
      return VerifySignature(verifier.public_key, text, signature);
    case NoteKeyType::kEd25519Cosignature:
      if (signature.size() != kCosignatureTimeBytes + kSignatureBytes) {
        return false;
      }
      return VerifySignature(
          verifier.public_key,
          CosignedMessage(
              text, FromBigEndian(signature.substr(0, kCosignatureTimeBytes))),
          signature.substr(kCosignatureTimeBytes));
  }
  return false;
}

}  // namespace

absl::Status ValidateKeyName(absl::string_view name) {
  if (name.empty()) return absl::InvalidArgumentError("key name is empty");
  if (name.size() > kKeyNameBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("key name has ", name.size(), " bytes; at most ",
                     kKeyNameBytesMax, " are allowed"));
  }
  MINGA_RETURN_IF_ERROR(At("key name", ValidateText(name, "")));
  const bool spaced = absl::StrContains(name, kIdeographicSpace) ||
                      std::any_of(kSpaces.begin(), kSpaces.end(),
                                  [name](absl::string_view space) {
                                    return absl::StrContains(name, space);
                                  });
  if (spaced || absl::StrContains(name, '+')) {
    return absl::InvalidArgumentError(
        absl::StrCat("key name `", Printable(name, kEchoBytesMax),
                     "` has a space or a plus sign"));
  }
  return absl::OkStatus();
}

std::uint32_t NoteVerifier::KeyId() const {
  const char type_byte = static_cast<char>(type);
  const Digest digest =
      Sha256({name, "\n", absl::string_view(&type_byte, 1), public_key});
  return static_cast<std::uint32_t>(
      FromBigEndian(AsView(digest).substr(0, kKeyIdBytes)));
}

std::string NoteVerifier::ToVkey() const {
  return absl::StrCat(
      name, "+", Hex(BigEndian(KeyId(), kKeyIdBytes)), "+",
      Base64(
          absl::StrCat(std::string(1, static_cast<char>(type)), public_key)));
}

absl::StatusOr<NoteVerifier> NoteVerifier::FromVkey(absl::string_view vkey) {
  // Base64 has plus signs of its own: only the first two separate.
  const std::size_t first = vkey.find('+');
  const std::size_t second =
      first == absl::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("verifier key `", Printable(vkey, kEchoBytesMax),
                     "` is not of the form `name+hash+key`"));
  }
  const absl::string_view name = vkey.substr(0, first);
  MINGA_RETURN_IF_ERROR(At("verifier key", ValidateKeyName(name)));
  const absl::StatusOr<std::string> id =
      FromHex(vkey.substr(first + 1, second - first - 1));
  if (!id.ok() || id->size() != kKeyIdBytes) {
    return absl::InvalidArgumentError(
        "verifier key: key ID is not eight hexadecimal digits");
  }
  const absl::StatusOr<std::string> key = FromBase64(vkey.substr(second + 1));
  if (!key.ok()) return At("verifier key", key.status());
  if (key->size() != 1 + kPublicKeyBytes) {
    return absl::InvalidArgumentError("verifier key: not an Ed25519 key");
  }
  const auto type = static_cast<NoteKeyType>((*key)[0]);
  if (type != NoteKeyType::kEd25519 &&
      type != NoteKeyType::kEd25519Cosignature) {
    return absl::InvalidArgumentError(absl::StrCat(
        "verifier key: unknown signature type `", static_cast<int>(type), "`"));
  }
  NoteVerifier verifier{std::string(name), type, key->substr(1)};
  if (verifier.KeyId() != FromBigEndian(*id)) {
    return absl::InvalidArgumentError(
        "verifier key: key ID does not belong to name and key");
  }
  return verifier;
}

std::string Note::Serialize() const {
  std::string out = absl::StrCat(text, "\n");
  for (const NoteSignature& signature : signatures) {
    absl::StrAppend(
        &out, kSignaturePrefix, signature.name, " ",
        Base64(absl::StrCat(BigEndian(signature.key_id, kKeyIdBytes),
                            signature.signature)),
        "\n");
  }
  return out;
}

absl::StatusOr<Note> Note::Parse(absl::string_view serialized) {
  if (serialized.size() > kNoteBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("note has ", serialized.size(), " bytes; at most ",
                     kNoteBytesMax, " are allowed"));
  }
  MINGA_RETURN_IF_ERROR(At("note", ValidateText(serialized, "\n")));
  // The last blank line: the text may have some of its own.
  const std::size_t blank = serialized.rfind("\n\n");
  if (blank == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        "note has no blank line before its signatures");
  }
  absl::string_view lines = serialized.substr(blank + 2);
  if (lines.empty() || lines.back() != '\n') {
    return absl::InvalidArgumentError(
        "note does not end in a whole signature line");
  }
  Note note;
  note.text = std::string(serialized.substr(0, blank + 1));
  for (int number = 1; !lines.empty(); ++number) {
    if (number > kNoteSignaturesMax) {
      return absl::InvalidArgumentError(absl::StrCat(
          "note has more than ", kNoteSignaturesMax, " signatures"));
    }
    const std::size_t end = lines.find('\n');
    MINGA_ASSIGN_OR_RETURN(NoteSignature signature,
                           ParseSignatureLine(lines.substr(0, end), number));
    note.signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return note;
}

NoteSignature SignNote(absl::string_view text, absl::string_view name,
                       const SigningKey& key) {
  return MakeSignature(NoteKeyType::kEd25519, name, key, key.Sign(text));
}

NoteSignature CosignNote(absl::string_view text, absl::string_view name,
                         const SigningKey& key, std::uint64_t unix_seconds) {
  return MakeSignature(
      NoteKeyType::kEd25519Cosignature, name, key,
      absl::StrCat(BigEndian(unix_seconds, kCosignatureTimeBytes),
                   key.Sign(CosignedMessage(text, unix_seconds))));
}

bool VerifyNote(const Note& note, const NoteVerifier& verifier) {
  const std::uint32_t key_id = verifier.KeyId();
  bool found = false;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != verifier.name || signature.key_id != key_id) continue;
    if (!VerifyOne(note.text, signature.signature, verifier)) return false;
    found = true;
  }
  return found;
}

}  // namespace minga
