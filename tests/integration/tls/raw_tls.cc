#include "tests/integration/tls/raw_tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace minga::test {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using ContextPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

[[noreturn]] void Give(const char* what) {
  std::perror(what);
  std::abort();
}

BioPtr Memory(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

ContextPtr MakeContext(const SSL_METHOD* method, const RawTls& tls) {
  ContextPtr context(SSL_CTX_new(method));
  // The process default (RequireTls13ForProcess) is what we want to break.
  SSL_CTX_clear_options(context.get(), SSL_OP_NO_TLSv1_2);
  if (SSL_CTX_set_min_proto_version(context.get(), tls.version) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), tls.version) != 1) {
    Give("protocol version");
  }
  static constexpr std::array<unsigned char, 3> kAlpn = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context.get(), kAlpn.data(), kAlpn.size());
  SSL_CTX_set_alpn_select_cb(
      context.get(),
      [](SSL*, const unsigned char** out, unsigned char* size,
         const unsigned char*, unsigned int, void*) {
        *out = kAlpn.data() + 1;
        *size = 2;
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  if (tls.own == nullptr) return context;
  const BioPtr certificate_bio = Memory(tls.own->certificate_pem);
  const BioPtr key_bio = Memory(tls.own->private_key_pem);
  const X509Ptr certificate(
      PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr));
  const KeyPtr key(
      PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    Give("certificate");
  }
  return context;
}

std::string Reason() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  const char* const reason = ERR_reason_error_string(error);
  return reason == nullptr ? "closed" : reason;
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int Connect(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                          sizeof(address)) != 0) {
    Give("connect");
  }
  // A server that neither answers nor closes fails the test, not the run.
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return fd;
}

}  // namespace

std::string ConnectTls(int port, const RawTls& tls) {
  ERR_clear_error();
  const ContextPtr context = MakeContext(TLS_client_method(), tls);
  const int fd = Connect(port);
  const SslPtr ssl(SSL_new(context.get()));
  SSL_set_fd(ssl.get(), fd);
  std::string result = "open";
  char byte = 0;
  if (SSL_connect(ssl.get()) != 1 || SSL_read(ssl.get(), &byte, 1) != 1) {
    result = Reason();
  }
  ::close(fd);
  return result;
}

void ConnectAndWrite(int port, absl::string_view bytes) {
  const int fd = Connect(port);
  if (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) Give("send");
  std::array<char, 256> sink{};
  while (::recv(fd, sink.data(), sink.size(), 0) > 0) {
  }
  ::close(fd);
}

RawTlsServer::RawTlsServer(const RawTls& tls) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) !=
          0 ||
      ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) !=
          0) {
    Give("listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this, tls] {
    const ContextPtr context = MakeContext(TLS_server_method(), tls);
    const int fd = ::accept(listener_, nullptr, nullptr);
    if (fd < 0) {
      result_ = "nobody came";
      return;
    }
    ERR_clear_error();
    const SslPtr ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), fd);
    result_ = SSL_accept(ssl.get()) == 1 ? "open" : Reason();
    ::close(fd);
  });
}

std::string RawTlsServer::Await() {
  if (thread_.joinable()) thread_.join();
  return result_;
}

RawTlsServer::~RawTlsServer() {
  ::shutdown(listener_, SHUT_RDWR);
  Await();
  ::close(listener_);
}

}  // namespace minga::test
