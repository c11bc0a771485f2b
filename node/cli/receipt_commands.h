#ifndef MINGA_NODE_CLI_RECEIPT_COMMANDS_H_
#define MINGA_NODE_CLI_RECEIPT_COMMANDS_H_

namespace CLI {
class App;
}  // namespace CLI

namespace minga::cli {

struct Context;

// `peer receipts` and `peer rejections`, below `peer`.
void AddReceiptCommands(CLI::App& peer, Context& context);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_RECEIPT_COMMANDS_H_
