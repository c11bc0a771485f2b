// The formulas that proofs are about against the compiled evaluation and the
// naive one, on random policies: what is proved is what is decided.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "tests/unit/policy_proof/disagreement.h"

namespace minga::policy {
namespace {

// Of each policy this many questions are asked.
constexpr int kQuestions = 40;
constexpr int kPairs = 20'000;

// Pairs to try: kPairs, or what tests/long_policy.sh asks for.
int PairsWanted() {
  const char* text = std::getenv("MINGA_AGREEMENT_PAIRS");
  int pairs = 0;
  return text != nullptr && absl::SimpleAtoi(text, &pairs) && pairs > 0
             ? pairs
             : kPairs;
}

// So that several processes can share a long run.
std::uint64_t FirstSeed() {
  const char* text = std::getenv("MINGA_AGREEMENT_SEED");
  std::uint64_t seed = 0;
  return text != nullptr && absl::SimpleAtoi(text, &seed) ? seed : 1'000'000;
}

TEST_CASE("compiled, naive and proved meaning agree", "[policy][agreement]") {
  const int policies = (PairsWanted() + kQuestions - 1) / kQuestions;
  int permitted = 0;
  for (int i = 0; i < policies; ++i) {
    const std::uint64_t seed = FirstSeed() + static_cast<std::uint64_t>(i);
    RandomPolicy random(seed);
    const reference::Documents documents = random.MakeDocuments();
    const auto judges = ThreeJudges::Load(documents);
    INFO("seed " << seed << "\n" << judges.status());
    REQUIRE(judges.ok());
    for (int j = 0; j < kQuestions; ++j) {
      const Question question = random.MakeQuestion();
      const Facts facts = random.MakeFacts(question.kind);
      if ((*judges)->Agree(question, facts, &permitted)) continue;
      FAIL("seed " << seed << "\n" << MinimalCase(documents, question, facts));
    }
  }
  // The policies are worth comparing only if both answers are common.
  CHECK(permitted > policies * kQuestions / 20);
  CHECK(permitted < policies * kQuestions * 19 / 20);
}

}  // namespace
}  // namespace minga::policy
