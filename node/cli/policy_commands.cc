#include "node/cli/policy_commands.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/ids.h"
#include "node/base/limits.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "policy/cases/cases.h"

namespace minga::cli {
namespace {

constexpr char kFooter[] =
    "The way of a policy: write it, `check` it, `show` it to the lawyer, "
    "`test`\n"
    "it with its cases, `prove` what must always hold, `diff` it against the\n"
    "records in store, `activate` it. Nothing changes before `activate`, and "
    "a\n"
    "refused activation leaves the policy in force as it is.\n"
    "check, show, test and prove need no daemon.\n"
    "Exit codes: 0 done; 3 the document is refused; 8 a test or a proof "
    "failed;\n"
    "4 no such file; 5 not in this state; 6 no daemon.";

// A blank line and an em dash: no document has these but a signed note.
constexpr char kSignatures[] = "\n\n\xE2\x80\x94 ";

bool Exists(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

absl::StatusOr<PolicyFile> ReadUnfilled(const std::string& path) {
  PolicyFile file;
  file.document.name = path == "-" ? "standard input" : path;
  MINGA_ASSIGN_OR_RETURN(std::string text,
                         ReadFile(path, kPolicyDocumentBytesMax));
  if (!absl::StrContains(text, kSignatures)) {
    file.document.text = std::move(text);
    return file;
  }
  absl::StatusOr<Note> note = Note::Parse(text);
  if (!note.ok()) return At(file.document.name, note.status());
  for (const NoteSignature& signature : note->signatures) {
    file.signers.push_back(signature.name);
  }
  file.document.text = std::move(note->text);
  return file;
}

}  // namespace

absl::StatusOr<policy::DocumentSource> ReadDocument(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(PolicyFile file, ReadUnfilled(path));
  return std::move(file.document);
}

absl::StatusOr<PolicyFile> ReadPolicyFile(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(PolicyFile file, ReadUnfilled(path));
  const auto a = Country::Parse("XA");
  const auto b = Country::Parse("XB");
  policy::DocumentSource filled =
      policy::cases::FillTemplate(file.document, *a, *b);
  // What is signed stands as it was signed.
  if (!file.signers.empty() || filled.text == file.document.text) return file;
  file.document = std::move(filled);
  file.filled = absl::StrCat(
      "template: @A@ stands for XA, @B@ for XB (countries that there are "
      "not), @FROM@ for ",
      policy::cases::kTemplateFrom, ", @UNTIL@ for no end");
  return file;
}

absl::StatusOr<policy::DocumentSource> ReadCases(const std::string& path,
                                                 const std::string& given,
                                                 bool of_pack) {
  if (!given.empty()) return ReadDocument(given);
  if (path == "-") return policy::DocumentSource();
  const std::filesystem::path document(path);
  const std::filesystem::path own =
      document.parent_path() /
      absl::StrCat(
          absl::StripSuffix(document.filename().string(), ".textproto"),
          ".cases.textproto");
  if (Exists(own)) return ReadDocument(own.string());
  const std::filesystem::path pack = document.parent_path() / "cases.textproto";
  if (of_pack && Exists(pack)) return ReadDocument(pack.string());
  return policy::DocumentSource();
}

void AddPolicyCommands(CLI::App& app, Context& context) {
  CLI::App* policy = app.add_subcommand(
      "policy", "National law as documents: check, test, prove, put in force");
  policy->require_subcommand(1);
  policy->footer(kFooter);
  AddPolicyDocumentCommands(*policy, context);
  AddPolicyChangeCommands(*policy, context);
  AddPolicyViewCommands(*policy, context);
  AddHoldCommands(*policy, context);
}

}  // namespace minga::cli
