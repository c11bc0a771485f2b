// Proofs of erasures: as they come, and with a row that the signed page has.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "federation/erasure_proof.h"
#include "minga/v1/federation.pb.h"
#include "node/base/crypto/sign.h"
#include "storage/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using minga::Country;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const Country colombia = Country::Of("CO");
  const Country ecuador = Country::Of("EC");
  static const auto* const key =
      minga::SigningKey::FromSeed(std::string(32, 'k')).value().release();
  minga::federation::ErasureReader reader(
      colombia, ecuador,
      {{"k", minga::NoteKeyType::kEd25519, key->public_key()}});
  minga::v1::ErasureProof proof;
  if (proof.ParseFromArray(data, static_cast<int>(size)) &&
      reader.Read(proof).ok()) {
    std::abort();  // nobody has signed it
  }
  (void)minga::federation::ErasedKey(colombia, input);

  minga::v1::Page page;
  page.add_rows(std::string(input));
  minga::federation::PageHeader header;
  header.origin = colombia;
  header.follower = ecuador;
  header.upto = 1000;
  minga::federation::SealPage(header, minga::federation::Signer(key, "k"),
                              page);
  proof.Clear();
  proof.set_note(page.note());
  proof.set_row(page.rows(0));
  const auto read = reader.Read(proof);
  if (read.ok() && (read->key.country != colombia || read->seq > 1000)) {
    std::abort();
  }
  return 0;
}
