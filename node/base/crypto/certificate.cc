#include "node/base/crypto/certificate.h"

#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/crypto/openssl_ptr.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga {
namespace {

// X.520 ub-common-name.
constexpr std::size_t kCommonNameBytesMax = 64;
constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kEchoBytesMax = 80;
constexpr absl::string_view kPemBegin = "-----BEGIN CERTIFICATE-----";
constexpr absl::string_view kPemEnd = "-----END CERTIFICATE-----";

// OpenSSL reads it where it would read /etc/ssl/openssl.cnf. Protocol is what
// counts for gRPC, which sets MinProtocol itself after the context is made but
// leaves these options alone; MinProtocol is for all others.
constexpr absl::string_view kTls13Configuration = R"(
openssl_conf = minga_conf
[minga_conf]
ssl_conf = minga_ssl
[minga_ssl]
system_default = minga_system_default
[minga_system_default]
MinProtocol = TLSv1.3
Protocol = -ALL,TLSv1.3
)";

struct OpensslBytesFree {
  void operator()(void* bytes) const { OPENSSL_free(bytes); }
};
using BytesPtr = std::unique_ptr<std::uint8_t, OpensslBytesFree>;
using CharsPtr = std::unique_ptr<char, OpensslBytesFree>;
using ExtensionPtr =
    std::unique_ptr<X509_EXTENSION, OpensslFree<X509_EXTENSION_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, OpensslFree<BN_free>>;

// A host name by RFC 1123, since the same text becomes a DNS entry.
absl::Status ValidateHostName(absl::string_view name) {
  if (name.empty() || name.size() > kCommonNameBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("common name must have 1 to ", kCommonNameBytesMax,
                     " bytes, not ", name.size()));
  }
  for (const absl::string_view label : absl::StrSplit(name, '.')) {
    bool valid = !label.empty() && label.size() <= 63 && label.front() != '-' &&
                 label.back() != '-';
    for (const char c : label) {
      valid = valid &&
              (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-');
    }
    if (!valid) {
      return absl::InvalidArgumentError(
          absl::StrCat("common name `", Printable(name, kEchoBytesMax),
                       "` is not a host name"));
    }
  }
  return absl::OkStatus();
}

absl::Status SetSerial(X509* certificate) {
  std::array<std::uint8_t, kSerialBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return OpensslError("certificate serial number");
  }
  // Positive and of fixed length, as RFC 5280 section 4.1.2.2 wants.
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x7FU) | 0x40U);
  const BignumPtr number(
      BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  if (number == nullptr ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) ==
          nullptr) {
    return OpensslError("certificate serial number");
  }
  return absl::OkStatus();
}

absl::Status SetValidity(X509* certificate, absl::Time not_before,
                         absl::Time not_after) {
  if (not_before >= not_after) {
    return absl::InvalidArgumentError("certificate would end before it begins");
  }
  // DER writes years with four digits.
  const absl::CivilYear first =
      absl::ToCivilYear(not_before, absl::UTCTimeZone());
  const absl::CivilYear last =
      absl::ToCivilYear(not_after, absl::UTCTimeZone());
  if (first.year() < 1950 || last.year() > 9999) {
    return absl::InvalidArgumentError(
        "certificate validity must lie in the years 1950 to 9999");
  }
  if (ASN1_TIME_set(X509_getm_notBefore(certificate),
                    absl::ToTimeT(not_before)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate),
                    absl::ToTimeT(not_after)) == nullptr) {
    return OpensslError("certificate validity");
  }
  return absl::OkStatus();
}

absl::Status SetName(X509* certificate, absl::string_view common_name) {
  X509_NAME* const name = X509_get_subject_name(certificate);
  if (X509_NAME_add_entry_by_NID(
          name, NID_commonName, MBSTRING_UTF8,
          reinterpret_cast<const std::uint8_t*>(common_name.data()),
          static_cast<int>(common_name.size()), -1, 0) != 1 ||
      X509_set_issuer_name(certificate, name) != 1) {
    return OpensslError("certificate name");
  }
  return absl::OkStatus();
}

absl::Status AddExtensions(X509* certificate, absl::string_view common_name) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::vector<std::pair<int, std::string>> extensions = {
      {NID_basic_constraints, "critical,CA:FALSE"},
      {NID_key_usage, "critical,digitalSignature"},
      {NID_ext_key_usage, "serverAuth,clientAuth"},
      {NID_subject_key_identifier, "hash"},
      {NID_subject_alt_name, absl::StrCat("DNS:", common_name)},
  };
  for (const auto& [nid, value] : extensions) {
    const ExtensionPtr extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    if (extension == nullptr ||
        X509_add_ext(certificate, extension.get(), -1) != 1) {
      return OpensslError(absl::StrCat("certificate extension `", value, "`"));
    }
  }
  return absl::OkStatus();
}

