// policy check, show, test, prove. They work without a daemon: a lawyer's
// machine has none.
#include <google/protobuf/struct.pb.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "minga/v1/admin.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/cli/policy_commands.h"
#include "node/policy_gate.h"
#include "policy/cases/cases.h"
#include "policy/proof/proof.h"
#include "policy/prose/prose.h"

namespace minga::cli {
namespace {

namespace cases = policy::cases;
namespace proof = policy::proof;

// What --json prints of what no service answers.
class Json {
 public:
  Json& Set(const std::string& name, const std::string& text) {
    (*object_.mutable_fields())[name].set_string_value(text);
    return *this;
  }
  Json& Set(const std::string& name, double number) {
    (*object_.mutable_fields())[name].set_number_value(number);
    return *this;
  }
  Json& SetFlag(const std::string& name, bool flag) {
    (*object_.mutable_fields())[name].set_bool_value(flag);
    return *this;
  }
  // Makes the list if there is none, so that an empty one is printed too.
  google::protobuf::ListValue& List(const std::string& name) {
    return *(*object_.mutable_fields())[name].mutable_list_value();
  }
  void Add(const std::string& name, const Json& item) {
    *List(name).add_values()->mutable_struct_value() = item.object_;
  }
  void Add(const std::string& name, const std::string& text) {
    List(name).add_values()->set_string_value(text);
  }
  const google::protobuf::Struct& object() const { return object_; }

 private:
  google::protobuf::Struct object_;
};

// Whether the first word that is no comment says that these are cases.
bool IsCases(absl::string_view text) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::string_view words = absl::StripLeadingAsciiWhitespace(line);
    if (words.empty() || words[0] == '#') continue;
    return absl::StartsWith(words, "cases");
  }
  return false;
}

std::string FilledLine(const PolicyFile& file) {
  return file.filled.empty() ? "" : absl::StrCat(file.filled, "\n");
}

absl::Status Check(Context& context, const std::string& file) {
  MINGA_ASSIGN_OR_RETURN(const PolicyFile read, ReadPolicyFile(file));
  const policy::DocumentSource& source = read.document;
  MINGA_RETURN_IF_ERROR(IsCases(source.text) ? cases::CheckCases(source)
                                             : policy::CheckDocument(source));
  context.Print(absl::StrCat(source.name, ": no errors\n", FilledLine(read)),
                v1::CheckPolicyResponse());
  return absl::OkStatus();
}

struct ShowOptions {
  std::string file;
  std::string language = "es";
  bool schema = false;
};

absl::Status Show(Context& context, const ShowOptions& options) {
  if (options.schema != options.file.empty()) {
    return absl::InvalidArgumentError(
        "policy show: takes either a file or --schema");
  }
  std::string prose;
  PolicyFile file;
  if (options.schema) {
    prose = policy::prose::ShowSchema(options.language);
  } else {
    MINGA_ASSIGN_OR_RETURN(file, ReadPolicyFile(options.file));
    MINGA_ASSIGN_OR_RETURN(
        prose, policy::prose::Show(file.document, options.language));
  }
  Json json;
  json.Set("language", options.language).Set("prose", prose);
  if (!options.schema) json.Set("template", file.filled).List("signed_by");
  for (const std::string& name : file.signers) json.Add("signed_by", name);
  if (!absl::EndsWith(prose, "\n")) prose += '\n';
  std::string signers =
      policy::prose::ShowSigners(file.signers, options.language);
  if (!signers.empty()) signers.insert(0, "\n");
  if (!file.filled.empty()) absl::StrAppend(&file.filled, "\n\n");
  context.Print(absl::StrCat(file.filled, prose, signers), json.object());
  return absl::OkStatus();
}

void AppendList(absl::string_view heading,
                const std::vector<std::string>& lines, std::string& text) {
  if (lines.empty()) return;
  absl::StrAppend(&text, heading, "\n");
  for (const std::string& line : lines) {
    absl::StrAppend(&text, "  ", line, "\n");
  }
}

