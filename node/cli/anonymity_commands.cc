#include "node/cli/anonymity_commands.h"

#include <CLI/CLI.hpp>

#include "node/cli/commands.h"

namespace minga::cli {

void AddAnonymityCommands(CLI::App& app, Context& context) {
  CLI::App* anonymity = app.add_subcommand(
      "anonymity", "How people are shown so that nobody is recognised");
  anonymity->require_subcommand(1);
  AddAnonymityNode(*anonymity, context);
  AddAnonymityFile(*anonymity, context);
}

}  // namespace minga::cli
