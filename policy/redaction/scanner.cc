#include "policy/redaction/scanner.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/redaction/emails.h"
#include "policy/redaction/identifiers.h"
#include "policy/redaction/number_run.h"
#include "policy/redaction/phones.h"

namespace minga::policy::redaction {
namespace {

// Fewest digits of a telephone or identifier; shorter runs are passed over.
constexpr std::size_t kDigitsMin = 6;
// Parts of one run that all numbering plans are asked about: a text made of
// digits must not cost more than a few times its reading.
constexpr int kPhoneAttemptsMax = 8;

// Most groups of a number inside a longer row: "+55 11 9 87 65 43 21" has
// seven. Bounds the time for a text of nothing but short numbers.
constexpr std::size_t kGroupsMax = 7;

// Readings of one text. A placeholder is shorter than most of what it stands
// for, so that a word may announce one more number in the next reading; as a
// word reaches 48 bytes, six placeholders fill that.
constexpr int kRoundsMax = 8;

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

// Where the digits of `run` end, before a K.
std::size_t DigitsEnd(const NumberRun& run) {
  return run.end - (run.ends_in_k ? 2 : 0);
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
  ends.push_back(DigitsEnd(run));
  std::vector<std::pair<std::size_t, std::size_t>> windows;
  // Longest first.
  for (std::size_t size = starts.size(); size > 0; --size) {
    if (size > kGroupsMax && size < starts.size()) continue;
    for (std::size_t i = 0; i + size <= starts.size(); ++i) {
      windows.emplace_back(starts[i], ends[i + size - 1]);
    }
  }
  return windows;
}

std::optional<Finding> NumberAt(Context& context, const NumberRun& run,
                                Country home) {
  const absl::string_view text = context.text();
  int attempts = kPhoneAttemptsMax;
  for (const auto& [begin, end] : Windows(text, run)) {
    const NumberRun part = PartOf(text, begin, end);
    if (part.digits.size() < kDigitsMin) continue;
    // The local part of an address.
    if (part.end < text.size() && text[part.end] == '@') continue;
    if (auto found = IdentifierIn(context, part)) return found;
    if (auto found = PhoneIn(context, part, home, attempts)) return found;
  }
  return std::nullopt;
}

// Appends the numbers in `run` in their order. Several that are written side by
// side with spaces are one run: what stands before and behind the longest is
// read again.
void NumbersIn(Context& context, const NumberRun& run, Country home,
               std::vector<Finding>& findings) {
  if (run.digits.size() < kDigitsMin) return;
  const std::optional<Finding> found = NumberAt(context, run, home);
  if (!found.has_value()) return;
  const absl::string_view text = context.text();
  if (found->begin > run.begin) {
    NumbersIn(context, PartOf(text, run.begin, found->begin - 1), home,
              findings);
  }
  findings.push_back(*found);
  const std::size_t end = DigitsEnd(run);
  if (found->end < end) {
    NumbersIn(context, PartOf(text, found->end + 1, end), home, findings);
  }
}

// Where to read on after `run`: behind it, or, if it was cut for its length, at
// a group in its second half, since the cut may have gone through a number.
std::size_t ReadOnAt(absl::string_view text, const NumberRun& run) {
  if (run.end - run.begin < kRunBytesMax) return run.end;
  const std::size_t space =
      text.substr(0, run.end).find(' ', run.begin + kRunBytesMax / 2);
  return space == absl::string_view::npos ? run.end : space + 1;
}

// Appends what the digit at `at` belongs to; returns where to read on.
std::size_t AddNumbers(Context& context, std::size_t at, Country home,
                       std::vector<Finding>& findings) {
  const absl::string_view text = context.text();
  const std::size_t done = findings.empty() ? 0 : findings.back().end;
  const auto before = static_cast<std::ptrdiff_t>(findings.size());
  const NumberRun run = RunAt(text, at);
  std::size_t next = std::max(at + 1, ReadOnAt(text, run));
  std::optional<Finding> lettered;
  if (MayHaveLetters(text, run)) lettered = LetteredIdentifierAt(context, at);
  if (lettered.has_value()) {
    findings.push_back(*lettered);
    next = lettered->end;
  } else {
    NumbersIn(context, run, home, findings);
    if (!findings.empty()) next = std::max(next, findings.back().end);
  }
  const auto first = findings.begin() + before;
  if (first != findings.end()) {
    first->begin = std::max(first->begin, done);
    if (first->begin >= first->end) findings.erase(first);
  }
  return next;
}

// Appends `email`. Numbers inside of it are part of the address; what it shares
// with anything else stays with that.
void AddEmail(Finding email, std::vector<Finding>& findings) {
  while (!findings.empty() && findings.back().begin >= email.begin) {
    findings.pop_back();
  }
  if (!findings.empty()) {
    email.begin = std::max(email.begin, findings.back().end);
  }
  if (email.begin < email.end) findings.push_back(email);
}

std::string WithPlaceholders(absl::string_view text,
                             const std::vector<Finding>& findings) {
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

}  // namespace

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
  // An address first: "0991234567@example.com" could be read as a telephone.
  std::string plain = PlainEmail(contact);
  if (!absl::StrContains(plain, "@")) plain = PlainPhone(contact, home_);
  // What is neither has the form of no finding, or of every identifier.
  if (!plain.empty()) kept_.insert(std::move(plain));
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
  std::size_t at = 0;
  while (at < text.size()) {
    const Byte byte = kTable[static_cast<unsigned char>(text[at])];
    if (byte == Byte::kDigit) {
      at = AddNumbers(context, at, home_, findings);
      continue;
    }
    if (byte == Byte::kAt || (byte == Byte::kWordEnd && MayEndSign(text, at))) {
      const std::optional<Finding> found = EmailAt(text, at);
      if (found.has_value()) {
        AddEmail(*found, findings);
        at = std::max(at, found->end - 1);
      }
    }
    ++at;
  }
  const auto is_kept = [&](const Finding& finding) {
    return !kept_.empty() && kept_.contains(Canonical(finding, text));
  };
  const auto end = std::remove_if(findings.begin(), findings.end(), is_kept);
  counts.kept += static_cast<std::uint64_t>(findings.end() - end);
  findings.erase(end, findings.end());
  for (const Finding& finding : findings) {
    ++counts.found[static_cast<std::size_t>(finding.kind)];
  }
  return findings;
}

std::string Scanner::Redact(absl::string_view text, Counts& counts) const {
  std::string out(text);
  for (int round = 0; round < kRoundsMax; ++round) {
    Counts now;
    const std::vector<Finding> findings = Scan(out, now);
    // What is kept is there in every round.
    if (round > 0) now.kept = 0;
    counts += now;
    if (findings.empty()) break;
    out = WithPlaceholders(out, findings);
  }
  return out;
}

}  // namespace minga::policy::redaction
