// policy held list, release, revoke.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "minga/v1/admin.grpc.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/cli/policy_commands.h"
#include "node/rpc/admin_client.h"
#include "node/rpc/times.h"

namespace minga::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

struct HoldOptions {
  std::string record;
  std::string peer;
  std::string officer;
  std::string reason;
};

absl::string_view StateOf(const v1::HeldRecord& held) {
  if (held.released()) return "released";
  return held.beyond().empty() ? "held" : "held again";
}

// "maria.perez 2026-11-21: checked by phone", behind what it does not cover.
std::string ReleaseText(const v1::HeldRecord& held) {
  if (held.actor().empty()) return "";
  absl::string_view officer = held.actor();
  absl::ConsumePrefix(&officer, "officer:");
  const std::string release = absl::StrCat(
      officer, " ", FormatDay(DayOf(rpc::FromTimestamp(held.at()))), ": ",
      held.reason());
  if (held.beyond().empty()) return release;
  return absl::StrCat("not covered: ", held.beyond(), " (", release, ")");
}

absl::Status List(Context& context, const std::string& peer) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ListHeldRequest request;
  request.set_peer(peer);
  v1::ListHeldResponse all;
  bool more = true;
  while (more) {
    MINGA_ASSIGN_OR_RETURN(const v1::ListHeldResponse page,
                           rpc::Call(node->admin(), &Admin::ListHeld, request));
    all.mutable_held()->MergeFrom(page.held());
    more = page.more();
    *request.mutable_after() = page.last();
  }
  Table table({"RECORD", "PEER", "STATE", "BECAUSE OF", "RELEASE"});
  for (const v1::HeldRecord& held : all.held()) {
    table.Add({KeyText(held.key()), held.peer(), std::string(StateOf(held)),
               held.explanation(), ReleaseText(held)});
  }
  context.Print(all.held().empty() ? "nothing is held for an officer\n"
                                   : table.ToString(),
                all);
  return absl::OkStatus();
}

absl::Status Release(Context& context, const HoldOptions& options,
                     bool revoke) {
  MINGA_ASSIGN_OR_RETURN(const RecordKey key, RecordKey::Parse(options.record));
  v1::ReleaseHeldRequest request;
  *request.mutable_key() = ToProto(key);
  request.set_peer(options.peer);
  request.set_officer(options.officer);
  request.set_reason(options.reason);
  request.set_revoke(revoke);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::ReleaseHeldResponse response,
      rpc::Call(node->admin(), &Admin::ReleaseHeld, request));
  context.Print(absl::StrCat(options.record, " for ", options.peer, ": ",
                             response.state(), "\n"),
                response);
  return absl::OkStatus();
}

void AddDecision(CLI::App& held, Context& context, const char* verb,
                 const char* about, bool revoke) {
  auto options = std::make_shared<HoldOptions>();
  CLI::App* decide = held.add_subcommand(verb, about);
  decide
      ->add_option("record", options->record,
                   "COUNTRY/kind/id, as CO/vacancy/v-17")
      ->required();
  decide->add_option("--peer", options->peer, "The peer's country, as EC")
      ->required();
  decide
      ->add_option("--officer", options->officer,
                   "Who decides, as maria.perez; logged")
      ->required();
  decide
      ->add_option("--reason", options->reason,
                   "Why; logged. Name no person in it")
      ->required();
  decide->footer(
      revoke ? "Exit codes: 0 done; 3 a word is not allowed; 4 no such record "
               "or peer;\n5 the record is not released to this peer; 6 no "
               "daemon."
             : "Exit codes: 0 done; 3 a word is not allowed; 4 no such record "
               "or peer;\n5 the record is not held for this peer; 6 no "
               "daemon.");
  decide->callback([options, revoke, &context] {
    context.run = [options, revoke, &context] {
      return Release(context, *options, revoke);
    };
  });
}

}  // namespace

void AddHoldCommands(CLI::App& policy, Context& context) {
  CLI::App* held = policy.add_subcommand(
      "held", "Records that the policy holds until an officer has seen them");
  held->require_subcommand(1);

  auto peer = std::make_shared<std::string>();
  CLI::App* list = held->add_subcommand("list", "What is held, for whom, why");
  list->add_option("--peer", *peer, "One peer's country; without: all");
  list->footer(
      "STATE: held, for an officer; released; held again: the law shows more "
      "now than\nwas released, or asks for less in return.\n"
      "Exit codes: 0 done; 3 not a country; 6 no daemon.");
  list->callback([peer, &context] {
    context.run = [peer, &context] { return List(context, *peer); };
  });
  AddDecision(
      *held, context, "release",
      "Let a record go to a peer as it is and is shown now: another content or "
      "a law that shows more holds it again",
      false);
  AddDecision(*held, context, "revoke",
              "Hold a released record again; the peer erases it", true);
}

}  // namespace minga::cli
