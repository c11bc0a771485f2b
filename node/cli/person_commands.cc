// consent, erase, notices.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"
#include "minga/v1/pes.grpc.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

using Pes = v1::PesService::StubInterface;

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime(absl::RFC3339_sec,
                          absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

absl::Status SetConsent(Context& context, const std::string& person,
                        const std::string& file, bool withdraw) {
  if (withdraw == !file.empty()) {
    return absl::InvalidArgumentError(
        "say either --grant FILE or --withdraw, one of them");
  }
  v1::SetConsentRequest request;
  request.set_person(person);
  if (!withdraw) {
    MINGA_ASSIGN_OR_RETURN(const std::string json,
                           ReadFile(file, kImportLineBytesMax));
    const auto status = google::protobuf::util::JsonStringToMessage(
        json, request.mutable_consent());
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          file, ": not a consent in JSON: ",
          absl::string_view(status.message().data(), status.message().size())));
    }
  }
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::SetConsentResponse response,
                         rpc::Call(node->pes(), &Pes::SetConsent, request));
  context.Print(
      absl::StrCat(withdraw ? "consent withdrawn; " : "consent kept; ",
                   response.views_changed(), " views changed\n"),
      response);
  return absl::OkStatus();
}

// Nothing in the node leads from the person to this any more, so whoever has to
// prove it keeps what is printed here.
std::string ErasureText(const v1::ErasePersonResponse& response) {
  std::string text =
      absl::StrCat("erased: profile, consent and key are gone; entry ",
                   response.log() == 0 ? "" : absl::StrCat(response.log(), "/"),
                   response.log_entry(), " of the log\n");
  if (response.peers().empty()) {
    return absl::StrCat(text, "no peer had been shown anything\n");
  }
  Table table({"PEER", "ERASES BY", "ITS RECEIPT, ONCE IT HAS COME"});
  for (const v1::PeerErasure& peer : response.peers()) {
    table.Add({peer.peer(),
               peer.has_erase_by() ? TimeText(peer.erase_by()) : "-",
               absl::StrCat("minga trace --peer ", peer.peer(), " --place ",
                            peer.epoch(), "/", peer.seq())});
  }
  return absl::StrCat(text, table.ToString(),
                      "keep these lines: nothing else leads from the person "
                      "to the receipts\n");
}

absl::Status Erase(Context& context, const std::string& person) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ErasePersonRequest request;
  request.set_person(person);
  MINGA_ASSIGN_OR_RETURN(const v1::ErasePersonResponse response,
                         rpc::Call(node->pes(), &Pes::ErasePerson, request));
  context.Print(ErasureText(response), response);
  return absl::OkStatus();
}

absl::Status ListNotices(Context& context) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ListPersonNoticesRequest request;
  v1::ListPersonNoticesResponse all;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(
        const v1::ListPersonNoticesResponse page,
        rpc::Call(node->pes(), &Pes::ListPersonNotices, request));
    if (page.notices().empty()) break;
    all.mutable_notices()->MergeFrom(page.notices());
    *request.mutable_after() = *page.notices().rbegin();
  }
  Table table({"PERSON", "SEEN BY", "SINCE"});
  for (const v1::PersonNotice& notice : all.notices()) {
    table.Add({notice.person(), notice.peer(), TimeText(notice.shown_at())});
  }
  context.Print(all.notices().empty() ? "nobody has to be told anything\n"
                                      : table.ToString(),
                all);
  return absl::OkStatus();
}

absl::Status ConfirmNotice(Context& context, const std::string& person,
                           const std::string& peer) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ConfirmPersonNoticeRequest request;
  request.set_person(person);
  request.set_peer(peer);
  MINGA_ASSIGN_OR_RETURN(
      const v1::ConfirmPersonNoticeResponse response,
      rpc::Call(node->pes(), &Pes::ConfirmPersonNotice, request));
  context.Print(
      absl::StrCat(person, " has been told that ", peer, " sees the profile\n"),
      response);
  return absl::OkStatus();
}

void AddNotices(CLI::App& app, Context& context) {
  CLI::App* notices = app.add_subcommand(
      "notices", "Persons to be told that a peer sees their profile");
  notices->require_subcommand(1);
  CLI::App* list = notices->add_subcommand(
      "list", "Who has to be told, because the policy says notify_person");
  list->callback([&context] {
    context.run = [&context] { return ListNotices(context); };
  });
  auto person = std::make_shared<std::string>();
  auto peer = std::make_shared<std::string>();
  CLI::App* told = notices->add_subcommand(
      "told", "The person has been told; goes to the log");
  told->add_option("person", *person, "The PES's own reference")->required();
  told->add_option("--peer", *peer, "The peer's country, as EC")->required();
  told->callback([person, peer, &context] {
    context.run = [person, peer, &context] {
      return ConfirmNotice(context, *person, *peer);
    };
  });
}

}  // namespace

void AddPersonCommands(CLI::App& app, Context& context) {
  auto person = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  auto withdraw = std::make_shared<bool>(false);
  CLI::App* consent =
      app.add_subcommand("consent", "Keep or withdraw a person's consent");
  consent->add_option("person", *person, "The PES's own reference")->required();
  consent->add_option("--grant", *file,
                      "Consent in JSON: sections, countries, purposes, "
                      "given_on, expires");
  consent->add_flag("--withdraw", *withdraw, "Withdraw it everywhere");
  consent->callback([=, &context] {
    context.run = [=, &context] {
      return SetConsent(context, *person, *file, *withdraw);
    };
  });

  CLI::App* erase = app.add_subcommand(
      "erase", "Erase a person here and at every peer, key included");
  erase->add_option("person", *person, "The PES's own reference")->required();
  erase->callback([person, &context] {
    context.run = [person, &context] { return Erase(context, *person); };
  });
  AddNotices(app, context);
}

}  // namespace minga::cli
