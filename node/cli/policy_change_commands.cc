// policy diff, activate.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "minga/v1/admin.grpc.pb.h"
#include "node/base/status.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/cli/policy_commands.h"
#include "node/rpc/admin_client.h"
#include "policy/cases/cases.h"
#include "policy/policy_set.h"

namespace minga::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

struct ChangeOptions {
  std::string file;
  std::string cases;
  bool override_layer = false;
};

// What the node keeps as the name: folders are the officer's own.
std::string BaseName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// Reads the stream to its end; the result holds all differences.
absl::StatusOr<v1::DiffPolicyResponse> ReadDiff(
    Admin& admin, const v1::DiffPolicyRequest& request) {
  grpc::ClientContext call;
  call.set_deadline(absl::ToChronoTime(absl::Now() + kSweepDeadline));
  const auto reader = admin.DiffPolicy(&call, request);
  v1::DiffPolicyResponse all, part;
  {
    std::unique_ptr<ProgressBar> bar;
    while (reader->Read(&part)) {
      all.set_records_done(part.records_done());
      all.set_records_total(part.records_total());
      if (bar == nullptr) {
        bar = std::make_unique<ProgressBar>(
            "comparing", static_cast<std::uint64_t>(part.records_total()));
      }
      bar->Update(static_cast<std::uint64_t>(part.records_done()),
                  absl::StrCat(Grouped(part.records_done()), " records"));
      all.mutable_differences()->MergeFrom(part.differences());
    }
  }
  MINGA_RETURN_IF_ERROR(rpc::FromGrpc(reader->Finish()));
  return all;
}

std::string FieldText(const v1::PolicyDifference& difference) {
  if (difference.level_before().empty()) return "whole record";
  return absl::StrCat(
      difference.field(), difference.field().empty() ? "" : ": ",
      difference.level_before(), " -> ", difference.level_after());
}

// "EC: 120 released, 3 withdrawn".
std::string Headline(const std::string& peer,
                     const std::map<std::string, std::int64_t>& sums) {
  std::string text = peer;
  const char* before = ": ";
  for (const char* change : {"released", "withdrawn"}) {
    const auto sum = sums.find(change);
    absl::StrAppend(&text, before, Grouped(sum == sums.end() ? 0 : sum->second),
                    " records ", change);
    before = ", ";
  }
  return text;
}

std::string DiffText(const v1::DiffPolicyResponse& diff,
                     const ChangeOptions& options) {
  if (diff.differences().empty()) {
    return absl::StrCat("nothing changes for any peer (",
                        Grouped(diff.records_total()),
                        " records in store compared)\n");
  }
  std::map<std::string, Table> tables;
  std::map<std::string, std::map<std::string, std::int64_t>> sums;
  for (const v1::PolicyDifference& difference : diff.differences()) {
    auto [table, added] = tables.try_emplace(
        difference.peer(), Table({"  CHANGE", "RECORDS", "KIND", "WHAT",
                                  "BECAUSE OF", "FOR EXAMPLE"}));
    sums[difference.peer()][difference.change()] += difference.records();
    table->second.Add(
        {absl::StrCat("  ", difference.change()), Grouped(difference.records()),
         std::string(KindName(static_cast<RecordKind>(difference.kind()))),
         FieldText(difference), difference.reason(),
         absl::StrJoin(difference.examples(), " ")});
  }
  std::string text;
  for (const auto& [peer, table] : tables) {
    absl::StrAppend(&text, Headline(peer, sums[peer]), "\n", table.ToString(),
                    "\n");
  }
  return absl::StrCat(text, Grouped(diff.records_total()),
                      " records in store compared; nothing was changed. To put "
                      "it in force:\n  minga policy activate ",
                      options.override_layer ? "--override " : "", options.file,
                      "\n");
}

absl::Status Diff(Context& context, const ChangeOptions& options) {
  MINGA_ASSIGN_OR_RETURN(policy::DocumentSource document,
                         ReadDocument(options.file));
  MINGA_RETURN_IF_ERROR(policy::CheckDocument(document));
  v1::DiffPolicyRequest request;
  request.set_name(BaseName(document.name));
  request.set_text(std::move(document.text));
  request.set_override_layer(options.override_layer);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::DiffPolicyResponse diff,
                         ReadDiff(node->admin(), request));
  context.Print(DiffText(diff, options), diff);
  return absl::OkStatus();
}

