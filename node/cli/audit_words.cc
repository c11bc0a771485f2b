#include "node/cli/audit_words.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "node/base/clock.h"
#include "node/base/ids.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::cli {
namespace {

constexpr absl::string_view kEventPrefix = "AUDIT_EVENT_";
constexpr std::size_t kLineBytesMax = 600;

void AddRecord(const v1::AuditEntry& entry, std::vector<std::string>& words) {
  if (!entry.record_id().empty()) {
    words.push_back(
        absl::StrCat(KindName(static_cast<RecordKind>(entry.kind())), "/",
                     entry.record_id()));
  }
  if (!entry.subject().empty()) {
    words.push_back(absl::StrCat("person:", Hex(entry.subject().substr(0, 6))));
  }
}

void AddPlace(const v1::AuditEntry& entry, std::vector<std::string>& words) {
  if (entry.upto() > 0) {
    words.push_back(absl::StrCat("(", entry.after(), ",", entry.upto(), "]"));
  }
  if (entry.seq() > 0) words.push_back(absl::StrCat("row ", entry.seq()));
  if (entry.count() > 0) words.push_back(absl::StrCat("n=", entry.count()));
  if (entry.k_observed() > 0) {
    words.push_back(absl::StrCat("k=", entry.k_observed()));
  }
}

// "policy: co.vacancy: Ley 1636/2013 art. 31; ...".
std::string BasisText(const v1::Basis& basis) {
  std::vector<std::string> parts;
  for (const v1::CitedRule& rule : basis.rules()) {
    parts.push_back(RuleText(rule));
  }
  if (!basis.summary().empty()) parts.push_back(basis.summary());
  return absl::StrCat(basis.reason(), parts.empty() ? "" : ": ",
                      absl::StrJoin(parts, "; "));
}

}  // namespace

std::string EventText(v1::AuditEvent event) {
  std::string name = v1::AuditEvent_Name(event);
  if (absl::StartsWith(name, kEventPrefix)) name.erase(0, kEventPrefix.size());
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", " "}});
}

absl::StatusOr<v1::AuditEvent> ParseEvent(absl::string_view name) {
  const std::string wanted = absl::StrReplaceAll(absl::AsciiStrToLower(name),
                                                 {{"-", " "}, {"_", " "}});
  std::vector<std::string> names;
  for (int number = 1; number < v1::AuditEvent_ARRAYSIZE; ++number) {
    if (!v1::AuditEvent_IsValid(number)) continue;
    const auto event = static_cast<v1::AuditEvent>(number);
    if (EventText(event) == wanted) return event;
    names.push_back(absl::StrReplaceAll(EventText(event), {{" ", "-"}}));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "event: there is no `", name, "`, only ", absl::StrJoin(names, ", ")));
}

std::string RuleText(const v1::CitedRule& rule) {
  if (!rule.failed().empty()) {
    return absl::StrCat(rule.id(), " fails on `", rule.failed(), "`");
  }
  if (rule.statute().empty()) return rule.id();
  return absl::StrCat(rule.id(), ": ", rule.statute(),
                      rule.article().empty() ? "" : " ", rule.article());
}

std::string PlaceText(const v1::LogPlace& place) {
  return place.log() == 0 ? absl::StrCat(place.index())
                          : absl::StrCat(place.log(), "/", place.index());
}

absl::StatusOr<v1::LogPlace> ParsePlace(absl::string_view text) {
  absl::string_view index = text;
  std::uint32_t log = 0;
  if (const std::size_t slash = text.find('/');
      slash != absl::string_view::npos) {
    index = text.substr(slash + 1);
    if (!absl::SimpleAtoi(text.substr(0, slash), &log)) index = "";
  }
  std::uint64_t number = 0;
  if (!absl::SimpleAtoi(index, &number)) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry: `", text,
                     "` is not of the form 57, or 1/57 for an entry of log 1"));
  }
  v1::LogPlace place;
  place.set_log(log);
  place.set_index(number);
  return place;
}

std::string LineText(const v1::LogPlace& place, const v1::AuditEntry& entry) {
  const absl::Time at = absl::FromUnixSeconds(entry.at().seconds()) +
                        absl::Nanoseconds(entry.at().nanos());
  std::vector<std::string> words = {
      PlaceText(place),
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", at, absl::UTCTimeZone()),
      EventText(entry.event())};
  if (!entry.peer().empty()) words.push_back(entry.peer());
  AddRecord(entry, words);
  AddPlace(entry, words);
  if (entry.basis_entry() > 0) {
    v1::LogPlace basis = place;
    basis.set_index(entry.basis_entry());
    words.push_back(absl::StrCat("see ", PlaceText(basis)));
  }
  if (entry.has_basis()) words.push_back(BasisText(entry.basis()));
  if (!entry.detail().empty()) words.push_back(entry.detail());
  if (!entry.checkpoint().empty()) {
    words.push_back(absl::StrReplaceAll(entry.checkpoint(), {{"\n", " "}}));
  }
  return absl::StrCat(Printable(absl::StrJoin(words, "  "), kLineBytesMax),
                      "\n");
}

std::string FoundText(const v1::FindResponse& found) {
  std::string text = LineText(found.place(), found.entry());
  const auto add = [&text](absl::string_view name, const v1::Basis& basis) {
    absl::StrAppend(
        &text,
        Printable(absl::StrCat("    ", name, BasisText(basis)), kLineBytesMax),
        "\n");
  };
  if (found.has_basis()) add("", found.basis());
  if (found.has_before()) add("before: ", found.before());
  return text;
}

absl::StatusOr<absl::Time> ParseMoment(absl::string_view text,
                                       bool end_of_day) {
  const absl::StatusOr<absl::CivilDay> day = ParseDay(text);
  if (day.ok()) {
    return absl::FromCivil(*day + (end_of_day ? 1 : 0), absl::UTCTimeZone());
  }
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  return absl::InvalidArgumentError(
      absl::StrCat("time: `", text,
                   "` is not of the form 2026-11-22 or 2026-11-22T10:00:00Z"));
}

}  // namespace minga::cli
