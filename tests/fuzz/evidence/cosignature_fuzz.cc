// What a peer answers instead of a cosignature line: no crash, and nothing that
// is not signed is taken for one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/evidence/cosignatures.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const minga::NoteVerifier key{
      "minga/ec/rse/cosign", minga::NoteKeyType::kEd25519Cosignature,
      // Nobody has signed with it: RFC 8032's first test key.
      "\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a"
      "\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a"};
  const std::string text = "minga/co/spe\n0\nAAAA\n";
  if (minga::storage::ReadCosignature(input, text, key).ok()) std::abort();
  return 0;
}
