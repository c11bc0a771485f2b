// Conditions from anywhere: no input crashes, and what compiles evaluates the
// same by nodes and by the compiled program, without an error.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/condition.h"
#include "policy/condition_eval.h"
#include "policy/program.h"

namespace minga::policy {
namespace {

Facts SomeFacts(RecordKind kind, bool optional) {
  Facts facts(kind);
  const KindSchema& schema = SchemaOf(kind);
  for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
    const auto id = static_cast<FactId>(i);
    if (schema.facts[i].optional && !optional) continue;
    switch (schema.facts[i].type) {
      case FactType::kBool:
        facts.Set(id, i % 2 == 0);
        break;
      case FactType::kInt:
        facts.Set(id, std::int64_t{7});
        break;
      case FactType::kString:
        facts.Set(id, std::string("open"));
        break;
      case FactType::kDate:
        facts.Set(id, absl::CivilDay(2026, 6, 15));
        break;
      case FactType::kStringList:
        facts.Set(id, std::vector<std::string>{"EC", "open"});
        break;
    }
  }
  return facts;
}

void Check(const std::string& text, RecordKind kind) {
  CheckScope scope;
  scope.schema = &SchemaOf(kind);
  ConditionError error;
  const auto condition = CompileCondition(text, scope, error);
  if (!condition.has_value()) {
    if (error.message.empty() || error.offset > text.size()) std::abort();
    return;
  }
  Question question;
  question.own = Country::Of("CO");
  question.peer = Country::Of("EC");
  question.kind = kind;
  question.as_of = absl::CivilDay(2026, 6, 15);
  FactView view(question, {"CAN"});
  ResidualPool pool;
  const ResidualId root = pool.Fold(*condition, view);
  const Program program(*scope.schema, pool, {root});
  for (const bool optional : {false, true}) {
    const Facts facts = SomeFacts(kind, optional);
    view.SetRecord(&facts);
    const Truth slow = Evaluate(*condition, view);
    Program::Record record;
    program.Load(facts, DayNumber(question.as_of), record);
    const Program::Answer fast = program.Run(program.Entry(0), record);
    if (slow == Truth::kUnknown || fast == Program::Answer::kError ||
        (slow == Truth::kTrue) != (fast == Program::Answer::kTrue)) {
      std::abort();
    }
    if (FirstFailure(*condition, view).empty() != (slow == Truth::kTrue)) {
      std::abort();
    }
  }
}

}  // namespace
}  // namespace minga::policy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  minga::policy::Check(text, minga::RecordKind::kVacancy);
  minga::policy::Check(text, minga::RecordKind::kProfile);
  return 0;
}
