#include "policy/proof/evaluator.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "policy/proof/decision_model.h"
#include "policy/proof/documents.h"
#include "policy/proof/grounding.h"
#include "policy/proof/z3_guard.h"

namespace minga::policy::proof {
namespace {

class EvaluatorImpl final : public Evaluator {
 public:
  EvaluatorImpl(Country own, std::vector<CompiledDocument> documents)
      : own_(own),
        documents_(std::move(documents)),
        words_(Pointers(documents_), {own}) {}

  absl::StatusOr<Decision> Decide(const Question& question,
                                  const Facts& facts) override {
    if (question.own != own_ || question.peer == own_ ||
        question.peer.empty() || facts.kind() != question.kind ||
        SchemaOf(question.kind).fields.empty()) {
      return Decision();
    }
    return Guarded([&]() -> absl::StatusOr<Decision> {
      const Side& side = SideOf(question.kind, question.direction);
      return Evaluate(Ground(side.symbols, question, facts), side.decisions);
    });
  }

 private:
  struct Side {
    Symbols symbols;
    DecisionModel decisions;

    Side(z3::context& z3, const Vocabulary& words, RecordKind kind,
         Direction direction, const Layers& layers)
        : symbols(z3, words, kind, direction), decisions(symbols, layers) {}
  };

  const Side& SideOf(RecordKind kind, Direction direction) {
    std::unique_ptr<Side>& side = sides_[{kind, direction}];
    if (side == nullptr) {
      side = std::make_unique<Side>(z3_, words_, kind, direction,
                                    Layers{Pointers(documents_), false, false});
    }
    return *side;
  }

  const Country own_;
  const std::vector<CompiledDocument> documents_;
  const Vocabulary words_;
  z3::context z3_;
  std::map<std::pair<RecordKind, Direction>, std::unique_ptr<Side>> sides_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Evaluator>> Evaluator::Load(
    Country own, const PolicySources& sources) {
  absl::StatusOr<std::vector<CompiledDocument>> documents =
      LoadAll(own, sources);
  if (!documents.ok()) return documents.status();
  return Guarded([&]() -> absl::StatusOr<std::unique_ptr<Evaluator>> {
    return std::make_unique<EvaluatorImpl>(own, *std::move(documents));
  });
}

}  // namespace minga::policy::proof
