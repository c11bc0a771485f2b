// What the files of `minga anonymity` share. Each Add function adds some of its
// verbs.
#ifndef MINGA_NODE_CLI_ANONYMITY_COMMANDS_H_
#define MINGA_NODE_CLI_ANONYMITY_COMMANDS_H_

namespace CLI {
class App;
}

namespace minga::cli {

struct Context;

// file: without a daemon.
void AddAnonymityFile(CLI::App& anonymity, Context& context);
// plan, show, activate, epoch, verify.
void AddAnonymityNode(CLI::App& anonymity, Context& context);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_ANONYMITY_COMMANDS_H_
