#include "node/cli/policy_commands.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"

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

bool Exists(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

}  // namespace

absl::StatusOr<policy::DocumentSource> ReadDocument(const std::string& path) {
  policy::DocumentSource source;
  source.name = path == "-" ? "standard input" : path;
  MINGA_ASSIGN_OR_RETURN(source.text, ReadFile(path, kPolicyDocumentBytesMax));
  return source;
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
