#include "node/exchange/policy_diff_reasons.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "node/base/strings.h"
#include "node/exchange/judge.h"
#include "node/exchange/obligations.h"
#include "policy/schema.h"

namespace minga::exchange {
namespace {

using policy::Explanation;
using policy::Obligations;
using policy::RuleTrace;

bool SameRule(const RuleTrace& a, const RuleTrace& b) {
  return a.layer == b.layer && a.rule_id == b.rule_id && a.effect == b.effect;
}

bool Has(const Explanation& explanation, const RuleTrace& trace) {
  return std::any_of(
      explanation.deciding.begin(), explanation.deciding.end(),
      [&](const RuleTrace& other) { return SameRule(other, trace); });
}

// `pattern` as in a rule: a name, "group.*" or "*". No field: the whole record.
bool Covers(const std::vector<std::string>& patterns, absl::string_view field) {
  if (field.empty() || patterns.empty()) return true;
  return std::any_of(patterns.begin(), patterns.end(),
                     [field](absl::string_view pattern) {
                       if (pattern == "*" || pattern == field) return true;
                       return absl::ConsumeSuffix(&pattern, "*") &&
                              absl::StartsWith(field, pattern);
                     });
}

std::string Cited(const RuleTrace& trace) {
  if (trace.citations.empty()) return trace.rule_id;
  const policy::Citation& citation = trace.citations.front();
  return absl::StrCat(trace.rule_id, ": ", citation.statute,
                      citation.article.empty() ? "" : " ", citation.article);
}

// Why one change happened: the rules that came, went or are other now.
class Reasons {
 public:
  Reasons(const Reasoned& before, const Reasoned& after,
          const RuleBook& old_rules, const RuleBook& new_rules)
      : before_(before.explanation),
        after_(after.explanation),
        old_rules_(old_rules),
        new_rules_(new_rules) {}

  // Of something that is told now and was not.
  std::string OfMore(absl::string_view field) const {
    std::string text = Came(field, &RuleTrace::permits);
    if (text.empty()) text = Went(field, &RuleTrace::forbids);
    if (text.empty()) text = Other(field);
    if (!text.empty()) return text;
    return Short(absl::StrCat("no longer ", before_.summary));
  }

  std::string OfLess(absl::string_view field) const {
    std::string text = Came(field, &RuleTrace::forbids);
    if (text.empty()) text = Went(field, &RuleTrace::permits);
    if (text.empty()) text = Other(field);
    return text.empty() ? Short(after_.summary) : text;
  }

  std::string OfObligations() const {
    const auto binds = [](const RuleTrace& trace) { return !trace.forbids(); };
    std::string text = Came("", binds);
    if (text.empty()) text = Went("", binds);
    return text.empty() ? Other("") : text;
  }

 private:
  template <typename Wanted>
  std::string Came(absl::string_view field, const Wanted& wanted) const {
    return Listed(after_, "", [&](const RuleTrace& trace) {
      return std::invoke(wanted, trace) && !Has(before_, trace) &&
             About(new_rules_, trace, field);
    });
  }

  template <typename Wanted>
  std::string Went(absl::string_view field, const Wanted& wanted) const {
    return Listed(before_, "no longer ", [&](const RuleTrace& trace) {
      return std::invoke(wanted, trace) && !Has(after_, trace) &&
             About(old_rules_, trace, field);
    });
  }

  std::string Other(absl::string_view field) const {
    return Listed(after_, "changed ", [&](const RuleTrace& trace) {
      const RuleBook::Entry* const was = old_rules_.Find(trace);
      const RuleBook::Entry* const is = new_rules_.Find(trace);
      return was != nullptr && is != nullptr && was->bytes != is->bytes &&
             (About(old_rules_, trace, field) ||
              About(new_rules_, trace, field));
    });
  }

  static bool About(const RuleBook& rules, const RuleTrace& trace,
                    absl::string_view field) {
    const RuleBook::Entry* const rule = rules.Find(trace);
    return rule == nullptr || Covers(rule->fields, field);
  }

  template <typename Wanted>
  static std::string Listed(const Explanation& explanation,
                            absl::string_view prefix, const Wanted& wanted) {
    std::string text;
    for (const RuleTrace& trace : explanation.deciding) {
      if (!wanted(trace)) continue;
      absl::StrAppend(&text, text.empty() ? prefix : "; ", Cited(trace));
    }
    return Short(text);
  }

  static std::string Short(absl::string_view text) {
    return CutExplanation(text);
  }

