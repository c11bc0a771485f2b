// put, get, search, withdraw, trace.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "minga/v1/admin.grpc.pb.h"
#include "minga/v1/pes.grpc.pb.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/cli/put_rows.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

absl::Status Get(Context& context, const std::string& text) {
  MINGA_ASSIGN_OR_RETURN(const RecordKey key, RecordKey::Parse(text));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::GetRecordRequest request;
  *request.mutable_key() = ToProto(key);
  MINGA_ASSIGN_OR_RETURN(
      const v1::GetRecordResponse response,
      rpc::Call(node->pes(), &v1::PesService::StubInterface::GetRecord,
                request));
  context.Print(absl::StrCat(text, " revision ", response.revision(), "\n",
                             ToText(response.record())),
                response);
  return absl::OkStatus();
}

std::string PayText(const v1::Pay& pay) {
  if (pay.currency().empty()) return "";
  const std::int64_t low = pay.min_hundredths() / 100;
  const std::int64_t high = pay.max_hundredths() / 100;
  if (low == 0 && high == 0) return "";
  return absl::StrCat(Grouped(low),
                      high > low ? absl::StrCat("-", Grouped(high)) : "", " ",
                      pay.currency());
}

std::string PlaceText(const v1::Location& place) {
  return absl::StrJoin(
      std::vector<std::string>{place.municipality(), place.subdivision().empty()
                                                         ? place.country()
                                                         : place.subdivision()},
      place.municipality().empty() ? "" : ", ");
}

void AddHit(const v1::SearchHit& hit, Table& table) {
  if (hit.record().has_vacancy()) {
    const v1::Vacancy& vacancy = hit.record().vacancy();
    table.Add(
        {KeyText(hit.key()),
         vacancy.texts_size() > 0 ? vacancy.texts(0).title() : "",
         vacancy.locations_size() > 0 ? PlaceText(vacancy.locations(0)) : "",
         PayText(vacancy.pay()), vacancy.occupation().isco()});
    return;
  }
  const v1::Profile& profile = hit.record().profile();
  std::vector<std::string> wanted;
  for (const v1::Occupation& occupation : profile.desired_occupations()) {
    wanted.push_back(occupation.isco());
  }
  table.Add({KeyText(hit.key()), "", PlaceText(profile.residence()), "",
             absl::StrJoin(wanted, " ")});
}

absl::Status Search(Context& context, const v1::SearchRecordsRequest& request) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::SearchRecordsResponse response,
      rpc::Call(node->pes(), &v1::PesService::StubInterface::SearchRecords,
                request));
  Table table({"RECORD", "TITLE", "PLACE", "PAY", "ISCO"});
  for (const v1::SearchHit& hit : response.hits()) AddHit(hit, table);
  std::string text =
      response.hits_size() == 0 ? "nothing found\n" : table.ToString();
  if (!response.next_page_token().empty()) {
    absl::StrAppend(&text, "more: --page ", response.next_page_token(), "\n");
  }
  context.Print(text, response);
  return absl::OkStatus();
}

absl::Status Withdraw(Context& context, const std::string& text,
                      const std::string& reason) {
  MINGA_ASSIGN_OR_RETURN(const RecordKey key, RecordKey::Parse(text));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::WithdrawRecordRequest request;
  *request.mutable_key() = ToProto(key);
  request.set_reason(reason);
  MINGA_ASSIGN_OR_RETURN(
      const v1::WithdrawRecordResponse response,
      rpc::Call(node->pes(), &v1::PesService::StubInterface::WithdrawRecord,
                request));
  context.Print(absl::StrFormat("%s withdrawn; %d peers are told\n", text,
                                response.peers_told()),
                response);
  return absl::OkStatus();
}

// `place` is "epoch/seq" of the peer's feed, as `erase` prints it.
absl::Status SetPlace(const std::string& place,
                      v1::TraceRecordRequest& request) {
  const std::vector<std::string> parts = absl::StrSplit(place, '/');
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &epoch) ||
      !absl::SimpleAtoi(parts[1], &seq) || seq == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--place must be EPOCH/NUMBER as `minga erase` prints it, is `", place,
        "`"));
  }
  request.set_epoch(epoch);
  request.set_seq(seq);
  return absl::OkStatus();
}

