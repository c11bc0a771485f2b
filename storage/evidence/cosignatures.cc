#include "storage/evidence/cosignatures.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage {
namespace {

constexpr std::size_t kTimeBytes = 8;

}  // namespace

absl::Time CosignedAt(const NoteSignature& signature) {
  if (signature.signature.size() != kTimeBytes + kSignatureBytes) {
    return absl::InfinitePast();
  }
  std::uint64_t seconds = 0;  // the first eight bytes, big-endian
  for (const char c : signature.signature.substr(0, kTimeBytes)) {
    seconds = seconds << 8 | static_cast<std::uint8_t>(c);
  }
  // Later than any date that can be written: as good as for ever.
  constexpr std::uint64_t kSecondsMax = 253'402'300'799;  // end of year 9999
  return absl::FromUnixSeconds(
      static_cast<std::int64_t>(std::min(seconds, kSecondsMax)));
}

std::vector<Cosigner> CosignersOf(const Note& checkpoint,
                                  absl::Span<const NoteVerifier> keys) {
  std::vector<Cosigner> cosigners;
  for (const NoteVerifier& key : keys) {
    if (key.type != NoteKeyType::kEd25519Cosignature ||
        !VerifyNote(checkpoint, key)) {
      continue;
    }
    for (const NoteSignature& signature : checkpoint.signatures) {
      if (signature.name != key.name || signature.key_id != key.KeyId()) {
        continue;
      }
      cosigners.push_back({key.name, CosignedAt(signature)});
      break;
    }
  }
  std::sort(
      cosigners.begin(), cosigners.end(),
      [](const Cosigner& a, const Cosigner& b) { return a.name < b.name; });
  // A witness that changed its key is still one witness.
  cosigners.erase(std::unique(cosigners.begin(), cosigners.end(),
                              [](const Cosigner& a, const Cosigner& b) {
                                return a.name == b.name;
                              }),
                  cosigners.end());
  return cosigners;
}

absl::StatusOr<NoteSignature> ReadCosignature(absl::string_view lines,
                                              absl::string_view text,
                                              const NoteVerifier& key) {
  MINGA_ASSIGN_OR_RETURN(const Note note,
                         Note::Parse(absl::StrCat(text, "\n", lines)));
  if (note.text != text) {
    return absl::InvalidArgumentError("cosignature: not only signature lines");
  }
  if (key.type == NoteKeyType::kEd25519Cosignature && VerifyNote(note, key)) {
    for (const NoteSignature& signature : note.signatures) {
      if (signature.name == key.name && signature.key_id == key.KeyId()) {
        return signature;
      }
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("cosignature: no valid one by `", key.name, "`"));
}

std::string CosignatureLine(const NoteSignature& signature) {
  // A note with an empty text is its blank line and the signatures.
  Note note;
  note.signatures = {signature};
  return note.Serialize().substr(1);
}

void AddCosignature(Note& checkpoint, const NoteSignature& signature) {
  for (NoteSignature& known : checkpoint.signatures) {
    if (known.name == signature.name && known.key_id == signature.key_id) {
      known = signature;
      return;
    }
  }
  checkpoint.signatures.push_back(signature);
}

}  // namespace minga::storage
