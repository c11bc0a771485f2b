#include "node/audit/report_prose.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "absl/time/time.h"
#include "node/audit/report_words.h"
#include "node/audit/terms.h"
#include "policy/level.h"
#include "policy/prose/words.h"
#include "policy/schema.h"

namespace minga::audit {
namespace {

using policy::prose::Words;

std::string TimeText(absl::Time at) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", at, absl::UTCTimeZone());
}

class Telling {
 public:
  Telling(const v1::ReportPersonResponse& report, const Words& words)
      : report_(report), words_(words) {}

  ReportProse Tell() {
    ReportProse prose;
    prose.language = std::string(words_.language());
    prose.title = Word("title");
    prose.facts = {
        Fact("person", report_.person()),
        Fact("by", absl::StrCat(report_.node(), ", ",
                                words_.CountryWithCode(report_.country()))),
        Fact("made", absl::StrCat(TimeText(absl::FromUnixSeconds(
                                      report_.made_at().seconds())),
                                  " UTC"))};
    if (report_.cut()) prose.facts.push_back(Word("cut"));
    prose.about = Word("about");
    for (const v1::PersonDisclosure& to : report_.disclosures()) {
      prose.sections.push_back(SectionOf(to));
    }
    if (prose.sections.empty()) prose.facts.push_back(Word("nothing"));
    if (report_.others_size() > 0) prose.sections.push_back(Others());
    prose.checkpoint_heading = Word("checkpoint");
    prose.checkpoint = report_.checkpoint();
    return prose;
  }

 private:
  std::string Word(absl::string_view key) const {
    return std::string(ReportWord(key, words_.language()));
  }
  std::string Fact(absl::string_view key, absl::string_view value) const {
    return absl::StrCat(Word(key), ": ", value);
  }

  std::string EntryText(const v1::FindResponse& found) const {
    return absl::Substitute(Word("entry"), found.place().index());
  }

  std::string ReasonText(const std::string& code) const {
    const std::string key = absl::StrCat("reason.", code);
    const std::string text = Word(key);
    return text == key ? code : text;
  }

  // "2026-11-22 10:00:00  The profile was allowed to be shown (entry 12)".
  std::string Heading(const v1::FindResponse& found) const {
    const v1::AuditEntry& entry = found.entry();
    std::string name = v1::AuditEvent_Name(entry.event());
    constexpr absl::string_view kPrefix = "AUDIT_EVENT_";
    if (absl::StartsWith(name, kPrefix)) name.erase(0, kPrefix.size());
    const std::string key = absl::StrCat("event.", name);
    const std::string text =
        absl::Substitute(Word(key), words_.CountryWithCode(entry.peer()));
    return absl::StrCat(TimeText(TimeOf(entry)), "  ",
                        text == key ? name : text, " (", EntryText(found), ")");
  }

  // "occupation: generalised ...", for what is shown at all.
  std::vector<std::string> Fields(const v1::Basis& basis) const {
    std::vector<std::string> fields;
    const auto& all = policy::SchemaOf(RecordKind::kProfile).fields;
    for (std::size_t i = 0; i < all.size() && i < basis.levels().size(); ++i) {
      const auto level = policy::Level::FromStored(
          static_cast<std::uint8_t>(basis.levels()[i]));
      if (level.suppressed()) continue;
      fields.push_back(absl::StrCat(words_.Field(all[i]), ": ",
                                    words_.LevelText(all[i], level)));
    }
    return fields;
  }

  std::string RuleText(const v1::CitedRule& rule) const {
    std::string law = rule.statute();
    if (!rule.article().empty()) absl::StrAppend(&law, ", ", rule.article());
    if (law.empty()) return rule.id();
    return absl::StrCat(law, " (", rule.id(), ")");
  }

  void TellBasis(const v1::AuditEntry& entry, const v1::Basis& basis,
                 std::vector<std::string>& lines) const {
    lines.push_back(Fact("why", ReasonText(basis.reason())));
    if (!basis.summary().empty()) lines.back() += "; " + basis.summary();
    for (const v1::CitedRule& rule : basis.rules()) {
      lines.push_back(Fact("under", RuleText(rule)));
      if (!rule.failed().empty()) {
        absl::StrAppend(&lines.back(), ": ", rule.failed());
      }
    }
    if (entry.event() != v1::AUDIT_EVENT_DECISION_PERMIT) return;
    lines.push_back(Fact(
        "purpose",
        words_.PurposeText(static_cast<policy::Purpose>(basis.purpose()))));
    for (const std::string& field : Fields(basis)) {
      lines.push_back(Fact("shown", field));
    }
    if (entry.k_observed() > 0) {
      lines.push_back(absl::Substitute(Word("alike"), entry.k_observed()));
    }
  }

  ReportProse::Item StepItem(const v1::PersonDisclosure::Step& step) const {
    const v1::FindResponse& found = step.found();
    ReportProse::Item item{Heading(found), {}};
    if (found.has_basis()) TellBasis(found.entry(), found.basis(), item.lines);
    if (found.entry().seq() == 0) return item;  // the peer is told nothing
    item.lines.push_back(Fact(
        "receipt", step.has_receipt()
                       ? absl::StrCat(TimeText(TimeOf(step.receipt().entry())),
                                      " (", EntryText(step.receipt()), ")")
                       : Word("receipt.none")));
    return item;
  }

  ReportProse::Section SectionOf(const v1::PersonDisclosure& to) const {
    ReportProse::Section section;
    section.heading =
        absl::Substitute(Word("to"), words_.CountryWithCode(to.peer()));
    for (const v1::PersonDisclosure::Step& step : to.steps()) {
      section.items.push_back(StepItem(step));
    }
    return section;
  }

  ReportProse::Section Others() const {
    ReportProse::Section section{Word("others"), {}};
    for (const v1::FindResponse& found : report_.others()) {
      section.items.push_back(
          {Heading(found), {Fact("actor", found.entry().actor())}});
    }
    return section;
  }

  const v1::ReportPersonResponse& report_;
  const Words& words_;
};

}  // namespace

absl::StatusOr<ReportProse> InWords(const v1::ReportPersonResponse& report,
                                    absl::string_view language) {
  const Words* const words = Words::Of(language);
  if (words == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("language: `", language, "` is not es, pt or en"));
  }
  return Telling(report, *words).Tell();
}

}  // namespace minga::audit