std::string TestText(const std::string& name, const cases::Report& report) {
  std::string text;
  std::vector<std::string> failures;
  for (const cases::Failure& failure : report.failures) {
    failures.push_back(
        absl::StrCat(failure.place, ": `", failure.id, "`: ", failure.message));
  }
  AppendList("Cases that are decided otherwise than they expect:", failures,
             text);
  AppendList("What no case reaches (add cases):", report.uncovered, text);
  AppendList(
      "Changes of the document that no case notices (add cases that would "
      "fail):",
      report.survivors, text);
  return absl::StrCat(text, name, ": ", report.ok() ? "ok" : "NOT ok", "; ",
                      report.cases - static_cast<int>(report.failures.size()),
                      " of ", report.cases, " cases pass; ", report.rules,
                      " rules and ", report.atoms, " conditions, ",
                      report.uncovered.size(), " not covered; ", report.mutants,
                      " changes tried, ", report.survivors.size(),
                      " unnoticed\n");
}

Json TestJson(const cases::Report& report) {
  Json json;
  json.SetFlag("ok", report.ok())
      .Set("cases", report.cases)
      .Set("rules", report.rules)
      .Set("atoms", report.atoms)
      .Set("mutants", report.mutants);
  json.List("failures");
  for (const cases::Failure& failure : report.failures) {
    Json item;
    item.Set("id", failure.id)
        .Set("place", failure.place)
        .Set("message", failure.message);
    json.Add("failures", item);
  }
  json.List("uncovered");
  for (const std::string& line : report.uncovered) json.Add("uncovered", line);
  json.List("survivors");
  for (const std::string& line : report.survivors) json.Add("survivors", line);
  return json;
}

absl::Status Test(Context& context, const std::string& file,
                  const std::string& given) {
  MINGA_ASSIGN_OR_RETURN(const policy::DocumentSource document,
                         ReadDocument(file));
  MINGA_ASSIGN_OR_RETURN(const policy::DocumentSource with,
                         ReadCases(file, given, /*of_pack=*/true));
  if (with.text.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "no cases for `", file,
        "`: name them with --cases, or put cases.textproto beside it"));
  }
  MINGA_ASSIGN_OR_RETURN(const cases::Report report,
                         cases::TestPolicy(document, with));
  context.Print(TestText(document.name, report), TestJson(report).object());
  if (!report.ok()) context.exit_code = kCheckFailed;
  return absl::OkStatus();
}

std::string Indented(absl::string_view text, absl::string_view margin) {
  std::string indented;
  for (const absl::string_view line :
       absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    absl::StrAppend(&indented, margin, line, "\n");
  }
  return indented;
}

std::string ProofText(const policy::DocumentSource& document,
                      const proof::Report& report) {
  std::string text;
  for (const proof::Proved& proved : report.proved) {
    absl::StrAppend(&text,
                    absl::StrFormat("holds    %-44s %6.2f s\n", proved.id,
                                    absl::ToDoubleSeconds(proved.took)));
  }
  int refusing = 0;
  for (const proof::Finding& finding : report.findings) {
    refusing += finding.refuses ? 1 : 0;
    absl::StrAppend(&text, finding.refuses ? "REFUSED  " : "remark   ",
                    proof::FindingName(finding.kind), ": ", finding.message,
                    "\n");
    if (finding.counterexample.empty()) continue;
    absl::StrAppend(&text, "  as a case, ready to be put into the cases:\n",
                    Indented(finding.counterexample, "    "));
  }
  return absl::StrCat(
      text, document.name, ": ", report.ok() ? "ok" : "NOT ok", "; ",
      report.proved.size(), " properties proved, ", refusing, " refusals, ",
      report.findings.size() - static_cast<std::size_t>(refusing),
      " remarks\n");
}

Json ProofJson(const policy::DocumentSource& document,
               const proof::Report& report) {
  Json json;
  json.SetFlag("ok", report.ok());
  json.List("proved");
  for (const proof::Proved& proved : report.proved) {
    Json item;
    item.Set("id", proved.id)
        .Set("seconds", absl::ToDoubleSeconds(proved.took));
    json.Add("proved", item);
  }
  json.List("findings");
  for (const proof::Finding& finding : report.findings) {
    Json item;
    item.Set("kind", std::string(proof::FindingName(finding.kind)))
        .Set("id", finding.id)
        .Set("place", PlaceOf(document, finding.id))
        .Set("message", finding.message)
        .Set("counterexample", finding.counterexample)
        .SetFlag("refuses", finding.refuses);
    json.Add("findings", item);
  }
  return json;
}

