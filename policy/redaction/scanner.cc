#include "policy/redaction/scanner.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/redaction/emails.h"
#include "policy/redaction/identifiers.h"
#include "policy/redaction/number_run.h"
#include "policy/redaction/phones.h"

namespace minga::policy::redaction {
namespace {

// Fewest digits of a telephone or identifier; shorter runs are passed over.
constexpr std::size_t kDigitsMin = 6;

// What a byte may begin or end.
enum class Byte : std::uint8_t { kNothing, kDigit, kAt, kWordEnd };

constexpr std::array<Byte, 256> MakeTable() {
  std::array<Byte, 256> table{};
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = Byte::kDigit;
  table['@'] = Byte::kAt;
  // "arroba" and "at" end in these.
  for (const unsigned char c : {'a', 'A', 't', 'T'}) table[c] = Byte::kWordEnd;
  return table;
}
constexpr std::array<Byte, 256> kTable = MakeTable();

// Cheap: true if the letter at `at` may end an "at" or "arroba" that stands by
// itself.
bool MayEndSign(absl::string_view text, std::size_t at) {
  if (at < 2) return false;
  if (at + 1 < text.size() &&
      absl::ascii_isalnum(static_cast<unsigned char>(text[at + 1]))) {
    return false;
  }
  const char before = absl::ascii_tolower(text[at - 1]);
  const char c = absl::ascii_tolower(text[at]);
  if (c == 'a') return before == 'b';
  return before == 'a' &&
         !absl::ascii_isalnum(static_cast<unsigned char>(text[at - 2]));
}

// True if letters or dashes are part of what `run` belongs to.
bool MayHaveLetters(absl::string_view text, const NumberRun& run) {
  const auto joins = [&](std::size_t i) {
    return i < text.size() &&
           (text[i] == '-' ||
            absl::ascii_isalpha(static_cast<unsigned char>(text[i])));
  };
  return (run.begin > 0 && joins(run.begin - 1)) || joins(run.end) ||
         run.ends_in_k || run.shape.find('-') != std::string::npos ||
         (run.end + 1 < text.size() && text[run.end] == '.' &&
          joins(run.end + 1)) ||
         (run.end + 1 < text.size() && text[run.end] == '/' &&
          joins(run.end + 1));
}

// The parts of a run between spaces, joined from `first` on as far as they go:
// "10 de 2024: 300 123 4567 8 a 5" may hold a number in its middle.
std::vector<std::pair<std::size_t, std::size_t>> Windows(absl::string_view text,
                                                         const NumberRun& run) {
  std::vector<std::size_t> starts = {run.begin};
  std::vector<std::size_t> ends;
  for (std::size_t i = run.begin; i < run.end; ++i) {
    if (text[i] != ' ') continue;
    ends.push_back(i);
    starts.push_back(i + 1);
  }
  ends.push_back(run.end);
  std::vector<std::pair<std::size_t, std::size_t>> windows;
  // Longest first.
  for (std::size_t size = starts.size(); size > 0; --size) {
    for (std::size_t i = 0; i + size <= starts.size(); ++i) {
      windows.emplace_back(starts[i], ends[i + size - 1]);
    }
  }
  return windows;
}

std::optional<Finding> NumberAt(Context& context, const NumberRun& run,
                                Country home) {
  const absl::string_view text = context.text();
  for (const auto& [begin, end] : Windows(text, run)) {
    const bool whole = begin == run.begin && end >= run.end;
    const NumberRun part = whole ? run : PartOf(text, begin, end);
    if (part.digits.size() < kDigitsMin) continue;
    // The local part of an address.
    if (part.end < text.size() && text[part.end] == '@') continue;
    if (auto found = IdentifierIn(context, part)) return found;
    if (auto found = PhoneIn(context, part, home)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t Counts::total() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : found) sum += count;
  return sum;
}

Counts& Counts::operator+=(const Counts& other) {
  for (std::size_t i = 0; i < found.size(); ++i) found[i] += other.found[i];
  kept += other.kept;
  return *this;
}

absl::string_view Placeholder(Kind kind) {
  switch (kind) {
    case Kind::kIdentifier:
      return "[id]";
    case Kind::kPhone:
      return "[phone]";
    case Kind::kEmail:
      break;
  }
  return "[e-mail]";
}

Scanner::Scanner(Country home) : home_(home) {}

void Scanner::Keep(absl::string_view contact) {
  std::string plain = PlainPhone(contact, home_);
  kept_.insert(plain.empty() ? PlainEmail(contact) : std::move(plain));
}

std::string Scanner::Canonical(const Finding& finding,
                               absl::string_view text) const {
  const absl::string_view value =
      text.substr(finding.begin, finding.end - finding.begin);
  if (finding.kind == Kind::kEmail) return PlainEmail(value);
  return finding.kind == Kind::kPhone ? PlainPhone(value, home_) : "";
}

std::vector<Finding> Scanner::Scan(absl::string_view text,
                                   Counts& counts) const {
  Context context(text);
  std::vector<Finding> findings;
  std::size_t done = 0;  // end of the last finding
  std::size_t at = 0;
  while (at < text.size()) {
    const Byte byte = kTable[static_cast<unsigned char>(text[at])];
    if (byte == Byte::kNothing ||
        (byte == Byte::kWordEnd && !MayEndSign(text, at))) {
      ++at;
      continue;
    }
    std::optional<Finding> found;
    std::size_t next = at + 1;
    if (byte == Byte::kDigit) {
      const NumberRun run = RunAt(text, at);
      if (MayHaveLetters(text, run)) found = LetteredIdentifierAt(context, at);
      if (!found.has_value() && run.digits.size() >= kDigitsMin) {
        found = NumberAt(context, run, home_);
      }
      next = std::max(next, run.end);
    } else {
      found = EmailAt(text, at);
    }
    if (found.has_value() && found->begin >= done) {
      next = std::max(next, found->end);
      done = found->end;
      if (!kept_.empty() && kept_.contains(Canonical(*found, text))) {
        ++counts.kept;
      } else {
        ++counts.found[static_cast<std::size_t>(found->kind)];
        findings.push_back(*found);
      }
    }
    at = next;
  }
  return findings;
}

std::string Scanner::Redact(absl::string_view text, Counts& counts) const {
  const std::vector<Finding> findings = Scan(text, counts);
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  for (const Finding& finding : findings) {
    absl::StrAppend(&out, text.substr(at, finding.begin - at),
                    Placeholder(finding.kind));
    at = finding.end;
  }
  absl::StrAppend(&out, text.substr(at));
  return out;
}

}  // namespace minga::policy::redaction
