// Notes and verifier keys from anywhere: no crash, and what is accepted has one
// spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "node/base/note.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void FuzzNote(absl::string_view input) {
  const auto note = minga::Note::Parse(input);
  if (!note.ok()) return;
  const std::string serialized = note->Serialize();
  Require(serialized == input);
  const auto again = minga::Note::Parse(serialized);
  Require(again.ok());
  Require(again->text == note->text);
  Require(again->signatures.size() == note->signatures.size());
  for (std::size_t i = 0; i < note->signatures.size(); ++i) {
    const auto& a = note->signatures[i];
    const auto& b = again->signatures[i];
    Require(a.name == b.name && a.key_id == b.key_id &&
            a.signature == b.signature);
  }
}

void FuzzVkey(absl::string_view input) {
  const auto verifier = minga::NoteVerifier::FromVkey(input);
  if (!verifier.ok()) return;
  const auto again = minga::NoteVerifier::FromVkey(verifier->ToVkey());
  Require(again.ok());
  Require(again->name == verifier->name && again->type == verifier->type &&
          again->public_key == verifier->public_key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  FuzzNote(input);
  FuzzVkey(input);
  return 0;
}
