// Memoranda and their templates: what is read is written again so that it reads
// the same.
#include <cstdint>
#include <cstdlib>

#include "federation/mou.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace minga;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const NoteVerifier party{"minga/co/node", NoteKeyType::kEd25519,
                           std::string(kPublicKeyBytes, 'k')};
  const absl::StatusOr<federation::MouNote> read =
      federation::ReadMou(input, {party});
  if (read.ok() && !read->note.signatures.empty()) {
    const absl::StatusOr<federation::MouNote> again =
        federation::ReadMou(read->note.Serialize(), {party});
    if (!again.ok() || again->note.text != read->note.text) std::abort();
  }
  const absl::StatusOr<std::string> draft = federation::DraftMou(
      input, Country::Of("CO"), Country::Of("EC"), "2026-12-01", "2027-12-01");
  if (draft.ok() && draft->find("@FROM@") != std::string::npos) std::abort();
  return 0;
}
