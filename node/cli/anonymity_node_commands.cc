// anonymity plan, show, activate, epoch, verify.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "minga/v1/anonymity.grpc.pb.h"
#include "node/base/status.h"
#include "node/cli/anonymity_commands.h"
#include "node/cli/anonymity_words.h"
#include "node/cli/context.h"
#include "node/exchange/ladder_text.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Anonymity = v1::AnonymityService::StubInterface;

struct PlanOptions {
  std::string peer;
  int min_k = 0;
  int margin = 0;
  int rungs = 0;
  std::string out;
};

absl::Status Plan(Context& context, const PlanOptions& options) {
  v1::PlanLadderRequest request;
  request.set_peer(options.peer);
  request.set_min_k(options.min_k);
  request.set_release_margin(options.margin);
  request.set_rungs_max(options.rungs);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::PlanLadderResponse plan,
                         rpc::Call(node->anonymity(), &Anonymity::PlanLadder,
                                   request, kSweepDeadline));
  std::string text = PlanText(plan, options.peer);
  const bool keep = !options.out.empty();
  if (keep) {
    MINGA_RETURN_IF_ERROR(
        WriteFile(options.out, LadderFile(plan, options.peer)));
  }
  absl::StrAppend(&text, "To put it in force:", keep ? "" : " --out FILE, then",
                  " `minga anonymity activate --peer ", options.peer, " ",
                  keep ? options.out : "FILE", "`: everybody is withdrawn at ",
                  options.peer, " and shown anew under another pseudonym.\n");
  // With "-" the ladder is what was asked for.
  if (options.out != "-" || context.json) context.Print(text, plan);
  return absl::OkStatus();
}

absl::Status Show(Context& context, const std::string& peer) {
  v1::ShowLadderRequest request;
  request.set_peer(peer);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::ShowLadderResponse shown,
      rpc::Call(node->anonymity(), &Anonymity::ShowLadder, request));
  context.Print(ShowText(shown, peer), shown);
  return absl::OkStatus();
}

absl::Status Activate(Context& context, const std::string& peer,
                      const std::string& file) {
  MINGA_ASSIGN_OR_RETURN(const std::string text,
                         ReadFile(file, exchange::kLadderBytesMax));
  v1::ActivateLadderRequest request;
  request.set_peer(peer);
  MINGA_ASSIGN_OR_RETURN(*request.mutable_ladder(),
                         exchange::ParseLadder(file, text));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::ActivateLadderResponse response,
      rpc::Call(node->anonymity(), &Anonymity::ActivateLadder, request,
                kSweepDeadline));
  context.Print(
      absl::StrCat("in force for ", peer, " from epoch ", response.epoch(),
                   "; `minga anonymity show --peer ", peer,
                   "` tells how people stand\n"),
      response);
  return absl::OkStatus();
}

absl::Status StartEpoch(Context& context, const std::string& peer) {
  v1::StartEpochRequest request;
  request.set_peer(peer);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::StartEpochResponse response,
                         rpc::Call(node->anonymity(), &Anonymity::StartEpoch,
                                   request, kSweepDeadline));
  context.Print(absl::StrCat("epoch ", response.epoch(), " for ", peer,
                             ": everybody has another pseudonym there\n"),
                response);
  return absl::OkStatus();
}

absl::Status Verify(Context& context, const std::string& peer, int min_k) {
  v1::VerifyAnonymityRequest request;
  request.set_peer(peer);
  request.set_min_k(min_k);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::VerifyAnonymityResponse check,
      rpc::Call(node->anonymity(), &Anonymity::VerifyAnonymity, request,
                kSweepDeadline));
  context.Print(VerifyText(check, peer), check);
  if (check.violations_total() > 0 || check.changing() > 0) {
    context.exit_code = kCheckFailed;
  }
  return absl::OkStatus();
}

void AddPeer(CLI::App& command, std::string& peer) {
  command.add_option("--peer", peer, "The peer's country, as EC")->required();
}

