// The command line: `minga <noun> <verb>`.
#ifndef MINGA_NODE_CLI_CLI_H_
#define MINGA_NODE_CLI_CLI_H_

namespace minga::cli {

// Parses, runs and prints; returns the exit code (exit_code.h).
int RunCli(int argc, char** argv);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_CLI_H_
