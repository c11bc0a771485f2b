// init, serve, status.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"
#include "minga/v1/admin.grpc.pb.h"
#include "node/base/random.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/config.h"
#include "node/daemon.h"
#include "node/init.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

absl::Status Init(Context& context, InitOptions options,
                  const std::string& country) {
  MINGA_ASSIGN_OR_RETURN(options.country, Country::Parse(country));
  options.data_dir = context.data_dir;
  options.now = absl::Now();
  SystemRandom random;
  MINGA_RETURN_IF_ERROR(InitNode(options, random));
  if (context.json) {
    absl::PrintF("{\"country\":\"%s\",\"initialised\":true}\n", country);
  } else {
    absl::PrintF(
        "node of %s made in %s\n"
        "next: read %s/minga.toml, then\n"
        "  minga serve --data %s\n"
        "  minga policy activate deploy/policy/%s/national.textproto\n",
        country, context.data_dir, context.data_dir, context.data_dir,
        absl::AsciiStrToLower(country));
  }
  return absl::OkStatus();
}

std::string PeerText(const v1::PeerStatus& peer) {
  return absl::StrFormat(
      "%s: %s, mou %s, sent %s of %s acknowledged, received up to %s%s%s",
      peer.country(), peer.state(),
      peer.mou_in_force() ? "in force" : "not in force",
      Grouped(static_cast<std::int64_t>(peer.sent_acknowledged())),
      Grouped(static_cast<std::int64_t>(peer.sent_last())),
      Grouped(static_cast<std::int64_t>(peer.received_cursor())),
      peer.caught_up() ? " (caught up)" : "",
      peer.last_error().empty() ? "" : absl::StrCat("; ", peer.last_error()));
}

// What the peer owes and what the law asks for because of it.
void AddDuties(const v1::PeerStatus& peer, Table& table) {
  if (peer.erasures_here() > 0) {
    table.Add({"", absl::StrCat(Grouped(peer.erasures_here()),
                                " withdrawals of ", peer.country(),
                                " have arrived and are not carried out yet")});
  }
  if (peer.erasures_waiting() > 0) {
    table.Add(
        {"",
         absl::StrCat(
             peer.country(), " has to confirm ",
             Grouped(peer.erasures_waiting()), " withdrawals, ",
             peer.erasures_overdue() > 0
                 ? absl::StrCat(Grouped(peer.erasures_overdue()), " OVERDUE")
                 : std::string("none overdue"),
             peer.has_erasure_due()
                 ? absl::StrCat("; the first by ",
                                google::protobuf::util::TimeUtil::ToString(
                                    peer.erasure_due()))
                 : std::string())});
  }
  if (peer.breach_notice_hours() > 0) {
    table.Add(
        {"", absl::StrCat("a breach with ", peer.country(),
                          " is to be told within ", peer.breach_notice_hours(),
                          " hours: ", peer.breach_rule())});
  }
}

const char* SweepText(int pass) {
  if (pass == 1) return "withdrawals first";
  return pass == 2 ? "what was received" : "the rest";
}

absl::Status Status(Context& context, bool check) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::GetStatusResponse response,
      rpc::Call(node->admin(), &Admin::GetStatus, v1::GetStatusRequest()));
  Table table({"NODE", absl::StrCat(response.country(), " ", response.name())});
  table.Add({"version", response.version()});
  table.Add({"listens", response.listen()});
  table.Add({"up since", google::protobuf::util::TimeUtil::ToString(
                             response.started_at())});
  table.Add(
      {"policy", response.policy_name().empty()
                     ? "none: nothing leaves"
                     : absl::StrCat(response.policy_name(), " ",
                                    response.policy_hash().substr(0, 16))});
  const auto log_name = [](std::uint32_t number) {
    return number == 0 ? std::string() : absl::StrCat(number, "/");
  };
  table.Add({"log", absl::StrCat(
                        log_name(response.log_number()),
                        Grouped(static_cast<std::int64_t>(response.log_size())),
                        " entries, signed to ",
                        Grouped(static_cast<std::int64_t>(
                            response.log_checkpoint_size())))});
  if (response.log_cosigners() > 0) {
    table.Add({"cosigned",
               absl::StrCat("to ", log_name(response.log_cosigned_number()),
                            Grouped(static_cast<std::int64_t>(
                                response.log_cosigned_size())),
                            " by ", response.log_cosigners(), " peers")});
  }
  if (!response.log_signing_stopped().empty()) {
    table.Add({"LOG NOT SIGNED", response.log_signing_stopped()});
  }
  if (response.forks() > 0) {
    table.Add(
        {"FORKS", absl::StrCat(response.forks(),
                               " found; `minga audit forks` shows them")});
  }
  table.Add({"memory", absl::StrCat(response.memory_bytes() / 1000000, " MB")});
  table.Add({"index lag",
             absl::StrCat(Grouped(response.index_lag_rows()), " records")});
  for (const v1::KindCount& count : response.records()) {
    table.Add({"records",
               absl::StrCat(count.country(), " ",
                            KindName(static_cast<RecordKind>(count.kind())),
                            " ", Grouped(count.records()))});
  }
  for (const v1::PeerStatus& peer : response.peers()) {
    table.Add({"peer", PeerText(peer)});
    AddDuties(peer, table);
  }
  if (response.sweep_running()) {
    table.Add({"re-evaluating",
               absl::StrCat(Grouped(response.sweep_done()), " of ",
                            Grouped(response.sweep_total()), " records, ",
                            SweepText(response.sweep_pass()))});
  }
  for (const v1::Alarm& alarm : response.alarms()) {
    table.Add({"ALARM", absl::StrCat(alarm.text(), ": ", alarm.advice())});
  }
  if (check && response.alarms_size() > 0) context.exit_code = kCheckFailed;
  if (response.handshakes_refused() > 0) {
    table.Add({"refused",
               absl::StrCat(response.handshakes_refused(), " TLS handshakes")});
  }
  context.Print(absl::StrCat(table.ToString(), RecoveryText(*node)), response);
  return absl::OkStatus();
}

}  // namespace

void AddNodeCommands(CLI::App& app, Context& context) {
  struct Options {
    InitOptions init;
    std::string country;
  };
  auto options = std::make_shared<Options>();
  CLI::App* init = app.add_subcommand(
      "init", "Make the data folder of a new node: keys and configuration");
  init->add_option("--country", options->country, "ISO 3166-1 code, CO")
      ->required();
  init->add_option("--name", options->init.name,
                   "Name of the Public Employment Service")
      ->required();
  init->add_option("--listen", options->init.listen,
                   "Address and port for peers; default 0.0.0.0:7443");
  init->add_option("--endpoint", options->init.endpoint,
                   "host:port under which peers reach this node");
  init->callback([options, &context] {
    context.run = [options, &context] {
      return Init(context, options->init, options->country);
    };
  });

  CLI::App* serve =
      app.add_subcommand("serve", "Run the node until SIGTERM or SIGINT");
  serve->callback([&context] {
    context.run = [&context] { return Serve(context.data_dir); };
  });

  CLI::App* status =
      app.add_subcommand("status", "The node, its records and its peers");
  auto check = std::make_shared<bool>(false);
  status->add_flag("--check", *check,
                   "For monitoring: exit code 8 if there is an alarm");
  status->callback([check, &context] {
    context.run = [check, &context] { return Status(context, *check); };
  });
}

}  // namespace minga::cli
