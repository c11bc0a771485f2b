// The drafts of agreements keep what their clauses promise, and tighten the law
// of each party only.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/proof/proof.h"

namespace minga::policy::proof {
namespace {

DocumentSource Read(const std::string& path) {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  std::ifstream file(
      absl::StrCat(root == nullptr ? "." : root, "/deploy/policy/", path));
  INFO(path);
  REQUIRE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  return DocumentSource{path, text.str()};
}

DocumentSource Draft(const std::string& name) {
  DocumentSource mou = Read(absl::StrCat("mou/", name, ".textproto"));
  mou.text = absl::StrReplaceAll(mou.text, {{"@A@", "CO"},
                                            {"@B@", "EC"},
                                            {"@FROM@", "2026-12-01"},
                                            {"@UNTIL@", "2028-11-30"}});
  return mou;
}

std::string Findings(const Report& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    absl::StrAppend(&text, FindingName(finding.kind), " ", finding.id, ": ",
                    finding.message, "\n", finding.counterexample);
  }
  return text;
}

TEST_CASE("every draft agreement is proved", "[policy][proof][packs]") {
  for (const char* name : {"template", "can", "mercosur"}) {
    INFO(name);
    const auto report = Prove(Draft(name), Options());
    INFO(report.status());
    REQUIRE(report.ok());
    INFO(Findings(*report));
    CHECK(report->ok());
    // Clause 6 forbids what no clause permits, so that a later clause cannot:
    // said to whoever reads the proof, and no reason to refuse.
    for (const Finding& finding : report->findings) {
      CHECK(finding.kind == Finding::Kind::kShadowedRule);
      CHECK(absl::EndsWith(finding.id, ".identity"));
    }
    // The promises of the draft are among what was proved.
    int own = 0;
    for (const Proved& proved : report->proved) {
      own += proved.id.find(".p.") != std::string::npos;
    }
    CHECK(own == 6);
  }
}

TEST_CASE("a draft that forgets its classes is refused",
          "[policy][proof][packs]") {
  DocumentSource mou = Draft("can");
  const std::string classes = "obligations { min_k: 5 }";
  REQUIRE(mou.text.find(classes) != std::string::npos);
  mou.text =
      absl::StrReplaceAll(mou.text, {{classes, "obligations { min_k: 4 }"}});
  const auto report = Prove(mou, Options());
  REQUIRE(report.ok());
  CHECK_FALSE(report->ok());
  REQUIRE_FALSE(report->findings.empty());
  CHECK(report->findings.front().id == "can.p.classes");
}

TEST_CASE("the drafts only tighten the law of a party",
          "[policy][proof][packs]") {
  PolicySources sources;
  sources.national = Read("ec/national.textproto");
  for (const char* name : {"template", "can", "mercosur"}) {
    INFO(name);
    sources.mous = {Draft(name)};
    const auto report = ProveTightens(Country::Of("EC"), sources);
    INFO(report.status());
    REQUIRE(report.ok());
    INFO(Findings(*report));
    CHECK(report->ok());
  }
}

}  // namespace
}  // namespace minga::policy::proof
