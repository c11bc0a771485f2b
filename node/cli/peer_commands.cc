// peer invite, add, list, check; receipts and rejections, and what follows after
// joining (peer_standing_commands.cc), are in files of their own.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "federation/descriptor.h"
#include "minga/v1/admin.grpc.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/cli/qr.h"
#include "node/cli/receipt_commands.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

std::string LastOf(absl::string_view notes) {
  const auto pieces = federation::SplitDescriptors(notes);
  return pieces.ok() ? pieces->back() : std::string(notes);
}

// The fingerprint as a QR code, if there is somebody to look at it.
absl::StatusOr<std::string> Picture(absl::string_view country,
                                    absl::string_view fingerprint) {
  return QrCode(FingerprintCode(country, fingerprint));
}

struct InviteOptions {
  std::string out;
  bool qr = false;
  std::optional<std::uint64_t> after;
};

absl::Status Invite(Context& context, const InviteOptions& options) {
  const std::string& out = options.out;
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::InviteRequest request;
  if (options.after.has_value()) request.set_after(*options.after);
  MINGA_ASSIGN_OR_RETURN(const v1::InviteResponse response,
                         rpc::Call(node->admin(), &Admin::Invite, request));
  if (!out.empty()) {
    MINGA_RETURN_IF_ERROR(WriteFile(out, response.descriptor_note()));
  }
  std::string text =
      out.empty() ? response.descriptor_note()
                  : absl::StrCat("descriptor written to ", out,
                                 "\nfingerprint, to be read out by phone:\n  ",
                                 response.fingerprint(), "\n");
  if (options.qr) {
    MINGA_ASSIGN_OR_RETURN(
        const federation::Descriptor own,
        federation::ReadDescriptor(LastOf(response.descriptor_note())));
    MINGA_ASSIGN_OR_RETURN(
        const std::string picture,
        Picture(own.country.ToString(), response.fingerprint()));
    absl::StrAppend(&text, "\n", picture);
  }
  context.Print(text, response);
  return absl::OkStatus();
}

absl::Status Add(Context& context, const std::string& file,
                 const std::string& fingerprint, bool qr) {
  MINGA_ASSIGN_OR_RETURN(std::string note, ReadFile(file, kNoteBytesMax));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::AddPeerRequest request;
  request.set_descriptor_note(std::move(note));
  request.set_fingerprint(fingerprint);
  MINGA_ASSIGN_OR_RETURN(
      const v1::AddPeerResponse response,
      rpc::Call(node->admin(), &Admin::AddPeer, request, kSweepDeadline));
  std::string picture;
  if (qr) {
    MINGA_ASSIGN_OR_RETURN(picture,
                           Picture(response.country(), response.fingerprint()));
  }
  context.Print(
      response.rejoined()
          ? absl::StrCat("peer ", response.country(),
                         " has begun anew with another key: everything is "
                         "compared again\nits signature under the memorandum "
                         "stays; see minga peer check ",
                         response.country(), "\n")
      : response.added()
          ? absl::StrCat("peer ", response.country(),
                         " added\nnext: minga mou "
                         "draft --with ",
                         response.country(), "\n")
          : absl::StrCat("this is the descriptor of ", response.country(),
                         "\nfingerprint: ", response.fingerprint(),
                         "\nhear it from them by phone; if it is the same:\n"
                         "  minga peer add ",
                         file, " --fingerprint \"", response.fingerprint(),
                         "\"\n", picture),
      response);
  return absl::OkStatus();
}

absl::Status List(Context& context) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::GetStatusResponse response,
      rpc::Call(node->admin(), &Admin::GetStatus, v1::GetStatusRequest()));
  Table table({"PEER", "STATE", "MOU", "SENT", "ACKNOWLEDGED", "RECEIVED",
               "STREAMS", "LAST ERROR"});
  for (const v1::PeerStatus& peer : response.peers()) {
    table.Add({peer.country(),
               peer.state_reason().empty()
                   ? peer.state()
                   : absl::StrCat(peer.state(), ": ", peer.state_reason()),
               peer.mou_in_force() ? "in force" : "none",
               Grouped(static_cast<std::int64_t>(peer.sent_last())),
               Grouped(static_cast<std::int64_t>(peer.sent_acknowledged())),
               Grouped(static_cast<std::int64_t>(peer.received_cursor())),
               absl::StrCat(peer.following() ? "in" : "-",
                            peer.followed() ? "/out" : "/-"),
               peer.last_error()});
  }
  context.Print(response.peers_size() == 0
                    ? "no peers yet; see minga peer invite\n"
                    : table.ToString(),
                response);
  return absl::OkStatus();
}

absl::Status Check(Context& context, const std::string& country) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::CheckPeerRequest request;
  request.set_country(country);
  MINGA_ASSIGN_OR_RETURN(const v1::CheckPeerResponse response,
                         rpc::Call(node->admin(), &Admin::CheckPeer, request));
  std::string text;
  for (const v1::CheckStep& step : response.steps()) {
    absl::StrAppend(
        &text, absl::StrFormat("%-6s %-12s %s\n", step.ok() ? "ok" : "FAILED",
                               step.name(), step.detail()));
    if (!step.ok()) {
      context.exit_code = kCheckFailed;
      absl::StrAppend(&text, "       advice       ", step.advice(), "\n");
    }
  }
  context.Print(text, response);
  return absl::OkStatus();
}

}  // namespace

void AddPeerCommands(CLI::App& app, Context& context) {
  CLI::App* peer = app.add_subcommand("peer", "The nodes of other countries");
  peer->require_subcommand(1);

  AddPeerStandingCommands(*peer, context);

  auto options = std::make_shared<InviteOptions>();
  CLI::App* invite = peer->add_subcommand(
      "invite", "Write this node's descriptor, the file to give to a peer");
  invite->add_option("--out", options->out,
                     "File to write; without it, to the screen");
  invite->add_flag("--qr", options->qr,
                   "Print the fingerprint as a QR code, too");
  invite->add_option("--after", options->after,
                     "All descriptors after this one, for a peer that missed "
                     "some");
  invite->callback([options, &context] {
    context.run = [options, &context] { return Invite(context, *options); };
  });

  auto file = std::make_shared<std::string>();
  auto fingerprint = std::make_shared<std::string>();
  CLI::App* add = peer->add_subcommand(
      "add", "Add a peer by its descriptor and the fingerprint heard by phone");
  add->add_option("file", *file, "The peer's descriptor")->required();
  add->add_option("--fingerprint", *fingerprint,
                  "As heard; without it the file is only shown");
  auto qr = std::make_shared<bool>(false);
  add->add_flag("--qr", *qr, "Print the fingerprint as a QR code, too");
  add->callback([file, fingerprint, qr, &context] {
    context.run = [file, fingerprint, qr, &context] {
      return Add(context, *file, *fingerprint, *qr);
    };
  });

  CLI::App* list = peer->add_subcommand("list", "Peers and where they stand");
  list->callback(
      [&context] { context.run = [&context] { return List(context); }; });

  AddReceiptCommands(*peer, context);

  auto country = std::make_shared<std::string>();
  CLI::App* check = peer->add_subcommand(
      "check", "Walk every step to a peer and say which one fails");
  check->add_option("country", *country, "ISO 3166-1 code")->required();
  check->callback([country, &context] {
    context.run = [country, &context] { return Check(context, *country); };
  });
}

}  // namespace minga::cli
