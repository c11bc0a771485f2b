#include "node/cli/anonymity_words.h"

#include <iterator>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/cli/output.h"

namespace minga::cli {
namespace {

struct StepWords {
  absl::string_view field;
  int steps;
  absl::string_view text;
};

// What the built-in hierarchies of a profile show before nothing
// (node/exchange/generalise.h).
constexpr StepWords kSteps[] = {
    {"occupations", 1, "occupation: 3 digits"},
    {"occupations", 2, "occupation: 2 digits"},
    {"occupations", 3, "occupation: 1 digit"},
    {"experience", 1, "experience: brackets of years"},
    {"education", 1, "education: bands of levels"},
    {"region", 1, "region: the country only"},
    {"mobility", 1, "mobility: whether at all"},
    {"availability", 1, "availability: month and brackets"},
};

absl::string_view NounOf(absl::string_view field) {
  return field == "occupations" ? "occupation" : field;
}

// The step in words; "" if nothing is shown on it.
std::string LevelText(const v1::RungLevel& level) {
  // The last step of these says nothing.
  const bool silent =
      (level.field() == "occupations" && level.steps() == 4) ||
      ((level.field() == "experience" || level.field() == "education" ||
        level.field() == "region") &&
       level.steps() == 2);
  if (level.suppress() || silent) return "";
  for (const StepWords& step : kSteps) {
    if (step.field == level.field() && step.steps == level.steps()) {
      return std::string(step.text);
    }
  }
  return absl::StrCat(NounOf(level.field()), ": ", level.steps(), " steps");
}

// What no profile shows anyway.
bool NeverLeaves(absl::string_view field) {
  return absl::StartsWith(field, "identity.") ||
         absl::StartsWith(field, "sensitive.") || field == "free_text";
}

std::string Loss(double loss) { return absl::StrFormat("%.3f", loss); }

std::string Percent(std::int64_t part, std::int64_t all) {
  if (all == 0) return "0%";
  return absl::StrFormat(
      "%.1f%%", 100 * static_cast<double>(part) / static_cast<double>(all));
}

std::string Risk(double risk) { return absl::StrFormat("%.4f", risk); }

std::int64_t ShownOf(
    const google::protobuf::RepeatedPtrField<v1::RungCount>& counts) {
  std::int64_t shown = 0;
  for (const v1::RungCount& count : counts) shown += count.shown();
  return shown;
}

std::string People(std::int64_t people) {
  return absl::StrCat(Grouped(people), people == 1 ? " person" : " people");
}

std::string ReleaseText(const v1::Ladder& ladder) {
  std::string text = absl::StrCat("new people are shown ",
                                  ladder.release() == v1::RELEASE_RHYTHM_DAILY
                                      ? "once a day, all together"
                                      : "as soon as there are "
                                        "enough",
                                  "; an epoch ends ");
  absl::StrAppend(&text,
                  ladder.epoch_days() == 0
                      ? std::string("by command only")
                      : absl::StrCat("after ", ladder.epoch_days(), " days"));
  return text;
}

std::string ClassText(const v1::PlanLadderResponse& plan) {
  const std::int32_t margin = plan.ladder().release_margin();
  if (margin == 0) return absl::StrCat("classes of at least ", plan.min_k());
  return absl::StrCat("classes of at least ", plan.min_k() + margin, " (k ",
                      plan.min_k(), " and a margin of ", margin, ")");
}

}  // namespace

std::string RungText(const v1::Rung& rung) {
  std::vector<std::string> parts;
  std::vector<std::string> hidden;
  for (const v1::RungLevel& level : rung.levels()) {
    if (NeverLeaves(level.field())) continue;
    std::string text = LevelText(level);
    if (text.empty()) {
      hidden.emplace_back(NounOf(level.field()));
    } else {
      parts.push_back(std::move(text));
    }
  }
  if (!hidden.empty()) {
    parts.push_back(absl::StrCat("not shown: ", absl::StrJoin(hidden, ", ")));
  }
  return parts.empty() ? "nothing" : absl::StrJoin(parts, "; ");
}

std::string LadderTable(
    const v1::Ladder& ladder,
    const google::protobuf::RepeatedPtrField<v1::RungCount>& counts,
    bool with_loss) {
  std::vector<std::string> header = {"RUNG", "PEOPLE", "CLASSES"};
  if (with_loss) header.push_back("LOSS");
  header.push_back("SHOWN MORE COARSELY THAN THE POLICY PERMITS");
  Table table(header);
  for (int i = 0; i < ladder.rungs_size(); ++i) {
    const v1::RungCount count = i < counts.size() ? counts[i] : v1::RungCount();
    std::vector<std::string> row = {absl::StrCat(i + 1), Grouped(count.shown()),
                                    Grouped(count.classes())};
    if (with_loss) row.push_back(Loss(count.loss()));
    row.push_back(RungText(ladder.rungs(i)));
    table.Add(std::move(row));
  }
  return table.ToString();
}

std::string PlanText(const v1::PlanLadderResponse& plan,
                     absl::string_view peer) {
  const std::int64_t shown = ShownOf(plan.rungs());
  const std::int64_t in_force = ShownOf(plan.rungs_in_force());
  std::string text = absl::StrCat(
      LadderTable(plan.ladder(), plan.rungs(), true), "\n", Grouped(shown),
      " of ", People(plan.people()), " (", Percent(shown, plan.people()),
      ") would be shown to ", peer, ", in ", ClassText(plan), "; ",
      Grouped(plan.hidden()), " wait.\n");
  absl::StrAppend(&text, "Mean loss ", Loss(plan.loss()),
                  " (0: all that the policy permits is shown; 1: nothing is).\n"
                  "The ladder in force would show ",
                  Grouped(in_force), " of the same people, ",
                  Grouped(plan.hidden_in_force()), " wait, mean loss ",
                  Loss(plan.loss_in_force()), ".\n");
  if (plan.not_shared() > 0) {
    absl::StrAppend(&text, People(plan.not_shared()),
                    " more: the policy does not let ", peer, " see them.\n");
  }
  if (plan.mixed_k()) {
    absl::StrAppend(&text,
                    "Rules ask for classes of different sizes: the largest was "
                    "planned for.\n");
  }
  return text;
}

std::string ShowText(const v1::ShowLadderResponse& shown,
                     absl::string_view peer) {
  std::string text = LadderTable(shown.ladder(), shown.rungs(), false);
  absl::StrAppend(&text, "\n", Grouped(ShownOf(shown.rungs())),
                  " people are shown to ", peer, ", ", Grouped(shown.waiting()),
                  " wait for others who look like them.\n",
                  shown.built_in()
                      ? "The built-in ladder is in force; `minga anonymity "
                        "plan` looks for a better one.\n"
                      : "",
                  "Epoch ", shown.epoch());
  if (shown.epoch() > 0) {
    absl::StrAppend(&text, " began on ", shown.epoch_began());
  }
  absl::StrAppend(
      &text, "; ", ReleaseText(shown.ladder()), "; a class is shown ", "with ",
      shown.ladder().release_margin(), " more people than it must keep.\n");
  if (shown.changing()) {
    absl::StrAppend(
        &text,
        "The epoch is changing: people are withdrawn and then shown "
        "anew.\n");
  }
  return text;
}

std::string VerifyText(const v1::VerifyAnonymityResponse& check,
                       absl::string_view peer) {
  std::string text = absl::StrCat(
      People(check.profiles()), " shown to ", peer, " in ",
      Grouped(check.classes()), " classes; the smallest has ",
      Grouped(check.smallest_class()), ", k is ", check.min_k(), "\n");
  if (check.changing() > 0) {
    absl::StrAppend(&text, Grouped(check.changing()),
                    " more are being changed and were not looked at: verify "
                    "again when that is done\n");
  }
  for (const std::string& violation : check.violations()) {
    absl::StrAppend(&text, "WRONG: ", violation, "\n");
  }
  if (check.violations_total() > check.violations_size()) {
    absl::StrAppend(&text, "and ",
                    Grouped(check.violations_total() - check.violations_size()),
                    " more\n");
  }
  absl::StrAppend(
      &text, "risk of being recognised, 0 to 1 (El Emam 2013):\n",
      "  prosecutor, who knows that a person is among them: at most ",
      Risk(check.prosecutor_max()), ", on average ",
      Risk(check.prosecutor_mean()), "\n");
  if (check.has_journalist_max()) {
    absl::StrAppend(&text, "  journalist, who knows the population: at most ",
                    Risk(check.journalist_max()), ", on average ",
                    Risk(check.journalist_mean()), "\n");
  } else {
    // Whoever looks in more people than are shown finds no more.
    absl::StrAppend(&text, "  journalist, who knows the population: not more; ",
                    "nobody has counted it here\n");
  }
  absl::StrAppend(
      &text, "  marketer, who wants as many as possible: share found ",
      Risk(check.marketer()), "\n",
      check.violations_total() > 0
          ? absl::StrCat(Grouped(check.violations_total()), " violations\n")
      : check.changing() > 0 ? "not all could be looked at\n"
                             : "nothing is wrong\n");
  return text;
}

std::string LadderFile(const v1::PlanLadderResponse& plan,
                       absl::string_view peer) {
  std::string text =
      "# A ladder for `minga anonymity activate`: ways of showing people, "
      "from\n"
      "# fine to coarse. Fields that a rung does not name are shown as the\n"
      "# policy permits. Planned on these people:\n#\n";
  for (const absl::string_view line :
       absl::StrSplit(PlanText(plan, peer), '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, "#   ", line, "\n");
  }
  return absl::StrCat(text, "\n", ToText(plan.ladder()));
}

}  // namespace minga::cli
