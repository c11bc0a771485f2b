// What every pack in deploy/policy owes its readers: it loads, gives reasons in
// its languages, claims no more certainty than there is, and leaves out no
// kind.
#include <google/protobuf/text_format.h>

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "minga/v1/policy.pb.h"
#include "policy/policy_set.h"
#include "tests/unit/policy/packs.h"

namespace minga::policy {
namespace {

// The eleven countries of the first region.
constexpr const char* kPacks[] = {"ar", "br", "cl", "co", "cr", "ec",
                                  "mx", "pa", "pe", "py", "uy"};

v1::PolicyDocument Parse(const DocumentSource& source) {
  v1::PolicyDocument document;
  INFO(source.name);
  REQUIRE(
      google::protobuf::TextFormat::ParseFromString(source.text, &document));
  return document;
}

template <typename Notes>
std::set<std::string> Languages(const Notes& notes) {
  std::set<std::string> languages;
  for (const v1::LocalizedNote& note : notes) {
    if (!note.text().empty()) languages.insert(note.language());
  }
  return languages;
}

// Certainties that the pack claims, of rules, properties and groups.
std::set<v1::Certainty> Claims(const v1::NationalPolicy& pack) {
  std::set<v1::Certainty> claims;
  const auto add = [&claims](const auto& cited) {
    for (const auto& one : cited) {
      for (const auto& c : one.citations()) claims.insert(c.certainty());
    }
  };
  add(pack.rules());
  add(pack.properties());
  add(pack.peer_groups());
  return claims;
}

TEST_CASE("each pack loads by itself", "[policy][packs]") {
  for (const std::string name : kPacks) {
    const DocumentSource source = Read(name + "/national.textproto");
    const absl::Status status = CheckDocument(source);
    INFO(status);
    CHECK(status.ok());
    CHECK(absl::StrContains(source.text, "national lawyer"));
  }
}

TEST_CASE("each pack gives reasons in its languages", "[policy][packs]") {
  for (const std::string name : kPacks) {
    const v1::NationalPolicy pack =
        Parse(Read(name + "/national.textproto")).national_policy();
    const std::set<std::string> languages = Languages(pack.titles());
    INFO(name);
    CHECK(languages.contains("es"));
    CHECK(languages.contains("en"));
    CHECK(languages.contains("pt") == (name == "br"));
    CHECK(pack.properties_size() >= 3);
    for (const v1::Rule& rule : pack.rules()) {
      INFO(rule.id());
      CHECK(absl::StartsWith(rule.id(), name + "."));
      CHECK(Languages(rule.rationale()) == languages);
    }
    for (const v1::Property& property : pack.properties()) {
      INFO(property.id());
      CHECK(Languages(property.statements()) == languages);
    }
  }
}

TEST_CASE("no pack claims to have read what was not", "[policy][packs]") {
  for (const std::string name : {"br", "cl", "cr", "ec", "mx", "pa", "py"}) {
    INFO(name);
    CHECK_FALSE(
        Claims(Parse(Read(name + "/national.textproto")).national_policy())
            .contains(v1::CERTAINTY_VERIFIED));
  }
}

TEST_CASE("each pack decides the five kinds both ways", "[policy][packs]") {
  for (const std::string name : kPacks) {
    const v1::NationalPolicy pack =
        Parse(Read(name + "/national.textproto")).national_policy();
    std::set<std::pair<int, int>> permitted;
    for (const v1::Rule& rule : pack.rules()) {
      if (rule.effect() != v1::Rule::EFFECT_PERMIT) continue;
      for (const int kind : rule.kinds()) {
        for (const int direction : rule.directions()) {
          permitted.emplace(kind, direction);
        }
      }
    }
    INFO(name);
    CHECK(permitted.size() == 10);
  }
}

}  // namespace
}  // namespace minga::policy
