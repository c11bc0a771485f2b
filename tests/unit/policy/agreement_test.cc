// The compiled evaluation against the naive one on random policies, and the
// order of rules, which never matters.
#include <google/protobuf/text_format.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/policy_set.h"
#include "tests/unit/policy/random_policy.h"
#include "tests/unit/policy/reference.h"

namespace minga::policy {
namespace {

constexpr int kPolicies = 1000;
constexpr int kQuestions = 24;

template <typename Message>
std::string TextOf(const Message& document,
                   void (*wrap)(v1::PolicyDocument&, const Message&)) {
  v1::PolicyDocument outer;
  wrap(outer, document);
  std::string text;
  google::protobuf::TextFormat::PrintToString(outer, &text);
  return text;
}

PolicySources SourcesOf(const reference::Documents& documents) {
  PolicySources sources;
  sources.national = {
      "national", TextOf<v1::NationalPolicy>(
                      documents.national, [](v1::PolicyDocument& outer,
                                             const v1::NationalPolicy& inner) {
                        *outer.mutable_national_policy() = inner;
                      })};
  for (std::size_t i = 0; i < documents.mous.size(); ++i) {
    sources.mous.push_back(
        {"mou",
         TextOf<v1::Mou>(documents.mous[i],
                         [](v1::PolicyDocument& outer, const v1::Mou& inner) {
                           *outer.mutable_mou() = inner;
                         }),
         documents.signed_by[i]});
  }
  for (const v1::NodeOverride& document : documents.overrides) {
    sources.overrides.push_back(
        {"override",
         TextOf<v1::NodeOverride>(document, [](v1::PolicyDocument& outer,
                                               const v1::NodeOverride& inner) {
           *outer.mutable_node_override() = inner;
         })});
  }
  return sources;
}

std::string Describe(const reference::Documents& documents,
                     const Question& question, const Facts& facts) {
  std::string out = SourcesOf(documents).national.text;
  for (const auto& mou : SourcesOf(documents).mous) out += mou.text;
  for (const auto& doc : SourcesOf(documents).overrides) out += doc.text;
  absl::StrAppend(&out, "peer ", question.peer.ToString(), " ",
                  DirectionName(question.direction), " ",
                  PurposeName(question.purpose), " ", FormatDay(question.as_of),
                  "\n");
  const KindSchema& schema = SchemaOf(facts.kind());
  for (std::size_t i = 0; i < schema.facts.size(); ++i) {
    const FactValue& value = facts.Get(static_cast<FactId>(i));
    absl::StrAppend(&out, schema.facts[i].name, " = ");
    if (const auto* b = std::get_if<bool>(&value)) {
      absl::StrAppend(&out, *b ? "true" : "false");
    } else if (const auto* s = std::get_if<std::string>(&value)) {
      absl::StrAppend(&out, *s);
    } else if (const auto* n = std::get_if<std::int64_t>(&value)) {
      absl::StrAppend(&out, *n);
    } else if (const auto* d = std::get_if<absl::CivilDay>(&value)) {
      absl::StrAppend(&out, FormatDay(*d));
    } else if (const auto* l = std::get_if<std::vector<std::string>>(&value)) {
      absl::StrAppend(&out, "[", absl::StrJoin(*l, ","), "]");
    } else {
      absl::StrAppend(&out, "absent");
    }
    out += "\n";
  }
  return out;
}

bool Same(const Decision& a, const Decision& b) {
  return a.permitted == b.permitted && a.levels == b.levels &&
         a.obligations == b.obligations;
}

template <typename Rules>
void Shuffle(Rules& rules, RandomPolicy& random) {
  for (int i = rules.size() - 1; i > 0; --i) {
    rules.SwapElements(i, random.Below(i + 1));
  }
}

TEST_CASE("compiled and naive evaluation agree", "[policy][agreement]") {
  int permitted = 0;
  int partial = 0;
  for (int i = 0; i < kPolicies; ++i) {
    RandomPolicy random(static_cast<std::uint64_t>(i));
    reference::Documents documents = random.MakeDocuments();
    const auto set = PolicySet::Load(Country::Of("CO"), SourcesOf(documents));
    INFO(set.status() << "\n" << SourcesOf(documents).national.text);
    REQUIRE(set.ok());
    Shuffle(*documents.national.mutable_rules(), random);
    for (v1::Mou& mou : documents.mous) Shuffle(*mou.mutable_rules(), random);
    if (documents.mous.size() > 1) {
      std::swap(documents.mous.front(), documents.mous.back());
      std::swap(documents.signed_by.front(), documents.signed_by.back());
    }
    const auto shuffled =
        PolicySet::Load(Country::Of("CO"), SourcesOf(documents));
    REQUIRE(shuffled.ok());
    for (int j = 0; j < kQuestions; ++j) {
      const Question question = random.MakeQuestion();
      const Facts facts = random.MakeFacts(question.kind);
      const Decision fast = (*set)->Decide(question, facts);
      const Decision slow =
          reference::Evaluator(documents, question, facts).Decide();
      const Decision other = (*shuffled)->Decide(question, facts);
      const Explanation why = (*set)->Explain(question, facts);
      const bool said = why.summary.substr(0, 10) == "permitted:";
      if (!Same(fast, slow) || !Same(fast, other) || said != fast.permitted) {
        INFO("seed " << i << "\n" << Describe(documents, question, facts));
        INFO(why.summary);
        CHECK(Same(fast, slow));
        CHECK(Same(fast, other));
        REQUIRE(said == fast.permitted);
        return;
      }
      permitted += fast.permitted ? 1 : 0;
      for (const Level level : fast.levels) {
        if (level.generalise_step() > 0) {
          ++partial;
          break;
        }
      }
    }
  }
  // The policies are worth comparing only if both answers are common.
  CHECK(permitted > kPolicies * kQuestions / 20);
  CHECK(permitted < kPolicies * kQuestions * 19 / 20);
  CHECK(partial > 100);
}

}  // namespace
}  // namespace minga::policy
