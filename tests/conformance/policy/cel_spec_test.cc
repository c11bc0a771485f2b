// The cases of cel-spec within our subset of CEL.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <regex>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/strings.h"
#include "policy/checker.h"
#include "policy/condition.h"
#include "policy/condition_eval.h"
#include "policy/parser.h"
#include "tests/conformance/policy/text_tree.h"

namespace minga::policy {
namespace {

// `text` as a string literal of CEL.
std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out.push_back(c);
    }
  }
  return out + "'";
}

// The comparison that holds if the case does; nullopt if its value is of a type
// that we do not have.
std::optional<std::string> Claim(const TextTree& test) {
  const std::string expr = absl::StrCat("(", test.Find("expr")->value, ")");
  const TextTree* value = test.Find("value");
  if (value == nullptr) return expr;  // the default of cel-spec is true
  if (value->children.size() != 1) return std::nullopt;
  const TextTree& scalar = value->children[0];
  if (scalar.name == "bool_value" || scalar.name == "int64_value") {
    return absl::StrCat(expr, " == ", scalar.value);
  }
  if (scalar.name == "string_value" &&
      ValidateText(scalar.value, "\n\r\t").ok()) {
    return absl::StrCat(expr, " == ", Quoted(scalar.value));
  }
  return std::nullopt;
}

// The departures of policy/README.md, as they look in a text.
std::string Departure(const std::string& expr) {
  static const std::pair<const char*, std::regex> kDepartures[] = {
      {"raw, bytes or triple-quoted string",
       std::regex(R"([bBrR]+['"]|'''|""")")},
      {"double or uint", std::regex(R"([0-9]\.|[0-9][eE][-+0-9]|[0-9][uU])")},
      {"arithmetic", std::regex(R"([+*/%]|-\s*[^0-9\s]|[^=<>(,\[\s]\s*-)")},
      {"null", std::regex(R"(\bnull\b)")},
      {"maps and messages", std::regex(R"(\{)")},
      {"lists in lists and indexes",
       std::regex(R"(\[\s*\[|\]\s*\[|[\])]\s*\.)")},
      {"lists of different types",
       std::regex(R"(\[[^\]]*(''[^\]]*\d|\d[^\]]*''))")},
      {"functions and variables other than facts",
       std::regex(R"(\b(?!true\b|false\b|in\b)[A-Za-z_]\w*(\s*[(.]|\b))")},
  };
  // Names inside strings are no names.
  static const std::regex kStrings(
      R"('(\\[\s\S]|[^'\\])*'|"(\\[\s\S]|[^"\\])*")");
  const std::string bare = std::regex_replace(expr, kStrings, "''");
  for (const auto& [name, pattern] : kDepartures) {
    const bool about_strings = pattern.mark_count() == 0 && name[0] == 'r';
    if (std::regex_search(about_strings ? expr : bare, pattern)) return name;
  }
  return "";
}

Truth Value(const std::string& text, std::string& error) {
  ConditionError why;
  CheckScope scope;
  scope.schema = &SchemaOf(RecordKind::kVacancy);
  const std::unique_ptr<Expr> expr = ParseCondition(text, why);
  Condition condition;
  condition.source = text;
  if (expr == nullptr || !CheckCondition(*expr, scope, why) ||
      !Lower(*expr, condition, why)) {
    error = absl::StrCat(why.offset, ": ", why.message);
    return Truth::kUnknown;
  }
  return Evaluate(condition, FactView());
}

struct Tally {
  int run = 0;
  int left_out = 0;
};

void RunTest(const TextTree& test, Tally& tally) {
  const TextTree* expr = test.Find("expr");
  if (expr == nullptr) return;
  // Errors are found at load here, and untyped or bound texts do not exist.
  for (const char* field :
       {"eval_error", "disable_check", "type_env", "bindings", "container",
        "check_only", "any_eval_errors", "unknown", "typed_result"}) {
    if (test.Find(field) != nullptr) {
      ++tally.left_out;
      return;
    }
  }
  const std::optional<std::string> claim = Claim(test);
  if (!claim.has_value() || !Departure(expr->value).empty()) {
    ++tally.left_out;
    return;
  }
  std::string error;
  const Truth truth = Value(*claim, error);
  INFO(test.Find("name")->value << ": " << *claim << "\n" << error);
  CHECK(truth == Truth::kTrue);
  ++tally.run;
}

TEST_CASE("conditions agree with cel-spec", "[conformance][policy]") {
  const char* data = std::getenv("MINGA_TEST_DATA");
  Tally tally;
  for (const char* name : {"basic", "comparisons", "logic", "parse"}) {
    const std::string path =
        absl::StrCat(data == nullptr ? "" : data, "/conformance/cel-spec/",
                     name, ".textproto");
    std::ifstream file(path);
    if (!file.good()) {
      WARN("SKIPPED: " << path << " is not on this machine");
      return;
    }
    std::stringstream text;
    text << file.rdbuf();
    const std::string content = text.str();
    TextTree root;
    TextTreeReader(content).ReadFields(root);
    for (const TextTree& section : root.children) {
      for (const TextTree& test : section.children) {
        if (test.name == "test") RunTest(test, tally);
      }
    }
  }
  WARN(tally.run << " cases run, " << tally.left_out << " outside the subset");
  // Counted on cel-spec 508bd98; fewer means that the subset shrank.
  CHECK(tally.run >= 120);
  CHECK(tally.run + tally.left_out >= 650);
}

}  // namespace
}  // namespace minga::policy
