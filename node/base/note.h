// Signed notes (C2SP signed-note 1.0.0): the one signature format of Minga, for
// descriptors, MoUs, checkpoints, receipts.
#ifndef MINGA_NODE_BASE_NOTE_H_
#define MINGA_NODE_BASE_NOTE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/sign.h"

namespace minga {

enum class NoteKeyType : std::uint8_t {
  kEd25519 = 0x01,
  kEd25519Cosignature = 0x04,
};

// A named verification key; its text form is the vkey
// `name+hex(keyID)+base64(type || public key)`.
struct NoteVerifier {
  std::string name;
  NoteKeyType type = NoteKeyType::kEd25519;
  std::string public_key;

  std::uint32_t KeyId() const;
  std::string ToVkey() const;
  // INVALID_ARGUMENT for a malformed vkey or one whose key ID does not match.
  static absl::StatusOr<NoteVerifier> FromVkey(absl::string_view vkey);
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string signature;  // without the four bytes of the key ID
};

// A note as parsed: `text` ends in '\n'; the signatures are not yet verified.
struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;

  std::string Serialize() const;
  // INVALID_ARGUMENT: no blank line before the signatures, not UTF-8, control
  // characters, malformed signature line, more than kNoteSignaturesMax, or
  // longer than kNoteBytesMax.
  static absl::StatusOr<Note> Parse(absl::string_view serialized);
};

// INVALID_ARGUMENT if `name` is empty, too long, or has a space or '+'.
absl::Status ValidateKeyName(absl::string_view name);

// A plain Ed25519 signature over `text`.
NoteSignature SignNote(absl::string_view text, absl::string_view name,
                       const SigningKey& key);
// A cosignature/v1 over a checkpoint body (tlog-cosignature 1.0.1) at
// `unix_seconds`.
NoteSignature CosignNote(absl::string_view text, absl::string_view name,
                         const SigningKey& key, std::uint64_t unix_seconds);

// True if one of the note's signatures is by `verifier` and valid. Signatures
// of unknown keys are ignored; a wrong signature of a known key makes it false.
bool VerifyNote(const Note& note, const NoteVerifier& verifier);

}  // namespace minga

#endif  // MINGA_NODE_BASE_NOTE_H_
