// Final statements and answers of descriptors: whatever is read of a statement
// is written again as the same text.
#include <cstdint>
#include <cstdlib>

#include "federation/descriptor_errand.h"
#include "federation/farewell.h"
#include "node/base/crypto/sign.h"
#include "node/base/note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using minga::federation::ReadStatement;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const minga::Country colombia = minga::Country::Of("CO");
  const minga::Country ecuador = minga::Country::Of("EC");
  static const auto* const key =
      minga::SigningKey::FromSeed(std::string(32, 'k')).value().release();
  // Signed, so that the fuzzer gets past the signature.
  minga::Note note;
  note.text = std::string(input);
  note.signatures = {minga::SignNote(note.text, "k", *key)};
  const auto read =
      ReadStatement(note.Serialize(), colombia, ecuador,
                    {{"k", minga::NoteKeyType::kEd25519, key->public_key()}});
  if (read.ok() && read->Text() != note.text) std::abort();
  if (ReadStatement(input, colombia, ecuador, {}).ok()) std::abort();
  minga::v1::DescriptorAnswer answer;
  if (answer.ParseFromArray(data, static_cast<int>(size))) {
    (void)minga::federation::ReadDescriptorAnswer(answer);
  }
  (void)minga::federation::SplitDescriptors(input);
  return 0;
}