absl::Status Prove(Context& context, const std::string& file,
                   const std::string& previous, const std::string& national) {
  MINGA_ASSIGN_OR_RETURN(const PolicyFile read, ReadPolicyFile(file));
  const policy::DocumentSource& document = read.document;
  proof::Options options;
  if (!previous.empty()) {
    MINGA_ASSIGN_OR_RETURN(PolicyFile older, ReadPolicyFile(previous));
    options.previous = std::move(older.document);
  }
  if (!national.empty()) {
    MINGA_ASSIGN_OR_RETURN(options.national, ReadDocument(national));
  }
  MINGA_ASSIGN_OR_RETURN(const proof::Report report,
                         proof::Prove(document, options));
  context.Print(
      absl::StrCat(ProofText(document, report), FilledLine(read)),
      ProofJson(document, report).Set("template", read.filled).object());
  if (!report.ok()) context.exit_code = kCheckFailed;
  return absl::OkStatus();
}

void AddShow(CLI::App& policy, Context& context) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* show = policy.add_subcommand(
      "show", "A document in words that a lawyer reads, with its citations");
  show->add_option(
      "file", options->file,
      "National policy, MoU (also a template, or signed) or override");
  show->add_option("--lang", options->language, "Language of the words")
      ->check(CLI::IsMember({"es", "pt", "en"}));
  show->add_flag("--schema", options->schema,
                 "Instead: every field and fact that a policy can speak about");
  show->footer(
      "Exit codes: 0 done; 3 the document has errors; 4 no such file.");
  show->callback([options, &context] {
    context.run = [options, &context] { return Show(context, *options); };
  });
}

void AddProve(CLI::App& policy, Context& context) {
  auto file = std::make_shared<std::string>();
  auto previous = std::make_shared<std::string>();
  CLI::App* prove = policy.add_subcommand(
      "prove", "What must hold for every record, peer, purpose and day");
  prove->add_option("file", *file, "The document")->required();
  prove->add_option("--previous", *previous,
                    "An older document: also say where the new one permits "
                    "more");
  auto national = std::make_shared<std::string>();
  prove->add_option("--national", *national,
                    "Of an override: the national policy whose groups it "
                    "names");
  prove->footer(
      "Proves the properties of the document and those that hold for every\n"
      "country; looks for rules that never apply, rules that others make\n"
      "useless and gaps between dates. What does not hold is printed with a\n"
      "case that shows it. `activate` refuses what is marked REFUSED.\n"
      "Exit codes: 0 nothing refused; 8 something is; 3 the document has\n"
      "errors; 4 no such file.");
  prove->callback([file, previous, national, &context] {
    context.run = [file, previous, national, &context] {
      return Prove(context, *file, *previous, *national);
    };
  });
}

}  // namespace

void AddPolicyDocumentCommands(CLI::App& policy, Context& context) {
  auto file = std::make_shared<std::string>();
  CLI::App* check = policy.add_subcommand(
      "check", "Check a document or its cases; errors as file:line:column");
  check
      ->add_option(
          "file", *file,
          "National policy, MoU (also a template, or signed), override "
          "or cases")
      ->required();
  check->footer("Exit codes: 0 no errors; 3 errors; 4 no such file.");
  check->callback([file, &context] {
    context.run = [file, &context] { return Check(context, *file); };
  });
  AddShow(policy, context);

  auto with = std::make_shared<std::string>();
  CLI::App* test = policy.add_subcommand(
      "test", "Decide the cases of a document and see what they leave out");
  test->add_option("file", *file, "The document, or a template of an MoU")
      ->required();
  test->add_option(
      "cases,--cases", *with,
      "Its cases; without: NAME.cases.textproto or cases.textproto beside it");
  test->footer(
      "A document is ok if every case is decided as it expects, every rule "
      "and\n"
      "every part of every condition is reached both ways, and every small\n"
      "change of the document makes some case fail.\n"
      "Exit codes: 0 ok; 8 not ok; 3 errors in a file; 4 no such file.");
  test->callback([file, with, &context] {
    context.run = [file, with, &context] {
      return Test(context, *file, *with);
    };
  });
  AddProve(policy, context);
}

}  // namespace minga::cli
