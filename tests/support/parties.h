// Countries with keys, certificates and descriptors, made from their codes.
#ifndef MINGA_TESTS_SUPPORT_PARTIES_H_
#define MINGA_TESTS_SUPPORT_PARTIES_H_

#include <map>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "federation/descriptor.h"
#include "node/base/crypto/certificate.h"
#include "node/base/crypto/sign.h"
#include "node/base/ids.h"
#include "node/base/note.h"

namespace minga::test {

inline const Country kColombia = Country::Of("CO");
inline const Country kEcuador = Country::Of("EC");
inline const Country kPeru = Country::Of("PE");

struct Party {
  std::unique_ptr<SigningKey> node_key;
  std::unique_ptr<SigningKey> log_key;
  std::unique_ptr<SigningKey> cosign_key;
  federation::Descriptor descriptor;

  std::string DescriptorNote() const {
    return federation::SignDescriptor(descriptor, *node_key);
  }
  const NoteVerifier& verifier() const { return descriptor.node_key; }
};

// A certificate of its own for each name, made once a process: no test looks
// into it.
inline const std::string& CertificateFor(const std::string& name) {
  static std::map<std::string, std::string>* const made =
      new std::map<std::string, std::string>();
  std::string& pem = (*made)[name];
  if (pem.empty()) {
    pem = MakeSelfSignedCertificate(
              absl::StrCat(name, ".example"),
              absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone()),
              absl::FromCivil(absl::CivilDay(2030, 1, 1), absl::UTCTimeZone()))
              .value()
              .certificate_pem;
  }
  return pem;
}

// The same keys each time, so that failures repeat.
inline Party MakeParty(Country country) {
  const auto key = [&](char use) {
    return SigningKey::FromSeed(
               absl::StrCat(std::string(29, use), country.ToString(), "k"))
        .value();
  };
  const std::string name =
      absl::StrCat("minga/", absl::AsciiStrToLower(country.ToString()));
  Party party;
  party.node_key = key('n');
  party.log_key = key('l');
  party.cosign_key = key('c');
  federation::Descriptor& d = party.descriptor;
  d.country = country;
  d.name = absl::StrCat("Servicio de empleo de ", country.ToString());
  d.endpoints = {
      absl::StrCat(absl::AsciiStrToLower(country.ToString()), ".example:7443")};
  d.certificate_pem = CertificateFor(absl::AsciiStrToLower(country.ToString()));
  d.node_key = {absl::StrCat(name, "/node"), NoteKeyType::kEd25519,
                party.node_key->public_key()};
  d.log_key = {absl::StrCat(name, "/log"), NoteKeyType::kEd25519,
               party.log_key->public_key()};
  d.cosign_key = {absl::StrCat(name, "/cosign"),
                  NoteKeyType::kEd25519Cosignature,
                  party.cosign_key->public_key()};
  d.valid_from = absl::CivilDay(2026, 1, 1);
  d.valid_until = absl::CivilDay(2028, 1, 1);
  return party;
}

}  // namespace minga::test

#endif  // MINGA_TESTS_SUPPORT_PARTIES_H_
