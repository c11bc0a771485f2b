// mou draft, sign, status.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "minga/v1/admin.grpc.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

struct DraftOptions {
  std::string country;
  std::string template_file;
  std::string from, until;
  std::string out = "-";
};

absl::Status Draft(Context& context, const DraftOptions& options) {
  v1::DraftMouRequest request;
  request.set_country(options.country);
  MINGA_ASSIGN_OR_RETURN(*request.mutable_template_text(),
                         ReadFile(options.template_file, kNoteBytesMax));
  request.set_valid_from(options.from);
  request.set_valid_until(options.until);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::DraftMouResponse response,
                         rpc::Call(node->admin(), &Admin::DraftMou, request));
  if (options.out != "-") {
    MINGA_RETURN_IF_ERROR(WriteFile(options.out, response.mou_note()));
  }
  context.Print(
      options.out == "-"
          ? response.mou_note()
          : absl::StrCat("draft written to ", options.out,
                         "\nread it, then: minga mou sign ", options.out, "\n"),
      response);
  return absl::OkStatus();
}

absl::Status Sign(Context& context, const std::string& file,
                  const std::string& out) {
  v1::SignMouRequest request;
  MINGA_ASSIGN_OR_RETURN(*request.mutable_mou_note(),
                         ReadFile(file, kNoteBytesMax));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::SignMouResponse response,
      rpc::Call(node->admin(), &Admin::SignMou, request, kSweepDeadline));
  MINGA_RETURN_IF_ERROR(
      WriteFile(out.empty() ? file : out, response.mou_note()));
  std::string text = "signed by:\n";
  for (const std::string& name : response.signed_by()) {
    absl::StrAppend(&text, "  ", name, "\n");
  }
  absl::StrAppend(&text, response.in_force()
                             ? "in force with each peer that has signed\n"
                             : "not in force yet: send the file to the other "
                               "parties to sign\n");
  context.Print(text, response);
  return absl::OkStatus();
}

absl::Status Status(Context& context) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::GetStatusResponse response,
      rpc::Call(node->admin(), &Admin::GetStatus, v1::GetStatusRequest()));
  Table table({"PEER", "MOU"});
  for (const v1::PeerStatus& peer : response.peers()) {
    table.Add({peer.country(), peer.mou_in_force()
                                   ? "in force"
                                   : "none in force: nothing leaves"});
  }
  context.Print(table.ToString(), response);
  return absl::OkStatus();
}

}  // namespace

void AddMouCommands(CLI::App& app, Context& context) {
  CLI::App* mou = app.add_subcommand(
      "mou", "Memoranda of understanding: without one nothing leaves");
  mou->require_subcommand(1);

  auto options = std::make_shared<DraftOptions>();
  CLI::App* draft =
      mou->add_subcommand("draft",
                          "Fill a template for this node and a peer, or "
                          "for a group");
  draft->add_option(
      "--with", options->country,
      "The peer's country; not for a template that names its parties");
  draft
      ->add_option("--template", options->template_file,
                   "Template (deploy/policy/mou)")
      ->required();
  draft->add_option("--from", options->from, "First day, 2026-01-31")
      ->required();
  draft->add_option("--until", options->until, "Last day")->required();
  draft->add_option("--out", options->out, "File to write, - for the screen");
  draft->callback([options, &context] {
    context.run = [options, &context] { return Draft(context, *options); };
  });

  auto file = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  CLI::App* sign = mou->add_subcommand(
      "sign", "Add this node's signature; in force once both have signed");
  sign->add_option("file", *file, "Draft or note signed by the peer")
      ->required();
  sign->add_option("--out", *out, "File to write; without it the same file");
  sign->callback([file, out, &context] {
    context.run = [file, out, &context] { return Sign(context, *file, *out); };
  });

  CLI::App* status = mou->add_subcommand("status", "What is in force");
  status->callback(
      [&context] { context.run = [&context] { return Status(context); }; });
}

}  // namespace minga::cli
