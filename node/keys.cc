#include "node/keys.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/crypto/aead.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/files.h"

namespace minga {
namespace {

constexpr std::size_t kSlugBytesMax = 60;
constexpr std::size_t kKeyFileBytesMax = 1024;
// A peer's clock may run behind ours when it first sees the certificate.
constexpr absl::Duration kCertificateLead = absl::Hours(24);

// Letters of the region's languages by their UTF-8 bytes and ASCII letter.
constexpr std::array<std::pair<absl::string_view, char>, 46> kFolded = {{
    {"á", 'a'}, {"à", 'a'}, {"â", 'a'}, {"ã", 'a'}, {"ä", 'a'}, {"å", 'a'},
    {"é", 'e'}, {"è", 'e'}, {"ê", 'e'}, {"ë", 'e'}, {"í", 'i'}, {"ì", 'i'},
    {"î", 'i'}, {"ï", 'i'}, {"ó", 'o'}, {"ò", 'o'}, {"ô", 'o'}, {"õ", 'o'},
    {"ö", 'o'}, {"ú", 'u'}, {"ù", 'u'}, {"û", 'u'}, {"ü", 'u'}, {"ñ", 'n'},
    {"ç", 'c'}, {"Á", 'a'}, {"À", 'a'}, {"Â", 'a'}, {"Ã", 'a'}, {"Ä", 'a'},
    {"É", 'e'}, {"È", 'e'}, {"Ê", 'e'}, {"Í", 'i'}, {"Ì", 'i'}, {"Î", 'i'},
    {"Ó", 'o'}, {"Ò", 'o'}, {"Ô", 'o'}, {"Õ", 'o'}, {"Ö", 'o'}, {"Ú", 'u'},
    {"Ù", 'u'}, {"Ü", 'u'}, {"Ñ", 'n'}, {"Ç", 'c'},
}};

// Takes one letter off `text`; '-' for what has no ASCII form.
char TakeLetter(absl::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) {
    text.remove_prefix(1);
    return absl::ascii_isalnum(first) ? absl::ascii_tolower(first) : '-';
  }
  for (const auto& [utf8, letter] : kFolded) {
    if (text.substr(0, utf8.size()) == utf8) {
      text.remove_prefix(utf8.size());
      return letter;
    }
  }
  text.remove_prefix(1);
  return '-';
}

std::string KeyPath(const std::string& folder, absl::string_view name) {
  return absl::StrCat(folder, "/", name, ".key");
}
std::string VkeyPath(const std::string& folder, absl::string_view name) {
  return absl::StrCat(folder, "/", name, ".vkey");
}

absl::StatusOr<std::string> LoadSecret(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(const std::string text,
                         ReadSecretFile(path, kKeyFileBytesMax));
  const absl::StatusOr<std::string> secret =
      FromHex(absl::StripAsciiWhitespace(text));
  if (!secret.ok() || secret->size() != kSigningSeedBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", path, "` is damaged: it must hold 64 hexadecimal digits"));
  }
  return *secret;
}

}  // namespace

absl::Status MakeNamedKey(const std::string& folder, absl::string_view file,
                          std::string key_name, NoteKeyType type,
                          Random& random) {
  MINGA_RETURN_IF_ERROR(ValidateKeyName(key_name));
  MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<SigningKey> key,
                         SigningKey::Generate(random));
  const NoteVerifier verifier{std::move(key_name), type, key->public_key()};
  MINGA_RETURN_IF_ERROR(WriteFileAtomically(
      KeyPath(folder, file), absl::StrCat(Hex(key->seed()), "\n"),
      kSecretFileMode));
  return WriteFileAtomically(VkeyPath(folder, file),
                             absl::StrCat(verifier.ToVkey(), "\n"),
                             kPublicFileMode);
}

absl::StatusOr<NamedKey> LoadNamedKey(const std::string& folder,
                                      absl::string_view file,
                                      NoteKeyType type) {
  MINGA_ASSIGN_OR_RETURN(const std::string seed,
                         LoadSecret(KeyPath(folder, file)));
  NamedKey named;
  MINGA_ASSIGN_OR_RETURN(named.key, SigningKey::FromSeed(seed));
  const std::string path = VkeyPath(folder, file);
  MINGA_ASSIGN_OR_RETURN(const std::string text,
                         ReadFile(path, kKeyFileBytesMax));
  absl::StatusOr<NoteVerifier> verifier =
      NoteVerifier::FromVkey(absl::StripAsciiWhitespace(text));
  if (!verifier.ok()) return At(path, verifier.status());
  named.verifier = *std::move(verifier);
  if (named.verifier.type != type ||
      named.verifier.public_key != named.key->public_key()) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is not the public half of `",
                     KeyPath(folder, file), "`"));
  }
  return named;
}

