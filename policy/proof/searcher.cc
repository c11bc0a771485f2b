#include "policy/proof/searcher.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"

namespace minga::policy::proof {
namespace {

// A readable example is worth so much more of a search at most.
constexpr unsigned kPreferenceMs = 250;

// Ordinary values: days that the reader lives in.
const absl::CivilDay kReadableFirst(2026, 1, 1);
const absl::CivilDay kReadableLast(2030, 12, 31);

}  // namespace

Deadline::Deadline(absl::Duration limit)
    : limit_(limit),
      end_(std::chrono::steady_clock::now() +
           absl::ToChronoMilliseconds(limit)) {}

unsigned Deadline::Left() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      end_ - std::chrono::steady_clock::now());
  return left.count() <= 0 ? 0 : static_cast<unsigned>(left.count());
}

Searcher::Searcher(const Symbols& symbols, const Deadline& deadline)
    : symbols_(symbols), deadline_(deadline), solver_(symbols.z3()) {
  solver_.add(symbols.Domain());
  solver_.add(symbols.Complete());
}

Searcher::Answer Searcher::Check(unsigned milliseconds) {
  if (milliseconds == 0) return Answer::kUndecided;
  z3::params params(symbols_.z3());
  params.set("timeout", milliseconds);
  solver_.set(params);
  switch (solver_.check()) {
    case z3::sat:
      return Answer::kFound;
    case z3::unsat:
      return Answer::kNone;
    case z3::unknown:
      break;
  }
  return Answer::kUndecided;
}

Searcher::Answer Searcher::Ask(const z3::expr& wanted) {
  solver_.push();
  solver_.add(wanted);
  const Answer answer = Check(deadline_.Left());
  solver_.pop();
  return answer;
}

Searcher::Found Searcher::Find(const z3::expr& wanted) {
  Found found;
  solver_.push();
  solver_.add(wanted);
  found.answer = Check(deadline_.Left());
  unsigned pushed = 1;
  if (found.answer == Answer::kFound) {
    found.model = solver_.get_model();
    pushed += Prefer(Preferences(), found);
    found.example = Read(*found.model, symbols_);
  }
  solver_.pop(pushed);
  return found;
}

unsigned Searcher::Prefer(absl::Span<const z3::expr> wishes, Found& found) {
  solver_.push();
  for (const z3::expr& wish : wishes) solver_.add(wish);
  if (Check(std::min(kPreferenceMs, deadline_.Left())) == Answer::kFound) {
    found.model = solver_.get_model();
    return 1;
  }
  solver_.pop();
  if (wishes.size() < 2) return 0;
  const std::size_t half = wishes.size() / 2;
  const unsigned first = Prefer(wishes.subspan(0, half), found);
  return first + Prefer(wishes.subspan(half), found);
}

std::vector<z3::expr> Searcher::Preferences() const {
  const Symbols& s = symbols_;
  const KindSchema& schema = s.schema();
  std::vector<z3::expr> wishes = {s.in_force(),
                                  s.Within(kReadableFirst, kReadableLast),
                                  s.Within(kReadableFirst, kReadableFirst)};
  for (const Country country : {Country::Of("EC"), Country::Of("CO")}) {
    const std::vector<Country>& peers = s.words().peers();
    if (std::find(peers.begin(), peers.end(), country) != peers.end()) {
      wishes.push_back(s.Is(country));
    }
  }
  if (schema.about_person()) wishes.push_back(s.ConsentCovers());
  const std::int64_t other = s.words().Place({"other"}).at("other");
  for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
    const auto fact = static_cast<FactId>(i);
    const FactDef& def = schema.facts[i];
    if (def.optional && !def.origin_only) wishes.push_back(!s.Has(fact));
    switch (def.type) {
      case FactType::kBool:
        wishes.push_back(!s.Value(fact));
        break;
      case FactType::kInt:
        wishes.push_back(s.Value(fact) == 0);
        break;
      case FactType::kString:
        if (absl::EndsWith(def.name, ".country")) {
          wishes.push_back(s.Value(fact) == s.Value(kFactOwnCountry));
        } else {
          wishes.push_back(s.Value(fact) == s.Number(other));
        }
        break;
      case FactType::kDate:
        wishes.push_back(s.Value(fact) == s.as_of());
        break;
      case FactType::kStringList:
        wishes.push_back(s.List(fact).id == 0);
        break;
    }
  }
  return wishes;
}

}  // namespace minga::policy::proof
