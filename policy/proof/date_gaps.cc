#include "policy/proof/date_gaps.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"

namespace minga::policy::proof {
namespace {

// Dates of a permit, and its id.
struct Span {
  absl::CivilDay from;
  absl::CivilDay until;
  std::string id;
};

std::vector<Span> PermitsOf(const CompiledDocument& document, RecordKind kind,
                            Direction direction) {
  std::vector<Span> spans;
  for (const CompiledRule& rule : document.rules) {
    const bool covers =
        direction == Direction::kSend ? rule.sends : rule.receives;
    if (!rule.permits() || !covers || rule.PartOf(kind) == nullptr) continue;
    const Span span = {std::max(rule.from, document.from),
                       std::min(rule.until, document.until), rule.id};
    if (span.from <= span.until) spans.push_back(span);
  }
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return std::tie(a.from, a.id) < std::tie(b.from, b.id);
  });
  return spans;
}

void FindIn(const std::vector<Span>& spans, RecordKind kind,
            Direction direction, Report& report) {
  for (std::size_t i = 0, last = 0; i < spans.size(); ++i) {
    const Span& before = spans[last];
    const bool open = before.until == absl::CivilDay::max();
    if (i > 0 && !open && before.until + 1 < spans[i].from) {
      Finding finding;
      finding.kind = Finding::Kind::kDateGap;
      finding.id = spans[i].id;
      finding.message = absl::StrCat(
          "from ", FormatDay(before.until + 1), " to ",
          FormatDay(spans[i].from - 1), " no ", KindName(kind), " can be ",
          direction == Direction::kSend ? "sent" : "received", ": permit `",
          before.id, "` ends on ", FormatDay(before.until), " and the next, `",
          spans[i].id, "`, begins on ", FormatDay(spans[i].from));
      report.findings.push_back(std::move(finding));
    }
    if (spans[i].until > before.until) last = i;
  }
}

}  // namespace

void FindDateGaps(const CompiledDocument& document, Report& report) {
  for (int i = 0; i < kRecordKinds; ++i) {
    const auto kind = static_cast<RecordKind>(i);
    for (const Direction direction : {Direction::kSend, Direction::kReceive}) {
      FindIn(PermitsOf(document, kind, direction), kind, direction, report);
    }
  }
}

}  // namespace minga::policy::proof
