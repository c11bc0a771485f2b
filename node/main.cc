#include <cstdio>

#include "absl/status/status.h"
#include "google/protobuf/stubs/logging.h"
#include "node/base/crypto/certificate.h"
#include "node/cli/cli.h"

int main(int argc, char** argv) {
  // Before anything touches OpenSSL: gRPC has no way to refuse TLS 1.2 later.
  if (const absl::Status status = minga::RequireTls13ForProcess();
      !status.ok()) {
    std::fprintf(stderr, "minga: %s\n", status.ToString().c_str());
    return 1;
  }
  // Protobuf prints a line for each field of a peer that is not UTF-8; our own
  // checks refuse such a message and count it.
  google::protobuf::SetLogHandler(nullptr);
  return minga::cli::RunCli(argc, argv);
}
