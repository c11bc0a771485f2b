// policy check, activate, explain, views.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "minga/v1/admin.grpc.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"
#include "policy/policy_set.h"

namespace minga::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

std::string BaseName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// Works without a daemon: a lawyer's machine has none.
absl::Status Check(Context& context, const std::string& file) {
  policy::DocumentSource source;
  source.name = BaseName(file);
  MINGA_ASSIGN_OR_RETURN(source.text, ReadFile(file, kPolicyDocumentBytesMax));
  MINGA_RETURN_IF_ERROR(policy::CheckDocument(source));
  v1::CheckPolicyResponse response;
  context.Print(absl::StrCat(source.name, ": no errors\n"), response);
  return absl::OkStatus();
}

absl::Status Activate(Context& context, const std::string& file,
                      bool override_layer) {
  v1::ActivatePolicyRequest request;
  request.set_name(BaseName(file));
  request.set_override_layer(override_layer);
  MINGA_ASSIGN_OR_RETURN(*request.mutable_text(),
                         ReadFile(file, kPolicyDocumentBytesMax));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::ActivatePolicyResponse response,
                         rpc::Call(node->admin(), &Admin::ActivatePolicy,
                                   request, kSweepDeadline));
  context.Print(absl::StrCat("in force: ", request.name(), " (",
                             response.policy_hash().substr(0, 16), "), ",
                             response.views_changed(), " views changed\n"),
                response);
  return absl::OkStatus();
}

std::string RuleText(const v1::TracedRule& rule) {
  std::string text =
      absl::StrFormat("  %-8s %-6s %s", rule.layer(),
                      rule.forbids() ? "forbid" : "permit", rule.rule());
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
                   response.state(), "\n", response.summary(), "\n");
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

void AddPolicyCommands(CLI::App& app, Context& context) {
  CLI::App* policy = app.add_subcommand("policy", "National law as documents");
  policy->require_subcommand(1);

  auto file = std::make_shared<std::string>();
  CLI::App* check = policy->add_subcommand(
      "check", "Check a document; errors as file:line:column");
  check->add_option("file", *file, "National policy, MoU or override")
      ->required();
  check->callback([file, &context] {
    context.run = [file, &context] { return Check(context, *file); };
  });

  auto override_layer = std::make_shared<bool>(false);
  CLI::App* activate = policy->add_subcommand(
      "activate", "Check a document, put it in force, re-evaluate everything");
  activate->add_option("file", *file, "The document")->required();
  activate->add_flag(
      "--override", *override_layer,
      "It is the node's own tightening, not the national policy");
  activate->callback([file, override_layer, &context] {
    context.run = [file, override_layer, &context] {
      return Activate(context, *file, *override_layer);
    };
  });

  auto record = std::make_shared<std::string>();
  auto peer = std::make_shared<std::string>();
  CLI::App* explain = policy->add_subcommand(
      "explain", "Why a peer sees a record, or does not");
  explain->add_option("record", *record, "COUNTRY/kind/id")->required();
  explain->add_option("--peer", *peer, "The peer's country")->required();
  explain->callback([record, peer, &context] {
    context.run = [record, peer, &context] {
      return Explain(context, *record, *peer);
    };
  });

  CLI::App* views = policy->add_subcommand(
      "views", "What a peer sees and what is withheld, by rule and article");
  views->add_option("--peer", *peer, "The peer's country")->required();
  views->callback([peer, &context] {
    context.run = [peer, &context] { return Views(context, *peer); };
  });
}

}  // namespace minga::cli
