// Two nodes' edges on loopback, with everything they are told written down.
#ifndef MINGA_TESTS_INTEGRATION_TLS_TWO_NODES_H_
#define MINGA_TESTS_INTEGRATION_TLS_TWO_NODES_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "federation/descriptor.h"
#include "federation/transport.h"
#include "minga/v1/federation.pb.h"
#include "node/base/clock.h"
#include "node/rpc/grpc_transport.h"
#include "node/rpc/peer_server.h"
#include "node/rpc/tls.h"

namespace minga::test {

// What a node heard from the network.
class Heard final : public federation::LinkEvents {
 public:
  void OnResponse(federation::LinkId link,
                  std::unique_ptr<v1::FollowResponse> message) override;
  void OnRequest(federation::LinkId link,
                 std::unique_ptr<v1::FollowRequest> message) override;
  void OnClosed(federation::LinkId link, const absl::Status& why) override;
  federation::LinkId OnAccepted(
      const PeerId& peer,
      std::unique_ptr<federation::OriginLink> link) override;

  void OnAsked(const PeerId& peer, std::unique_ptr<v1::AskRequest> question,
               std::unique_ptr<federation::AnswerLink> link) override;
  void OnAnswered(
      federation::LinkId link,
      absl::StatusOr<std::unique_ptr<v1::AskResponse>> answer) override;

  // Each waits, and fails the test after half a minute.
  absl::Status AwaitClosed(federation::LinkId link);
  std::vector<std::unique_ptr<v1::FollowResponse>> AwaitResponses(int count);
  std::vector<std::unique_ptr<v1::FollowRequest>> AwaitRequests(int count);
  // Of the next stream that was accepted.
  std::unique_ptr<federation::OriginLink> AwaitAccepted(federation::LinkId& id,
                                                        PeerId& peer);
  struct Asked {
    PeerId peer;
    std::unique_ptr<v1::AskRequest> question;
    std::unique_ptr<federation::AnswerLink> link;
  };
  Asked AwaitAsked();
  absl::StatusOr<std::unique_ptr<v1::AskResponse>> AwaitAnswered(
      federation::LinkId link);
  bool closed(federation::LinkId link) const;
  // On which the last request came; 0 before the first.
  federation::LinkId requester() const;

 private:
  void Await(absl::FunctionRef<bool()> condition);
  struct Accepted {
    federation::LinkId id;
    PeerId peer;
    std::unique_ptr<federation::OriginLink> link;
  };
  mutable absl::Mutex mutex_;
  federation::LinkId next_ = 1000;
  federation::LinkId requester_ = 0;
  std::vector<std::unique_ptr<v1::FollowResponse>> responses_;
  std::vector<std::unique_ptr<v1::FollowRequest>> requests_;
  std::map<federation::LinkId, absl::Status> closed_;
  std::vector<Accepted> accepted_;
  std::vector<Asked> asked_;
  std::map<federation::LinkId, absl::StatusOr<std::unique_ptr<v1::AskResponse>>>
      answered_;
};

// The refusals that a node would audit.
class Refused {
 public:
  void Add(const rpc::Refusal& refusal);
  // Waits for one whose reason contains `reason`.
  rpc::Refusal Await(absl::string_view reason);
  std::size_t count() const;

 private:
  mutable absl::Mutex mutex_;
  std::vector<rpc::Refusal> all_;
};

extern const absl::Time kNow;

CertificateAndKey Certificate(absl::Time from = kNow - absl::Hours(24),
                              absl::Time to = kNow + absl::Hours(24));
Digest FingerprintOf(const CertificateAndKey& certificate);

// The edges of one node.
class Edges {
 public:
  Edges(Country country, CertificateAndKey own);
  ~Edges();
  Edges(const Edges&) = delete;
  Edges& operator=(const Edges&) = delete;

  void Know(const std::vector<rpc::Pin>& pins);
  void Serve();
  int port() const;
  rpc::TlsParts tls() const { return tls_; }
  // What its invitation would say, with `port` instead of its own.
  federation::Descriptor DescriptorAt(int port) const;

  const Country country;
  SimulatedClock clock;
  Heard heard;
  Refused refused;
  std::unique_ptr<rpc::GrpcTransport> transport;
  std::unique_ptr<rpc::PeerServer> server;

 private:
  rpc::TlsParts tls_;
  std::shared_ptr<rpc::PinBook> pins_;
};

}  // namespace minga::test

#endif  // MINGA_TESTS_INTEGRATION_TLS_TWO_NODES_H_
