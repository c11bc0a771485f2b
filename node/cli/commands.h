// Each function adds one noun (or a few verbs) to the command line. A verb
// parses into variables of its own and sets Context::run.
#ifndef MINGA_NODE_CLI_COMMANDS_H_
#define MINGA_NODE_CLI_COMMANDS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace CLI {
class App;
}

namespace minga::rpc {
class AdminClient;
}

namespace minga::cli {

struct Context;

void AddNodeCommands(CLI::App& app, Context& context);    // init serve status
void AddRecordCommands(CLI::App& app, Context& context);  // put get search...
void AddImportCommand(CLI::App& app, Context& context);
void AddPeerCommands(CLI::App& app, Context& context);
// Verbs of the noun `peer`: update suspend resume remove left.
void AddPeerStandingCommands(CLI::App& peer, Context& context);
void AddKeysCommands(CLI::App& app, Context& context);
void AddMouCommands(CLI::App& app, Context& context);
void AddPolicyCommands(CLI::App& app, Context& context);
void AddAnonymityCommands(CLI::App& app, Context& context);
void AddPersonCommands(CLI::App& app, Context& context);  // consent erase
void AddAuditCommands(CLI::App& app, Context& context);
// Below `audit`; `verify` takes a folder instead of the own log.
void AddEvidenceCommands(CLI::App& audit, CLI::App& verify,
                         std::function<absl::Status()> verify_own_log,
                         Context& context);
void AddBackupCommand(CLI::App& app, Context& context);
void AddRestoreCommand(CLI::App& app, Context& context);
// peer reconcile; after AddPeerCommands.
void AddReconcileCommand(CLI::App& app, Context& context);

// `restore --confirm`.
absl::Status ConfirmRestore(Context& context);
// What is left to do after a restore, for `status`; empty if there was none.
std::string RecoveryText(rpc::AdminClient& node);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_COMMANDS_H_
