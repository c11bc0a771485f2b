// OpenSSL by hand: clients and servers that our own code would never be.
#ifndef MINGA_TESTS_INTEGRATION_TLS_RAW_TLS_H_
#define MINGA_TESTS_INTEGRATION_TLS_RAW_TLS_H_

#include <atomic>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "node/base/crypto/certificate.h"

namespace minga::test {

struct RawTls {
  int version = 0;                         // TLS1_2_VERSION or TLS1_3_VERSION
  const CertificateAndKey* own = nullptr;  // nullptr = present none
};

// Connects to 127.0.0.1:`port`, shakes hands and reads one byte, because a
// TLS 1.3 client learns only then that it was refused. "open" if the server
// said something that is not an alert; otherwise OpenSSL's reason or "closed".
std::string ConnectTls(int port, const RawTls& tls);

// Connects without TLS, writes `bytes` and reads until the server closes.
void ConnectAndWrite(int port, absl::string_view bytes);

// Accepts one connection with `tls` and shakes hands.
class RawTlsServer {
 public:
  explicit RawTlsServer(const RawTls& tls);
  ~RawTlsServer();
  RawTlsServer(const RawTlsServer&) = delete;
  RawTlsServer& operator=(const RawTlsServer&) = delete;
  int port() const { return port_; }
  // Waits for the one connection: "open", or why the handshake failed.
  std::string Await();

 private:
  int listener_ = -1;
  int port_ = 0;
  std::string result_;
  std::thread thread_;
};

}  // namespace minga::test

#endif  // MINGA_TESTS_INTEGRATION_TLS_RAW_TLS_H_
