#include "tests/simulation/region/story.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "node/base/status.h"

namespace minga::region {
namespace {

// CC and C2 are countries, N is a number, LAW the name of one (law.cc).
constexpr std::array<absl::string_view, kVerbs> kSentences = {
    "CC puts N vacancies",
    "CC puts N vacancies with a fee",
    "CC changes N vacancies",
    "CC closes N vacancies",
    "CC withdraws N vacancies",
    "CC registers N people",
    "CC changes N people",
    "CC erases N people",
    "N people of CC withdraw their consent",
    "N people of CC consent",
    "CC puts in force LAW",
    "CC suspends C2",
    "CC resumes C2",
    "CC joins C2 again",
    "CC changes the pseudonyms at C2",
    "CC crashes",
    "CC dies after N writes",
    "CC stops",
    "CC starts",
    "cut CC - C2",
    "cut CC - C2 at byte N",
    "part CC - C2",
    "join CC - C2",
    "a page from CC to C2 comes twice",
    "a page from CC to C2 is damaged",
    "the disk of CC is full",
    "the disk of CC is slow",
    "the disk of CC is well",
    "the clock of CC is wrong by N hours",
    "the clock of CC is right",
    "N minutes pass",
    "N hours pass",
    "N days pass",
    "N steps",
    "settle",
    "all is well",
    "CC sees N vacancies of C2",
    "CC sees N people of C2",
};

std::vector<absl::string_view> WordsOf(absl::string_view text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

absl::StatusOr<Country> CountryIn(absl::string_view word,
                                  const std::vector<Country>& countries) {
  const auto country = Country::Parse(absl::AsciiStrToUpper(word));
  if (country.ok() &&
      (countries.empty() || std::find(countries.begin(), countries.end(),
                                      *country) != countries.end())) {
    return *country;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("`", word, "` is no country of this story"));
}

absl::StatusOr<std::int64_t> NumberIn(absl::string_view word) {
  std::int64_t number = 0;
  if (absl::SimpleAtoi(word, &number) && number >= -kStoryNumberMax &&
      number <= kStoryNumberMax) {
    return number;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("`", word, "` is no number up to ", kStoryNumberMax));
}

bool IsPlace(absl::string_view word) {
  return word == "CC" || word == "C2" || word == "N" || word == "LAW";
}

bool Fits(const std::vector<absl::string_view>& words,
          const std::vector<absl::string_view>& sentence) {
  if (words.size() != sentence.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!IsPlace(sentence[i]) && sentence[i] != words[i]) return false;
  }
  return true;
}

absl::Status Fill(const std::vector<absl::string_view>& words,
                  const std::vector<absl::string_view>& sentence,
                  const std::vector<Country>& countries, Step& step) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (sentence[i] == "CC") {
      MINGA_ASSIGN_OR_RETURN(step.who, CountryIn(words[i], countries));
    } else if (sentence[i] == "C2") {
      MINGA_ASSIGN_OR_RETURN(step.whom, CountryIn(words[i], countries));
    } else if (sentence[i] == "N") {
      MINGA_ASSIGN_OR_RETURN(step.number, NumberIn(words[i]));
    } else if (sentence[i] == "LAW") {
      step.law = FindLaw(words[i]);
      if (step.law == nullptr) {
        return absl::InvalidArgumentError(
            absl::StrCat("`", words[i], "` is the name of no law"));
      }
    }
  }
  if (!step.who.empty() && step.who == step.whom) {
    return absl::InvalidArgumentError("a country and itself");
  }
  if (step.number < 0 && step.verb != Verb::kClockWrong) {
    return absl::InvalidArgumentError("a number below 0");
  }
  return absl::OkStatus();
}

absl::StatusOr<Step> ParseStep(absl::string_view line,
                               const std::vector<Country>& countries) {
  // "co-ec" is three words.
  std::string apart(line);
  const bool link = absl::StartsWith(apart, "cut ") ||
                    absl::StartsWith(apart, "part ") ||
                    absl::StartsWith(apart, "join ");
  if (link) apart = absl::StrReplaceAll(apart, {{"-", " - "}});
  const std::vector<absl::string_view> words = WordsOf(apart);
  for (int verb = 0; verb < kVerbs; ++verb) {
    const auto sentence = WordsOf(kSentences[static_cast<std::size_t>(verb)]);
    if (!Fits(words, sentence)) continue;
    Step step;
    step.verb = static_cast<Verb>(verb);
    MINGA_RETURN_IF_ERROR(Fill(words, sentence, countries, step));
    return step;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("`", line, "` is no sentence of stories"));
}

// The sentences before the steps; false if `words` begin none of these.
absl::StatusOr<bool> ParseHead(const std::vector<absl::string_view>& words,
                               Story& story) {
  if (words[0] == "countries") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      MINGA_ASSIGN_OR_RETURN(const Country country, CountryIn(words[i], {}));
      if (std::find(story.countries.begin(), story.countries.end(), country) !=
          story.countries.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("`", words[i], "` twice"));
      }
      story.countries.push_back(country);
    }
    if (story.countries.size() < 2 ||
        story.countries.size() > kStoryCountriesMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("a story has 2 to ", kStoryCountriesMax, " countries"));
    }
    return true;
  }
  if (words[0] != "seed" || words.size() != 2) return false;
  if (absl::SimpleAtoi(words[1], &story.seed)) return true;
  return absl::InvalidArgumentError(
      absl::StrCat("`", words[1], "` is no seed"));
}

}  // namespace

std::string Step::ToString() const {
  std::vector<std::string> words;
  for (const absl::string_view word :
       WordsOf(kSentences[static_cast<std::size_t>(verb)])) {
    if (word == "CC") {
      words.push_back(absl::AsciiStrToLower(who.ToString()));
    } else if (word == "C2") {
      words.push_back(absl::AsciiStrToLower(whom.ToString()));
    } else if (word == "N") {
      words.push_back(absl::StrCat(number));
    } else {
      words.emplace_back(word == "LAW" ? law->name : word);
    }
  }
  return absl::StrReplaceAll(absl::StrJoin(words, " "), {{" - ", "-"}});
}

bool IsFault(Verb verb) {
  return verb >= Verb::kCrash && verb <= Verb::kClockWrong &&
         verb != Verb::kStart && verb != Verb::kJoin && verb != Verb::kDiskWell;
}

std::string Story::ToString() const {
  std::string text = "countries";
  for (const Country country : countries) {
    absl::StrAppend(&text, " ", absl::AsciiStrToLower(country.ToString()));
  }
  absl::StrAppend(&text, "\nseed ", seed, "\n");
  for (const Step& step : steps) absl::StrAppend(&text, step.ToString(), "\n");
  return text;
}

absl::StatusOr<Story> ParseStory(absl::string_view text) {
  if (text.size() > kStoryBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the story has ", text.size(), " bytes; at most ", kStoryBytesMax));
  }
  Story story;
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const std::string place = absl::StrCat("line ", line_number);
    const absl::StatusOr<bool> head = ParseHead(WordsOf(line), story);
    if (!head.ok()) return At(place, head.status());
    if (*head) continue;
    if (story.countries.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": expected `countries` first"));
    }
    absl::StatusOr<Step> step = ParseStep(line, story.countries);
    if (!step.ok()) return At(place, step.status());
    step->line = line_number;
    story.steps.push_back(*std::move(step));
  }
  if (!story.countries.empty()) return story;
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line_number, ": the story has no countries"));
}

}  // namespace minga::region
