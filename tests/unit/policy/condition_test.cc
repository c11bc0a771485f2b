// Conditions: grammar, types, guards, values.
#include "policy/condition.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "policy/condition_eval.h"
#include "policy/program.h"
#include "tests/unit/policy/documents.h"

namespace minga::policy {
namespace {

CheckScope VacancyScope() {
  CheckScope scope;
  scope.schema = &SchemaOf(RecordKind::kVacancy);
  return scope;
}

// "offset: message", or "" if `text` is a condition.
std::string ErrorOf(absl::string_view text,
                    const CheckScope& scope = VacancyScope()) {
  ConditionError error;
  if (CompileCondition(text, scope, error).has_value()) return "";
  return absl::StrCat(error.offset, ": ", error.message);
}

// The value over `facts`, which both evaluations must agree on.
bool Holds(absl::string_view text, const Facts& facts) {
  ConditionError error;
  const auto condition = CompileCondition(text, VacancyScope(), error);
  INFO(text << " -> " << error.offset << ": " << error.message);
  REQUIRE(condition.has_value());
  const Question question = AskVacancy();
  FactView view(question, {"CAN"});
  ResidualPool pool;
  const ResidualId root = pool.Fold(*condition, view);
  view.SetRecord(&facts);
  const Truth slow = Evaluate(*condition, view);
  const Program program(SchemaOf(RecordKind::kVacancy), pool, {root});
  Program::Record record;
  program.Load(facts, DayNumber(question.as_of), record);
  const Program::Answer fast = program.Run(program.Entry(0), record);
  REQUIRE(slow != Truth::kUnknown);
  CHECK((fast == Program::Answer::kTrue) == (slow == Truth::kTrue));
  CHECK(fast != Program::Answer::kError);
  return slow == Truth::kTrue;
}

TEST_CASE("operators mean what CEL says", "[policy][condition]") {
  Facts facts = VacancyFacts();
  facts.Set("vacancy.sector", std::string("B0510"));
  facts.Set("vacancy.age_days", std::int64_t{30});
  facts.Set("vacancy.closing_date", absl::CivilDay(2026, 7, 1));
  facts.Set("vacancy.countries", std::vector<std::string>{"EC", "PE"});
  const std::vector<std::string> holds = {
      "true",
      "!false",
      "vacancy.cross_border",
      "vacancy.status == 'open'",
      "'open' == vacancy.status",
      "vacancy.status != \"closed\"",
      "vacancy.status < 'p' && vacancy.status > 'a' && 'z' >= vacancy.status",
      "vacancy.status in ['open', 'closed']",
      "!(vacancy.status in [])",
      "peer.country in vacancy.countries",
      "!(own.country in vacancy.countries)",
      "vacancy.countries == ['EC', 'PE']",
      "vacancy.countries != ['PE', 'EC']",
      "vacancy.countries != []",
      "['EC', 'PE'] == vacancy.countries",
      "'CAN' in peer.groups && peer.groups == ['CAN']",
      "own.country == 'CO' && direction == 'send'",
      "purpose == 'job_matching'",
      "vacancy.country == own.country",
      "as_of == date('2026-06-15')",
      "as_of in [date('2026-06-14'), date('2026-06-15')]",
      "as_of >= date(\"2026-01-01\") && as_of < date(\"2027-01-01\")",
      "has(vacancy.closing_date) && as_of <= vacancy.closing_date",
      "has(vacancy.closing_date) && vacancy.closing_date > as_of",
      "has(vacancy.age_days) && vacancy.age_days in [29, 30, 0x1F]",
      "has(vacancy.age_days) && -1 < vacancy.age_days",
      "!has(vacancy.occupation) || vacancy.occupation == '7'",
      "has(vacancy.occupation) ? vacancy.occupation == '7' : true",
      "has(vacancy.sector) ? vacancy.sector == 'B0510' : false",
      "!(has(vacancy.sector) && vacancy.sector == 'x')",
      "(vacancy.remote ? 'a' : 'b') == 'b'",
      "(vacancy.remote ? 1 : 2) < (vacancy.remote ? 2 : 3)",
      "vacancy.status in (vacancy.remote ? ['closed'] : ['open'])",
      "(vacancy.remote ? ['x'] : vacancy.countries) == ['EC', 'PE']",
      "vacancy.status in ['x', (vacancy.remote ? 'y' : 'open')]",
      "vacancy.country in [peer.country, own.country]",
      "vacancy.remote == false",
      "vacancy.remote != vacancy.pay_stated",
      "vacancy.remote < vacancy.pay_stated",
      "vacancy.remote <= false && vacancy.pay_stated > vacancy.remote",
      "vacancy.remote >= false",
      "vacancy.remote in [true, false]",
      "1 == 1 == true",
      "'\\u00e9\\x41\\101\\n' == 'éAA\\n'",
      "[1, 2] == [1, 2] && [1] != [2] && [] == []",
      "true // a comment\n && true",
      "true || vacancy.remote && false",
  };
  for (const std::string& text : holds) {
    INFO(text);
    CHECK(Holds(text, facts));
  }
  CHECK_FALSE(Holds("vacancy.remote && true || vacancy.remote", facts));
  CHECK_FALSE(Holds("!vacancy.cross_border", facts));
  CHECK_FALSE(Holds("vacancy.status == 'opem'", facts));
  CHECK_FALSE(Holds("has(vacancy.occupation)", facts));
  CHECK_FALSE(Holds("vacancy.status in ['a', 'closed', 'z']", facts));
}

TEST_CASE("many constants do not fit a mask and still compare",
          "[policy][condition]") {
  std::string list = "'open'";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&list, ", 's", i, "'");
  Facts facts = VacancyFacts();
  const std::string in = absl::StrCat("vacancy.status in [", list, "]");
  CHECK(Holds(in, facts));
  facts.Set("vacancy.status", std::string("s77"));
  CHECK(Holds(in, facts));
  facts.Set("vacancy.status", std::string("s777"));
  CHECK_FALSE(Holds(in, facts));
}

TEST_CASE("errors say where and what was expected", "[policy][condition]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "0: expected a fact, a literal, `(`, `[` or `!`, found the end"},
      {"vacancy.status = 'x'", "15: `=` is not an operator; expected `==`"},
      {"vacancy.remote & true", "15: `&` is not an operator; expected `&&`"},
      {"1 + 1 == 2", "2: arithmetic is not part of conditions: `+`"},
      {"1.5 < 2", "0: a number with a fraction"},
      {"1u == 1", "0: `1u` is not a 64-bit int"},
      {"99999999999999999999 == 1", "0: `99999999999999999999` is not"},
      {"9223372036854775808 == 1", "0: `9223372036854775808` is not"},
      {"vacancy.status == 'open", "18: this string is not closed"},
      {"vacancy.status == '\\q'", "19: unknown escape"},
      {"vacancy.status == '\\xZZ'", "19: this escape is not a character"},
      {"vacancy.status == '\\ud800'", "19: this escape is not a character"},
      {"vacancy.status @ 'x'", "15: unexpected character `@`"},
      {"(true", "5: expected `)` to close the parenthesis, found the end"},
      {"true)", "4: expected an operator or the end, found `)`"},
      {"vacancy.status in ['a'", "22: expected `]` to close the list"},
      {"true ? true", "11: expected `:` of `? :`, found the end"},
      {"date('2026-13-01') == as_of", "5: "},
      {"date(1) == as_of", "5: expected a string such as"},
      {"has('x')", "4: expected the name of a fact"},
      {"size(vacancy.countries) == 0",
       "0: unknown function `size`; expected `has` or `date`"},
      {"vacancy.foo", "0: unknown fact `vacancy.foo` of a vacancy"},
      {"vacancy.status",
       "0: expected a bool for the whole condition, found "
       "string"},
      {"!vacancy.status", "1: expected a bool for !, found string"},
      {"vacancy.status == 1", "18: expected string to compare with, found int"},
      {"vacancy.remote && 'x'", "18: expected a bool for `&&`, found string"},
      {"vacancy.countries < ['x']", "0: lists have no order"},
      {"'x' in vacancy.status", "7: expected a list after `in`, found string"},
      {"1 in vacancy.countries", "0: a int cannot be in a list of string"},
      {"vacancy.status in ['a', 1]",
       "24: expected string as the items before, found int"},
      {"vacancy.status in [['a']]", "19: a list cannot hold a list"},
      {"(true ? 1 : 'x') == 1",
       "12: expected int as on the other side of `:`, found string"},
      {"vacancy.countries == [vacancy.status]",
       "22: expected a literal: a list that is compared"},
      {"null == null", "0: expected a fact or a literal, found `null`"},
      {"r'x' == 'x'", "0: a string prefix is not part of conditions"},
      {"false", "0: this condition can never hold"},
      {"vacancy.remote && 1 == 2", "0: this condition can never hold"},
      {"vacancy.status in []", "0: this condition can never hold"},
  };
  for (const auto& [text, error] : cases) {
    INFO(text);
    const std::string found = ErrorOf(text);
    CHECK(found.substr(0, error.size()) == error);
  }
}

