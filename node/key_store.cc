#include "node/key_store.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "federation/descriptor.h"
#include "federation/pem.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/files.h"
#include "node/keys.h"

namespace minga {
namespace {

using federation::Descriptor;
using federation::KeyUse;
using federation::OwnGeneration;

constexpr std::array kUses = {KeyUse::kNode, KeyUse::kLog, KeyUse::kCosign};
// Nobody looks for a descriptor under this name.
constexpr absl::string_view kUnfinished = "/.new";

NoteKeyType TypeOf(KeyUse use) {
  return use == KeyUse::kCosign ? NoteKeyType::kEd25519Cosignature
                                : NoteKeyType::kEd25519;
}

bool Exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

absl::Status Done(const std::error_code& error, absl::string_view what,
                  const std::string& path) {
  if (!error) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("cannot ", what, " `", path, "`: ", error.message()));
}

absl::Status Unlink(const std::string& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  return Done(error, "delete", path);
}

absl::Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  return Done(error, "make", to);
}

// The certificate in `folder`/tls and, unless it was destroyed, its key.
absl::Status LoadTls(const std::string& folder, OwnGeneration& generation) {
  const std::string path = folder + "/tls/cert.pem";
  MINGA_ASSIGN_OR_RETURN(const std::string certificate,
                         ReadFile(path, kCertificatePemBytesMax));
  MINGA_RETURN_IF_ERROR(At(path, ReadCertificate(certificate).status()));
  MINGA_ASSIGN_OR_RETURN(const std::string base64,
                         federation::CertificateBase64(certificate));
  // As the descriptor gives it back.
  generation.descriptor.certificate_pem = federation::CertificatePem(base64);
  absl::StatusOr<std::string> key =
      ReadSecretFile(folder + "/tls/key.pem", kCertificatePemBytesMax);
  if (!key.ok() && !absl::IsNotFound(key.status())) return key.status();
  generation.tls_key_pem = key.ok() ? *std::move(key) : std::string();
  return absl::OkStatus();
}

absl::StatusOr<NoteVerifier> LoadVerifier(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(const std::string text,
                         ReadFile(path, kShortTextBytesMax));
  absl::StatusOr<NoteVerifier> read =
      NoteVerifier::FromVkey(absl::StripAsciiWhitespace(text));
  if (!read.ok()) return At(path, read.status());
  return read;
}

// The same for a signing key.
absl::Status LoadKey(const std::string& folder, KeyUse use,
                     OwnGeneration& generation) {
  const std::string file(federation::UseName(use));
  NoteVerifier& verifier = federation::VerifierOf(generation.descriptor, use);
  if (Exists(absl::StrCat(folder, "/", file, ".key"))) {
    MINGA_ASSIGN_OR_RETURN(NamedKey named,
                           LoadNamedKey(folder, file, TypeOf(use)));
    verifier = std::move(named.verifier);
    federation::KeyOf(generation, use) = std::move(named.key);
    return absl::OkStatus();
  }
  MINGA_ASSIGN_OR_RETURN(
      verifier, LoadVerifier(absl::StrCat(folder, "/", file, ".vkey")));
  federation::KeyOf(generation, use) = nullptr;
  return absl::OkStatus();
}

absl::Status CheckWhole(const OwnGeneration& newest) {
  const char* missing = nullptr;
  if (newest.tls_key_pem.empty()) missing = "tls/key.pem";
  if (newest.node == nullptr) missing = "node.key";
  if (newest.log == nullptr) missing = "log.key";
  if (newest.cosign == nullptr) missing = "cosign.key";
  if (missing == nullptr) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat("`", missing, "` of the newest descriptor, number ",
                   newest.descriptor.sequence,
                   ", is not in `keys`: put it back from the "
                   "copy of that folder"));
}

bool SaysTheSame(const Descriptor& descriptor, const OwnFacts& facts) {
  return descriptor.name == facts.name &&
         descriptor.endpoints == facts.endpoints &&
         descriptor.protocol_min == federation::kProtocolMin &&
         descriptor.protocol_max == federation::kProtocolMax;
}

