// RequireTls13ForProcess, seen from libssl: handshakes in memory.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "node/base/crypto/certificate.h"

namespace minga {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

// As gRPC 1.51 makes its contexts: the versions are set after SSL_CTX_new.
Context MakeContext(const SSL_METHOD* method, int min, int max) {
  Context context(SSL_CTX_new(method), SSL_CTX_free);
  REQUIRE(context != nullptr);
  REQUIRE(SSL_CTX_set_min_proto_version(context.get(), min) == 1);
  REQUIRE(SSL_CTX_set_max_proto_version(context.get(), max) == 1);
  return context;
}

Context Client(int min, int max) {
  return MakeContext(TLS_client_method(), min, max);
}

Context Server(const CertificateAndKey& identity, int min, int max) {
  Context context = MakeContext(TLS_server_method(), min, max);
  BIO* in = BIO_new_mem_buf(identity.certificate_pem.data(), -1);
  X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  in = BIO_new_mem_buf(identity.private_key_pem.data(), -1);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  CHECK(SSL_CTX_use_certificate(context.get(), certificate) == 1);
  CHECK(SSL_CTX_use_PrivateKey(context.get(), key) == 1);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return context;
}

// The version both agreed on, or "refused".
std::string Handshake(const Context& client_context,
                      const Context& server_context) {
  const Session client(SSL_new(client_context.get()), SSL_free);
  const Session server(SSL_new(server_context.get()), SSL_free);
  REQUIRE(client != nullptr);
  REQUIRE(server != nullptr);
  BIO* client_end = nullptr;
  BIO* server_end = nullptr;
  REQUIRE(BIO_new_bio_pair(&client_end, 0, &server_end, 0) == 1);
  SSL_set_bio(client.get(), client_end, client_end);
  SSL_set_bio(server.get(), server_end, server_end);
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(server.get());
  constexpr int kRoundsMax = 20;
  for (int round = 0; round < kRoundsMax; ++round) {
    const int client_result = SSL_do_handshake(client.get());
    const int client_error = SSL_get_error(client.get(), client_result);
    const int server_result = SSL_do_handshake(server.get());
    const int server_error = SSL_get_error(server.get(), server_result);
    if (client_result == 1 && server_result == 1) {
      CHECK(std::string(SSL_get_version(client.get())) ==
            SSL_get_version(server.get()));
      return SSL_get_version(client.get());
    }
    if (client_error == SSL_ERROR_SSL || server_error == SSL_ERROR_SSL) {
      ERR_clear_error();
      return "refused";
    }
  }
  return "stuck";
}

TEST_CASE("TLS 1.2 is refused on both sides, TLS 1.3 is not",
          "[base][certificate][tls]") {
  const absl::Time now = absl::Now();
  const auto identity =
      MakeSelfSignedCertificate("localhost", now, now + absl::Hours(1));
  REQUIRE(identity.ok());
  // Peers that never heard of Minga's rule: their contexts are made before it.
  const Context old_client = Client(TLS1_2_VERSION, TLS1_2_VERSION);
  const Context old_server = Server(*identity, TLS1_2_VERSION, TLS1_2_VERSION);
  const Context new_client = Client(TLS1_2_VERSION, TLS1_3_VERSION);
  const Context new_server = Server(*identity, TLS1_2_VERSION, TLS1_3_VERSION);
  REQUIRE(Handshake(old_client, new_server) == "TLSv1.2");
  REQUIRE(Handshake(new_client, old_server) == "TLSv1.2");

  REQUIRE(RequireTls13ForProcess().ok());
  const Context our_client = Client(TLS1_2_VERSION, TLS1_3_VERSION);
  const Context our_server = Server(*identity, TLS1_2_VERSION, TLS1_3_VERSION);
  CHECK(Handshake(our_client, our_server) == "TLSv1.3");
  CHECK(Handshake(new_client, our_server) == "TLSv1.3");
  CHECK(Handshake(our_client, new_server) == "TLSv1.3");
  CHECK(Handshake(old_client, our_server) == "refused");
  CHECK(Handshake(our_client, old_server) == "refused");

  // Without a version of their own, contexts take the rule's.
  const Context plain_client = Client(0, 0);
  CHECK(Handshake(plain_client, our_server) == "TLSv1.3");
  CHECK(Handshake(plain_client, old_server) == "refused");

  // A second call changes nothing.
  REQUIRE(RequireTls13ForProcess().ok());
  CHECK(Handshake(old_client, Server(*identity, TLS1_2_VERSION,
                                     TLS1_3_VERSION)) == "refused");
}

}  // namespace
}  // namespace minga
