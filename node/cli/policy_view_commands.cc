// policy explain, views.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "minga/v1/admin.grpc.pb.h"
#include "node/base/status.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/cli/policy_commands.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

const char* EffectText(const v1::TracedRule& rule) {
  if (rule.forbids()) return "forbid";
  return rule.obliges() ? "oblige" : "permit";
}

std::string RuleText(const v1::TracedRule& rule) {
  std::string text = absl::StrFormat("  %-8s %-6s %s", rule.layer(),
                                     EffectText(rule), rule.rule());
  for (const std::string& citation : rule.citations()) {
    absl::StrAppend(&text, "\n           ", citation);
  }
  if (!rule.failed().empty()) {
    absl::StrAppend(&text, "\n           not met: ", rule.failed());
  }
  return absl::StrCat(text, "\n");
}

absl::Status Explain(Context& context, const std::string& record,
                     const std::string& peer) {
  MINGA_ASSIGN_OR_RETURN(const RecordKey key, RecordKey::Parse(record));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ExplainDecisionRequest request;
  *request.mutable_key() = ToProto(key);
  request.set_peer(peer);
  MINGA_ASSIGN_OR_RETURN(
      const v1::ExplainDecisionResponse response,
      rpc::Call(node->admin(), &Admin::ExplainDecision, request));
  std::string text =
      absl::StrCat(record, " for ", peer, ": ",
                   response.permitted() ? "permitted" : "not permitted", ", ",
                   response.state().empty() ? "never shown" : response.state(),
                   "\n", response.summary(), "\n");
  if (response.deciding_size() > 0) absl::StrAppend(&text, "deciding rules:\n");
  for (const auto& rule : response.deciding()) {
    absl::StrAppend(&text, RuleText(rule));
  }
  if (response.nearest_size() > 0) {
    absl::StrAppend(&text, "permits that came near:\n");
  }
  for (const auto& rule : response.nearest()) {
    absl::StrAppend(&text, RuleText(rule));
  }
  if (response.permitted()) {
    absl::StrAppend(&text, "fields:\n");
    for (const auto& field : response.levels()) {
      absl::StrAppend(
          &text, absl::StrFormat("  %-24s %s\n", field.field(), field.level()));
    }
  }
  context.Print(text, response);
  return absl::OkStatus();
}

absl::Status Views(Context& context, const std::string& peer) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ListViewsRequest request;
  request.set_peer(peer);
  MINGA_ASSIGN_OR_RETURN(const v1::ListViewsResponse response,
                         rpc::Call(node->admin(), &Admin::ListViews, request));
  Table table({"KIND", "STATE", "RECORDS", "REASON", "RULES"});
  for (const v1::ViewCount& count : response.counts()) {
    table.Add({std::string(KindName(static_cast<RecordKind>(count.kind()))),
               count.state(), Grouped(count.records()), count.reason(),
               count.explanation()});
  }
  context.Print(table.ToString(), response);
  return absl::OkStatus();
}

}  // namespace

void AddPolicyViewCommands(CLI::App& policy, Context& context) {
  auto record = std::make_shared<std::string>();
  auto peer = std::make_shared<std::string>();
  CLI::App* explain = policy.add_subcommand(
      "explain",
      "Why a peer sees a record, or does not: rules, articles, fields");
  explain->add_option("record", *record, "COUNTRY/kind/id, as CO/vacancy/v-17")
      ->required();
  explain->add_option("--peer", *peer, "The peer's country, as EC")->required();
  explain->footer(
      "A refusal names the permits that came near and the first condition of\n"
      "each that was not met. Values of fields are never printed.\n"
      "Exit codes: 0 done; 4 no such record or peer; 6 no daemon.");
  explain->callback([record, peer, &context] {
    context.run = [record, peer, &context] {
      return Explain(context, *record, *peer);
    };
  });

  CLI::App* views = policy.add_subcommand(
      "views", "What a peer sees and what is withheld, by rule and article");
  views->add_option("--peer", *peer, "The peer's country, as EC")->required();
  views->footer("Exit codes: 0 done; 4 no such peer; 6 no daemon.");
  views->callback([peer, &context] {
    context.run = [peer, &context] { return Views(context, *peer); };
  });
}

}  // namespace minga::cli
