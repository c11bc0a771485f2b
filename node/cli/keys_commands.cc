// keys list, rotate.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/keys.grpc.pb.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Keys = v1::KeyService::StubInterface;

absl::Status List(Context& context) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::ListKeysResponse response,
      rpc::Call(node->keys(), &Keys::ListKeys, v1::ListKeysRequest()));
  Table table({"USE", "STATE", "SINCE", "KEY"});
  for (const v1::OwnKey& key : response.keys()) {
    table.Add({key.use(), key.state(),
               absl::StrCat("descriptor ", key.since_sequence()), key.key()});
  }
  std::string text =
      absl::StrCat(table.ToString(), "\ndescriptor ", response.sequence(),
                   ", valid until ", response.valid_until(), "\n");
  for (const v1::DescriptorHolder& holder : response.holders()) {
    absl::StrAppend(
        &text, "  ", holder.country(), " holds ",
        holder.sequence() == 0
            ? std::string("an unknown one: it has not asked since the start")
            : absl::StrCat("descriptor ", holder.sequence(),
                           holder.sequence() < response.sequence()
                               ? ", and will ask for the newest"
                               : ""),
        "\n");
  }
  context.Print(text, response);
  return absl::OkStatus();
}

struct RotateOptions {
  std::vector<std::string> uses;
  unsigned overlap_days = 30;
  std::string out;
};

absl::Status Rotate(Context& context, const RotateOptions& options) {
  v1::RotateKeysRequest request;
  const bool all = std::find(options.uses.begin(), options.uses.end(), "all") !=
                   options.uses.end();
  const std::vector<std::string> every = {"tls", "node", "log", "cosign"};
  for (const std::string& use : all ? every : options.uses) {
    request.add_uses(use);
  }
  request.set_overlap_days(options.overlap_days);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::RotateKeysResponse response,
                         rpc::Call(node->keys(), &Keys::RotateKeys, request));
  std::string text = absl::StrCat(
      "new keys in descriptor ", response.sequence(), "\nthe former ones ",
      options.overlap_days == 0
          ? std::string("count no more")
          : absl::StrCat("count until ", response.former_until()),
      "\npeers take it in by themselves; see minga keys list\n");
  if (!options.out.empty()) {
    MINGA_RETURN_IF_ERROR(WriteFile(options.out, response.descriptor_note()));
    absl::StrAppend(&text,
                    "for a peer that cannot reach this node: ", options.out,
                    ", taken in there by minga peer update\n");
  }
  context.Print(text, response);
  return absl::OkStatus();
}

}  // namespace

void AddKeysCommands(CLI::App& app, Context& context) {
  CLI::App* keys =
      app.add_subcommand("keys", "The keys that this node is known by");
  keys->require_subcommand(1);

  CLI::App* list = keys->add_subcommand(
      "list", "Keys now and before, and who knows of the newest");
  list->callback(
      [&context] { context.run = [&context] { return List(context); }; });

  auto options = std::make_shared<RotateOptions>();
  CLI::App* rotate = keys->add_subcommand(
      "rotate", "Make new keys; peers learn of them by themselves");
  rotate->add_option("uses", options->uses, "tls, node, log, cosign or all")
      ->required()
      ->check(CLI::IsMember({"tls", "node", "log", "cosign", "all"}));
  rotate->add_option("--overlap", options->overlap_days,
                     "Days in which the former keys still count; 0: none, for "
                     "a key that somebody may have copied");
  rotate->add_option("--out", options->out,
                     "File for the descriptor, for peers out of reach");
  rotate->callback([options, &context] {
    context.run = [options, &context] { return Rotate(context, *options); };
  });
}

}  // namespace minga::cli
