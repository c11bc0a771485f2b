// A pack with one mistake is refused as a whole, with the place of the mistake
// and what was wrong with it.
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/limits.h"
#include "policy/policy_set.h"

namespace minga::policy {
namespace {

// Line 1 is `national_policy {`; each test counts from there.
constexpr char kPack[] = R"(national_policy {
  country: "PY"
  version: "2026.1"
  rules {
    id: "py.vacancy.send"
    effect: EFFECT_PERMIT
    directions: [DIRECTION_SEND]
    kinds: RECORD_KIND_VACANCY
    fields: ["title", "status", "location.*"]
    level: LEVEL_RAW
    purposes: PURPOSE_JOB_MATCHING
    when: "vacancy.cross_border && !record.imported"
    valid_from: "2026-01-01"
    valid_until: "2027-11-26"
    citations {
      statute: "Ley 6534"
      article: "art. 1"
      certainty: CERTAINTY_UNVERIFIED
    }
  }
  rules {
    id: "py.vacancy.terms"
    effect: EFFECT_OBLIGE
    directions: [DIRECTION_SEND, DIRECTION_RECEIVE]
    kinds: [RECORD_KIND_VACANCY]
    obligations { erase_within_hours: 24 }
    citations {
      statute: "Ley 6534"
      article: "art. 2"
      certainty: CERTAINTY_UNVERIFIED
    }
  }
}
)";

constexpr char kAgreement[] = R"(mou {
  parties: ["PY", "UY"]
  valid_from: "2026-01-01"
  valid_until: "2027-12-31"
}
)";

