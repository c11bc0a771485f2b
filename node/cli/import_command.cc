// import.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/put_rows.h"

namespace minga::cli {

void AddImportCommand(CLI::App& app, Context& context) {
  struct Options {
    ImportOptions import;
    std::string kind;
  };
  auto options = std::make_shared<Options>();
  CLI::App* import = app.add_subcommand(
      "import",
      "Import a CSV file by a mapping, or JSON Lines; .gz is read as it is");
  import->add_option("file", options->import.path, "The file")->required();
  import->add_option("--mapping", options->import.mapping,
                     "Mapping file (deploy/mappings); without it the file is "
                     "JSON Lines");
  import->add_option("--kind", options->kind,
                     "JSON Lines of bare records of this kind: vacancy, "
                     "profile");
  import->add_flag("--dry-run", options->import.dry_run,
                   "Read, validate, redact and decide, but store nothing");
  import->add_option("--report", options->import.report,
                     "Write every bad row with line and reason to this file");
  import->callback([options, &context] {
    context.run = [options, &context]() -> absl::Status {
      if (!options->kind.empty()) {
        MINGA_ASSIGN_OR_RETURN(options->import.bare_kind,
                               ParseKind(options->kind));
}
return PutRows(context, options->import);
};  // namespace minga::cli
});
}

}  // namespace minga::cli