TEST_CASE("an optional fact needs its guard", "[policy][condition]") {
  const std::string hint =
      "fact `vacancy.sector` may be absent; expected `has(vacancy.sector) && "
      "...` before it";
  const std::vector<std::string> refused = {
      "vacancy.sector == 'B'",
      "vacancy.sector == 'B' && has(vacancy.sector)",
      "has(vacancy.sector) || vacancy.sector == 'B'",
      "!has(vacancy.sector) && vacancy.sector == 'B'",
      "has(vacancy.sector) ? true : vacancy.sector == 'B'",
      "(has(vacancy.sector) || vacancy.remote) && vacancy.sector == 'B'",
      "has(vacancy.occupation) && vacancy.sector == 'B'",
      "(has(vacancy.sector) == true) && vacancy.sector == 'B'",
  };
  for (const std::string& text : refused) {
    INFO(text);
    CHECK(ErrorOf(text).find(hint) != std::string::npos);
  }
  const std::vector<std::string> passes = {
      "has(vacancy.sector) && vacancy.sector == 'B'",
      "has(vacancy.sector) && vacancy.remote && vacancy.sector == 'B'",
      "!has(vacancy.sector) || vacancy.sector == 'B'",
      "has(vacancy.sector) ? vacancy.sector == 'B' : true",
      "!has(vacancy.sector) ? true : vacancy.sector == 'B'",
      "!(has(vacancy.sector) && vacancy.remote) || vacancy.sector == 'B'",
      "!(!has(vacancy.sector) || vacancy.remote) && vacancy.sector == 'B'",
      "(vacancy.remote ? has(vacancy.sector) : has(vacancy.sector)) && "
      "vacancy.sector == 'B'",
      "has(vacancy.status) && vacancy.status == 'x'",
  };
  for (const std::string& text : passes) {
    INFO(text);
    CHECK(ErrorOf(text).empty());
  }
}

