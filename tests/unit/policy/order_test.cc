// The order of rules and documents never changes an answer or its reasons, and
// what is remembered of one record is never said of another.
#include <google/protobuf/text_format.h>

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policy/policy_set.h"
#include "tests/unit/policy/random_policy.h"
#include "tests/unit/policy/random_sources.h"

namespace minga::policy {
namespace {

constexpr int kPolicies = 150;
constexpr int kQuestions = 40;

template <typename Rules>
void Shuffle(Rules& rules, RandomPolicy& random) {
  for (int i = rules.size() - 1; i > 0; --i) {
    rules.SwapElements(i, random.Below(i + 1));
  }
}

std::vector<DecidingRule> NamesOf(const Explanation& explanation) {
  std::vector<DecidingRule> names;
  for (const RuleTrace& trace : explanation.deciding) {
    if (trace.layer == Layer::kConsent) continue;
    names.push_back({trace.layer, trace.rule_id, trace.effect});
  }
  return names;
}

std::vector<DecidingRule> NamesOf(const Decision& decision) {
  return {decision.deciding.begin(), decision.deciding.end()};
}

std::string TextOf(const Explanation& explanation) {
  std::string text = explanation.summary;
  for (const RuleTrace& trace : explanation.nearest) {
    text += "\n" + trace.rule_id + " " + trace.failed;
  }
  for (const RuleTrace& trace : explanation.deciding) {
    text += "\n" + trace.rule_id;
  }
  return text;
}

TEST_CASE("order changes neither answers nor reasons", "[policy][order]") {
  int decided = 0;
  for (int i = 0; i < kPolicies; ++i) {
    RandomPolicy random(static_cast<std::uint64_t>(7000 + i));
    reference::Documents documents = random.MakeDocuments();
    const auto set = LoadRandom(documents);
    Shuffle(*documents.national.mutable_rules(), random);
    for (v1::Mou& mou : documents.mous) Shuffle(*mou.mutable_rules(), random);
    for (v1::NodeOverride& node : documents.overrides) {
      Shuffle(*node.mutable_rules(), random);
    }
    if (documents.mous.size() > 1) {
      std::swap(documents.mous.front(), documents.mous.back());
    }
    const auto shuffled = LoadRandom(documents);
    for (int j = 0; j < kQuestions; ++j) {
      const Question question = random.MakeQuestion();
      const Facts facts = random.MakeFacts(question.kind);
      const Decision one = set->Decide(question, facts);
      const Decision other = shuffled->Decide(question, facts);
      INFO("policy " << i << ", question " << j);
      REQUIRE(SameAnswer(one, other));
      REQUIRE(NamesOf(one) == NamesOf(other));
      REQUIRE(NamesOf(one) == NamesOf(set->Explain(question, facts)));
      REQUIRE(TextOf(set->Explain(question, facts)) ==
              TextOf(shuffled->Explain(question, facts)));
      decided += one.deciding.empty() ? 0 : 1;
    }
  }
  CHECK(decided > kPolicies * kQuestions / 4);
}

TEST_CASE("what is remembered is what would be found anew", "[policy][order]") {
  int shared = 0;
  // Each answer is compared with that of a set which remembers nothing.
  for (int i = 0; i < kPolicies / 10; ++i) {
    RandomPolicy random(static_cast<std::uint64_t>(9000 + i));
    const reference::Documents documents = random.MakeDocuments();
    const auto set = LoadRandom(documents);
    // The first explanation that each basis stood for, on one day.
    std::map<std::pair<const void*, absl::CivilDay>, std::string> said;
    std::vector<Answer> kept;
    for (int j = 0; j < kQuestions; ++j) {
      const Question question = random.MakeQuestion();
      for (int k = 0; k < 3; ++k) {
        const Facts facts = random.MakeFacts(question.kind);
        const Answer answer = set->Ask(question, facts);
        const auto fresh = LoadRandom(documents);
        REQUIRE(SameAnswer(*answer, fresh->Decide(question, facts)));
        if (answer.basis() == nullptr) continue;
        kept.push_back(answer);
        const std::string text = TextOf(set->Explain(question, facts));
        const auto [at, first] =
            said.emplace(std::make_pair(answer.basis(), question.as_of), text);
        INFO("policy " << i << ", question " << j);
        REQUIRE(at->second == text);
        shared += first ? 0 : 1;
      }
    }
  }
  CHECK(shared > 0);
}

}  // namespace
}  // namespace minga::policy
