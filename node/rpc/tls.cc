#include "node/rpc/tls.h"

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server_context.h>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/rpc/status.h"

namespace minga::rpc {
namespace {

using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

absl::string_view View(const grpc::string_ref& text) {
  return absl::string_view(text.data(), text.size());
}

class PinVerifier final : public ExternalCertificateVerifier {
 public:
  PinVerifier(std::shared_ptr<const PinBook> pins,
              std::shared_ptr<RefusalLog> refusals, const Clock* clock,
              std::optional<PeerId> expected)
      : pins_(std::move(pins)),
        refusals_(std::move(refusals)),
        clock_(clock),
        expected_(expected) {}

  bool Verify(TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/,
              grpc::Status* sync_status) override {
    const absl::string_view certificate = View(request->peer_cert());
    const absl::Status verdict = Judge(certificate);
    if (!verdict.ok()) {
      refusals_->Report(Refusal{.side = expected_.has_value()
                                            ? Refusal::Side::kClient
                                            : Refusal::Side::kServer,
                                .certificate = CertificateName(certificate),
                                .reason = std::string(verdict.message())});
    }
    *sync_status = ToGrpc(verdict);
    return true;
  }

  // Nothing is ever under way.
  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  absl::Status Judge(absl::string_view certificate) const {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer,
                           Recognise(certificate, *pins_, clock_->Now()));
    if (!expected_.has_value()) return absl::OkStatus();
    if (peer == *expected_) return absl::OkStatus();
    return absl::UnauthenticatedError(absl::StrCat(
        "the certificate is that of ", peer.ToString(), ", not the one of ",
        expected_->ToString(), "'s descriptor"));
  }

  const std::shared_ptr<const PinBook> pins_;
  const std::shared_ptr<RefusalLog> refusals_;
  const Clock* const clock_;
  // Whom a client means to reach.
  const std::optional<PeerId> expected_;
};

// A change of the folder behind it is seen within about a second; handshakes
// under way end as they began.
constexpr unsigned int kLookSeconds = 1;

// Our own certificate as the "root": gRPC insists on one, and would take the
// machine's otherwise. Nothing is verified against it.
std::shared_ptr<grpc::experimental::CertificateProviderInterface> Provider(
    const CertificateAndKey& own) {
  return std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      own.certificate_pem, std::vector<grpc::experimental::IdentityKeyCertPair>{
                               {own.private_key_pem, own.certificate_pem}});
}

// The same of whatever lies in the folder.
std::shared_ptr<grpc::experimental::CertificateProviderInterface> Follow(
    const std::string& folder) {
  const std::string certificate = folder + "/cert.pem";
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      folder + "/key.pem", certificate, certificate, kLookSeconds);
}

void SetCommon(const TlsParts& parts, const std::optional<PeerId>& expected,
               grpc::experimental::TlsCredentialsOptions& options) {
  options.watch_identity_key_cert_pairs();
  options.watch_root_certs();
  // The pin replaces the host name.
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      ExternalCertificateVerifier::Create<PinVerifier>(
          parts.pins, parts.refusals, parts.clock, expected));
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> PeerServerCredentials(
    const TlsParts& parts) {
  grpc::experimental::TlsServerCredentialsOptions options(
      parts.serving.empty() ? Provider(parts.own) : Follow(parts.serving));
  SetCommon(parts, std::nullopt, options);
  // AND_VERIFY would have OpenSSL refuse strangers before our verifier could
  // tell of them.
  options.set_cert_request_type(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> PeerChannelCredentials(
    const TlsParts& parts, const PeerId& peer) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Provider(parts.Towards(peer)));
  SetCommon(parts, peer, options);
  options.set_verify_server_certs(false);
  return grpc::experimental::TlsCredentials(options);
}

absl::StatusOr<PeerId> IdentifyCaller(const grpc::ServerContextBase& context,
                                      const TlsParts& parts) {
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth == nullptr) {
    return absl::UnauthenticatedError("the connection is not authenticated");
  }
  const std::vector<grpc::string_ref> certificates =
      auth->FindPropertyValues("x509_pem_cert");
  if (certificates.size() != 1) {
    return absl::UnauthenticatedError("the connection has no certificate");
  }
  return Recognise(View(certificates.front()), *parts.pins, parts.clock->Now());
}

}  // namespace minga::rpc
