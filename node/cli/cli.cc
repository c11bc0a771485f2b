#include "node/cli/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "node/base/strings.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"

namespace minga::cli {
namespace {

constexpr char kAbout[] =
    "Minga: the node that a Public Employment Service runs to share vacancies "
    "and anonymised profiles with its partners under law.";

constexpr char kFooter[] =
    "A node lives in one data folder: --data, or $MINGA_DATA, or "
    "/var/lib/minga.\n"
    "Commands other than init, serve, anonymity file and policy check, show, "
    "test and\nprove talk to the daemon of that folder.\n"
    "Exit codes: 0 done, 1 failed, 2 usage, 3 input refused, 4 not found, "
    "5 conflict,\n"
    "6 no daemon, 7 some rows refused, 8 a check failed, 9 no space.";

// Errors of more than this are somebody's whole file, not a message.
constexpr std::size_t kErrorBytesMax = 16 * 1024;

// The inside of a JSON string. Line ends stay line ends; what else people
// cannot read is written as Printable does.
std::string JsonText(absl::string_view message) {
  std::string text;
  for (const absl::string_view line : absl::StrSplit(message, '\n')) {
    if (line.data() != message.data()) text += "\\n";
    for (const char c : Printable(line, kErrorBytesMax)) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text;
}

int Fail(const Context& context, const absl::Status& status) {
  const ExitCode code = ExitCodeOf(status);
  std::string text(TruncateUtf8(status.message(), kErrorBytesMax));
  // As gRPC's, if it could not send the call.
  if (text.empty()) text = absl::StatusCodeToString(status.code());
  if (context.json) {
    std::fprintf(stderr, "{\"error\":\"%s\",\"exit_code\":%d}\n",
                 JsonText(text).c_str(), code);
  } else {
    std::fprintf(stderr, "minga: %s\n", text.c_str());
  }
  return code;
}

}  // namespace

int RunCli(int argc, char** argv) {
  Context context;
  CLI::App app(kAbout, "minga");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  app.option_defaults()->always_capture_default();
  context.data_dir = "/var/lib/minga";
  app.add_option("--data", context.data_dir, "The node's data folder")
      ->envname("MINGA_DATA");
  app.add_flag("--json", context.json, "Answer in JSON, one object a line");
  app.set_version_flag("--version", MINGA_VERSION);

  AddNodeCommands(app, context);
  AddImportCommand(app, context);
  AddRecordCommands(app, context);
  AddPeerCommands(app, context);
  AddKeysCommands(app, context);
  AddMouCommands(app, context);
  AddPolicyCommands(app, context);
  AddAnonymityCommands(app, context);
  AddPersonCommands(app, context);
  AddAuditCommands(app, context);
  AddBackupCommand(app, context);
  AddRestoreCommand(app, context);
  AddReconcileCommand(app, context);

  // The one place where a library of ours throws: CLI11 on a wrong word.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  if (!context.run) return kUsage;
  const absl::Status status = context.run();
  return status.ok() ? context.exit_code : Fail(context, status);
}

}  // namespace minga::cli
