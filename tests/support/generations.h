// Own keys that change, for tests: the generations of a party's descriptor.
#ifndef MINGA_TESTS_SUPPORT_GENERATIONS_H_
#define MINGA_TESTS_SUPPORT_GENERATIONS_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "federation/keyring.h"
#include "federation/witness.h"
#include "tests/support/parties.h"

namespace minga::test {

inline std::shared_ptr<const SigningKey> SharedKey(const SigningKey& key) {
  return SigningKey::FromSeed(key.seed()).value();
}

// As a witness with one key does it.
inline federation::Cosign CosignAs(const Party& party) {
  return [name = party.descriptor.cosign_key.name,
          key = SharedKey(*party.cosign_key)](absl::string_view text,
                                              std::uint64_t unix_seconds) {
    return std::vector<NoteSignature>{
        CosignNote(text, name, *key, unix_seconds)};
  };
}

// The party's keys as its first generation.
inline federation::OwnGeneration FirstGeneration(const Party& party) {
  return {party.descriptor,
          party.DescriptorNote(),
          SharedKey(*party.node_key),
          SharedKey(*party.log_key),
          SharedKey(*party.cosign_key),
          "tls 1"};
}

// The one after `former`, with new keys for `uses` ("tls", "node", "log",
// "cosign"), made on `day`.
inline federation::OwnGeneration NextGeneration(
    const federation::OwnGeneration& former, const std::set<std::string>& uses,
    absl::CivilDay day, int overlap_days) {
  federation::OwnGeneration next = former;
  federation::Descriptor& d = next.descriptor;
  d.sequence = former.descriptor.sequence + 1;
  d.valid_from = day;
  d.former_until = day + overlap_days;
  const auto key = [&](char use, NoteVerifier& verifier,
                       std::shared_ptr<const SigningKey>& signing) {
    signing = SigningKey::FromSeed(absl::StrCat(std::string(29, use),
                                                d.country.ToString(),
                                                d.sequence % 10))
                  .value();
    verifier.public_key = signing->public_key();
  };
  if (uses.contains("node")) key('n', d.node_key, next.node);
  if (uses.contains("log")) key('l', d.log_key, next.log);
  if (uses.contains("cosign")) key('c', d.cosign_key, next.cosign);
  if (uses.contains("tls")) {
    d.certificate_pem = CertificateFor(
        absl::StrCat(absl::AsciiStrToLower(d.country.ToString()), d.sequence));
    next.tls_key_pem = absl::StrCat("tls ", d.sequence);
  }
  next.note =
      federation::SignSuccessor(d, *next.node, former.descriptor, *former.node);
  return next;
}

}  // namespace minga::test

#endif  // MINGA_TESTS_SUPPORT_GENERATIONS_H_
