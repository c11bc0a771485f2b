#include "node/rpc/peer_service.h"

#include "node/base/status.h"
#include "node/rpc/farewell_desk.h"
#include "node/rpc/peer_desk.h"

namespace minga::rpc {

grpc::Status PeerService::UpdatePeer(grpc::ServerContext* /*context*/,
                                     const v1::UpdatePeerRequest* request,
                                     v1::UpdatePeerResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(*response,
                           rpc::UpdatePeer(node_, request->descriptor_notes()));
    return absl::OkStatus();
  });
}

grpc::Status PeerService::SuspendPeer(grpc::ServerContext* /*context*/,
                                      const v1::SuspendPeerRequest* request,
                                      v1::SuspendPeerResponse* /*response*/) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->country()));
    return rpc::SuspendPeer(node_, peer, request->reason());
  });
}

grpc::Status PeerService::ResumePeer(grpc::ServerContext* /*context*/,
                                     const v1::ResumePeerRequest* request,
                                     v1::ResumePeerResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->country()));
    MINGA_ASSIGN_OR_RETURN(const int changed, rpc::ResumePeer(node_, peer));
    response->set_views_changed(static_cast<std::uint32_t>(changed));
    return absl::OkStatus();
  });
}

grpc::Status PeerService::RemovePeer(grpc::ServerContext* /*context*/,
                                     const v1::RemovePeerRequest* request,
                                     v1::RemovePeerResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->country()));
    MINGA_ASSIGN_OR_RETURN(*response->mutable_farewell(),
                           request->force()
                               ? RemoveAtOnce(node_, peer, request->reason())
                               : Leave(node_, peer, request->reason()));
    return absl::OkStatus();
  });
}

grpc::Status PeerService::ListFarewells(grpc::ServerContext* /*context*/,
                                        const v1::ListFarewellsRequest* request,
                                        v1::ListFarewellsResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    PeerId peer;
    if (!request->country().empty()) {
      MINGA_ASSIGN_OR_RETURN(peer, DecodePeer(request->country()));
    }
    MINGA_ASSIGN_OR_RETURN(*response, rpc::ListFarewells(node_, peer));
    return absl::OkStatus();
  });
}

}  // namespace minga::rpc
