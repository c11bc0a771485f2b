// peer reconcile; restore --confirm.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "minga/v1/reconcile.grpc.pb.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Service = v1::ReconcileService::StubInterface;

// A million records take seconds; an unreachable peer is given up after
// minutes.
constexpr absl::Duration kPatience = absl::Minutes(10);
constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

std::string Number(std::uint64_t number) {
  return Grouped(static_cast<std::int64_t>(number));
}

std::string Describe(const std::string& peer, const v1::Comparison& found) {
  if (!found.error().empty()) {
    return absl::StrCat("not compared: ", found.error(), "\n",
                        found.brought_anew()
                            ? "everything of this peer is brought anew\n"
                            : "it is tried again; `minga peer check " + peer +
                                  "` says what is wrong with the peer\n");
  }
  std::string text =
      absl::StrCat("compared ", Number(found.items()), " records that ", peer,
                   " shows us, up to row ", Number(found.upto()), " of epoch ",
                   found.epoch(), "\n");
  if (found.moved() > 0) {
    absl::StrAppend(&text, "not compared, because they changed meanwhile: ",
                    Number(found.moved()), "\n");
  }
  absl::StrAppend(
      &text, "missing here:   ", Number(found.missing()),
      "\nolder here:     ", Number(found.stale()),
      "\nonly here:      ", Number(found.surplus()),
      "\nsent again:     ", Number(found.sent_again()),
      "\nerased here:    ", Number(found.erased()),
      "\nroot (SHA-256): ", absl::BytesToHexString(found.root()), "\n",
      absl::StrFormat("%u questions, %s bytes, %.1f s\n", found.rounds(),
                      Number(found.bytes()), found.took_ms() / 1000.0));
  return text;
}

absl::Status Reconcile(Context& context, const std::string& peer) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::StartComparisonRequest start;
  start.set_peer(peer);
  MINGA_ASSIGN_OR_RETURN(
      const v1::StartComparisonResponse started,
      rpc::Call(node->reconcile(), &Service::StartComparison, start));
  v1::GetComparisonRequest get;
  get.set_peer(peer);
  const absl::Time end = absl::Now() + kPatience;
  while (absl::Now() < end) {
    MINGA_ASSIGN_OR_RETURN(
        const v1::GetComparisonResponse response,
        rpc::Call(node->reconcile(), &Service::GetComparison, get));
    if (response.ours().number() > started.last()) {
      if (!response.ours().error().empty()) context.exit_code = kCheckFailed;
      std::string text = Describe(peer, response.ours());
      if (!response.theirs().empty()) {
        absl::StrAppend(&text, "what ", peer, " said last of our feed:\n",
                        response.theirs());
      }
      context.Print(text, response);
      return absl::OkStatus();
    }
    absl::SleepFor(kLookEvery);
  }
  return absl::DeadlineExceededError(
      absl::StrCat("the comparison with ", peer,
                   " has not come to an end; it goes on, ask again later"));
}

}  // namespace

absl::Status ConfirmRestore(Context& context) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::ConfirmRestoreResponse response,
                         rpc::Call(node->reconcile(), &Service::ConfirmRestore,
                                   v1::ConfirmRestoreRequest()));
  context.Print("confirmed; the peers are served again\n", response);
  return absl::OkStatus();
}

std::string RecoveryText(rpc::AdminClient& node) {
  const absl::StatusOr<v1::GetRecoveryResponse> state = rpc::Call(
      node.reconcile(), &Service::GetRecovery, v1::GetRecoveryRequest());
  if (!state.ok() || state->restored().empty()) return std::string();
  std::string text = absl::StrCat("restored  ", state->restored(), "\n");
  if (state->law_to_confirm()) {
    absl::StrAppend(
        &text,
        "          policy, agreements or peers were changed after the backup: "
        "nothing is sent\n          until they are those of today again and "
        "`minga restore --confirm` says so\n");
  }
  if (state->to_be_asked_size() > 0) {
    absl::StrAppend(&text, "          not yet asked what was withdrawn: ",
                    absl::StrJoin(state->to_be_asked(), ", "), "\n");
  }
  return text;
}

void AddReconcileCommand(CLI::App& app, Context& context) {
  auto peer = std::make_shared<std::string>();
  CLI::App* reconcile = app.get_subcommand("peer")->add_subcommand(
      "reconcile",
      "Compare what is held of a peer with what it shows, and repair it");
  reconcile->add_option("country", *peer, "The peer, such as EC")->required();
  reconcile->callback([peer, &context] {
    context.run = [peer, &context] { return Reconcile(context, *peer); };
  });
}

}  // namespace minga::cli
