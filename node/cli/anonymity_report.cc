#include "node/cli/anonymity_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "node/base/strings.h"
#include "node/cli/output.h"

namespace minga::cli {
namespace {

namespace an = policy::anonymity;

// Of those who stay hidden, so many are printed.
constexpr std::size_t kHiddenPrinted = 10;
constexpr std::size_t kCellBytesPrinted = 40;

// A record that is shown, of those whom fewest others look like before: what
// becomes of it tells most.
std::optional<std::size_t> Example(const Outcome& outcome) {
  std::optional<std::size_t> rarest;
  for (std::size_t i = 0; i < outcome.histogram.size(); ++i) {
    if (outcome.standing.class_of[i] == an::Standing::kHidden) continue;
    if (!rarest.has_value() ||
        outcome.histogram.Count(i) < outcome.histogram.Count(*rarest)) {
      rarest = i;
    }
  }
  return rarest;
}

std::string Cell(const an::Hierarchy& hierarchy, int level, an::ValueId value) {
  return Printable(hierarchy.Label(level, hierarchy.Generalise(level, value)),
                   kCellBytesPrinted);
}

// The quasi-identifiers with their levels on each rung, and one record before
// and after.
std::string LevelsText(const Outcome& outcome) {
  const std::optional<std::size_t> example = Example(outcome);
  std::vector<std::string> header = {"quasi-identifier"};
  for (std::size_t r = 0; r < outcome.rungs.size(); ++r) {
    header.push_back(outcome.ladder.has_value() ? absl::StrCat("rung ", r + 1)
                                                : "level");
  }
  header.insert(header.end(), {"of", "a rare record", "is shown as"});
  Table table(header);
  for (std::size_t a = 0; a < outcome.hierarchies.size(); ++a) {
    const an::Hierarchy& hierarchy = outcome.hierarchies[a];
    std::vector<std::string> row = {Printable(hierarchy.name(), 80)};
    for (const an::Levels& levels : outcome.rungs) {
      row.push_back(absl::StrCat(levels[a]));
    }
    row.push_back(absl::StrCat(hierarchy.levels() - 1));
    if (example.has_value()) {
      const an::ValueId value = outcome.histogram.Tuple(*example)[a];
      const std::size_t rung =
          outcome.standing.classes[outcome.standing.class_of[*example]].rung;
      row.push_back(Cell(hierarchy, 0, value));
      row.push_back(Cell(hierarchy, outcome.rungs[rung][a], value));
    }
    table.Add(std::move(row));
  }
  return table.ToString();
}

std::string Count(std::uint64_t number) {
  return Grouped(static_cast<std::int64_t>(number));
}

std::string Ratio(double ratio) { return absl::StrFormat("%.4f", ratio); }

std::string RisksText(const FileOptions& options, const Outcome& outcome) {
  const an::Risks& before = outcome.before;
  const an::Risks& after = outcome.after;
  Table table({"", "before", "after"});
  table.Add({"records shown", Count(before.records), Count(after.records)});
  table.Add({"left out", "0", Count(outcome.standing.hidden)});
  table.Add({"classes (records that look the same)", Count(before.classes),
             Count(after.classes)});
  table.Add({"smallest class", Count(before.smallest), Count(after.smallest)});
  table.Add(
      {"information lost (0 nothing, 1 all)", Ratio(0), Ratio(outcome.loss)});
  table.Add({"prosecutor risk, record worst off", Ratio(before.prosecutor_max),
             Ratio(after.prosecutor_max)});
  table.Add({"prosecutor risk, mean", Ratio(before.prosecutor_mean),
             Ratio(after.prosecutor_mean)});
  table.Add({absl::StrCat("records at a risk above ", options.threshold),
             absl::StrFormat("%.1f%%", outcome.at_risk_before * 100),
             absl::StrFormat("%.1f%%", outcome.at_risk_after * 100)});
  if (!options.population.empty()) {
    table.Add({"journalist risk, record worst off",
               Ratio(before.journalist_max.value_or(0)),
               Ratio(after.journalist_max.value_or(0))});
    table.Add({"journalist risk, mean",
               Ratio(before.journalist_mean.value_or(0)),
               Ratio(after.journalist_mean.value_or(0))});
  }
  table.Add({"marketer risk", Ratio(before.marketer), Ratio(after.marketer)});
  return table.ToString();
}

std::string RungsText(const Outcome& outcome) {
  Table table({"rung", "records", "classes", "information lost"});
  for (std::size_t r = 0; r < outcome.ladder->rungs.size(); ++r) {
    const an::Rung& rung = outcome.ladder->rungs[r];
    table.Add({absl::StrCat(r + 1), Count(rung.shown), Count(rung.classes),
               Ratio(rung.loss)});
  }
  table.Add({"hidden", Count(outcome.ladder->hidden), "", "1"});
  return table.ToString();
}

// The values of those who are not shown.
std::vector<std::string> HiddenRecords(const Outcome& outcome) {
  std::vector<std::string> hidden;
  for (std::size_t i = 0; i < outcome.histogram.size(); ++i) {
    if (outcome.standing.class_of[i] != an::Standing::kHidden) continue;
    if (hidden.size() >= kHiddenPrinted) break;
    std::vector<std::string> cells;
    for (std::size_t a = 0; a < outcome.hierarchies.size(); ++a) {
      cells.push_back(
          Cell(outcome.hierarchies[a], 0, outcome.histogram.Tuple(i)[a]));
    }
    hidden.push_back(absl::StrCat(absl::StrJoin(cells, ", "), " (",
                                  outcome.histogram.Count(i), ")"));
  }
  return hidden;
}

using Json = google::protobuf::Struct;

void Set(Json& json, const std::string& name, double number) {
  (*json.mutable_fields())[name].set_number_value(number);
}

Json RisksJson(const an::Risks& risks, double at_risk) {
  Json json;
  Set(json, "records", static_cast<double>(risks.records));
  Set(json, "classes", static_cast<double>(risks.classes));
  Set(json, "smallest", static_cast<double>(risks.smallest));
  Set(json, "prosecutor_max", risks.prosecutor_max);
  Set(json, "prosecutor_mean", risks.prosecutor_mean);
  Set(json, "share_at_risk", at_risk);
  if (risks.journalist_max.has_value()) {
    Set(json, "journalist_max", *risks.journalist_max);
    Set(json, "journalist_mean", risks.journalist_mean.value_or(0));
  }
  Set(json, "marketer", risks.marketer);
  return json;
}

}  // namespace

std::string ReportText(const FileOptions& options, const Outcome& outcome) {
  std::string text = absl::StrCat(
      options.data, ": ", Count(outcome.histogram.records()), " records, ",
      outcome.hierarchies.size(), " quasi-identifiers, ",
      Count(outcome.histogram.size()),
      " different combinations of their values; k = ", options.k, "\n\n",
      LevelsText(outcome), "\n", RisksText(options, outcome), "\n");
  if (outcome.ladder.has_value()) {
    absl::StrAppend(&text, RungsText(outcome), "\n");
  } else {
    absl::StrAppend(&text, Count(outcome.one->lattice),
                    " ways to generalise; no other loses less; ",
                    Count(outcome.one->counted), " of them counted");
  }
  absl::StrAppend(
      &text, outcome.ladder.has_value() ? "planned" : "", " in ",
      absl::StrFormat("%.1f ms", absl::ToDoubleMilliseconds(outcome.took)),
      "\n");
  const std::vector<std::string> hidden = HiddenRecords(outcome);
  if (!hidden.empty()) absl::StrAppend(&text, "left out, for example:\n");
  for (const std::string& record : hidden) {
    absl::StrAppend(&text, "  ", record, "\n");
  }
  if (!options.out.empty()) {
    absl::StrAppend(&text, "written: ", options.out, "\n");
  }
  return text;
}

google::protobuf::Struct ReportJson(const FileOptions& options,
                                    const Outcome& outcome) {
  Json json;
  Set(json, "records", static_cast<double>(outcome.histogram.records()));
  Set(json, "distinct", static_cast<double>(outcome.histogram.size()));
  Set(json, "k", options.k);
  Set(json, "loss", outcome.loss);
  Set(json, "left_out", static_cast<double>(outcome.standing.hidden));
  Set(json, "milliseconds", absl::ToDoubleMilliseconds(outcome.took));
  if (outcome.one.has_value()) {
    Set(json, "lattice", static_cast<double>(outcome.one->lattice));
    Set(json, "counted", static_cast<double>(outcome.one->counted));
  }
  auto& fields = *json.mutable_fields();
  *fields["before"].mutable_struct_value() =
      RisksJson(outcome.before, outcome.at_risk_before);
  *fields["after"].mutable_struct_value() =
      RisksJson(outcome.after, outcome.at_risk_after);
  auto& rungs = *fields["rungs"].mutable_list_value();
  for (std::size_t r = 0; r < outcome.rungs.size(); ++r) {
    Json& rung = *rungs.add_values()->mutable_struct_value();
    Json& levels = *(*rung.mutable_fields())["levels"].mutable_struct_value();
    for (std::size_t a = 0; a < outcome.hierarchies.size(); ++a) {
      Set(levels, outcome.hierarchies[a].name(), outcome.rungs[r][a]);
    }
    if (!outcome.ladder.has_value()) continue;
    const an::Rung& of = outcome.ladder->rungs[r];
    Set(rung, "shown", static_cast<double>(of.shown));
    Set(rung, "classes", static_cast<double>(of.classes));
    Set(rung, "loss", of.loss);
  }
  auto& hidden = *fields["left_out_examples"].mutable_list_value();
  for (const std::string& record : HiddenRecords(outcome)) {
    hidden.add_values()->set_string_value(record);
  }
  return json;
}

}  // namespace minga::cli