std::string ErrorOf(const std::string& text) {
  const absl::Status status = CheckDocument({"py.textproto", text});
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

// The error of the pack after `from`, which stands in it once, became `to`.
std::string ErrorWith(const std::string& from, const std::string& to,
                      const std::string& pack = kPack) {
  const std::size_t at = pack.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(pack.find(from, at + 1) == std::string::npos);
  return ErrorOf(absl::StrReplaceAll(pack, {{from, to}}));
}

std::string ErrorWithCondition(const std::string& condition) {
  return ErrorWith("vacancy.cross_border && !record.imported", condition);
}

std::string Repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("the pack without a mistake passes", "[policy][bad-packs]") {
  CHECK(CheckDocument({"py.textproto", kPack}).ok());
  CHECK(CheckDocument({"py.textproto", kAgreement}).ok());
}

TEST_CASE("a typo in the name of a field", "[policy][bad-packs]") {
  CHECK(ErrorWith("fields: [", "feilds: [") ==
        "py.textproto:9:11: unknown field `feilds` of Rule; did you mean "
        "`fields`?");
  CHECK(ErrorWith("\"status\"", "\"staus\"") ==
        "py.textproto:9:5: unknown field `staus` of a vacancy; did you mean "
        "`status`?");
  CHECK(ErrorWith("location.*", "locaton.*") ==
        "py.textproto:9:5: unknown field `locaton.*` of a vacancy");
  CHECK(ErrorWithCondition("vacancy.crossborder") ==
        "py.textproto:12:12: unknown fact `vacancy.crossborder` of a vacancy; "
        "did you mean `vacancy.cross_border`?");
}

TEST_CASE("two rules of one id", "[policy][bad-packs]") {
  CHECK(ErrorWith("py.vacancy.terms", "py.vacancy.send") ==
        "py.textproto:22:5: rule id `py.vacancy.send` is used twice");
}

TEST_CASE("an unknown obligation", "[policy][bad-packs]") {
  CHECK(ErrorWith("erase_within_hours: 24", "erase_within_hour: 24") ==
        "py.textproto:26:36: unknown obligation `erase_within_hour`; did you "
        "mean `erase_within_hours`?");
  // By number, as a newer release would write it.
  const std::string by_number = ErrorWith("erase_within_hours: 24", "99: 24");
  CHECK(absl::StartsWith(by_number, "py.textproto:26:"));
}

TEST_CASE("an obligation that means nothing for the kind",
          "[policy][bad-packs]") {
  CHECK(ErrorWith("erase_within_hours: 24", "min_k: 5") ==
        "py.textproto:26:5: this obligation cannot be carried out: records of "
        "kind vacancy are not shown in anonymity classes");
}

TEST_CASE("a citation without article", "[policy][bad-packs]") {
  CHECK(ErrorWith("article: \"art. 2\"", "") ==
        "py.textproto:27:5: citation of `Ley 6534` has no article");
  CHECK(ErrorWith("article: \"art. 1\"", "article: \"\"") ==
        "py.textproto:15:5: citation of `Ley 6534` has no article");
}

TEST_CASE("dates upside down", "[policy][bad-packs]") {
  CHECK(ErrorWith("2027-11-26", "2025-12-31") ==
        "py.textproto:14:5: rule `py.vacancy.send` ends on 2025-12-31, before "
        "it begins on 2026-01-01");
  CHECK(ErrorWith("2027-12-31", "2025-12-31", kAgreement) ==
        "py.textproto:4:3: this MoU ends on 2025-12-31, before it begins on "
        "2026-01-01");
  CHECK(absl::StartsWith(ErrorWith("2027-11-26", "2027-11-31"),
                         "py.textproto:14:5: "));
}

TEST_CASE("a condition that can never hold", "[policy][bad-packs]") {
  const std::string error = "py.textproto:12:12: this condition can never hold";
  CHECK(ErrorWithCondition("false") == error);
  CHECK(ErrorWithCondition("vacancy.cross_border && 1 > 2") == error);
  CHECK(ErrorWithCondition(
            "date('2026-12-01') < date('2026-11-30') && record.imported") ==
        error);
}

TEST_CASE("ten megabytes of nested parentheses", "[policy][bad-packs]") {
  constexpr std::size_t kMany = 10 * 1024 * 1024;

  SECTION("as the document") {
    CHECK(ErrorOf(Repeated("(", kMany)) ==
          "py.textproto:1:1: document of 10485760 bytes; at most 4194304");
  }
  SECTION("as a condition, which makes the document too large") {
    CHECK(absl::StartsWith(ErrorWithCondition(Repeated("(", kMany)),
                           "py.textproto:1:1: document of 1048"));
  }
  SECTION("as large a condition as a document can hold") {
    const std::size_t most = kPolicyDocumentBytesMax - sizeof(kPack);
    CHECK(ErrorWithCondition(Repeated("(", most)) ==
          absl::StrCat("py.textproto:12:12: condition of ", most,
                       " bytes; at most ", kConditionBytesMax));
  }
  SECTION("as large as a condition may be") {
    // The first 64 levels are read, and the place is where the next begins.
    CHECK(ErrorWithCondition(Repeated("(", kConditionBytesMax)) ==
          "py.textproto:12:76: nested deeper than 64 levels");
  }
  SECTION("closed again") {
    CHECK(ErrorWithCondition(absl::StrCat(Repeated("(", 65), "record.imported",
                                          Repeated(")", 65))) ==
          "py.textproto:12:76: nested deeper than 64 levels");
  }
  SECTION("as messages within messages") {
    const std::string deep = Repeated("mou {", kPolicyDocumentBytesMax / 5);
    CHECK(absl::StartsWith(ErrorOf(deep), "py.textproto:1:"));
  }
}

TEST_CASE("lists that are too long", "[policy][bad-packs]") {
  SECTION("in a condition") {
    const std::string items = Repeated("1,", kConditionListItemsMax);
    CHECK(ErrorWithCondition(absl::StrCat("1 in [", items, "1]")) ==
          absl::StrCat("py.textproto:12:",
                       12 + std::string("1 in [").size() + items.size(),
                       ": a list holds at most 1000 items"));
  }
  SECTION("of parties") {
    std::string parties;
    for (char a = 'A'; a <= 'B'; ++a) {
      for (char b = 'A'; b <= 'Z'; ++b) {
        absl::StrAppend(&parties, "\"", std::string{a, b}, "\", ");
      }
    }
    const std::string error = ErrorWith(
        "parties: [", absl::StrCat("parties: [", parties), kAgreement);
    CHECK(absl::StartsWith(error, "py.textproto:2:3: "));
    CHECK(absl::StrContains(error, "expected 2 to 32 parties, found 54"));
  }
  SECTION("of rules") {
    const std::string rules =
        Repeated("rules {}\n", static_cast<std::size_t>(kPolicyRulesMax));
    CHECK(ErrorWith("version: \"2026.1\"\n", rules) ==
          "py.textproto:2003:3: 2002 rules; at most 2000");
  }
}

TEST_CASE("each mistake of a pack is named, by its place",
          "[policy][bad-packs]") {
  const std::string bad =
      absl::StrReplaceAll(kPack, {{"2027-11-26", "2025-12-31"},
                                  {"article: \"art. 2\"", ""},
                                  {"\"status\"", "\"staus\""}});
  CHECK(ErrorOf(bad) ==
        "py.textproto:9:5: unknown field `staus` of a vacancy; did you mean "
        "`status`?\n"
        "py.textproto:14:5: rule `py.vacancy.send` ends on 2025-12-31, before "
        "it begins on 2026-01-01\n"
        "py.textproto:27:5: citation of `Ley 6534` has no article");
}

}  // namespace
}  // namespace minga::policy
