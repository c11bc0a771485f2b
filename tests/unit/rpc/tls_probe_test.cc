#include "node/rpc/tls_probe.h"

#include <catch2/catch.hpp>

#include "absl/strings/match.h"

namespace minga::rpc {
namespace {

TEST_CASE("only TLS 1.3 is what a node speaks", "[rpc][check]") {
  CHECK(CheckSpoken({"TLSv1.3", ""}).ok());
  for (const char* older : {"TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3", ""}) {
    const absl::Status spoken = CheckSpoken({older, ""});
    CHECK(absl::IsFailedPrecondition(spoken));
    CHECK(absl::StrContains(spoken.message(), older));
  }
}

}  // namespace
}  // namespace minga::rpc
