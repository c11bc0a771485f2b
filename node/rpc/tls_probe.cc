#include "node/rpc/tls_probe.h"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::rpc {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using AddressesPtr = std::unique_ptr<addrinfo, Freed<freeaddrinfo>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

absl::StatusOr<AddressesPtr> Resolve(const HostPort& endpoint) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(),
                                  &hints, &found);
  if (error != 0) {
    return absl::NotFoundError(absl::StrCat("cannot resolve `", endpoint.host,
                                            "`: ", ::gai_strerror(error)));
  }
  return AddressesPtr(found);
}

// 0, or the errno of a connect that failed or took too long.
int ConnectWithin(int fd, const addrinfo& address) {
  if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd waiting{.fd = fd, .events = POLLOUT, .revents = 0};
  const int ready = ::poll(
      &waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(kProbeTimeout)));
  if (ready == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof(error);
  if (ready < 0 || ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
    return errno;
  }
  return error;
}

// Blocking from now on, but not for ever.
void SetTimeouts(int fd, int flags_of_socket) {
  const timeval timeout = absl::ToTimeval(kProbeTimeout);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  ::fcntl(fd, F_SETFL, flags_of_socket & ~O_NONBLOCK);
}

BioPtr Memory(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool UseCertificate(SSL_CTX* context, const CertificateAndKey& own) {
  const BioPtr certificate_bio = Memory(own.certificate_pem);
  const BioPtr key_bio = Memory(own.private_key_pem);
  if (certificate_bio == nullptr || key_bio == nullptr) return false;
  const X509Ptr certificate(
      PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr));
  const KeyPtr key(
      PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  return certificate != nullptr && key != nullptr &&
         SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

std::string Reason() {
  const char* const reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return reason == nullptr ? "no answer, or not TLS" : reason;
}

std::string PemOf(X509* certificate) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (out == nullptr || PEM_write_bio_X509(out.get(), certificate) != 1) {
    return "";
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

}  // namespace

HostPort SplitEndpoint(absl::string_view endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  if (colon == absl::string_view::npos) return {std::string(endpoint), ""};
  absl::string_view host = endpoint.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return {std::string(host), std::string(endpoint.substr(colon + 1))};
}

absl::StatusOr<std::vector<std::string>> ResolveHost(const HostPort& endpoint) {
  MINGA_ASSIGN_OR_RETURN(const AddressesPtr addresses, Resolve(endpoint));
  std::vector<std::string> names;
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    std::array<char, NI_MAXHOST> name{};
    if (::getnameinfo(at->ai_addr, at->ai_addrlen, name.data(), name.size(),
                      nullptr, 0, NI_NUMERICHOST) == 0) {
      names.emplace_back(name.data());
    }
  }
  return names;
}

absl::Status CheckSpoken(const TlsFacts& facts) {
  if (facts.version == "TLSv1.3") return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the port speaks ", facts.version, "; a node speaks TLSv1.3 only"));
}

absl::StatusOr<ProbeSocket> ProbeSocket::Connect(const HostPort& endpoint) {
  MINGA_ASSIGN_OR_RETURN(const AddressesPtr addresses, Resolve(endpoint));
  int error = EHOSTUNREACH;
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    ProbeSocket socket(
        ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.fd_ < 0) {
      error = errno;
      continue;
    }
    error = ConnectWithin(socket.fd_, *at);
    if (error != 0) continue;
    SetTimeouts(socket.fd_, ::fcntl(socket.fd_, F_GETFL));
    return socket;
  }
  return absl::UnavailableError(
      absl::StrCat("cannot connect to `", endpoint.host, "` port ",
                   endpoint.port, ": ", std::strerror(error)));
}

ProbeSocket::~ProbeSocket() {
  if (fd_ >= 0) ::close(fd_);
}

ProbeSocket::ProbeSocket(ProbeSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

absl::StatusOr<TlsFacts> ProbeSocket::ShakeHands(const CertificateAndKey& own) {
  ERR_clear_error();
  const ContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr || !UseCertificate(context.get(), own)) {
    return absl::InternalError(absl::StrCat("TLS set-up: ", Reason()));
  }
  // The pin is compared by the caller; here only who is there.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  static constexpr std::array<unsigned char, 3> kHttp2 = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context.get(), kHttp2.data(), kHttp2.size());
  const SslPtr ssl(SSL_new(context.get()));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), fd_) != 1 ||
      SSL_connect(ssl.get()) != 1) {
    return absl::UnavailableError(Reason());
  }
  const X509Ptr certificate(SSL_get1_peer_certificate(ssl.get()));
  TlsFacts facts;
  facts.version = SSL_get_version(ssl.get());
  if (certificate != nullptr) facts.certificate_pem = PemOf(certificate.get());
  SSL_shutdown(ssl.get());
  return facts;
}

}  // namespace minga::rpc
