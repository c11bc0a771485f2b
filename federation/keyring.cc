#include "federation/keyring.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace minga::federation {
namespace {

CertificateAndKey CertificateOf(const OwnGeneration& generation) {
  return {generation.descriptor.certificate_pem, generation.tls_key_pem};
}

}  // namespace

absl::string_view UseName(KeyUse use) {
  switch (use) {
    case KeyUse::kLog:
      return "log";
    case KeyUse::kCosign:
      return "cosign";
    case KeyUse::kNode:
      break;
  }
  return "node";
}

Keyring::Keyring(std::vector<OwnGeneration> generations, const Clock* clock)
    : clock_(*clock), generations_(std::move(generations)) {}

void Keyring::Add(OwnGeneration generation) {
  const absl::MutexLock lock(&mutex_);
  generations_.push_back(std::move(generation));
}

std::size_t Keyring::OldestInForce() const {
  std::size_t oldest = generations_.size() - 1;
  while (oldest > 0) {
    const auto& until = generations_[oldest].descriptor.former_until;
    if (until.has_value() && Today() > *until) break;
    --oldest;
  }
  return oldest;
}

void Keyring::Forget() {
  const absl::MutexLock lock(&mutex_);
  const std::size_t oldest = OldestInForce();
  for (std::size_t i = 0; i < oldest; ++i) {
    OwnGeneration& old = generations_[i];
    old.node = old.log = old.cosign = nullptr;
    old.tls_key_pem.clear();
  }
}

std::vector<NoteSignature> Keyring::Sign(KeyUse use, absl::string_view text,
                                         absl::string_view suffix) const {
  const absl::MutexLock lock(&mutex_);
  std::vector<NoteSignature> signatures;
  std::set<const SigningKey*> done;
  for (std::size_t i = generations_.size(); i-- > OldestInForce();) {
    const OwnGeneration& generation = generations_[i];
    const std::shared_ptr<const SigningKey>& key = KeyOf(generation, use);
    if (key == nullptr || !done.insert(key.get()).second) continue;
    signatures.push_back(SignNote(
        text, absl::StrCat(VerifierOf(generation.descriptor, use).name, suffix),
        *key));
  }
  return signatures;
}

std::vector<NoteSignature> Keyring::Cosign(absl::string_view checkpoint_body,
                                           std::uint64_t unix_seconds) const {
  const absl::MutexLock lock(&mutex_);
  std::vector<NoteSignature> signatures;
  std::set<const SigningKey*> done;
  for (std::size_t i = generations_.size(); i-- > OldestInForce();) {
    const OwnGeneration& generation = generations_[i];
    const SigningKey* const key = generation.cosign.get();
    if (key == nullptr || !done.insert(key).second) continue;
    signatures.push_back(CosignNote(checkpoint_body,
                                    generation.descriptor.cosign_key.name, *key,
                                    unix_seconds));
  }
  return signatures;
}

OwnGeneration Keyring::Newest() const {
  const absl::MutexLock lock(&mutex_);
  return generations_.back();
}

std::uint64_t Keyring::Sequence() const {
  const absl::MutexLock lock(&mutex_);
  return generations_.back().descriptor.sequence;
}

std::vector<std::string> Keyring::NotesAfter(std::uint64_t sequence,
                                             std::size_t limit) const {
  const absl::MutexLock lock(&mutex_);
  std::vector<std::string> notes;
  for (const OwnGeneration& generation : generations_) {
    if (generation.descriptor.sequence <= sequence) continue;
    if (notes.size() == limit) break;
    notes.push_back(generation.note);
  }
  return notes;
}

std::vector<OwnGeneration> Keyring::All() const {
  const absl::MutexLock lock(&mutex_);
  return {generations_.rbegin(), generations_.rend()};
}

std::vector<NoteVerifier> Keyring::Verifiers(KeyUse use) const {
  const absl::MutexLock lock(&mutex_);
  std::vector<NoteVerifier> verifiers;
  std::set<std::string> done;
  for (std::size_t i = generations_.size(); i-- > 0;) {
    const NoteVerifier& key = VerifierOf(generations_[i].descriptor, use);
    if (done.insert(key.ToVkey()).second) verifiers.push_back(key);
  }
  return verifiers;
}

std::uint64_t Keyring::OldestInForceSequence() const {
  const absl::MutexLock lock(&mutex_);
  return generations_[OldestInForce()].descriptor.sequence;
}

absl::CivilDay Keyring::Until(std::uint64_t sequence) const {
  const absl::MutexLock lock(&mutex_);
  absl::CivilDay until = generations_.back().descriptor.valid_until;
  for (std::size_t i = generations_.size(); i-- > 1;) {
    const Descriptor& next = generations_[i].descriptor;
    if (next.sequence <= sequence) break;
    until = std::min(until, next.former_until.value_or(until));
  }
  return until;
}

std::size_t Keyring::CertificateSince() const {
  std::size_t since = generations_.size() - 1;
  while (since > 0 && generations_[since - 1].descriptor.certificate_pem ==
                          generations_.back().descriptor.certificate_pem) {
    --since;
  }
  return since;
}

CertificateAndKey Keyring::TowardsPeer(const PeerId& peer) const {
  const absl::MutexLock lock(&mutex_);
  const std::size_t since = CertificateSince();
  const auto held = held_.find(peer);
  const bool knows = held != held_.end() &&
                     held->second >= generations_[since].descriptor.sequence;
  const bool old_counts = since > 0 && since - 1 >= OldestInForce() &&
                          !generations_[since - 1].tls_key_pem.empty();
  return CertificateOf(knows || !old_counts ? generations_.back()
                                            : generations_[since - 1]);
}

CertificateAndKey Keyring::Serving() const {
  const absl::MutexLock lock(&mutex_);
  const std::size_t since = CertificateSince();
  if (since == 0 || since - 1 < OldestInForce() ||
      generations_[since - 1].tls_key_pem.empty()) {
    return CertificateOf(generations_.back());
  }
  const Descriptor& first = generations_[since].descriptor;
  const absl::CivilDay last = first.former_until.value_or(first.valid_from);
  const bool late = Today() - first.valid_from > (last - first.valid_from) / 2;
  const bool all_know = std::all_of(
      held_.begin(), held_.end(),
      [&](const auto& held) { return held.second >= first.sequence; });
  return CertificateOf(late || all_know ? generations_.back()
                                        : generations_[since - 1]);
}

void Keyring::SetPeers(const std::vector<PeerId>& peers) {
  const absl::MutexLock lock(&mutex_);
  std::map<PeerId, std::uint64_t> held;
  for (const PeerId& peer : peers) held[peer] = held_[peer];
  held_ = std::move(held);
}

void Keyring::NoteHeld(const PeerId& peer, std::uint64_t sequence) {
  const absl::MutexLock lock(&mutex_);
  const auto held = held_.find(peer);
  if (held == held_.end()) return;
  // What a peer says of what we never made is not taken for known.
  if (sequence <= generations_.back().descriptor.sequence) {
    held->second = sequence;
  }
}

std::map<PeerId, std::uint64_t> Keyring::Held() const {
  const absl::MutexLock lock(&mutex_);
  return held_;
}

}  // namespace minga::federation
