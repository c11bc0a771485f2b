#include "node/exchange/pseudonym.h"

#include "absl/strings/str_cat.h"
#include "node/base/crypto/hash.h"
#include "node/base/strings.h"

namespace minga::exchange {

std::string Pseudonym(absl::string_view peer_key, absl::string_view person_key,
                      Epoch epoch) {
  if (epoch == 0) return Base32(AsView(HmacSha256(peer_key, person_key)));
  // The key has a fixed length, so that no other key and epoch read the same.
  return Base32(
      AsView(HmacSha256(peer_key, absl::StrCat(person_key, "epoch ", epoch))));
}

bool IsPseudonym(absl::string_view text) {
  constexpr std::size_t kCharacters = 52;  // 256 bits, five in each
  if (text.size() != kCharacters) return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'))) return false;
  }
  return true;
}

}  // namespace minga::exchange