absl::Status MakeTls(const std::string& folder, absl::string_view common_name,
                     absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(
      const CertificateAndKey made,
      MakeSelfSignedCertificate(common_name, now - kCertificateLead,
                                now + kCertificateLife));
  MINGA_RETURN_IF_ERROR(MakeFolder(folder, kSecretFolderMode));
  MINGA_RETURN_IF_ERROR(WriteFileAtomically(
      folder + "/key.pem", made.private_key_pem, kSecretFileMode));
  return WriteFileAtomically(folder + "/cert.pem", made.certificate_pem,
                             kPublicFileMode);
}

absl::StatusOr<std::string> LoadStorageKey(const std::string& folder) {
  return LoadSecret(KeyPath(folder, "storage"));
}

std::string Slug(absl::string_view name) {
  std::string slug;
  while (!name.empty() && slug.size() < kSlugBytesMax) {
    const char letter = TakeLetter(name);
    if (letter != '-' || (!slug.empty() && slug.back() != '-')) {
      slug.push_back(letter);
    }
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

absl::Status MakeKeys(const std::string& folder, Country country,
                      absl::string_view node_name, absl::Time now,
                      Random& random) {
  MINGA_RETURN_IF_ERROR(MakeFolder(folder, kSecretFolderMode));
  const std::string cc = absl::AsciiStrToLower(country.ToString());
  const std::string origin = absl::StrCat("minga/", cc, "/", Slug(node_name));
  MINGA_RETURN_IF_ERROR(MakeNamedKey(folder, "node", origin + "/node",
                                     NoteKeyType::kEd25519, random));
  MINGA_RETURN_IF_ERROR(
      MakeNamedKey(folder, "log", origin, NoteKeyType::kEd25519, random));
  MINGA_RETURN_IF_ERROR(MakeNamedKey(folder, "cosign", origin + "/cosign",
                                     NoteKeyType::kEd25519Cosignature, random));
  MINGA_RETURN_IF_ERROR(WriteFileAtomically(
      KeyPath(folder, "storage"),
      absl::StrCat(Hex(random.Bytes(kAeadKeyBytes)), "\n"), kSecretFileMode));
  return MakeTls(folder + "/tls", absl::StrCat("minga-", cc), now);
}

absl::StatusOr<NodeKeys> LoadKeys(const std::string& folder) {
  MINGA_RETURN_IF_ERROR(CheckPrivateFolder(folder));
  NodeKeys keys;
  MINGA_ASSIGN_OR_RETURN(keys.node,
                         LoadNamedKey(folder, "node", NoteKeyType::kEd25519));
  MINGA_ASSIGN_OR_RETURN(keys.log,
                         LoadNamedKey(folder, "log", NoteKeyType::kEd25519));
  MINGA_ASSIGN_OR_RETURN(
      keys.cosign,
      LoadNamedKey(folder, "cosign", NoteKeyType::kEd25519Cosignature));
  MINGA_ASSIGN_OR_RETURN(keys.storage, LoadStorageKey(folder));
  const std::string certificate = folder + "/tls/cert.pem";
  MINGA_ASSIGN_OR_RETURN(keys.tls.certificate_pem,
                         ReadFile(certificate, kCertificatePemBytesMax));
  MINGA_RETURN_IF_ERROR(
      At(certificate, ReadCertificate(keys.tls.certificate_pem).status()));
  MINGA_ASSIGN_OR_RETURN(
      keys.tls.private_key_pem,
      ReadSecretFile(folder + "/tls/key.pem", kCertificatePemBytesMax));
  return keys;
}

}  // namespace minga
