// Random documents as the set that they make.
#ifndef MINGA_TESTS_UNIT_POLICY_RANDOM_SOURCES_H_
#define MINGA_TESTS_UNIT_POLICY_RANDOM_SOURCES_H_

#include <google/protobuf/text_format.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "policy/policy_set.h"
#include "tests/unit/policy/reference.h"

namespace minga::policy {

inline std::shared_ptr<const PolicySet> LoadRandom(
    const reference::Documents& documents) {
  const auto print = [](const v1::PolicyDocument& document) {
    std::string text;
    google::protobuf::TextFormat::PrintToString(document, &text);
    return text;
  };
  PolicySources sources;
  v1::PolicyDocument outer;
  *outer.mutable_national_policy() = documents.national;
  sources.national = {"national", print(outer)};
  for (const v1::Mou& mou : documents.mous) {
    *outer.mutable_mou() = mou;
    sources.mous.push_back({"mou", print(outer)});
  }
  for (const v1::NodeOverride& node : documents.overrides) {
    *outer.mutable_node_override() = node;
    sources.overrides.push_back({"override", print(outer)});
  }
  auto set = PolicySet::Load(Country::Of("CO"), sources);
  INFO(set.status());
  REQUIRE(set.ok());
  return *std::move(set);
}

// Names of deciding rules apart.
inline bool SameAnswer(const Decision& a, const Decision& b) {
  return a.permitted == b.permitted && a.levels == b.levels &&
         a.obligations == b.obligations;
}

}  // namespace minga::policy

#endif  // MINGA_TESTS_UNIT_POLICY_RANDOM_SOURCES_H_
