// SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104).
#ifndef MINGA_NODE_BASE_CRYPTO_HASH_H_
#define MINGA_NODE_BASE_CRYPTO_HASH_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga {

using Digest = std::array<std::uint8_t, 32>;

Digest Sha256(absl::string_view data);
// Of the concatenation, without copying it together.
Digest Sha256(std::initializer_list<absl::string_view> parts);
Digest HmacSha256(absl::string_view key, absl::string_view data);

// The digest's 32 bytes as a view / a copy, and back.
absl::string_view AsView(const Digest& digest);
std::string ToBytes(const Digest& digest);
// INVALID_ARGUMENT unless `bytes` is exactly 32 bytes.
absl::StatusOr<Digest> ToDigest(absl::string_view bytes);

// True if equal; takes the same time wherever they differ.
bool EqualInConstantTime(absl::string_view a, absl::string_view b);

}  // namespace minga

#endif  // MINGA_NODE_BASE_CRYPTO_HASH_H_