// What a new descriptor says of today and of this program.
absl::Status Date(const OwnFacts& facts, absl::CivilDay today,
                  Descriptor& descriptor) {
  MINGA_ASSIGN_OR_RETURN(const CertificateFacts certificate,
                         ReadCertificate(descriptor.certificate_pem));
  descriptor.country = facts.country;
  descriptor.name = facts.name;
  descriptor.endpoints = facts.endpoints;
  descriptor.protocol_min = federation::kProtocolMin;
  descriptor.protocol_max = federation::kProtocolMax;
  descriptor.valid_from = today;
  descriptor.valid_until =
      std::min(today + kDescriptorLifeDays, DayOf(certificate.not_after));
  return absl::OkStatus();
}

}  // namespace

std::string KeyStore::FolderOf(std::uint64_t sequence) const {
  return absl::StrCat(folder_, "/", sequence);
}

absl::StatusOr<std::unique_ptr<KeyStore>> KeyStore::Open(std::string folder,
                                                         OwnFacts facts,
                                                         const Clock* clock,
                                                         Random* random) {
  MINGA_RETURN_IF_ERROR(CheckPrivateFolder(folder));
  if (facts.endpoints.empty()) {
    return absl::FailedPreconditionError(
        "`peers.endpoints` of minga.toml is empty: peers would not know where "
        "to connect to");
  }
  std::unique_ptr<KeyStore> store(
      new KeyStore(std::move(folder), std::move(facts), clock, random));
  {
    const absl::MutexLock lock(&store->mutex_);
    if (!Exists(store->FolderOf(1))) {
      MINGA_RETURN_IF_ERROR(store->MakeFirst());
    }
    MINGA_RETURN_IF_ERROR(store->Load());
  }
  MINGA_RETURN_IF_ERROR(store->Keep());
  return store;
}

absl::StatusOr<OwnGeneration> KeyStore::LoadGeneration(
    std::uint64_t sequence, const OwnGeneration* former) const {
  const std::string folder = FolderOf(sequence);
  const std::string& keys = former == nullptr ? folder_ : folder;
  OwnGeneration generation;
  if (former != nullptr) generation = *former;
  for (const KeyUse use : kUses) {
    const std::string vkey =
        absl::StrCat(keys, "/", federation::UseName(use), ".vkey");
    if (former != nullptr && !Exists(vkey)) continue;
    MINGA_RETURN_IF_ERROR(LoadKey(keys, use, generation));
  }
  if (former == nullptr || Exists(keys + "/tls")) {
    MINGA_RETURN_IF_ERROR(LoadTls(keys, generation));
  }
  const std::string path = folder + "/descriptor";
  MINGA_ASSIGN_OR_RETURN(generation.note, ReadFile(path, kNoteBytesMax));
  absl::StatusOr<Descriptor> read = federation::ReadDescriptor(generation.note);
  if (!read.ok()) {
    return absl::DataLossError(
        absl::StrCat("`", path, "`: ", read.status().message()));
  }
  if (!federation::ChangedKeys(generation.descriptor, *read).empty() ||
      read->sequence != sequence) {
    return absl::FailedPreconditionError(absl::StrCat(
        "`", path, "` is not the descriptor of the keys that lie there"));
  }
  generation.descriptor = *std::move(read);
  return generation;
}

absl::Status KeyStore::Load() {
  std::vector<OwnGeneration> generations;
  for (std::uint64_t sequence = 1; Exists(FolderOf(sequence)); ++sequence) {
    MINGA_ASSIGN_OR_RETURN(
        OwnGeneration next,
        LoadGeneration(sequence,
                       generations.empty() ? nullptr : &generations.back()));
    generations.push_back(std::move(next));
  }
  MINGA_RETURN_IF_ERROR(CheckWhole(generations.back()));
  ring_ =
      std::make_unique<federation::Keyring>(std::move(generations), &clock_);
  return absl::OkStatus();
}

