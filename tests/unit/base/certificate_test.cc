#include "node/base/crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/limits.h"
#include "node/base/random.h"
#include "node/base/strings.h"

namespace minga {
namespace {

const absl::Time kFrom = absl::FromUnixSeconds(1'780'000'000);
const absl::Time kUntil = kFrom + absl::Hours(24 * 730);

CertificateAndKey Make(absl::string_view name) {
  auto made = MakeSelfSignedCertificate(name, kFrom, kUntil);
  REQUIRE(made.ok());
  return *std::move(made);
}

std::string DerOf(const std::string& pem) {
  const std::string body =
      absl::StrReplaceAll(pem, {{"-----BEGIN CERTIFICATE-----", ""},
                                {"-----END CERTIFICATE-----", ""},
                                {"\n", ""}});
  const auto der = FromBase64(body);
  REQUIRE(der.ok());
  return *der;
}

std::string PemOf(absl::string_view der) {
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  const std::string body = Base64(der);
  for (std::size_t i = 0; i < body.size(); i += 64) {
    absl::StrAppend(&pem, body.substr(i, 64), "\n");
  }
  return pem + "-----END CERTIFICATE-----\n";
}

TEST_CASE("a certificate says what it was made with", "[base][certificate]") {
  const CertificateAndKey made = Make("node.minga.ec");
  const auto facts = ReadCertificate(made.certificate_pem);
  REQUIRE(facts.ok());
  CHECK(facts->common_name == "node.minga.ec");
  CHECK(facts->not_before == kFrom);
  CHECK(facts->not_after == kUntil);
  CHECK(facts->fingerprint == Sha256(DerOf(made.certificate_pem)));
  CHECK(
      absl::StartsWith(made.private_key_pem, "-----BEGIN PRIVATE KEY-----\n"));
}

TEST_CASE("validity far from now is kept to the second",
          "[base][certificate]") {
  // UTCTime ends in 2049; later times are encoded as GeneralizedTime.
  const absl::Time from = absl::FromCivil(
      absl::CivilSecond(1999, 12, 31, 23, 59, 59), absl::UTCTimeZone());
  const absl::Time until = absl::FromCivil(
      absl::CivilSecond(2076, 2, 29, 1, 2, 3), absl::UTCTimeZone());
  const auto made = MakeSelfSignedCertificate("localhost", from, until);
  REQUIRE(made.ok());
  const auto facts = ReadCertificate(made->certificate_pem);
  REQUIRE(facts.ok());
  CHECK(facts->not_before == from);
  CHECK(facts->not_after == until);
}

TEST_CASE("no two certificates are alike", "[base][certificate]") {
  const auto a = ReadCertificate(Make("localhost").certificate_pem);
  const auto b = ReadCertificate(Make("localhost").certificate_pem);
  REQUIRE(a.ok());
  REQUIRE(b.ok());
  CHECK(a->fingerprint != b->fingerprint);
}

TEST_CASE("other software can use the certificate", "[base][certificate]") {
  const CertificateAndKey made = Make("node.minga.ec");
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> in(
      BIO_new_mem_buf(made.certificate_pem.data(), -1), BIO_free_all);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> key_in(
      BIO_new_mem_buf(made.private_key_pem.data(), -1), BIO_free_all);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free);
  REQUIRE(certificate != nullptr);
  REQUIRE(key != nullptr);
  X509* const x = certificate.get();
  CHECK(X509_get_version(x) == X509_VERSION_3);
  CHECK(X509_verify(x, key.get()) == 1);
  CHECK(X509_check_private_key(x, key.get()) == 1);
  CHECK(X509_check_host(x, "node.minga.ec", 0, 0, nullptr) == 1);
  CHECK(X509_check_host(x, "node.minga.co", 0, 0, nullptr) == 0);
  CHECK(X509_check_ca(x) == 0);
  CHECK(X509_check_purpose(x, X509_PURPOSE_SSL_SERVER, 0) == 1);
  CHECK(X509_check_purpose(x, X509_PURPOSE_SSL_CLIENT, 0) == 1);
  CHECK(X509_get_key_usage(x) == KU_DIGITAL_SIGNATURE);
  CHECK(X509_get_extended_key_usage(x) == (XKU_SSL_SERVER | XKU_SSL_CLIENT));
  CHECK(EVP_PKEY_get_bits(key.get()) == 256);
  CHECK(ASN1_STRING_length(X509_get0_serialNumber(x)) >= 8);
}

TEST_CASE("impossible certificates are not made", "[base][certificate]") {
  const auto refused = [](absl::string_view name, absl::Time from,
                          absl::Time until) {
    return absl::IsInvalidArgument(
        MakeSelfSignedCertificate(name, from, until).status());
  };
  CHECK(refused("localhost", kUntil, kFrom));
  CHECK(refused("localhost", kFrom, kFrom));
  CHECK(refused("localhost", kFrom, absl::InfiniteFuture()));
  CHECK(refused("localhost", absl::InfinitePast(), kUntil));
  for (const char* name : {"", "a b", "a,DNS:b", "a..b", ".a", "a.", "-a", "a-",
                           "a_b", "*.a", "a\n", "se\xC3\xB1or"}) {
    CAPTURE(name);
    CHECK(refused(name, kFrom, kUntil));
  }
  CHECK(refused(absl::string_view("a\0b", 3), kFrom, kUntil));
  CHECK(refused(std::string(60, 'a') + ".bcde", kFrom, kUntil));
  CHECK_FALSE(refused(std::string(60, 'a') + ".bcd", kFrom, kUntil));
}

TEST_CASE("exactly one certificate is read", "[base][certificate]") {
  const CertificateAndKey made = Make("localhost");
  const std::string& pem = made.certificate_pem;
  const std::string der = DerOf(pem);
  CHECK(ReadCertificate(pem).ok());
  CHECK(ReadCertificate("\n" + pem + "\n").ok());
  CHECK(ReadCertificate(PemOf(der)).ok());
  for (const std::string& bad :
       {std::string(), pem + pem, pem + Make("b").certificate_pem,
        pem + made.private_key_pem, made.private_key_pem, "text\n" + pem,
        pem + "text", pem.substr(0, pem.size() / 2), pem.substr(10), der,
        absl::StrReplaceAll(pem, {{" CERTIFICATE", " X509 CERTIFICATE"}}),
        PemOf(der + "x"), PemOf(der.substr(0, der.size() - 1)), PemOf(""),
        std::string(100, '\0'),
        pem + std::string(kCertificatePemBytesMax, ' ')}) {
    CAPTURE(Printable(bad, 60));
    CHECK(absl::IsInvalidArgument(ReadCertificate(bad).status()));
  }
}

TEST_CASE("a second encoding of a certificate is refused",
          "[base][certificate]") {
  const std::string der = DerOf(Make("localhost").certificate_pem);
  REQUIRE(absl::StartsWith(der, "\x30\x82"));
  const std::string length = der.substr(2, 2);
  const std::string body = der.substr(4);
  // BER: indefinite length, and a length with a zero in front. OpenSSL reads
  // both, and would hand on the DER form.
  const std::string indefinite =
      absl::StrCat("\x30\x80", body, absl::string_view("\0\0", 2));
  const std::string padded =
      absl::StrCat(absl::string_view("\x30\x83\0", 3), length, body);
  for (const std::string& ber : {indefinite, padded}) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(ber.data());
    X509* const read = d2i_X509(nullptr, &bytes, static_cast<long>(ber.size()));
    CHECK(read != nullptr);
    X509_free(read);
    CHECK(ReadCertificate(PemOf(ber)).status().message() ==
          "certificate is not in DER form");
  }
}

TEST_CASE("no altered certificate keeps its fingerprint",
          "[base][certificate]") {
  const std::string pem = Make("localhost").certificate_pem;
  const std::string der = DerOf(pem);
  const auto original = ReadCertificate(pem);
  REQUIRE(original.ok());
  SeededRandom random(61);
  int read = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string altered = der;
    const std::size_t bit = random.Below(altered.size() * 8);
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    const auto facts = ReadCertificate(PemOf(altered));
    if (!facts.ok()) {
      CHECK(absl::IsInvalidArgument(facts.status()));
      continue;
    }
    ++read;
    CHECK(facts->fingerprint != original->fingerprint);
  }
  // A bit of the key, the serial number or the signature leaves it well-formed.
  CHECK(read > 100);
}

}  // namespace
}  // namespace minga