  const Explanation& before_;
  const Explanation& after_;
  const RuleBook& old_rules_;
  const RuleBook& new_rules_;
};

std::string DayText(absl::CivilDay day) {
  return day == absl::CivilDay::max() ? "" : FormatDay(day);
}

std::string NumberText(int number, int none) {
  return number == none ? "" : absl::StrCat(number);
}

std::string FlagText(bool flag) { return flag ? "yes" : ""; }

std::string TransformsText(const Obligations& obligations,
                           const policy::KindSchema& schema) {
  std::string text;
  for (const policy::Transform& transform : obligations.transforms) {
    const char* name = "through the PES only";
    switch (transform.operation) {
      case policy::Transform::Operation::kRoundToDay:
        name = "rounded to the day";
        break;
      case policy::Transform::Operation::kTruncateText:
        name = "cut";
        break;
      case policy::Transform::Operation::kThroughPesOnly:
        break;
    }
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    transform.field < schema.fields.size()
                        ? schema.fields[transform.field].name
                        : "",
                    " ", name);
    if (transform.max_characters > 0) {
      absl::StrAppend(&text, " at ", transform.max_characters);
    }
  }
  return text;
}

// (name, value) of each obligation, "" if it is not asked for; the same names
// in the same order for all.
std::vector<std::pair<std::string, std::string>> Listed(
    const Obligations& o, const policy::KindSchema& schema) {
  return {{"min_k", NumberText(o.min_k, 0)},
          {"min_l", NumberText(o.min_l, 0)},
          {"retention_days", NumberText(o.retention_days, 0)},
          {"retention_until", DayText(o.retention_until)},
          {"erase_within_hours", NumberText(o.erase_within_hours, 0)},
          {"breach_notice_hours", NumberText(o.breach_notice_hours, 0)},
          {"national_first_days", NumberText(o.national_first_days, 0)},
          {"fee_percent_max", NumberText(o.fee_percent_max, -1)},
          {"notify_person", FlagText(o.notify_person)},
          {"no_onward_transfer", FlagText(o.no_onward_transfer)},
          {"hold_for_officer", FlagText(o.hold_for_officer)},
          {"notice", absl::StrJoin(o.notices, " | ")},
          {"transform", TransformsText(o, schema)}};
}

std::string ObligationText(const std::pair<std::string, std::string>& item) {
  return std::string(TruncateUtf8(
      absl::StrCat(item.first, " ", item.second.empty() ? "none" : item.second),
      kExplanationBytesMax));
}

// "kept back (national-first), co.first: Ley ...".
std::string KeptText(absl::string_view what, absl::string_view kept,
                     const Reasons& reasons) {
  std::string rules = reasons.OfObligations();
  // A release may end because less is forbidden, without a new duty.
  if (rules.empty() && kept == kReasonHeld) rules = reasons.OfMore("");
  return std::string(TruncateUtf8(
      absl::StrCat(what, " (", kept, ")", rules.empty() ? "" : ", ", rules),
      kExplanationBytesMax));
}

Difference Whole(RecordKind kind, ViewChange change, std::string reason) {
  Difference difference;
  difference.kind = kind;
  difference.change = change;
  difference.reason = std::move(reason);
  return difference;
}

}  // namespace

RuleBook::RuleBook(const policy::PolicySources& sources) {
  Add(policy::Layer::kNational, sources.national);
  for (const policy::DocumentSource& document : sources.overrides) {
    Add(policy::Layer::kOverride, document);
  }
}

void RuleBook::Add(policy::Layer layer,
                   const policy::DocumentSource& document) {
  v1::PolicyDocument parsed;
  // It has been loaded, so it parses; nothing else would be known of it.
  if (!google::protobuf::TextFormat::ParseFromString(document.text, &parsed)) {
    return;
  }
  const auto& rules = layer == policy::Layer::kNational
                          ? parsed.national_policy().rules()
                          : parsed.node_override().rules();
  for (const v1::Rule& rule : rules) {
    rules_[{layer, rule.id()}] = {rule.SerializeAsString(),
                                  {rule.fields().begin(), rule.fields().end()}};
  }
}

const RuleBook::Entry* RuleBook::Find(const RuleTrace& trace) const {
  const auto found = rules_.find({trace.layer, trace.rule_id});
  return found == rules_.end() ? nullptr : &found->second;
}

std::vector<Difference> Compare(RecordKind kind, const Reasoned& before,
                                const Reasoned& after,
                                const RuleBook& old_rules,
                                const RuleBook& new_rules) {
  const Reasons reasons(before, after, old_rules, new_rules);
  if (!before.shown() && !after.shown()) return {};
  if (!before.shown()) {
    return {Whole(kind, ViewChange::kReleased,
                  before.decision.permitted
                      ? KeptText("no longer kept back", before.kept, reasons)
                      : reasons.OfMore(""))};
  }
  if (!after.shown()) {
    return {Whole(
        kind, ViewChange::kWithdrawn,
        after.decision.permitted
            ? KeptText(after.kept == kReasonHeld ? "would wait for an officer"
                                                 : "kept back",
                       after.kept, reasons)
            : reasons.OfLess(""))};
  }
  const policy::Decision& old = before.decision;
  const policy::Decision& now = after.decision;
  std::vector<Difference> differences;
  const policy::KindSchema& schema = policy::SchemaOf(kind);
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    if (old.levels[i] == now.levels[i]) continue;
    const bool finer = now.levels[i] > old.levels[i];
    const absl::string_view field = schema.fields[i].name;
    Difference difference =
        Whole(kind, finer ? ViewChange::kFiner : ViewChange::kCoarser,
              finer ? reasons.OfMore(field) : reasons.OfLess(field));
    difference.field = std::string(field);
    difference.before = old.levels[i].ToString();
    difference.after = now.levels[i].ToString();
    differences.push_back(std::move(difference));
  }
  const auto old_duties = Listed(old.obligations, schema);
  const auto new_duties = Listed(now.obligations, schema);
  for (std::size_t i = 0; i < old_duties.size(); ++i) {
    if (old_duties[i].second == new_duties[i].second) continue;
    Difference difference =
        Whole(kind, ViewChange::kObligations, reasons.OfObligations());
    difference.before = ObligationText(old_duties[i]);
    difference.after = ObligationText(new_duties[i]);
    differences.push_back(std::move(difference));
  }
  return differences;
}

}  // namespace minga::exchange