absl::Status Trace(Context& context, const std::string& record,
                   const std::string& place, const std::string& peer) {
  if (record.empty() == place.empty()) {
    return absl::InvalidArgumentError(
        "say either a record or --place, one of them");
  }
  v1::TraceRecordRequest request;
  request.set_peer(peer);
  if (place.empty()) {
    MINGA_ASSIGN_OR_RETURN(const RecordKey key, RecordKey::Parse(record));
    *request.mutable_key() = ToProto(key);
  } else {
    MINGA_RETURN_IF_ERROR(SetPlace(place, request));
  }
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::TraceRecordResponse response,
      rpc::Call(node->admin(), &v1::AdminService::StubInterface::TraceRecord,
                request));
  std::string shown =
      absl::StrCat(place.empty() ? record : place, " at ", peer,
                   response.state().empty() ? "" : ": ", response.state());
  if (!response.reason().empty()) {
    absl::StrAppend(&shown, " (", response.reason(), ")");
  }
  absl::StrAppend(&shown,
                  response.acknowledged()
                      ? "; the peer has confirmed it durably:\n"
                      : "; not confirmed by the peer yet\n",
                  response.receipt_note());
  context.Print(shown, response);
  return absl::OkStatus();
}

void AddSearch(CLI::App& app, Context& context) {
  struct Options {
    std::vector<std::string> words;
    std::string kind = "vacancy";
    v1::SearchRecordsRequest request;
    std::vector<std::string> countries;
    std::string isco, place, page;
    unsigned limit = 20;
  };
  auto options = std::make_shared<Options>();
  CLI::App* search = app.add_subcommand(
      "search", "Find vacancies or profiles, own and of all peers");
  search->add_option("words", options->words,
                     "Words that must all occur; accents and endings ignored");
  search->add_option("--kind", options->kind, "vacancy or profile");
  search->add_option("--country", options->countries,
                     "Only of these countries (ISO 3166-1)");
  search->add_option("--isco", options->isco,
                     "ISCO-08 code or its first digits");
  search->add_option("--place", options->place, "Subdivision (ISO 3166-2)");
  search->add_option("--limit", options->limit, "Hits a page, 1 to 200");
  search->add_option("--page", options->page, "Token of the next page");
  search->callback([options, &context] {
    context.run = [options, &context]() -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(const RecordKind kind, ParseKind(options->kind));
      v1::SearchRecordsRequest request;
      request.set_kind(static_cast<v1::RecordKind>(kind));
      request.set_text(absl::StrJoin(options->words, " "));
      for (const std::string& country : options->countries) {
        request.add_countries(country);
      }
      request.set_isco_prefix(options->isco);
      request.set_subdivision(options->place);
      request.set_page_size(options->limit);
      request.set_page_token(options->page);
      return Search(context, request);
    };
  });
}

}  // namespace

void AddRecordCommands(CLI::App& app, Context& context) {
  auto put_options = std::make_shared<ImportOptions>();
  CLI::App* put = app.add_subcommand(
      "put", "Put records given as JSON Lines (a file, or - for input)");
  put->add_option("file", put_options->path, "JSON Lines file")->required();
  put->add_flag("--dry-run", put_options->dry_run,
                "Read, validate, redact and decide, but store nothing");
  put->callback([put_options, &context] {
    context.run = [put_options, &context] {
      return PutRows(context, *put_options);
    };
  });

  auto key = std::make_shared<std::string>();
  CLI::App* get = app.add_subcommand("get", "Show one record");
  get->add_option("record", *key, "COUNTRY/kind/id")->required();
  get->callback([key, &context] {
    context.run = [key, &context] { return Get(context, *key); };
  });

  AddSearch(app, context);

  auto reason = std::make_shared<std::string>("withdrawn");
  CLI::App* withdraw = app.add_subcommand(
      "withdraw", "Erase an own record here and at every peer");
  withdraw->add_option("record", *key, "COUNTRY/kind/id")->required();
  withdraw->add_option("--reason", *reason, "Code told to the peers");
  withdraw->callback([key, reason, &context] {
    context.run = [key, reason, &context] {
      return Withdraw(context, *key, *reason);
    };
  });

  auto peer = std::make_shared<std::string>();
  auto traced = std::make_shared<std::string>();
  auto place = std::make_shared<std::string>();
  CLI::App* trace = app.add_subcommand(
      "trace", "What a peer was told of an own record, with its receipt");
  trace->add_option("record", *traced, "COUNTRY/kind/id");
  trace->add_option("--place", *place,
                    "Instead: EPOCH/NUMBER in the peer's feed, as `minga "
                    "erase` prints it");
  trace->add_option("--peer", *peer, "The peer's country")->required();
  trace->callback([traced, place, peer, &context] {
    context.run = [traced, place, peer, &context] {
      return Trace(context, *traced, *place, *peer);
    };
  });
}

}  // namespace minga::cli
