// anonymity file: generalises a table as a node would, without one, so that
// anybody can compare the results with those of other programs.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/cli/anonymity_commands.h"
#include "node/cli/anonymity_report.h"
#include "node/cli/anonymity_table.h"
#include "node/cli/context.h"
#include "policy/anonymity/ladder.h"
#include "policy/anonymity/search.h"

namespace minga::cli {
namespace {

namespace an = policy::anonymity;

// "age=1,sex=0" as levels.
absl::StatusOr<an::Levels> FinestOf(
    const std::string& text, const std::vector<an::Hierarchy>& hierarchies) {
  an::Levels finest(hierarchies.size());
  for (const absl::string_view word :
       absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(word, absl::MaxSplits('=', 1));
    const auto found =
        std::find_if(hierarchies.begin(), hierarchies.end(),
                     [&](const auto& h) { return h.name() == parts.first; });
    int level = 0;
    if (found == hierarchies.end() || !absl::SimpleAtoi(parts.second, &level)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--finest: expected COLUMN=LEVEL of a column with a "
                       "hierarchy, found `",
                       Printable(word, 80), "`"));
    }
    finest[static_cast<std::size_t>(found - hierarchies.begin())] = level;
  }
  return finest;
}

absl::Status Search(const FileOptions& options, Outcome& outcome) {
  MINGA_ASSIGN_OR_RETURN(an::Levels finest,
                         FinestOf(options.finest, outcome.hierarchies));
  const auto k = static_cast<std::uint32_t>(options.k);
  const absl::Time start = absl::Now();
  if (options.ladder) {
    MINGA_ASSIGN_OR_RETURN(
        outcome.ladder,
        an::PlanLadder(outcome.hierarchies, outcome.histogram, {k, finest}));
    for (const an::Rung& rung : outcome.ladder->rungs) {
      outcome.rungs.push_back(rung.levels);
    }
    outcome.loss = outcome.ladder->loss;
  } else {
    an::Aim aim;
    aim.k = k;
    aim.suppression_limit = options.suppression;
    aim.finest = std::move(finest);
    MINGA_ASSIGN_OR_RETURN(
        outcome.one,
        an::FindGeneralisation(outcome.hierarchies, outcome.histogram, aim));
    outcome.rungs = {outcome.one->levels};
    outcome.loss = outcome.one->loss;
  }
  outcome.took = absl::Now() - start;
  outcome.standing =
      an::StandOn(outcome.hierarchies, outcome.histogram, k, outcome.rungs);
  return absl::OkStatus();
}

// Before and after; with a population if there is one.
absl::Status Measure(const FileOptions& options, Outcome& outcome) {
  std::vector<std::uint64_t> before;
  for (std::size_t i = 0; i < outcome.histogram.size(); ++i) {
    before.push_back(outcome.histogram.Count(i));
  }
  std::vector<std::uint64_t> after;
  for (const an::ShownClass& one : outcome.standing.classes) {
    after.push_back(one.records);
  }
  outcome.before = an::MeasureRisks(before);
  outcome.after = an::MeasureRisks(after);
  outcome.at_risk_before = an::ShareAtRisk(before, options.threshold);
  outcome.at_risk_after = an::ShareAtRisk(after, options.threshold);
  if (options.population.empty()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const TableFile table,
                         OpenTable(options.population, options.separator));
  MINGA_ASSIGN_OR_RETURN(const an::Histogram people,
                         ReadTable(table, outcome.hierarchies));
  // As they are: each tuple is a class on a rung of the finest levels.
  const std::vector<an::Levels> raw = {an::Levels(outcome.hierarchies.size())};
  outcome.before = an::MeasureRisks(an::CountPopulation(
      outcome.hierarchies, outcome.histogram,
      an::StandOn(outcome.hierarchies, outcome.histogram, 1, raw), raw,
      people));
  outcome.after = an::MeasureRisks(
      an::CountPopulation(outcome.hierarchies, outcome.histogram,
                          outcome.standing, outcome.rungs, people));
  return absl::OkStatus();
}

