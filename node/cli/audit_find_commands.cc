#include "node/cli/audit_find_commands.h"

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.grpc.pb.h"
#include "node/audit/proof.h"
#include "node/audit/report_prose.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/cli/audit_words.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"
#include "node/rpc/times.h"
#include "storage/evidence/log_names.h"

namespace minga::cli {
namespace {

using Audit = v1::AuditService::StubInterface;

// --- find --------------------------------------------------------------------

struct FindOptions {
  std::string person, record, peer, rule, article, reason, actor, from, until;
  std::vector<std::string> events;
  unsigned limit = 100;
  std::string after;
};

absl::StatusOr<v1::FindRequest> RequestOf(const FindOptions& options) {
  v1::FindRequest request;
  v1::LogFilter& filter = *request.mutable_filter();
  filter.set_person(options.person);
  if (!options.record.empty()) {
    MINGA_ASSIGN_OR_RETURN(const RecordKey key,
                           RecordKey::Parse(options.record));
    *filter.mutable_record() = ToProto(key);
  }
  filter.set_peer(options.peer);
  filter.set_rule(options.rule);
  filter.set_article(options.article);
  filter.set_reason(options.reason);
  filter.set_actor(options.actor);
  if (!options.from.empty()) {
    MINGA_ASSIGN_OR_RETURN(const absl::Time from,
                           ParseMoment(options.from, false));
    *filter.mutable_from() = rpc::ToTimestamp(from);
  }
  if (!options.until.empty()) {
    MINGA_ASSIGN_OR_RETURN(const absl::Time until,
                           ParseMoment(options.until, true));
    *filter.mutable_until() = rpc::ToTimestamp(until);
  }
  for (const std::string& name : options.events) {
    MINGA_ASSIGN_OR_RETURN(const v1::AuditEvent event, ParseEvent(name));
    filter.add_events(event);
  }
  request.set_limit(options.limit);
  if (!options.after.empty()) {
    MINGA_ASSIGN_OR_RETURN(*request.mutable_after(), ParsePlace(options.after));
  }
  return request;
}

absl::Status Find(Context& context, const FindOptions& options) {
  MINGA_ASSIGN_OR_RETURN(const v1::FindRequest request, RequestOf(options));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  grpc::ClientContext call;
  call.set_deadline(absl::ToChronoTime(absl::Now() + rpc::kCallDeadline));
  const auto stream = node->audit().Find(&call, request);
  v1::FindResponse found;
  unsigned count = 0;
  for (; stream->Read(&found); ++count) {
    context.Print(FoundText(found), found);
  }
  MINGA_RETURN_IF_ERROR(rpc::FromGrpc(stream->Finish()));
  if (count == 0 && !context.json) std::puts("no entry");
  if (count == options.limit && count > 0) {
    std::fprintf(stderr, "there may be more: --after %s\n",
                 PlaceText(found.place()).c_str());
  }
  return absl::OkStatus();
}

void AddFind(CLI::App& audit, Context& context) {
  auto options = std::make_shared<FindOptions>();
  CLI::App* find = audit.add_subcommand(
      "find", "Entries about a person, record, peer, rule ...; all must hold");
  find->add_option("--person", options->person,
                   "The PES's own reference of a person");
  find->add_option("--record", options->record, "A key such as CO/vacancy/17");
  find->add_option("--peer", options->peer, "Country code of a peer");
  find->add_option("--rule", options->rule, "Id of a rule that decided");
  find->add_option("--article", options->article,
                   "Words of an article that was cited: \"1581/2012\"");
  find->add_option("--reason", options->reason,
                   "Code of a decision: permit, policy, consent, class ...");
  find->add_option("--actor", options->actor, "operator, system, peer:EC ...");
  find->add_option("--from", options->from, "From this day or time on, UTC");
  find->add_option("--until", options->until,
                   "To the end of this day, or before this time, UTC");
  find->add_option("--event", options->events,
                   "page-sent, decision-permit ...; may be given again");
  find->add_option("--limit", options->limit, "At most so many, 1 to 10,000")
      ->check(CLI::Range(1, 10000));
  find->add_option("--after", options->after, "Go on after this entry");
  find->callback([options, &context] {
    context.run = [options, &context] { return Find(context, *options); };
  });
}

// --- prove, verify-proof -----------------------------------------------------

absl::Status Prove(Context& context, const std::string& entry,
                   const std::string& out) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ProveRequest request;
  MINGA_ASSIGN_OR_RETURN(*request.mutable_place(), ParsePlace(entry));
  MINGA_ASSIGN_OR_RETURN(const v1::ProveResponse response,
                         rpc::Call(node->audit(), &Audit::Prove, request));
  if (out.empty()) {
    context.Print(absl::StrCat(FoundText(response.found()), "key ",
                               response.key(), "\n\n", response.proof()),
                  response);
    return absl::OkStatus();
  }
  MINGA_RETURN_IF_ERROR(WriteFile(out, response.proof()));
  context.Print(absl::StrCat(FoundText(response.found()), "proof in ", out,
                             "; key ", response.key(), "\n"),
                response);
  return absl::OkStatus();
}

// Needs no daemon, and no trust in the node.
absl::Status VerifyProof(Context& context, const std::string& file,
                         const std::string& vkey) {
  MINGA_ASSIGN_OR_RETURN(const std::string text,
                         ReadFile(file, audit::kProofBytesMax));
  MINGA_ASSIGN_OR_RETURN(const NoteVerifier key, NoteVerifier::FromVkey(vkey));
  MINGA_ASSIGN_OR_RETURN(const audit::EntryProof proof,
                         audit::EntryProof::Parse(text));
  const absl::StatusOr<int> log = audit::VerifyEntryProof(proof, key);
  v1::FindResponse found;
  found.mutable_place()->set_log(static_cast<std::uint32_t>(log.value_or(0)));
  found.mutable_place()->set_index(proof.index);
  const bool readable = found.mutable_entry()->ParseFromString(proof.entry);
  if (!log.ok()) {
    context.exit_code = kCheckFailed;
    context.Print(absl::StrCat("THE PROOF DOES NOT HOLD\n  ",
                               log.status().message(), "\n"),
                  v1::FindResponse());
    return absl::OkStatus();
  }
  context.Print(
      absl::StrCat("the proof holds: the log `", key.name,
                   storage::LogSuffix(*log), "` has this entry\n",
                   readable ? FoundText(found) : Hex(proof.entry) + "\n"),
      found);
  return absl::OkStatus();
}

void AddProve(CLI::App& audit, Context& context) {
  auto entry = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  CLI::App* prove = audit.add_subcommand(
      "prove", "Proof that an entry is in the log (C2SP tlog-proof)");
  prove->add_option("entry", *entry, "Index of the entry; 1/57 in log 1")
      ->required();
  prove->add_option("--out", *out, "Write the proof to this file");
  prove->callback([=, &context] {
    context.run = [=, &context] { return Prove(context, *entry, *out); };
  });

  auto file = std::make_shared<std::string>();
  auto key = std::make_shared<std::string>();
  CLI::App* verify = audit.add_subcommand(
      "verify-proof", "Check a proof without a node; needs the log's key");
  verify->add_option("file", *file, "The proof")->required();
  verify->add_option("--key", *key, "The log's verifier key (vkey)")
      ->required();
  verify->callback([=, &context] {
    context.run = [=, &context] { return VerifyProof(context, *file, *key); };
  });
}

// --- stats -------------------------------------------------------------------

// Permits, refusals, held back, withdrawn.
using Row = std::array<std::uint64_t, 4>;

std::vector<std::string> GroupsOf(const v1::DecisionCount& count,
                                  const std::string& by) {
  if (by == "peer") return {count.peer()};
  if (by == "month") return {count.month()};
  std::vector<std::string> groups;
  for (const v1::CitedRule& rule : count.rules()) {
    const std::string article = absl::StrCat(
        rule.statute(), rule.article().empty() ? "" : " ", rule.article());
    groups.push_back(by == "rule" ? rule.id() : article);
    if (groups.back().empty()) groups.back() = rule.id();
  }
  if (groups.empty()) groups.push_back(absl::StrCat("(", count.reason(), ")"));
  return groups;
}

std::size_t ColumnOf(v1::AuditEvent event) {
  if (event == v1::AUDIT_EVENT_DECISION_PERMIT) return 0;
  if (event == v1::AUDIT_EVENT_DECISION_WITHHOLD) return 1;
  return event == v1::AUDIT_EVENT_HELD_BACK ? 2 : 3;
}

absl::Status Stats(Context& context, const std::string& by,
                   const v1::CountDecisionsRequest& request) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(
      const v1::CountDecisionsResponse response,
      rpc::Call(node->audit(), &Audit::CountDecisions, request));
  std::map<std::string, Row> rows;
  for (const v1::DecisionCount& count : response.counts()) {
    for (const std::string& group : GroupsOf(count, by)) {
      rows[group][ColumnOf(count.event())] += count.count();
    }
  }
  Table table({"permitted", "withheld", "held back", "withdrawn", by});
  for (const auto& [group, row] : rows) {
    std::vector<std::string> cells;
    for (const std::uint64_t number : row) {
      cells.push_back(Grouped(static_cast<std::int64_t>(number)));
    }
    cells.push_back(Printable(group, 200));
    table.Add(std::move(cells));
  }
  std::string text = table.ToString();
  if (by == "rule" || by == "article") {
    text += "A decision under several rules counts under each.\n";
  }
  context.Print(text, response);
  return absl::OkStatus();
}