void AddPlan(CLI::App& anonymity, Context& context) {
  auto options = std::make_shared<PlanOptions>();
  CLI::App* plan = anonymity.add_subcommand(
      "plan", "Look for a ladder that shows many people, and finely");
  AddPeer(*plan, options->peer);
  plan->add_option("--k", options->min_k,
                   "Look for classes of so many; 0: as the policy asks");
  plan->add_option("--margin", options->margin,
                   "Show a class once it has so many more than k, so that it "
                   "stays shown when some leave");
  plan->add_option("--rungs", options->rungs, "At most so many rungs; 0: 16");
  plan->add_option("--out", options->out, "Write the ladder to this file");
  plan->footer(
      "Changes nothing. A ladder is a list of ways of showing people, from "
      "fine to coarse;\neverybody is shown on the first rung where enough "
      "others look the same.\nLoss is Iyengar's: 0 if all that the policy "
      "permits is shown, 1 if nothing is.\nExit codes: 0 done; 3 a number is "
      "out of its bounds; 4 no such peer; 5 too few\npeople may be shown; 6 no "
      "daemon; 9 people differ in too many ways.");
  plan->callback([options, &context] {
    context.run = [options, &context] { return Plan(context, *options); };
  });
}

void AddActivate(CLI::App& anonymity, Context& context) {
  struct Options {
    std::string peer;
    std::string file;
  };
  auto options = std::make_shared<Options>();
  CLI::App* activate = anonymity.add_subcommand(
      "activate", "Put a ladder in force, which begins a new epoch");
  AddPeer(*activate, options->peer);
  activate->add_option("file", options->file, "The ladder; `-`: standard input")
      ->required();
  activate->footer(
      "Everybody is withdrawn at the peer and then shown anew, under another "
      "pseudonym.\nExit codes: 0 done; 3 the ladder has mistakes "
      "(file:line:column); 4 no such peer\nor file; 6 no daemon.");
  activate->callback([options, &context] {
    context.run = [options, &context] {
      return Activate(context, options->peer, options->file);
    };
  });
}

}  // namespace

void AddAnonymityNode(CLI::App& anonymity, Context& context) {
  auto peer = std::make_shared<std::string>();
  auto min_k = std::make_shared<int>(0);
  AddPlan(anonymity, context);

  CLI::App* show = anonymity.add_subcommand(
      "show", "The ladder in force, and how people stand on it");
  AddPeer(*show, *peer);
  show->footer("Exit codes: 0 done; 4 no such peer; 6 no daemon.");
  show->callback([peer, &context] {
    context.run = [peer, &context] { return Show(context, *peer); };
  });

  AddActivate(anonymity, context);

  CLI::App* epoch = anonymity.add_subcommand(
      "epoch", "Begin a new epoch: other pseudonyms, everybody shown anew");
  AddPeer(*epoch, *peer);
  epoch->footer(
      "Within an epoch nobody is shown more finely than before; a new one lets "
      "people be\nshown as finely as the people of today allow.\nExit codes: 0 "
      "done; 4 no such peer; 6 no daemon.");
  epoch->callback([peer, &context] {
    context.run = [peer, &context] { return StartEpoch(context, *peer); };
  });

  CLI::App* verify = anonymity.add_subcommand(
      "verify", "Check what a peer was sent, from its feed alone");
  AddPeer(*verify, *peer);
  verify->add_option("--k", *min_k,
                     "Classes must have so many; 0: as the policy asks");
  verify->footer(
      "Reads all that the peer may see of people and counts for itself: "
      "classes of at\nleast k, skills and languages of at least k of a class, "
      "pseudonyms, and nothing\nthat never leaves. Prints the risks of being "
      "recognised.\nExit codes: 0 nothing is wrong; 3 k is out of its bounds; "
      "4 no such peer;\n6 no daemon; 8 something is wrong.");
  verify->callback([peer, min_k, &context] {
    context.run = [peer, min_k, &context] {
      return Verify(context, *peer, *min_k);
    };
  });
}

}  // namespace minga::cli
