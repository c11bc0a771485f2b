// audit find, prove, verify-proof, stats, report: what auditors ask.
#ifndef MINGA_NODE_CLI_AUDIT_FIND_COMMANDS_H_
#define MINGA_NODE_CLI_AUDIT_FIND_COMMANDS_H_

namespace CLI {
class App;
}  // namespace CLI

namespace minga::cli {

struct Context;

// Adds them to the noun `audit`.
void AddAuditFindCommands(CLI::App& audit, Context& context);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_AUDIT_FIND_COMMANDS_H_
