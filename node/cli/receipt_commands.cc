// peer receipts, peer rejections.
#include "node/cli/receipt_commands.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "minga/v1/receipts.grpc.pb.h"
#include "node/base/ids.h"
#include "node/base/status.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Receipts = v1::ReceiptService::StubInterface;
using google::protobuf::util::TimeUtil;

struct Options {
  std::string country;
  std::uint32_t limit = 20;
};

std::string Count(std::uint64_t number) {
  return Grouped(static_cast<std::int64_t>(number));
}

std::string TotalsText(const std::string& what, const v1::ReceiptTotals& t) {
  return absl::StrCat(what, ": ", Count(t.pages()), " pages received; ",
                      Count(t.accepted()), " records accepted, ",
                      Count(t.withdrawn()), " withdrawn, ", Count(t.rejected()),
                      " rejected\n");
}

template <typename Lines>
std::string LinesText(const Lines& lines) {
  if (lines.empty()) return "";
  Table table({"AT", "EPOCH", "PLACES", "ACCEPTED", "WITHDRAWN", "REJECTED",
               "RETENTION ENDED"});
  for (const v1::ReceiptLine& line : lines) {
    table.Add({TimeUtil::ToString(line.at()), absl::StrCat(line.epoch()),
               absl::StrCat("(", line.after(), ", ", line.upto(), "]"),
               Count(line.accepted()), Count(line.withdrawn()),
               Count(line.rejected()), Count(line.retention_ended())});
  }
  return table.ToString();
}

absl::Status ShowReceipts(Context& context, const Options& options) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ListReceiptsRequest request;
  request.set_peer(options.country);
  request.set_limit(options.limit);
  MINGA_ASSIGN_OR_RETURN(
      const v1::ListReceiptsResponse response,
      rpc::Call(node->receipts(), &Receipts::ListReceipts, request));
  context.Print(
      absl::StrCat(
          TotalsText(absl::StrCat("what ", response.own(), " sent, as ",
                                  options.country, " signed"),
                     response.taken_totals()),
          LinesText(response.taken()), "\n",
          TotalsText(absl::StrCat("what ", options.country, " sent, as ",
                                  response.own(), " signed"),
                     response.given_totals()),
          LinesText(response.given())),
      response);
  return absl::OkStatus();
}

template <typename Lines>
std::string RejectionsText(const std::string& what, const Lines& lines,
                           std::uint64_t total) {
  std::string text = absl::StrCat(what, ": ", Count(total), " in all\n");
  if (lines.empty()) return text;
  Table table({"AT", "PLACE", "RECORD", "REASON"});
  for (const v1::RejectionLine& line : lines) {
    const std::string kind =
        line.kind() == v1::RECORD_KIND_UNSPECIFIED
            ? std::string("-")
            : std::string(KindName(static_cast<RecordKind>(line.kind())));
    table.Add({TimeUtil::ToString(line.at()),
               absl::StrCat(line.epoch(), "/", line.seq()),
               line.id().empty() ? kind : absl::StrCat(kind, " ", line.id()),
               line.reason()});
  }
  return absl::StrCat(text, table.ToString());
}

absl::Status ShowRejections(Context& context, const Options& options) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ListRejectionsRequest request;
  request.set_peer(options.country);
  request.set_limit(options.limit);
  MINGA_ASSIGN_OR_RETURN(
      const v1::ListRejectionsResponse response,
      rpc::Call(node->receipts(), &Receipts::ListRejections, request));
  context.Print(
      absl::StrCat(
          RejectionsText(absl::StrCat("sent by ", response.own(),
                                      ", refused by ", options.country),
                         response.sent(), response.sent_total()),
          "\n",
          RejectionsText(absl::StrCat("sent by ", options.country,
                                      ", refused by ", response.own()),
                         response.received(), response.received_total()),
          "\nkept for ", response.kept_days(), " days\n"),
      response);
  return absl::OkStatus();
}

using Command = absl::Status (*)(Context&, const Options&);

void Add(CLI::App& peer, Context& context, const std::string& name,
         const std::string& help, Command command) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = peer.add_subcommand(name, help);
  app->add_option("country", options->country, "ISO 3166-1 code")->required();
  app->add_option("--limit", options->limit, "Lines of each side; default 20");
  app->callback([options, command, &context] {
    context.run = [options, command, &context] {
      return command(context, *options);
    };
  });
}

}  // namespace

void AddReceiptCommands(CLI::App& peer, Context& context) {
  Add(peer, context, "receipts",
      "What was received and accepted, by signed receipts", &ShowReceipts);
  Add(peer, context, "rejections",
      "Records that one side would not take, and why", &ShowRejections);
}

}  // namespace minga::cli
