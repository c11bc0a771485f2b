#include "node/rpc/view_report.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/admin.pb.h"
#include "node/base/status.h"
#include "node/exchange/exchange.h"
#include "node/rpc/peer_desk.h"
#include "policy/decision.h"
#include "policy/schema.h"
#include "storage/database.h"

namespace minga::rpc {
namespace {

void Encode(const policy::RuleTrace& trace, v1::TracedRule& out) {
  out.set_layer(std::string(policy::LayerName(trace.layer)));
  out.set_rule(trace.rule_id);
  out.set_forbids(trace.forbids());
  out.set_obliges(trace.effect == policy::RuleEffect::kOblige);
  out.set_failed(trace.failed);
  for (const policy::Citation& citation : trace.citations) {
    out.add_citations(citation.ToString());
  }
}

void EncodeLevels(const policy::Decision& decision, RecordKind kind,
                  v1::ExplainDecisionResponse& out) {
  const policy::KindSchema& schema = policy::SchemaOf(kind);
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    v1::FieldLevel* const level = out.add_levels();
    level->set_field(std::string(schema.fields[i].name));
    level->set_level(decision.levels[i].ToString());
  }
}

// Of the receipts that the peer gave for this epoch, the earliest one that
// covers `seq`.
absl::StatusOr<std::string> ReceiptFor(const storage::PeerReader& peers,
                                       const PeerId& peer, Epoch epoch,
                                       SeqNo seq) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::ReceiptRow> receipt,
                         peers.receipts().Covering(
                             peer, storage::ReceiptSide::kTaken, epoch, seq));
  return receipt.has_value() ? receipt->note : std::string();
}

}  // namespace

std::string StateName(storage::ViewState state) {
  switch (state) {
    case storage::ViewState::kShown:
      return "shown";
    case storage::ViewState::kWithheld:
      return "withheld";
    case storage::ViewState::kHeldBack:
      return "held back";
    case storage::ViewState::kGone:
      return "gone";
  }
  return "";
}

absl::StatusOr<v1::ExplainDecisionResponse> ExplainView(const NodeParts& node,
                                                        const RecordKey& key,
                                                        const PeerId& peer) {
  MINGA_RETURN_IF_ERROR(FindPeer(node, peer).status());
  MINGA_ASSIGN_OR_RETURN(const exchange::ViewExplanation view,
                         node.exchange->Explain(key, peer));
  v1::ExplainDecisionResponse response;
  response.set_permitted(view.decision.permitted);
  response.set_summary(view.explanation.summary);
  EncodeLevels(view.decision, key.kind, response);
  for (const policy::RuleTrace& trace : view.explanation.deciding) {
    Encode(trace, *response.add_deciding());
  }
  for (const policy::RuleTrace& trace : view.explanation.nearest) {
    Encode(trace, *response.add_nearest());
  }
  if (view.row.has_value()) response.set_state(StateName(view.row->state));
  return response;
}

absl::StatusOr<v1::ListViewsResponse> SummariseViews(const NodeParts& node,
                                                     const PeerId& peer) {
  MINGA_RETURN_IF_ERROR(FindPeer(node, peer).status());
  std::vector<storage::FeedCount> counts;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(counts, snapshot.feeds().Summarise(peer));
        return absl::OkStatus();
      }));
  v1::ListViewsResponse response;
  for (const storage::FeedCount& count : counts) {
    v1::ViewCount* const line = response.add_counts();
    line->set_kind(static_cast<v1::RecordKind>(count.kind));
    line->set_state(StateName(count.state));
    line->set_reason(count.reason);
    line->set_explanation(count.explanation);
    line->set_records(count.records);
  }
  return response;
}

absl::StatusOr<v1::TraceRecordResponse> TracePlace(const NodeParts& node,
                                                   const PeerId& peer,
                                                   Epoch epoch, SeqNo seq) {
  v1::TraceRecordResponse response;
  response.set_seq(seq);
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                               snapshot.feeds().Head(peer));
        if (epoch == head.epoch && seq > head.last) {
          return absl::NotFoundError(absl::StrCat("the feed of ",
                                                  peer.ToString(), " ends at ",
                                                  head.last, ", before ", seq));
        }
        MINGA_ASSIGN_OR_RETURN(*response.mutable_receipt_note(),
                               ReceiptFor(snapshot.peers(), peer, epoch, seq));
        response.set_acknowledged(
            !response.receipt_note().empty() ||
            (epoch == head.epoch && seq <= head.acknowledged));
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::TraceRecordResponse> TraceRecord(const NodeParts& node,
                                                    const RecordKey& key,
                                                    const PeerId& peer) {
  v1::TraceRecordResponse response;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                               snapshot.feeds().Head(peer));
        MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                               snapshot.feeds().Find(peer, key));
        if (!row.has_value()) {
          return absl::NotFoundError(
              absl::StrCat(peer.ToString(), " holds nothing of ",
                           key.ToString(), " and none of it is on its way"));
        }
        response.set_state(StateName(row->state));
        response.set_reason(row->reason);
        response.set_seq(row->seq);
        if (row->seq == 0) return absl::OkStatus();  // the peer was not told
        response.set_acknowledged(row->seq <= head.acknowledged);
        MINGA_ASSIGN_OR_RETURN(
            *response.mutable_receipt_note(),
            ReceiptFor(snapshot.peers(), peer, head.epoch, row->seq));
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace minga::rpc
