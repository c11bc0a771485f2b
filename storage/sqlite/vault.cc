#include "storage/sqlite/vault.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "node/base/crypto/aead.h"

namespace minga::storage::sqlite {
namespace {

std::string ContextOf(absl::string_view kind, absl::string_view name) {
  return absl::StrCat("minga/", kind, "/", name);
}

}  // namespace

absl::StatusOr<std::string> Vault::Seal(absl::string_view kind,
                                        absl::string_view name,
                                        absl::string_view secret) const {
  return SealUnder(node_key_, kind, name, secret);
}

absl::StatusOr<std::string> Vault::Open(absl::string_view kind,
                                        absl::string_view name,
                                        absl::string_view sealed) const {
  return OpenUnder(node_key_, kind, name, sealed);
}

absl::StatusOr<std::string> Vault::SealUnder(absl::string_view key,
                                             absl::string_view kind,
                                             absl::string_view name,
                                             absl::string_view secret) const {
  return minga::Seal(key, secret, ContextOf(kind, name), random_);
}

absl::StatusOr<std::string> Vault::OpenUnder(absl::string_view key,
                                             absl::string_view kind,
                                             absl::string_view name,
                                             absl::string_view sealed) {
  return minga::Open(key, sealed, ContextOf(kind, name));
}

Digest Vault::NameOf(absl::string_view name) const {
  return HmacSha256(node_key_, absl::StrCat("minga journal\n", name));
}

std::string Vault::NewKey() const { return random_.Bytes(kAeadKeyBytes); }

std::int64_t Vault::NewMark() const {
  constexpr auto kMost = static_cast<std::uint64_t>(INT64_MAX);
  return static_cast<std::int64_t>(random_.Below(kMost)) + 1;
}

}  // namespace minga::storage::sqlite