// The call itself says nothing until it ends; the node's status does.
absl::StatusOr<v1::ActivatePolicyResponse> ActivateAndWatch(
    Admin& admin, const v1::ActivatePolicyRequest& request) {
  constexpr auto kLook = std::chrono::milliseconds(300);
  auto call = std::async(std::launch::async, [&] {
    return rpc::Call(admin, &Admin::ActivatePolicy, request, kSweepDeadline);
  });
  ProgressBar examining("testing and proving", 0);
  std::unique_ptr<ProgressBar> sweeping;
  while (call.wait_for(kLook) != std::future_status::ready) {
    const auto status =
        rpc::Call(admin, &Admin::GetStatus, v1::GetStatusRequest());
    if (!status.ok() || !status->sweep_running()) {
      if (sweeping == nullptr) examining.Update(0, "");
      continue;
    }
    if (sweeping == nullptr) {
      sweeping = std::make_unique<ProgressBar>(
          "in force; looking at every record again",
          static_cast<std::uint64_t>(status->sweep_total()));
    }
    sweeping->Update(static_cast<std::uint64_t>(status->sweep_done()),
                     absl::StrCat(Grouped(status->sweep_done()), " records"));
  }
  return call.get();
}

absl::Status Activate(Context& context, const ChangeOptions& options) {
  MINGA_ASSIGN_OR_RETURN(policy::DocumentSource document,
                         ReadDocument(options.file));
  MINGA_ASSIGN_OR_RETURN(
      policy::DocumentSource cases,
      ReadCases(options.file, options.cases, !options.override_layer));
  // Here too: what is no UTF-8 cannot even be sent.
  MINGA_RETURN_IF_ERROR(policy::CheckDocument(document));
  if (!cases.text.empty()) {
    MINGA_RETURN_IF_ERROR(policy::cases::CheckCases(cases));
  }
  v1::ActivatePolicyRequest request;
  request.set_name(BaseName(document.name));
  request.set_text(std::move(document.text));
  request.set_override_layer(options.override_layer);
  request.set_cases_name(BaseName(cases.name));
  request.set_cases_text(std::move(cases.text));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::ActivatePolicyResponse response,
                         ActivateAndWatch(node->admin(), request));
  context.Print(
      absl::StrCat("in force: ", request.name(), " (",
                   response.policy_hash().substr(0, 16), "), ",
                   Grouped(response.views_changed()), " views changed\n"),
      response);
  return absl::OkStatus();
}

}  // namespace

void AddPolicyChangeCommands(CLI::App& policy, Context& context) {
  auto options = std::make_shared<ChangeOptions>();
  constexpr char kOverride[] =
      "The document is this node's own tightening, not the national policy";

  CLI::App* diff = policy.add_subcommand(
      "diff",
      "What would newly leave or be withdrawn, on the records in store");
  diff->add_option("file", options->file, "The new document")->required();
  diff->add_flag("--override", options->override_layer, kOverride);
  diff->footer(
      "Compares the policy in force with the new one for every record in "
      "store\n"
      "and every peer. Changes nothing. What changes is listed by peer:\n"
      "  released     the peer saw nothing of the record and would see it\n"
      "  withdrawn    the peer would have to erase the record\n"
      "  finer        a field of a record shown would say more\n"
      "  coarser      a field of a record shown would say less\n"
      "  obligations  shown alike, but tied to something else\n"
      "Profiles are compared before anonymity: classes that are too small "
      "hold\n"
      "back some of what is released.\n"
      "Exit codes: 0 compared, whatever changes; 3 the document is refused;\n"
      "4 no such file; 6 no daemon.");
  diff->callback([options, &context] {
    context.run = [options, &context] { return Diff(context, *options); };
  });

  CLI::App* activate = policy.add_subcommand(
      "activate",
      "Check, test and prove a document, put it in force, look at every record "
      "again");
  activate->add_option("file", options->file, "The document")->required();
  activate->add_option(
      "cases,--cases", options->cases,
      "Its cases; without: NAME.cases.textproto or cases.textproto beside it");
  activate->add_flag("--override", options->override_layer, kOverride);
  activate->footer(
      "Refused, with every reason and its place, is what `check`, `test` or a\n"
      "mandatory `prove` refuses; the policy in force is unchanged then. A\n"
      "national policy needs cases, an override may have some and is proved "
      "to\n"
      "tighten only. Withdrawals reach the peers first.\n"
      "--override replaces the override in force: put all its rules into one\n"
      "file. One without rules lifts it: node_override { country: \"CO\" }\n"
      "Exit codes: 0 in force; 3 refused; 4 no such file; 5 other law was put\n"
      "in force meanwhile, or an override without a national policy; 6 no "
      "daemon.");
  activate->callback([options, &context] {
    context.run = [options, &context] { return Activate(context, *options); };
  });
}

}  // namespace minga::cli