std::string Contents(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

// The DER bytes of the one PEM block that `pem` is.
absl::StatusOr<std::string> PemToDer(absl::string_view pem) {
  const BioPtr in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (in == nullptr) return OpensslError("certificate");
  char* name = nullptr;
  char* header = nullptr;
  std::uint8_t* data = nullptr;
  long size = 0;
  const int read = PEM_read_bio(in.get(), &name, &header, &data, &size);
  const CharsPtr name_owner(name);
  const CharsPtr header_owner(header);
  const BytesPtr data_owner(data);
  if (read != 1 || absl::string_view(name) != PEM_STRING_X509 ||
      !absl::string_view(header).empty()) {
    ERR_clear_error();
    return absl::InvalidArgumentError("certificate is not well-formed PEM");
  }
  return std::string(reinterpret_cast<const char*>(data),
                     static_cast<std::size_t>(size));
}

absl::StatusOr<X509Ptr> DerToX509(const std::string& der) {
  const auto* cursor = reinterpret_cast<const std::uint8_t*>(der.data());
  X509Ptr certificate(
      d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (certificate == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError("certificate is not well-formed X.509");
  }
  // TLS libraries hand on what they encode anew: a second encoding of the same
  // certificate, or bytes after it, would have another fingerprint.
  std::uint8_t* encoded = nullptr;
  const int size = i2d_X509(certificate.get(), &encoded);
  const BytesPtr encoded_owner(encoded);
  if (size < 0 || absl::string_view(reinterpret_cast<const char*>(encoded),
                                    static_cast<std::size_t>(size)) != der) {
    ERR_clear_error();
    return absl::InvalidArgumentError("certificate is not in DER form");
  }
  return certificate;
}

absl::StatusOr<std::string> CommonNameOf(const X509* certificate) {
  const X509_NAME* const name = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (index < 0) return std::string();
  if (X509_NAME_get_index_by_NID(name, NID_commonName, index) >= 0) {
    return absl::InvalidArgumentError(
        "certificate has more than one common name");
  }
  std::uint8_t* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(
      &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  const BytesPtr utf8_owner(utf8);
  if (size < 0) {
    ERR_clear_error();
    return absl::InvalidArgumentError("certificate common name is not text");
  }
  std::string text(reinterpret_cast<const char*>(utf8),
                   static_cast<std::size_t>(size));
  MINGA_RETURN_IF_ERROR(At("certificate common name", ValidateText(text, "")));
  return text;
}

absl::StatusOr<absl::Time> TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_check(time) != 1 ||
      ASN1_TIME_to_tm(time, &parts) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("certificate validity is not a time");
  }
  return absl::FromTM(parts, absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<CertificateAndKey> MakeSelfSignedCertificate(
    absl::string_view common_name, absl::Time not_before,
    absl::Time not_after) {
  MINGA_RETURN_IF_ERROR(ValidateHostName(common_name));
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate(X509_new());
  if (key == nullptr || certificate == nullptr ||
      X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_pubkey(certificate.get(), key.get()) != 1) {
    return OpensslError("certificate");
  }
  MINGA_RETURN_IF_ERROR(SetSerial(certificate.get()));
  MINGA_RETURN_IF_ERROR(SetValidity(certificate.get(), not_before, not_after));
  MINGA_RETURN_IF_ERROR(SetName(certificate.get(), common_name));
  MINGA_RETURN_IF_ERROR(AddExtensions(certificate.get(), common_name));
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    return OpensslError("certificate signature");
  }
  const BioPtr certificate_out(BIO_new(BIO_s_mem()));
  const BioPtr key_out(BIO_new(BIO_s_secmem()));
  if (certificate_out == nullptr || key_out == nullptr ||
      PEM_write_bio_X509(certificate_out.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_out.get(), key.get(), nullptr, nullptr,
                                    0, nullptr, nullptr) != 1) {
    return OpensslError("certificate output");
  }
  return CertificateAndKey{Contents(certificate_out.get()),
                           Contents(key_out.get())};
}

absl::StatusOr<CertificateFacts> ReadCertificate(absl::string_view pem) {
  if (pem.size() > kCertificatePemBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("certificate has ", pem.size(), " bytes; at most ",
                     kCertificatePemBytesMax, " are allowed"));
  }
  // PEM_read_bio skips what is around the block; a second certificate there
  // would be shown to people but never checked.
  const absl::string_view block = absl::StripAsciiWhitespace(pem);
  if (!absl::StartsWith(block, kPemBegin) || !absl::EndsWith(block, kPemEnd) ||
      absl::StrContains(block.substr(kPemBegin.size()), kPemBegin)) {
    return absl::InvalidArgumentError(
        "certificate is not exactly one PEM block `CERTIFICATE`");
  }
  MINGA_ASSIGN_OR_RETURN(const std::string der,
                         PemToDer(absl::StrCat(block, "\n")));
  MINGA_ASSIGN_OR_RETURN(const X509Ptr certificate, DerToX509(der));
  CertificateFacts facts;
  facts.fingerprint = Sha256(der);
  MINGA_ASSIGN_OR_RETURN(facts.common_name, CommonNameOf(certificate.get()));
  MINGA_ASSIGN_OR_RETURN(facts.not_before,
                         TimeOf(X509_get0_notBefore(certificate.get())));
  MINGA_ASSIGN_OR_RETURN(facts.not_after,
                         TimeOf(X509_get0_notAfter(certificate.get())));
  return facts;
}

absl::Status RequireTls13ForProcess() {
  // The machine's own configuration first: OpenSSL would load it at its first
  // use and so undo ours.
  if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1) {
    return OpensslError("OpenSSL start");
  }
  OPENSSL_load_builtin_modules();
  const ConfPtr configuration(NCONF_new(nullptr));
  const BioPtr text(
      BIO_new_mem_buf(kTls13Configuration.data(),
                      static_cast<int>(kTls13Configuration.size())));
  long line = 0;
  if (configuration == nullptr || text == nullptr ||
      NCONF_load_bio(configuration.get(), text.get(), &line) != 1) {
    return OpensslError("TLS configuration");
  }
  if (CONF_modules_load(configuration.get(), nullptr, 0) != 1) {
    return OpensslError("TLS configuration");
  }
  return absl::OkStatus();
}

}  // namespace minga