void AddStats(CLI::App& audit, Context& context) {
  auto by = std::make_shared<std::string>("rule");
  auto request = std::make_shared<v1::CountDecisionsRequest>();
  CLI::App* stats = audit.add_subcommand(
      "stats", "How often what was permitted and withheld");
  stats->add_option("--by", *by, "rule, article, peer or month")
      ->check(CLI::IsMember({"rule", "article", "peer", "month"}));
  stats->add_option_function<std::string>(
      "--from", [request](const std::string& m) { request->set_from_month(m); },
      "From this month on: 2026-11");
  stats->add_option_function<std::string>(
      "--until",
      [request](const std::string& m) { request->set_until_month(m); },
      "To the end of this month");
  stats->add_option_function<std::string>(
      "--peer", [request](const std::string& p) { request->set_peer(p); },
      "Of this peer only");
  stats->callback([=, &context] {
    context.run = [=, &context] { return Stats(context, *by, *request); };
  });
}

// --- report ------------------------------------------------------------------

absl::Status Report(Context& context, const std::string& person,
                    const std::string& language, const std::string& page) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::ReportPersonRequest request;
  request.set_person(person);
  MINGA_ASSIGN_OR_RETURN(
      const v1::ReportPersonResponse response,
      rpc::Call(node->audit(), &Audit::ReportPerson, request));
  MINGA_ASSIGN_OR_RETURN(const audit::ReportProse prose,
                         audit::InWords(response, language));
  if (!page.empty()) {
    MINGA_RETURN_IF_ERROR(WriteFile(page, audit::ToPage(prose)));
    if (page == "-") return absl::OkStatus();
    context.Print(absl::StrCat("the report is in ", page, "\n"), response);
    return absl::OkStatus();
  }
  context.Print(audit::ToText(prose), response);
  return absl::OkStatus();
}

void AddReport(CLI::App& audit, Context& context) {
  auto person = std::make_shared<std::string>();
  auto language = std::make_shared<std::string>("es");
  auto page = std::make_shared<std::string>();
  CLI::App* report = audit.add_subcommand(
      "report", "What left about one person: to whom, when, why, by which law");
  report->add_option("person", *person, "The PES's own reference")->required();
  report->add_option("--lang", *language, "es, pt or en")
      ->check(CLI::IsMember({"es", "pt", "en"}));
  report->add_option("--html", *page, "Write a page to print to this file");
  report->callback([=, &context] {
    context.run = [=, &context] {
      return Report(context, *person, *language, *page);
    };
  });
}

}  // namespace

void AddAuditFindCommands(CLI::App& audit, Context& context) {
  AddFind(audit, context);
  AddProve(audit, context);
  AddStats(audit, context);
  AddReport(audit, context);
}

}  // namespace minga::cli