absl::Status Run(Context& context, const FileOptions& options) {
  if (options.data == "-" || options.out == "-") {
    return absl::InvalidArgumentError(
        "anonymity file: needs files: the table is read more than once");
  }
  std::error_code unknown;
  if (!options.out.empty() &&
      std::filesystem::equivalent(options.data, options.out, unknown)) {
    return absl::InvalidArgumentError(
        "--out: is the table itself, which would be lost");
  }
  // NaN is in no range.
  if (!(options.threshold >= 0 && options.threshold <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--threshold: must be in 0..1, is `", options.threshold, "`"));
  }
  MINGA_ASSIGN_OR_RETURN(const TableFile table,
                         OpenTable(options.data, options.separator));
  Outcome outcome;
  MINGA_ASSIGN_OR_RETURN(
      outcome.hierarchies,
      ReadHierarchies(options.hierarchies, options.folder, table));
  MINGA_ASSIGN_OR_RETURN(outcome.histogram,
                         ReadTable(table, outcome.hierarchies));
  MINGA_RETURN_IF_ERROR(Search(options, outcome));
  MINGA_RETURN_IF_ERROR(Measure(options, outcome));
  if (!options.out.empty()) {
    MINGA_RETURN_IF_ERROR(WriteShown(table,
                                     {outcome.hierarchies, outcome.histogram,
                                      outcome.standing, outcome.rungs},
                                     options.keep, options.out));
  }
  context.Print(ReportText(options, outcome), ReportJson(options, outcome));
  return absl::OkStatus();
}

constexpr char kFooter[] =
    "Reads tables and hierarchies as ARX writes them (`value;level1;...`, a\n"
    "line for each value; deploy/anonymity/README.md), plain or gzip. Columns\n"
    "with a hierarchy are the quasi-identifiers: what others may know of a\n"
    "person. All values of one are shown at the same level, so that each\n"
    "record looks like k - 1 others at least and as little as possible is\n"
    "lost; with --ladder on several rungs, from fine to coarse.\n"
    "Exit codes: 0 done; 2 usage; 3 a file has errors; 4 no such file, or not\n"
    "even the coarsest levels are enough; 9 too many values or a full disk.";

}  // namespace

void AddAnonymityFile(CLI::App& anonymity, Context& context) {
  auto options = std::make_shared<FileOptions>();
  CLI::App* file = anonymity.add_subcommand(
      "file", "Try it on a table of your own, without a node");
  file->add_option("--data", options->data,
                   "The table; its first line names the columns")
      ->required();
  file->add_option("--hierarchy", options->hierarchies,
                   "COLUMN=FILE, as often as there are columns")
      ->take_all();
  file->add_option("--hierarchies", options->folder,
                   "Folder with hierarchies for columns of these names");
  file->add_option("--k", options->k, "Records that look the same, at least")
      ->check(CLI::Range(1, 1'000'000));
  file->add_option("--suppression", options->suppression,
                   "Share of records that may be left out")
      ->check(CLI::Range(0.0, 1.0));
  file->add_option("--finest", options->finest,
                   "Finest levels that are permitted: COLUMN=LEVEL,...");
  file->add_option("--population", options->population,
                   "A table of everybody the records were taken from");
  file->add_option("--out", options->out, "Write what is shown to this file");
  file->add_option("--keep", options->keep,
                   "Columns to write as they are (with --out)")
      ->delimiter(',');
  file->add_option("--separator", options->separator,
                   "Between cells; without: `;`, a tab or `,`, whichever is in "
                   "the first line");
  file->add_option("--threshold", options->threshold,
                   "Count the records at a higher prosecutor risk than this")
      ->check(CLI::Range(0.0, 1.0));
  file->add_flag("--ladder", options->ladder, "Plan several rungs");
  file->footer(kFooter);
  file->callback([options, &context] {
    context.run = [options, &context] { return Run(context, *options); };
  });
}

}  // namespace minga::cli
