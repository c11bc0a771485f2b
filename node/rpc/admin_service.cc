#include "node/rpc/admin_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "federation/descriptor.h"
#include "federation/keyring.h"
#include "federation/mou.h"
#include "node/base/status.h"
#include "node/rpc/decode.h"
#include "node/rpc/hold_report.h"
#include "node/rpc/log_reading.h"
#include "node/rpc/mou_desk.h"
#include "node/rpc/peer_check.h"
#include "node/rpc/peer_desk.h"
#include "node/rpc/policy_report.h"
#include "node/rpc/status_report.h"
#include "node/rpc/view_report.h"

namespace minga::rpc {
namespace {

// Moves the answer out, or returns the error.
template <typename Response>
absl::Status Move(absl::StatusOr<Response> answer, Response& response) {
  if (!answer.ok()) return answer.status();
  response = *std::move(answer);
  return absl::OkStatus();
}

// A view of one record: (key, peer) -> answer.
template <typename Request, typename Response, typename Report>
absl::Status OfRecord(const NodeParts& node, const Request& request,
                      Response& response, const Report& report) {
  MINGA_ASSIGN_OR_RETURN(const RecordKey key, Decode(request.key()));
  MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request.peer()));
  MINGA_RETURN_IF_ERROR(LogRecordRead(node, key, "view of a peer"));
  return Move(report(node, key, peer), response);
}

}  // namespace

grpc::Status AdminService::GetStatus(grpc::ServerContext* /*context*/,
                                     const v1::GetStatusRequest* /*request*/,
                                     v1::GetStatusResponse* response) {
  return gate_.Run([&] { return Move(ReportStatus(node_), *response); });
}

grpc::Status AdminService::Invite(grpc::ServerContext* /*context*/,
                                  const v1::InviteRequest* request,
                                  v1::InviteResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    const federation::OwnGeneration own = node_.keyring->Newest();
    response->set_fingerprint(federation::Fingerprint(own.descriptor));
    if (!request->has_after()) {
      response->set_descriptor_note(own.note);
      return absl::OkStatus();
    }
    const std::vector<std::string> notes = node_.keyring->NotesAfter(
        request->after(), federation::kDescriptorsMax);
    if (notes.empty()) {
      return absl::NotFoundError(
          absl::StrCat("after: there is none after ", request->after(),
                       "; the newest is ", own.descriptor.sequence));
    }
    response->set_descriptor_note(absl::StrJoin(notes, ""));
    return absl::OkStatus();
  });
}

grpc::Status AdminService::AddPeer(grpc::ServerContext* /*context*/,
                                   const v1::AddPeerRequest* request,
                                   v1::AddPeerResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const AddedPeer added,
                           rpc::AddPeer(node_, request->descriptor_note(),
                                        request->fingerprint()));
    response->set_country(added.peer.ToString());
    response->set_fingerprint(added.fingerprint);
    response->set_added(added.added);
    response->set_rejoined(added.rejoined);
    return absl::OkStatus();
  });
}

grpc::Status AdminService::CheckPeer(grpc::ServerContext* /*context*/,
                                     const v1::CheckPeerRequest* request,
                                     v1::CheckPeerResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->country()));
    return Move(rpc::CheckPeer(node_, peer), *response);
  });
}

grpc::Status AdminService::DraftMou(grpc::ServerContext* /*context*/,
                                    const v1::DraftMouRequest* request,
                                    v1::DraftMouResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    // A template that names its parties needs nobody named.
    PeerId peer;
    if (!request->country().empty()) {
      MINGA_ASSIGN_OR_RETURN(peer, DecodePeer(request->country()));
    }
    MINGA_ASSIGN_OR_RETURN(
        std::string draft,
        federation::DraftMou(request->template_text(), node_.own, peer,
                             request->valid_from(), request->valid_until()));
    MINGA_RETURN_IF_ERROR(CheckMouParties(draft, node_.own, peer));
    response->set_mou_note(std::move(draft));
    return absl::OkStatus();
  });
}

