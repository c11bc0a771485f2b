// audit tail, verify.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "minga/v1/audit.grpc.pb.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Audit = v1::AuditService::StubInterface;

// AUDIT_EVENT_PAGE_SENT -> "page sent".
std::string EventText(v1::AuditEvent event) {
  std::string name = v1::AuditEvent_Name(event);
  if (absl::StartsWith(name, "AUDIT_EVENT_")) name.erase(0, 12);
  for (char& c : name) {
    c = c == '_' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return name;
}

std::string LineText(const v1::TailResponse& line) {
  const v1::AuditEntry& entry = line.entry();
  const absl::Time at = absl::FromUnixSeconds(entry.at().seconds()) +
                        absl::Nanoseconds(entry.at().nanos());
  std::vector<std::string> words = {
      std::to_string(line.index()),
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", at, absl::UTCTimeZone()),
      EventText(entry.event())};
  if (!entry.peer().empty()) words.push_back(entry.peer());
  if (!entry.record_id().empty()) {
    words.push_back(
        absl::StrCat(KindName(static_cast<RecordKind>(entry.kind())), "/",
                     entry.record_id()));
  }
  if (!entry.subject().empty()) {
    words.push_back(absl::StrCat("person:", Hex(entry.subject().substr(0, 6))));
  }
  if (entry.upto() > 0) {
    words.push_back(absl::StrCat("(", entry.after(), ",", entry.upto(), "]"));
  }
  if (entry.count() > 0) words.push_back(absl::StrCat("n=", entry.count()));
  if (entry.k_observed() > 0) {
    words.push_back(absl::StrCat("k=", entry.k_observed()));
  }
  if (entry.basis_entry() > 0) {
    words.push_back(absl::StrCat("because of ", entry.basis_entry()));
  }
  if (entry.has_basis()) {
    words.push_back(entry.basis().reason());
    for (const v1::CitedRule& rule : entry.basis().rules()) {
      words.push_back(rule.id());
    }
  }
  if (!entry.detail().empty()) words.push_back(entry.detail());
  return absl::StrCat(Printable(absl::StrJoin(words, "  "), 600), "\n");
}

absl::Status Tail(Context& context, unsigned count,
                  std::optional<std::uint64_t> after) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::TailRequest request;
  request.set_count(count);
  if (after) request.set_after(*after);
  grpc::ClientContext call;
  call.set_deadline(absl::ToChronoTime(absl::Now() + rpc::kCallDeadline));
  const auto stream = node->audit().Tail(&call, request);
  v1::TailResponse line;
  while (stream->Read(&line)) context.Print(LineText(line), line);
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

}  // namespace

void AddAuditCommands(CLI::App& app, Context& context) {
  CLI::App* audit = app.add_subcommand("audit", "The node's log of evidence");
  audit->require_subcommand(1);

  auto count = std::make_shared<unsigned>(20);
  auto after = std::make_shared<std::uint64_t>(0);
  CLI::App* tail = audit->add_subcommand(
      "tail", "The last entries; reading them is an entry itself");
  tail->add_option("-n,--count", *count, "How many, at most 10,000");
  CLI::Option* after_option = tail->add_option(
      "--after", *after, "From after this index on, instead of the last ones");
  tail->callback([=, &context] {
    context.run = [=, &context] {
      return Tail(
          context, *count,
          after_option->count() > 0 ? std::optional(*after) : std::nullopt);
    };
  });

  CLI::App* verify = audit->add_subcommand(
      "verify", "Recompute the tree from the entries; check the checkpoint");
  AddEvidenceCommands(
      *audit, *verify, [&context] { return Verify(context); }, context);
}

}  // namespace minga::cli
