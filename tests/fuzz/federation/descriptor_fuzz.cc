// Descriptors: whatever is read is written again as the same text.
#include <cstdint>
#include <cstdlib>

#include "federation/descriptor.h"
#include "node/base/note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<minga::federation::Descriptor> read =
      minga::federation::ReadDescriptor(input);
  if (!read.ok()) return 0;
  const absl::StatusOr<minga::Note> note = minga::Note::Parse(input);
  if (!note.ok() || read->Text() != note->text) std::abort();
  return 0;
}
