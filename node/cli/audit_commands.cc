// audit tail, verify, close; the others are in audit_find_commands.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "minga/v1/audit.grpc.pb.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/cli/audit_find_commands.h"
#include "node/cli/audit_words.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Audit = v1::AuditService::StubInterface;

absl::Status Tail(Context& context, unsigned count, const std::string& after,
                  bool follow) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::TailRequest request;
  request.set_count(count);
  if (!after.empty()) {
    MINGA_ASSIGN_OR_RETURN(*request.mutable_after(), ParsePlace(after));
  }
  request.set_follow(follow);
  grpc::ClientContext call;
  if (!follow) {
    call.set_deadline(absl::ToChronoTime(absl::Now() + rpc::kCallDeadline));
  }
  const auto stream = node->audit().Tail(&call, request);
  v1::TailResponse line;
  while (stream->Read(&line)) {
    v1::LogPlace place;
    place.set_log(line.log());
    place.set_index(line.index());
    context.Print(LineText(place, line.entry()), line);
    if (follow) std::fflush(stdout);
  }
  return rpc::FromGrpc(stream->Finish());
}

absl::Status Verify(Context& context) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::VerifyLogResponse response,
                         rpc::Call(node->audit(), &Audit::VerifyLog,
                                   v1::VerifyLogRequest(), kSweepDeadline));
  std::string text;
  if (response.faults_size() == 0) {
    text = absl::StrCat(
        "the log holds: ", Grouped(static_cast<std::int64_t>(response.size())),
        " entries, root ", Base64(response.root()), "\nsigned checkpoint over ",
        Grouped(static_cast<std::int64_t>(response.checkpoint_size())),
        " entries:\n", response.checkpoint());
    if (response.closed() > 0) {
      absl::StrAppend(&text, "it continues ", response.closed(),
                      " closed logs, which hold too: ",
                      Grouped(static_cast<std::int64_t>(response.entries())),
                      " entries in all\n");
    }
    if (response.pruned() > 0) {
      absl::StrAppend(&text,
                      Grouped(static_cast<std::int64_t>(response.pruned())),
                      " entries were pruned, as the log says; their hashes "
                      "hold\n");
    }
  } else {
    context.exit_code = kCheckFailed;
    text = "THE LOG DOES NOT HOLD\n";
    for (const std::string& fault : response.faults()) {
      absl::StrAppend(&text, "  ", fault, "\n");
    }
  }
  context.Print(text, response);
  return absl::OkStatus();
}

absl::Status Close(Context& context) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::CloseLogResponse response,
      rpc::Call(node->audit(), &Audit::CloseLog, v1::CloseLogRequest()));
  context.Print(
      absl::StrCat("log ", response.log(), " is closed; its last checkpoint:\n",
                   response.checkpoint(), "\nit goes on in `",
                   response.origin(), "`\n"),
      response);
  return absl::OkStatus();
}

}  // namespace

void AddAuditCommands(CLI::App& app, Context& context) {
  CLI::App* audit = app.add_subcommand("audit", "The node's log of evidence");
  audit->require_subcommand(1);

  auto count = std::make_shared<unsigned>(20);
  auto after = std::make_shared<std::string>();
  CLI::App* tail = audit->add_subcommand(
      "tail", "The last entries; reading them is an entry itself");
  tail->add_option("-n,--count", *count, "How many, at most 10,000");
  tail->add_option("--after", *after,
                   "From after this entry on, instead of the last ones");
  auto follow = std::make_shared<bool>(false);
  tail->add_flag("-f,--follow", *follow, "Go on with new entries");
  tail->callback([=, &context] {
    context.run = [=, &context] {
      return Tail(context, *count, *after, *follow);
    };
  });

  CLI::App* close = audit->add_subcommand(
      "close", "Close the log and go on in a new one, which continues it");
  close->callback(
      [&context] { context.run = [&context] { return Close(context); }; });

  CLI::App* verify = audit->add_subcommand(
      "verify", "Recompute the tree from the entries; check the checkpoint");
  AddEvidenceCommands(
      *audit, *verify, [&context] { return Verify(context); }, context);
  AddAuditFindCommands(*audit, context);
}

}  // namespace minga::cli
