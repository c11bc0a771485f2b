#include "policy/proof/case_text.h"

#include <google/protobuf/text_format.h>

#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "policy/proof/demands.h"

namespace minga::policy::proof {
namespace {

// A case's id is as long as a rule's at most.
constexpr std::size_t kIdBytesMax = 64;

// A string literal of CEL.
std::string Literal(const std::string& text) {
  return absl::StrCat("'", absl::Utf8SafeCEscape(text), "'");
}

// A literal of CEL, or "absent".
std::string Literal(const FactValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? "true" : "false";
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return absl::StrCat(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return Literal(*text);
  }
  if (const auto* day = std::get_if<absl::CivilDay>(&value)) {
    return absl::StrCat("date('", FormatDay(*day), "')");
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    const auto quote = [](std::string* out, const std::string& text) {
      absl::StrAppend(out, Literal(text));
    };
    return absl::StrCat("[", absl::StrJoin(*list, ", ", quote), "]");
  }
  return "absent";
}

void SetLevel(Level level, v1::PolicyCase::FieldLevel& out) {
  if (level.generalise_step() > 0) {
    out.set_level(v1::Rule::LEVEL_GENERALISE);
    out.set_generalise_steps(level.generalise_step());
  } else if (level.suppressed()) {
    out.set_level(v1::Rule::LEVEL_SUPPRESS);
  } else {
    out.set_level(level.raw() ? v1::Rule::LEVEL_RAW
                              : v1::Rule::LEVEL_PSEUDONYM);
  }
}

}  // namespace

std::string CaseText(const std::string& id, const std::string& title,
                     const Example& example, const Expected& expected) {
  const Question& question = example.question;
  const KindSchema& schema = SchemaOf(question.kind);
  v1::PolicyCases cases;
  v1::PolicyCase& one = *cases.add_cases();
  one.set_id(id.substr(0, kIdBytesMax));
  v1::LocalizedNote& note = *one.add_titles();
  note.set_language("en");
  note.set_text(title);
  one.set_direction(question.direction == Direction::kSend
                        ? v1::Rule::DIRECTION_SEND
                        : v1::Rule::DIRECTION_RECEIVE);
  one.set_kind(static_cast<v1::RecordKind>(question.kind));
  one.set_purpose(static_cast<v1::Purpose>(question.purpose));
  one.set_peer(question.peer.ToString());
  one.set_as_of(FormatDay(question.as_of));
  if (!example.in_force) one.set_agreement(v1::PolicyCase::AGREEMENT_NONE);
  for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
    const FactValue& value = example.facts.Get(static_cast<FactId>(i));
    one.add_facts(absl::StrCat(schema.facts[i].name, " = ", Literal(value)));
  }
  one.set_permitted(expected.permitted);
  std::map<Level, v1::PolicyCase::FieldLevel> levels;
  for (const auto& [field, level] : expected.levels) {
    levels[level].add_fields(std::string(schema.fields[field].name));
    SetLevel(level, levels[level]);
  }
  for (const auto& level : levels) *one.add_levels() = level.second;
  for (const Obligations& demand : expected.obligations) {
    google::protobuf::TextFormat::ParseFromString(DemandText(demand, schema),
                                                  one.add_obligations());
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(cases, &text);
  // A case that is withheld says so, though it is the default.
  if (!expected.permitted) {
    const std::size_t end = text.rfind('}');
    text.insert(end, "  permitted: false\n");
  }
  return text;
}

std::string Situation(const Example& example) {
  const Question& question = example.question;
  const bool sends = question.direction == Direction::kSend;
  const bool vowel = question.kind == RecordKind::kApplication;
  return absl::StrCat(
      vowel ? "an " : "a ", KindName(question.kind),
      sends ? " sent from " : " received by ", question.own.ToString(),
      sends ? " to " : " from ", question.peer.ToString(), " for ",
      PurposeName(question.purpose), " on ", FormatDay(question.as_of),
      example.in_force ? "" : " without an agreement in force");
}

}  // namespace minga::policy::proof
