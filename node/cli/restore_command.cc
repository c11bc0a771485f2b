// restore.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "minga/v1/admin.pb.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/random.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/config.h"
#include "node/restore.h"

namespace minga::cli {
namespace {

std::string Describe(const BackupReport& backup) {
  return absl::StrCat(
      "log of ", Grouped(static_cast<std::int64_t>(backup.log_entries)),
      " entries holds; ", Grouped(backup.own_records), " own records and ",
      Grouped(backup.received_records), " of peers; ",
      Grouped(backup.people_readable), " profiles can be read, ",
      Grouped(backup.people_erased), " were erased since and stay so\n");
}

v1::RestoreReport ToProto(const BackupReport& backup) {
  v1::RestoreReport report;
  report.set_log_entries(backup.log_entries);
  report.set_own_records(backup.own_records);
  report.set_received_records(backup.received_records);
  report.set_people_readable(backup.people_readable);
  report.set_people_erased(backup.people_erased);
  return report;
}

absl::Status Restore(Context& context, const std::string& file, bool verify) {
  const DataFolder folder{context.data_dir};
  MINGA_ASSIGN_OR_RETURN(const Config config, LoadConfig(folder));
  SystemRandom random;
  if (verify) {
    MINGA_ASSIGN_OR_RETURN(const BackupReport backup,
                           CheckBackup(folder, config, file, random));
    context.Print(absl::StrCat(file, ": ", Describe(backup)), ToProto(backup));
    return absl::OkStatus();
  }
  MINGA_ASSIGN_OR_RETURN(
      const RestoreReport report,
      RestoreBackup(folder, config, file, absl::Now(), random));
  v1::RestoreReport answer = ToProto(report.backup);
  answer.set_kept(report.kept);
  context.Print(
      absl::StrCat(
          file, " is in place: ", Describe(report.backup),
          report.kept.empty()
              ? ""
              : absl::StrCat("the database that was there is kept as ",
                             report.kept, "\n"),
          "next: start the daemon; `minga status` says what is left to do. Put "
          "everything of the national system again: what was put after the "
          "backup is not in it\n"),
      answer);
  return absl::OkStatus();
}

}  // namespace

void AddRestoreCommand(CLI::App& app, Context& context) {
  auto file = std::make_shared<std::string>();
  auto verify = std::make_shared<bool>(false);
  auto confirm = std::make_shared<bool>(false);
  CLI::App* restore = app.add_subcommand(
      "restore", "Put a backup in the place of the database (daemon stopped)");
  CLI::Option* from =
      restore->add_option("file", *file, "A file that `minga backup` made");
  restore->add_flag("--verify", *verify,
                    "Only check the backup; the daemon may run");
  CLI::Option* today = restore->add_flag(
      "--confirm", *confirm,
      "After a restore, at the running daemon: policies, agreements and peers "
      "are those of today, serve the peers again");
  today->excludes(from);
  restore->callback([file, verify, confirm, from, &context] {
    if (*confirm) {
      context.run = [&context] { return ConfirmRestore(context); };
      return;
    }
    if (from->count() == 0) throw CLI::RequiredError("file");
    context.run = [file, verify, &context] {
      return Restore(context, *file, *verify);
    };
  });
}

}  // namespace minga::cli
