// peer update, suspend, resume, remove, left.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "minga/v1/peers.grpc.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Peers = v1::PeerService::StubInterface;

absl::Status Update(Context& context, const std::string& file) {
  v1::UpdatePeerRequest request;
  MINGA_ASSIGN_OR_RETURN(*request.mutable_descriptor_notes(),
                         ReadFile(file, kNoteBytesMax));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::UpdatePeerResponse response,
                         rpc::Call(node->peers(), &Peers::UpdatePeer, request));
  const bool same = response.sequence() == response.sequence_before();
  std::string text = absl::StrCat(
      response.country(), ": descriptor ", response.sequence(),
      same ? " was known already"
           : absl::StrCat(" takes the place of ", response.sequence_before()),
      "\n");
  if (response.changed_size() > 0) {
    absl::StrAppend(&text,
                    "new keys: ", absl::StrJoin(response.changed(), ", "),
                    response.former_until().empty()
                        ? ""
                        : absl::StrCat("; the former ones count until ",
                                       response.former_until()),
                    "\n");
  }
  context.Print(text, response);
  return absl::OkStatus();
}

absl::Status Suspend(Context& context, const std::string& country,
                     const std::string& reason) {
  v1::SuspendPeerRequest request;
  request.set_country(country);
  request.set_reason(reason);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::SuspendPeerResponse response,
      rpc::Call(node->peers(), &Peers::SuspendPeer, request, kSweepDeadline));
  context.Print(absl::StrCat(country,
                             " is suspended: nothing is sent to it, nothing of "
                             "it is shown\nnext: minga peer resume ",
                             country, "\n"),
                response);
  return absl::OkStatus();
}

absl::Status Resume(Context& context, const std::string& country) {
  v1::ResumePeerRequest request;
  request.set_country(country);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::ResumePeerResponse response,
      rpc::Call(node->peers(), &Peers::ResumePeer, request, kSweepDeadline));
  context.Print(absl::StrCat(country, " is active again; ",
                             Grouped(response.views_changed()),
                             " records are shown to it anew\n"),
                response);
  return absl::OkStatus();
}

std::string TimeText(const google::protobuf::Timestamp& at) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ",
                          absl::FromUnixSeconds(at.seconds()),
                          absl::UTCTimeZone());
}

std::string FarewellText(const v1::Farewell& farewell) {
  std::string text = absl::StrCat(
      farewell.country(), ": ",
      farewell.has_ended_at()
          ? absl::StrCat("left on ", TimeText(farewell.ended_at()))
          : "is leaving",
      ", begun by ", farewell.begun_by(), " on ", TimeText(farewell.begun_at()),
      "\nreason: ", farewell.reason(),
      "\nbefore: ", Grouped(farewell.shown_before()),
      " records of ours there, ", Grouped(farewell.held_before()),
      " of theirs here\n");
  if (!farewell.has_ended_at()) {
    absl::StrAppend(&text, "still to do: ",
                    Grouped(static_cast<std::int64_t>(farewell.unconfirmed())),
                    " withdrawals to be confirmed by them, ",
                    Grouped(farewell.held()),
                    " of their records to be withdrawn by them\n");
  }
  for (const std::string& gap : farewell.unproved()) {
    absl::StrAppend(&text, "not proved: ", gap, "\n");
  }
  if (!farewell.own_statement().empty()) {
    absl::StrAppend(&text, "\nour statement:\n", farewell.own_statement());
  }
  if (!farewell.peer_statement().empty()) {
    absl::StrAppend(&text, "\ntheir statement:\n", farewell.peer_statement());
  }
  return text;
}

struct RemoveOptions {
  std::string country;
  std::string reason;
  bool force = false;
  int wait_seconds = 60;
};

// The newest farewell of the peer.
absl::StatusOr<v1::Farewell> Look(rpc::AdminClient& node,
                                  const std::string& country) {
  v1::ListFarewellsRequest request;
  request.set_country(country);
  MINGA_ASSIGN_OR_RETURN(
      const v1::ListFarewellsResponse response,
      rpc::Call(node.peers(), &Peers::ListFarewells, request));
  if (response.farewells_size() == 0) {
    return absl::NotFoundError(absl::StrCat(
        "nobody has left or is leaving by the name `", country, "`"));
  }
  // One under way comes first.
  const v1::Farewell& first = response.farewells(0);
  if (!first.has_ended_at()) return first;
  return response.farewells(response.farewells_size() - 1);
}

