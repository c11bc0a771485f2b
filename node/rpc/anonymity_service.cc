#include "node/rpc/anonymity_service.h"

#include "node/base/status.h"
#include "node/exchange/anonymity_desk.h"
#include "node/rpc/peer_desk.h"

namespace minga::rpc {

grpc::Status AnonymityService::ShowLadder(grpc::ServerContext* /*context*/,
                                          const v1::ShowLadderRequest* request,
                                          v1::ShowLadderResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    MINGA_RETURN_IF_ERROR(FindPeer(node_, peer).status());
    MINGA_ASSIGN_OR_RETURN(*response, node_.anonymity->Show(peer));
    return absl::OkStatus();
  });
}

grpc::Status AnonymityService::PlanLadder(grpc::ServerContext* /*context*/,
                                          const v1::PlanLadderRequest* request,
                                          v1::PlanLadderResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    MINGA_RETURN_IF_ERROR(FindPeer(node_, peer).status());
    MINGA_ASSIGN_OR_RETURN(*response, node_.anonymity->Plan(*request));
    return absl::OkStatus();
  });
}

grpc::Status AnonymityService::ActivateLadder(
    grpc::ServerContext* /*context*/, const v1::ActivateLadderRequest* request,
    v1::ActivateLadderResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    MINGA_RETURN_IF_ERROR(FindPeer(node_, peer).status());
    MINGA_ASSIGN_OR_RETURN(
        const Epoch epoch,
        node_.anonymity->Activate(kOperator, peer, request->ladder()));
    response->set_epoch(epoch);
    return absl::OkStatus();
  });
}

grpc::Status AnonymityService::StartEpoch(grpc::ServerContext* /*context*/,
                                          const v1::StartEpochRequest* request,
                                          v1::StartEpochResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    MINGA_RETURN_IF_ERROR(FindPeer(node_, peer).status());
    MINGA_ASSIGN_OR_RETURN(const Epoch epoch,
                           node_.anonymity->StartEpoch(kOperator, peer));
    response->set_epoch(epoch);
    return absl::OkStatus();
  });
}

grpc::Status AnonymityService::VerifyAnonymity(
    grpc::ServerContext* /*context*/, const v1::VerifyAnonymityRequest* request,
    v1::VerifyAnonymityResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    MINGA_RETURN_IF_ERROR(FindPeer(node_, peer).status());
    MINGA_ASSIGN_OR_RETURN(*response, node_.anonymity->Verify(*request));
    return absl::OkStatus();
  });
}

}  // namespace minga::rpc