grpc::Status AdminService::SignMou(grpc::ServerContext* /*context*/,
                                   const v1::SignMouRequest* request,
                                   v1::SignMouResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(SignedMou mou,
                           SignMouNote(node_, request->mou_note()));
    response->set_mou_note(std::move(mou.note));
    response->set_in_force(mou.in_force);
    for (std::string& name : mou.signed_by) {
      response->add_signed_by(std::move(name));
    }
    return absl::OkStatus();
  });
}

grpc::Status AdminService::CheckPolicy(grpc::ServerContext* /*context*/,
                                       const v1::CheckPolicyRequest* request,
                                       v1::CheckPolicyResponse* response) {
  return gate_.Run([&] { return Move(rpc::CheckPolicy(*request), *response); });
}

grpc::Status AdminService::ActivatePolicy(
    grpc::ServerContext* /*context*/, const v1::ActivatePolicyRequest* request,
    v1::ActivatePolicyResponse* response) {
  return gate_.Run(
      [&] { return Move(rpc::ActivatePolicy(node_, *request), *response); });
}

grpc::Status AdminService::DiffPolicy(
    grpc::ServerContext* context, const v1::DiffPolicyRequest* request,
    grpc::ServerWriter<v1::DiffPolicyResponse>* writer) {
  return gate_.Run([&] {
    return rpc::DiffPolicy(
        node_, *request, [&](const v1::DiffPolicyResponse& message) {
          return !context->IsCancelled() && writer->Write(message);
        });
  });
}

grpc::Status AdminService::ListHeld(grpc::ServerContext* /*context*/,
                                    const v1::ListHeldRequest* request,
                                    v1::ListHeldResponse* response) {
  return gate_.Run(
      [&] { return Move(rpc::ListHeld(node_, *request), *response); });
}

grpc::Status AdminService::ReleaseHeld(grpc::ServerContext* /*context*/,
                                       const v1::ReleaseHeldRequest* request,
                                       v1::ReleaseHeldResponse* response) {
  return gate_.Run(
      [&] { return Move(rpc::ReleaseHeld(node_, *request), *response); });
}

grpc::Status AdminService::ExplainDecision(
    grpc::ServerContext* /*context*/, const v1::ExplainDecisionRequest* request,
    v1::ExplainDecisionResponse* response) {
  return gate_.Run(
      [&] { return OfRecord(node_, *request, *response, ExplainView); });
}

grpc::Status AdminService::ListViews(grpc::ServerContext* /*context*/,
                                     const v1::ListViewsRequest* request,
                                     v1::ListViewsResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    return Move(SummariseViews(node_, peer), *response);
  });
}

grpc::Status AdminService::TraceRecord(grpc::ServerContext* /*context*/,
                                       const v1::TraceRecordRequest* request,
                                       v1::TraceRecordResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    if (request->seq() == 0) {
      return OfRecord(node_, *request, *response, rpc::TraceRecord);
    }
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request->peer()));
    return Move(TracePlace(node_, peer, request->epoch(), request->seq()),
                *response);
  });
}

grpc::Status AdminService::BackUp(grpc::ServerContext* /*context*/,
                                  const v1::BackUpRequest* request,
                                  v1::BackUpResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    // PATH_MAX of Linux.
    constexpr std::size_t kPathBytesMax = 4096;
    const std::string& path = request->path();
    if (path.empty() || path[0] != '/' || path.size() >= kPathBytesMax ||
        path.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(
          "path: must be the absolute name of a file that is not there yet");
    }
    MINGA_RETURN_IF_ERROR(LogBackUp(node_, path));
    MINGA_ASSIGN_OR_RETURN(const NodeParts::BackUp made, node_.back_up(path));
    response->set_bytes(made.bytes);
    response->set_log_size(made.log_size);
    return absl::OkStatus();
  });
}

}  // namespace minga::rpc