absl::Status KeyStore::MakeFirst() {
  MINGA_ASSIGN_OR_RETURN(const NodeKeys keys, LoadKeys(folder_));
  Descriptor first;
  first.certificate_pem = keys.tls.certificate_pem;
  first.node_key = keys.node.verifier;
  first.log_key = keys.log.verifier;
  first.cosign_key = keys.cosign.verifier;
  MINGA_RETURN_IF_ERROR(Date(facts_, DayOf(clock_.Now()), first));
  const std::string folder = absl::StrCat(folder_, kUnfinished);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  MINGA_RETURN_IF_ERROR(MakeFolder(folder, kSecretFolderMode));
  MINGA_RETURN_IF_ERROR(WriteFileAtomically(
      folder + "/descriptor", federation::SignDescriptor(first, *keys.node.key),
      kPublicFileMode));
  return Commit(1);
}

absl::Status KeyStore::Commit(std::uint64_t sequence) const {
  MINGA_RETURN_IF_ERROR(
      Rename(absl::StrCat(folder_, kUnfinished), FolderOf(sequence)));
  return SyncFolder(folder_);
}

absl::Status KeyStore::MakeNext(const std::set<std::string>& uses,
                                std::optional<int> overlap_days) {
  const OwnGeneration former = ring_->Newest();
  OwnGeneration next = former;
  const absl::Time now = clock_.Now();
  const std::string folder = absl::StrCat(folder_, kUnfinished);
  std::error_code ignored;
  // What a crash left.
  std::filesystem::remove_all(folder, ignored);
  MINGA_RETURN_IF_ERROR(MakeFolder(folder, kSecretFolderMode));
  for (const KeyUse use : kUses) {
    const std::string file(federation::UseName(use));
    if (!uses.contains(file)) continue;
    MINGA_RETURN_IF_ERROR(MakeNamedKey(
        folder, file, federation::VerifierOf(former.descriptor, use).name,
        TypeOf(use), random_));
    MINGA_RETURN_IF_ERROR(LoadKey(folder, use, next));
  }
  if (uses.contains("tls")) {
    const std::string name = absl::StrCat(
        "minga-", absl::AsciiStrToLower(facts_.country.ToString()));
    MINGA_RETURN_IF_ERROR(MakeTls(folder + "/tls", name, now));
    MINGA_RETURN_IF_ERROR(LoadTls(folder, next));
  }
  Descriptor& descriptor = next.descriptor;
  descriptor.sequence = former.descriptor.sequence + 1;
  const absl::CivilDay today = DayOf(now);
  MINGA_RETURN_IF_ERROR(Date(facts_, today, descriptor));
  descriptor.former_until = std::nullopt;
  if (overlap_days.has_value()) {
    descriptor.former_until =
        *overlap_days == 0 ? today - 1 : today + *overlap_days;
  }
  next.note = federation::SignSuccessor(descriptor, *next.node,
                                        former.descriptor, *former.node);
  MINGA_RETURN_IF_ERROR(
      WriteFileAtomically(folder + "/descriptor", next.note, kPublicFileMode));
  MINGA_RETURN_IF_ERROR(Commit(descriptor.sequence));
  ring_->Add(std::move(next));
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> KeyStore::Rotate(
    const std::set<std::string>& uses, int overlap_days) {
  for (const std::string& use : uses) {
    if (use == "tls" || use == "node" || use == "log" || use == "cosign") {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("no key is for `", Printable(use, 40),
                     "`: there are tls, node, log ", "and cosign"));
  }
  if (uses.empty() || overlap_days < 0 || overlap_days > kOverlapDaysMax) {
    return absl::InvalidArgumentError(
        uses.empty() ? "say which keys: tls, node, log, cosign"
                     : absl::StrCat("an overlap has 0 to ", kOverlapDaysMax,
                                    " days, not ", overlap_days));
  }
  const absl::MutexLock lock(&mutex_);
  MINGA_RETURN_IF_ERROR(MakeNext(uses, overlap_days));
  MINGA_RETURN_IF_ERROR(Serve());
  return ring_->Newest().descriptor.sequence;
}

absl::Status KeyStore::Keep() {
  const absl::MutexLock lock(&mutex_);
  const Descriptor newest = ring_->Newest().descriptor;
  MINGA_ASSIGN_OR_RETURN(const CertificateFacts certificate,
                         ReadCertificate(newest.certificate_pem));
  const absl::CivilDay today = DayOf(clock_.Now());
  const absl::CivilDay end = DayOf(certificate.not_after);
  if (today + kRenewDays > end) {
    const auto left = static_cast<int>(std::max<absl::civil_diff_t>(
        end - today, 0));  // one that has ended counts no more
    MINGA_RETURN_IF_ERROR(
        MakeNext({"tls"}, std::min(left, kOverlapDaysDefault)));
  } else if (!SaysTheSame(newest, facts_) ||
             today + kRenewDays > newest.valid_until) {
    MINGA_RETURN_IF_ERROR(MakeNext({}, std::nullopt));
  }
  return Serve();
}

absl::Status KeyStore::Serve() const {
  const std::string certificate = ring_->Serving().certificate_pem;
  // The oldest descriptor with this certificate has its folder.
  std::uint64_t sequence = 0;
  for (const OwnGeneration& generation : ring_->All()) {
    if (generation.descriptor.certificate_pem == certificate) {
      sequence = generation.descriptor.sequence;
    }
  }
  const std::string target =
      sequence == 1 ? "tls" : absl::StrCat(sequence, "/tls");
  std::error_code error;
  if (std::filesystem::read_symlink(serving(), error) == target) {
    return absl::OkStatus();
  }
  const std::string temporary = serving() + ".tmp";
  std::filesystem::remove(temporary, error);
  std::filesystem::create_symlink(target, temporary, error);
  MINGA_RETURN_IF_ERROR(Done(error, "make", temporary));
  MINGA_RETURN_IF_ERROR(Rename(temporary, serving()));
  return SyncFolder(folder_);
}

absl::Status KeyStore::DestroyRetired() {
  const absl::MutexLock lock(&mutex_);
  ring_->Forget();
  const std::vector<OwnGeneration> newest_first = ring_->All();
  for (const OwnGeneration& generation : newest_first) {
    if (generation.node != nullptr) continue;  // counts, or is still used
    const std::uint64_t sequence = generation.descriptor.sequence;
    const std::string keys = sequence == 1 ? folder_ : FolderOf(sequence);
    // A key that a later descriptor names, too, stays.
    const auto used = [&](const auto& same) {
      return std::any_of(newest_first.begin(), newest_first.end(),
                         [&](const OwnGeneration& other) {
                           return other.node != nullptr && same(other);
                         });
    };
    for (const KeyUse use : kUses) {
      const std::string vkey =
          federation::VerifierOf(generation.descriptor, use).ToVkey();
      if (used([&](const OwnGeneration& other) {
            return federation::VerifierOf(other.descriptor, use).ToVkey() ==
                   vkey;
          })) {
        continue;
      }
      MINGA_RETURN_IF_ERROR(
          Unlink(absl::StrCat(keys, "/", federation::UseName(use), ".key")));
    }
    if (!used([&](const OwnGeneration& other) {
          return other.descriptor.certificate_pem ==
                 generation.descriptor.certificate_pem;
        })) {
      MINGA_RETURN_IF_ERROR(Unlink(keys + "/tls/key.pem"));
    }
  }
  return SyncFolder(folder_);
}

absl::StatusOr<std::vector<NoteVerifier>> LoadLogVerifiers(
    const std::string& folder) {
  MINGA_ASSIGN_OR_RETURN(NoteVerifier first,
                         LoadVerifier(folder + "/log.vkey"));
  std::vector<NoteVerifier> keys;
  keys.push_back(std::move(first));
  for (int sequence = 2; Exists(absl::StrCat(folder, "/", sequence));
       ++sequence) {
    const std::string path = absl::StrCat(folder, "/", sequence, "/log.vkey");
    if (!Exists(path)) continue;
    MINGA_ASSIGN_OR_RETURN(NoteVerifier next, LoadVerifier(path));
    keys.push_back(std::move(next));
  }
  return keys;
}

}  // namespace minga
