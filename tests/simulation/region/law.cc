#include "tests/simulation/region/law.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"

namespace minga::region {
namespace {

constexpr absl::string_view kCited =
    "citations { statute: 'Ley 1' article: 'art. 1' certainty: "
    "CERTAINTY_VERIFIED } ";
constexpr absl::string_view kMatching = "purposes: PURPOSE_JOB_MATCHING ";

std::string Rule(absl::string_view id, absl::string_view effect,
                 absl::string_view direction, absl::string_view kinds,
                 absl::string_view rest) {
  return absl::StrCat("rules { id: '", absl::AsciiStrToLower(id),
                      "' effect: EFFECT_", effect, " directions: DIRECTION_",
                      direction, " kinds: ", kinds, " ", rest, kMatching,
                      kCited, "}\n");
}

// When and to whom, as CEL.
std::string Condition(const Law& law, absl::string_view more) {
  std::vector<std::string> all = {std::string(more)};
  if (law.from != absl::CivilDay::min()) {
    all.push_back(
        absl::StrCat("as_of >= date(\\\"", FormatDay(law.from), "\\\")"));
  }
  if (law.until != absl::CivilDay::max()) {
    all.push_back(
        absl::StrCat("as_of <= date(\\\"", FormatDay(law.until), "\\\")"));
  }
  if (!law.only.empty()) {
    const auto quote = [](std::string* out, Country country) {
      absl::StrAppend(out, "\\\"", country.ToString(), "\\\"");
    };
    all.push_back(absl::StrCat("peer.country in [",
                               absl::StrJoin(law.only, ", ", quote), "]"));
  }
  return absl::StrCat("when: \"", absl::StrJoin(all, " && "), "\" ");
}

std::vector<Law> MakeLaws() {
  std::vector<Law> laws;
  const auto add = [&](absl::string_view name) -> Law& {
    Law& law = laws.emplace_back();
    law.name = name;
    return law;
  };
  add("open");
  add("strict").min_k = 5;
  add("vacancies-only").people = false;
  Law& closed = add("closed");
  closed.vacancies = false;
  closed.people = false;
  add("no-fees").fees = false;
  add("hidden-pay").pay = false;
  add("short-stay").stay_days = 10;
  add("deaf").admits = false;
  Law& season = add("season");
  season.from = absl::CivilDay(2026, 12, 1);
  season.until = absl::CivilDay(2027, 1, 15);
  add("neighbours").only = {Country::Of("CO"), Country::Of("EC"),
                            Country::Of("PE"), Country::Of("CL")};
  return laws;
}

}  // namespace

const std::vector<Law>& Laws() {
  static const auto* const laws = new std::vector<Law>(MakeLaws());
  return *laws;
}

const Law* FindLaw(absl::string_view name) {
  const auto found =
      std::find_if(Laws().begin(), Laws().end(),
                   [name](const Law& law) { return law.name == name; });
  return found == Laws().end() ? nullptr : &*found;
}

policy::DocumentSource NationalOf(const Law& law, Country own) {
  std::string text =
      absl::StrCat("national_policy {\ncountry: '", own.ToString(), "'\n");
  if (law.vacancies) {
    const std::string stay =
        law.stay_days == 0
            ? ""
            : absl::StrCat("obligations { retention_days: ", law.stay_days,
                           " } ");
    absl::StrAppend(
        &text,
        Rule("vacancy", "PERMIT", "SEND", "RECORD_KIND_VACANCY",
             absl::StrCat("fields: '*' level: LEVEL_RAW ",
                          Condition(law, "vacancy.cross_border"), stay)));
  }
  if (!law.pay) {
    absl::StrAppend(&text, Rule("no-pay", "FORBID", "SEND",
                                "RECORD_KIND_VACANCY", "fields: 'pay' "));
  }
  if (!law.fees) {
    for (const char* direction : {"SEND", "RECEIVE"}) {
      absl::StrAppend(
          &text, Rule(absl::StrCat("no-fee-", direction), "FORBID", direction,
                      "RECORD_KIND_VACANCY",
                      "fields: '*' when: \"has(vacancy.fee_charged) && "
                      "vacancy.fee_charged\" "));
    }
  }
  if (law.people) {
    absl::StrAppend(
        &text,
        Rule("person", "PERMIT", "SEND", "RECORD_KIND_PROFILE",
             absl::StrCat("fields: ['pseudonym', 'occupations', 'region', "
                          "'skills', 'contactable'] level: LEVEL_RAW ",
                          Condition(law, "profile.active"),
                          "obligations { min_k: ", law.min_k, " } ")));
  }
  if (law.admits) {
    absl::StrAppend(
        &text,
        Rule("receive", "PERMIT", "RECEIVE",
             "[RECORD_KIND_VACANCY, RECORD_KIND_PROFILE]",
             "fields: '*' level: LEVEL_RAW when: \"!record.imported\" "));
  }
  return {absl::StrCat(law.name), absl::StrCat(text, "}\n")};
}

std::string MouOf(Country a, Country b, int number) {
  const auto [first, second] = std::minmax(a, b);
  std::string text =
      absl::StrCat("# number ", number, "\nmou {\nparties: ['",
                   first.ToString(), "', '", second.ToString(),
                   "']\nvalid_from: '2026-01-01'\nvalid_until: '2036-12-31'\n");
  for (const char* direction : {"SEND", "RECEIVE"}) {
    absl::StrAppend(&text,
                    Rule(absl::StrCat("all-", direction), "PERMIT", direction,
                         "[RECORD_KIND_VACANCY, RECORD_KIND_PROFILE]",
                         "fields: '*' level: LEVEL_RAW "));
  }
  return absl::StrCat(text, "}\n");
}

bool SendsTo(const Law& law, Country peer, absl::CivilDay day) {
  if (day < law.from || day > law.until) return false;
  return law.only.empty() ||
         std::find(law.only.begin(), law.only.end(), peer) != law.only.end();
}

}  // namespace minga::region