TEST_CASE("what only the origin knows is guarded when receiving",
          "[policy][condition]") {
  CheckScope scope;
  scope.schema = &SchemaOf(RecordKind::kProfile);
  CHECK(ErrorOf("consent.given", scope).empty());
  scope.receiving = true;
  CHECK(ErrorOf("consent.given", scope) ==
        "0: fact `consent.given` may be absent when receiving; expected "
        "`has(consent.given) && ...` before it");
}

TEST_CASE("conditions are bounded", "[policy][condition]") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '(') + "true" +
           std::string(static_cast<std::size_t>(depth), ')');
  };
  CHECK(ErrorOf(nested(kConditionDepthMax - 1)).empty());
  CHECK(ErrorOf(nested(kConditionDepthMax)).find("nested deeper than 64") !=
        std::string::npos);
  CHECK(ErrorOf(std::string(100, '!') + "true").find("nested deeper") !=
        std::string::npos);
  std::string chain = "true";
  for (int i = 0; i < 100; ++i) chain += " == true";
  CHECK(ErrorOf(chain).find("nested deeper") != std::string::npos);
  CHECK(ErrorOf(std::string(kConditionBytesMax + 1, ' '))
            .find("condition of 8193 bytes") != std::string::npos);
  std::string list = "1 in [0";
  for (int i = 0; i < kConditionListItemsMax; ++i) list += ",1";
  CHECK(ErrorOf(list + "]").find("a list holds at most 1000 items") !=
        std::string::npos);
  std::string wide = "(true";
  for (int i = 0; i < 500; ++i) wide += " && vacancy.remote";
  CHECK(ErrorOf(wide.substr(0, 8000) + " || true)").size() < 200);
  std::string product = "vacancy.remote ? 'a' : 'b'";
  for (int i = 0; i < 20; ++i) {
    product = absl::StrCat("vacancy.remote ? 'a' : (", product, ")");
  }
  const std::string pairs = absl::StrCat("(", product, ") == (", product, ")");
  CHECK(ErrorOf(pairs).empty());
  std::string many = pairs;
  for (int i = 0; i < 6; ++i) absl::StrAppend(&many, " && ", pairs);
  REQUIRE(many.size() <= kConditionBytesMax);
  CHECK(ErrorOf(many).find("too complex") != std::string::npos);
}

TEST_CASE("the first failing part is named", "[policy][condition]") {
  const Question question = AskVacancy();
  Facts facts = VacancyFacts();
  FactView view(question, {});
  view.SetRecord(&facts);
  const auto failure = [&](absl::string_view text) {
    ConditionError error;
    const auto condition = CompileCondition(text, VacancyScope(), error);
    REQUIRE(condition.has_value());
    return FirstFailure(*condition, view);
  };
  CHECK(failure("vacancy.cross_border") == "");
  CHECK(failure("vacancy.cross_border && vacancy.remote") == "vacancy.remote");
  CHECK(failure("!vacancy.cross_border") == "!vacancy.cross_border");
  CHECK(failure("vacancy.remote || vacancy.status == 'x'") == "vacancy.remote");
  CHECK(failure("!(vacancy.remote || vacancy.cross_border)") ==
        "!vacancy.cross_border");
  CHECK(failure("!(vacancy.status in ['open'])") ==
        "!(vacancy.status in ['open'])");
  CHECK(failure("has(vacancy.sector) && vacancy.sector == 'B'") ==
        "has(vacancy.sector)");
  CHECK(failure("vacancy.cross_border ? vacancy.status == 'x' : true") ==
        "vacancy.status == 'x'");
}

}  // namespace
}  // namespace minga::policy
