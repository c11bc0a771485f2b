#include "node/rpc/reconcile_service.h"

#include "federation/federation.h"
#include "federation/view_items.h"
#include "node/base/status.h"
#include "node/exchange/recovery.h"
#include "node/rpc/peer_desk.h"
#include "storage/database.h"

namespace minga::rpc {

grpc::Status ReconcileService::StartComparison(
    grpc::ServerContext* /*context*/, const v1::StartComparisonRequest* request,
    v1::StartComparisonResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    MINGA_RETURN_IF_ERROR(FindPeer(node_, peer).status());
    MINGA_RETURN_IF_ERROR(node_.database->Write(
        [&](storage::Transaction& transaction) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(
              const v1::Comparison last,
              federation::LastComparison(transaction.documents(), peer));
          response->set_last(last.number());
          return federation::OrderComparison(transaction.documents(), peer);
        }));
    node_.federation->Nudge(peer);
    return absl::OkStatus();
  });
}

grpc::Status ReconcileService::GetComparison(
    grpc::ServerContext* /*context*/, const v1::GetComparisonRequest* request,
    v1::GetComparisonResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    MINGA_RETURN_IF_ERROR(FindPeer(node_, peer).status());
    return node_.database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(
              v1::Comparison last,
              federation::LastComparison(snapshot.documents(), peer));
          if (last.number() > 0) *response->mutable_ours() = std::move(last);
          MINGA_ASSIGN_OR_RETURN(
              const std::string theirs,
              federation::LastStatement(snapshot.documents(), peer));
          response->set_theirs(theirs);
          MINGA_ASSIGN_OR_RETURN(
              const bool ordered,
              federation::IsOrdered(snapshot.documents(), peer));
          response->set_ordered(ordered);
          return absl::OkStatus();
        });
  });
}

grpc::Status ReconcileService::GetRecovery(
    grpc::ServerContext* /*context*/, const v1::GetRecoveryRequest* /*request*/,
    v1::GetRecoveryResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const exchange::RecoveryState state,
                           node_.recovery->State());
    response->set_restored(state.restored);
    response->set_law_to_confirm(state.law_to_confirm);
    for (const PeerId& peer : state.to_be_asked) {
      response->add_to_be_asked(peer.ToString());
    }
    return absl::OkStatus();
  });
}

grpc::Status ReconcileService::ConfirmRestore(
    grpc::ServerContext* /*context*/,
    const v1::ConfirmRestoreRequest* /*request*/,
    v1::ConfirmRestoreResponse* /*response*/) {
  return gate_.Run([&] { return node_.recovery->Confirm(kOperator); });
}

}  // namespace minga::rpc
