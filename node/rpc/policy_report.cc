#include "node/rpc/policy_report.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "minga/v1/admin.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/policy_desk.h"
#include "node/exchange/policy_diff.h"

namespace minga::rpc {
namespace {

constexpr std::size_t kDocumentNameBytesMax = 300;
// At most about 400 bytes each: far below what a message may have.
constexpr std::size_t kDifferencesPerMessage = 500;
// Progress is for people.
constexpr absl::Duration kProgressInterval = absl::Milliseconds(200);

absl::StatusOr<policy::DocumentSource> DecodeDocument(
    const std::string& name, const std::string& text,
    absl::string_view otherwise) {
  MINGA_RETURN_IF_ERROR(At("name", ValidateText(name, "")));
  if (name.size() > kDocumentNameBytesMax) {
    return absl::InvalidArgumentError("name: is too long");
  }
  if (text.size() > kPolicyDocumentBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": has ", text.size(), " bytes; at most ",
                     kPolicyDocumentBytesMax, " are allowed"));
  }
  return policy::DocumentSource{name.empty() ? std::string(otherwise) : name,
                                text};
}

exchange::PolicyDocument LayerOf(bool override_layer) {
  return override_layer ? exchange::PolicyDocument::kOverride
                        : exchange::PolicyDocument::kNational;
}

void Encode(exchange::Difference difference, v1::PolicyDifference& out) {
  out.set_peer(difference.peer.ToString());
  out.set_kind(static_cast<v1::RecordKind>(difference.kind));
  out.set_field(std::move(difference.field));
  out.set_change(std::string(exchange::ViewChangeName(difference.change)));
  out.set_level_before(std::move(difference.before));
  out.set_level_after(std::move(difference.after));
  out.set_reason(std::move(difference.reason));
  out.set_records(difference.records);
  for (std::string& id : difference.examples) out.add_examples(std::move(id));
}

}  // namespace

absl::StatusOr<v1::CheckPolicyResponse> CheckPolicy(
    const v1::CheckPolicyRequest& request) {
  MINGA_ASSIGN_OR_RETURN(
      const policy::DocumentSource document,
      DecodeDocument(request.name(), request.text(), "policy"));
  v1::CheckPolicyResponse response;
  const absl::Status checked = policy::CheckDocument(document);
  if (checked.ok()) return response;
  if (!absl::IsInvalidArgument(checked)) return checked;
  for (const absl::string_view line : absl::StrSplit(checked.message(), '\n')) {
    response.add_errors(std::string(line));
  }
  return response;
}

absl::StatusOr<v1::ActivatePolicyResponse> ActivatePolicy(
    const NodeParts& node, const v1::ActivatePolicyRequest& request) {
  MINGA_ASSIGN_OR_RETURN(
      const policy::DocumentSource document,
      DecodeDocument(request.name(), request.text(), "policy"));
  MINGA_ASSIGN_OR_RETURN(
      const policy::DocumentSource cases,
      DecodeDocument(request.cases_name(), request.cases_text(), "cases"));
  MINGA_ASSIGN_OR_RETURN(
      const int changed,
      node.desk->Activate(kOperator, LayerOf(request.override_layer()),
                          document, cases));
  // What the law before refused may be let in now: it is asked for again.
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  v1::ActivatePolicyResponse response;
  response.set_policy_hash(Hex(AsView(node.desk->InForce()->hash())));
  response.set_views_changed(static_cast<std::uint32_t>(changed));
  return response;
}

absl::Status DiffPolicy(
    const NodeParts& node, const v1::DiffPolicyRequest& request,
    absl::FunctionRef<bool(const v1::DiffPolicyResponse&)> send) {
  MINGA_ASSIGN_OR_RETURN(
      const policy::DocumentSource document,
      DecodeDocument(request.name(), request.text(), "policy"));
  v1::DiffPolicyResponse message;
  absl::Time told = absl::InfinitePast();
  const auto progress = [&](std::int64_t done, std::int64_t total) {
    message.set_records_done(done);
    message.set_records_total(total);
    const absl::Time now = absl::Now();
    if (now - told < kProgressInterval) return true;
    told = now;
    return send(message);
  };
  MINGA_ASSIGN_OR_RETURN(std::vector<exchange::Difference> differences,
                         node.diff->Compare(LayerOf(request.override_layer()),
                                            document, progress));
  std::size_t next = 0;
  do {
    message.clear_differences();
    for (std::size_t i = 0;
         i < kDifferencesPerMessage && next < differences.size(); ++i) {
      Encode(std::move(differences[next++]), *message.add_differences());
    }
    if (!send(message)) return absl::CancelledError("nobody listens");
  } while (next < differences.size());
  return absl::OkStatus();
}

}  // namespace minga::rpc