absl::Status Remove(Context& context, const RemoveOptions& options) {
  v1::RemovePeerRequest request;
  request.set_country(options.country);
  request.set_reason(options.reason);
  request.set_force(options.force);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::RemovePeerResponse response,
      rpc::Call(node->peers(), &Peers::RemovePeer, request, kSweepDeadline));
  v1::Farewell farewell = response.farewell();
  const auto before = static_cast<std::uint64_t>(farewell.unconfirmed()) +
                      static_cast<std::uint64_t>(farewell.held());
  {
    ProgressBar bar("leaving", before);
    const absl::Time until = absl::Now() + absl::Seconds(options.wait_seconds);
    while (!farewell.has_ended_at() && absl::Now() < until) {
      absl::SleepFor(absl::Milliseconds(300));
      MINGA_ASSIGN_OR_RETURN(farewell, Look(*node, options.country));
      const std::uint64_t left =
          farewell.unconfirmed() + static_cast<std::uint64_t>(farewell.held());
      bar.Update(before > left ? before - left : 0, "records");
    }
  }
  std::string text = FarewellText(farewell);
  if (!farewell.has_ended_at()) {
    absl::StrAppend(
        &text, "it goes on by itself; look with: minga peer left ",
        options.country,
        "\na peer that cannot be reached is removed with --force\n");
  }
  context.Print(text, farewell);
  return absl::OkStatus();
}

absl::Status Left(Context& context, const std::string& country) {
  v1::ListFarewellsRequest request;
  request.set_country(country);
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::ListFarewellsResponse response,
      rpc::Call(node->peers(), &Peers::ListFarewells, request));
  std::string text;
  for (const v1::Farewell& farewell : response.farewells()) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", FarewellText(farewell));
  }
  context.Print(text.empty() ? "nobody has left\n" : text, response);
  return absl::OkStatus();
}

// Adds the positional country to `verb`.
std::shared_ptr<std::string> AddCountry(CLI::App* verb) {
  auto country = std::make_shared<std::string>();
  verb->add_option("country", *country, "ISO 3166-1 code")->required();
  return country;
}

void AddRemove(CLI::App& peer, Context& context) {
  auto options = std::make_shared<RemoveOptions>();
  CLI::App* remove = peer.add_subcommand(
      "remove",
      "Leave a peer: withdraw everything both ways, sign final statements");
  remove->add_option("country", options->country, "ISO 3166-1 code")
      ->required();
  remove
      ->add_option("--reason", options->reason,
                   "Why; it stands in the statements")
      ->required();
  remove->add_flag("--force", options->force,
                   "At once, without waiting for the peer; says what is left "
                   "unproved");
  remove
      ->add_option("--wait", options->wait_seconds,
                   "Seconds to wait for the end; it goes on by itself")
      ->check(CLI::Range(0, 86400));
  remove->callback([options, &context] {
    context.run = [options, &context] { return Remove(context, *options); };
  });
  auto country = std::make_shared<std::string>();
  CLI::App* left = peer.add_subcommand(
      "left", "Who is leaving or has left, with the signed statements");
  left->add_option("country", *country, "ISO 3166-1 code; without it all");
  left->callback([country, &context] {
    context.run = [country, &context] { return Left(context, *country); };
  });
}

}  // namespace

void AddPeerStandingCommands(CLI::App& peer, Context& context) {
  auto file = std::make_shared<std::string>();
  CLI::App* update = peer.add_subcommand(
      "update", "Take in a peer's newer descriptors from a file");
  update->add_option("file", *file, "Signed by the key that we know")
      ->required();
  update->callback([file, &context] {
    context.run = [file, &context] { return Update(context, *file); };
  });

  CLI::App* suspend = peer.add_subcommand(
      "suspend", "Send nothing to a peer and show nothing of it");
  auto suspended = AddCountry(suspend);
  auto reason = std::make_shared<std::string>();
  suspend->add_option("--reason", *reason, "Why; kept and logged")->required();
  suspend->callback([suspended, reason, &context] {
    context.run = [suspended, reason, &context] {
      return Suspend(context, *suspended, *reason);
    };
  });

  CLI::App* resume = peer.add_subcommand("resume", "Go on where it stopped");
  auto resumed = AddCountry(resume);
  resume->callback([resumed, &context] {
    context.run = [resumed, &context] { return Resume(context, *resumed); };
  });
  AddRemove(peer, context);
}

}  // namespace minga::cli
