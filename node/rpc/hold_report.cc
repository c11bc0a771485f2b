#include "node/rpc/hold_report.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/admin.pb.h"
#include "node/base/status.h"
#include "node/exchange/release_desk.h"
#include "node/rpc/decode.h"
#include "node/rpc/log_reading.h"
#include "node/rpc/peer_desk.h"
#include "node/rpc/times.h"
#include "node/rpc/view_report.h"

namespace minga::rpc {
namespace {

constexpr std::size_t kOfficerBytesMax = 60;

// A name that stands in the log beside "operator" and "system".
absl::StatusOr<std::string> DecodeOfficer(absl::string_view name) {
  const bool allowed = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
           c == '-' || c == '_' || c == '@';
  });
  if (!allowed || name.empty() || name.size() > kOfficerBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "officer: must be 1 to ", kOfficerBytesMax,
        " letters a-z, digits, `.`, `-`, `_` or `@`, such as `maria.perez`"));
  }
  return absl::StrCat("officer:", name);
}

}  // namespace

absl::StatusOr<v1::ListHeldResponse> ListHeld(
    const NodeParts& node, const v1::ListHeldRequest& request) {
  PeerId peer;
  if (!request.peer().empty()) {
    MINGA_ASSIGN_OR_RETURN(peer, DecodePeer(request.peer()));
  }
  RecordKey after;
  if (request.has_after()) {
    MINGA_ASSIGN_OR_RETURN(after, Decode(request.after()));
  }
  MINGA_ASSIGN_OR_RETURN(
      const exchange::HeldPage page,
      node.releases->List(peer, after, exchange::kHeldRecordsMax));
  const auto people = std::count_if(
      page.held.begin(), page.held.end(), [](const exchange::HeldRecord& held) {
        return held.key.kind == RecordKind::kProfile;
      });
  if (people > 0) {
    MINGA_RETURN_IF_ERROR(LogPeopleRead(node, v1::AUDIT_EVENT_RECORD_READ,
                                        static_cast<int>(people),
                                        "held records"));
  }
  v1::ListHeldResponse response;
  for (const exchange::HeldRecord& held : page.held) {
    v1::HeldRecord& out = *response.add_held();
    Encode(held.key, *out.mutable_key());
    out.set_peer(held.peer.ToString());
    out.set_explanation(held.explanation);
    out.set_released(held.released);
    out.set_actor(held.actor);
    out.set_reason(held.reason);
    *out.mutable_at() = ToTimestamp(held.at);
    out.set_beyond(held.beyond);
  }
  response.set_more(page.more);
  if (page.more) Encode(page.last, *response.mutable_last());
  return response;
}

absl::StatusOr<v1::ReleaseHeldResponse> ReleaseHeld(
    const NodeParts& node, const v1::ReleaseHeldRequest& request) {
  MINGA_ASSIGN_OR_RETURN(const RecordKey key, Decode(request.key()));
  MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request.peer()));
  MINGA_ASSIGN_OR_RETURN(const std::string officer,
                         DecodeOfficer(request.officer()));
  MINGA_ASSIGN_OR_RETURN(
      const storage::FeedRow row,
      request.revoke()
          ? node.releases->Revoke(officer, key, peer, request.reason())
          : node.releases->Release(officer, key, peer, request.reason()));
  v1::ReleaseHeldResponse response;
  response.set_state(
      row.reason.empty() || row.reason == "permit"
          ? StateName(row.state)
          : absl::StrCat(StateName(row.state), " (", row.reason, ")"));
  return response;
}

}  // namespace minga::rpc
