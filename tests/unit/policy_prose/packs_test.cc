// The packs as prose, in all languages: nothing of them is lost, and nothing
// shows that people should not read.
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "minga/v1/policy.pb.h"
#include "policy/prose/prose.h"
#include "policy/prose/words.h"

namespace minga::policy::prose {
namespace {

namespace fs = std::filesystem;

// All national policies and agreements of deploy/policy, templates filled.
std::vector<DocumentSource> Packs() {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  const fs::path folder =
      fs::path(root == nullptr ? "." : root) / "deploy" / "policy";
  std::vector<DocumentSource> packs;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".textproto" ||
        absl::StrContains(name, "cases")) {
      continue;
    }
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    packs.push_back({fs::relative(entry.path(), folder).string(),
                     absl::StrReplaceAll(text.str(), {{"@A@", "CO"},
                                                      {"@B@", "EC"},
                                                      {"@FROM@", "2026-12-01"},
                                                      {"@UNTIL@", ""}})});
  }
  return packs;
}

// Line breaks count as spaces.
std::string Flat(absl::string_view text) {
  return absl::StrJoin(
      absl::StrSplit(text, absl::ByAnyChar(" \n\t"), absl::SkipEmpty()), " ");
}

std::size_t Columns(absl::string_view line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(),
                    [](char byte) { return (byte & 0xC0) != 0x80; }));
}

template <typename Citations>
void CheckCitations(const std::string& flat, const Citations& citations) {
  for (const v1::Citation& citation : citations) {
    CHECK_THAT(flat, Catch::Contains(Flat(absl::StrCat(citation.statute(), ", ",
                                                       citation.article()))));
  }
}

template <typename Document>
void CheckContent(const std::string& flat, const Document& document) {
  for (const v1::Rule& rule : document.rules()) {
    CHECK_THAT(flat, Catch::Contains(absl::StrCat("[", rule.id(), "]")));
    CheckCitations(flat, rule.citations());
    for (const v1::Obligation& obligation : rule.obligations()) {
      CheckCitations(flat, obligation.citations());
      if (obligation.has_notice()) {
        CHECK_THAT(flat, Catch::Contains(Flat(obligation.notice())));
      }
      if (obligation.has_min_k()) {
        CHECK_THAT(flat, Catch::Contains(absl::StrCat(obligation.min_k())));
      }
    }
    if (!rule.rationale().empty()) {
      const auto& notes = rule.rationale();
      CHECK(std::any_of(notes.begin(), notes.end(), [&](const auto& note) {
        return absl::StrContains(flat, Flat(note.text()));
      }));
    }
  }
  for (const v1::Property& property : document.properties()) {
    CHECK_THAT(flat, Catch::Contains(absl::StrCat("[", property.id(), "]")));
    CheckCitations(flat, property.citations());
  }
}

TEST_CASE("packs are complete prose in every language", "[prose][packs]") {
  const std::vector<DocumentSource> packs = Packs();
  REQUIRE(packs.size() >= 4);
  for (const DocumentSource& pack : packs) {
    v1::PolicyDocument document;
    REQUIRE(
        google::protobuf::TextFormat::ParseFromString(pack.text, &document));
    for (const absl::string_view language : Words::Languages()) {
      INFO(pack.name << " in " << language);
      const auto shown = Show(pack, language);
      INFO(shown.status());
      REQUIRE(shown.ok());
      const std::string flat = Flat(*shown);
      if (document.has_national_policy()) {
        CheckContent(flat, document.national_policy());
      } else {
        CheckContent(flat, document.mou());
      }
      CHECK_THAT(flat,
                 Catch::EndsWith(Flat(Words::Of(language)->Get("review"))));
      for (const char* raw :
           {"@", "LEVEL_", "EFFECT_", "DIRECTION_", "RECORD_KIND_", "PURPOSE_",
            "CERTAINTY_", "OPERATION_", "$0", "$1", "&&", "||", "!has",
            "condition.", "field.", "fact.", "obligation."}) {
        CHECK_FALSE(absl::StrContains(*shown, raw));
      }
      for (const absl::string_view line : absl::StrSplit(*shown, '\n')) {
        INFO(line);
        CHECK(Columns(line) <= 80);
        CHECK_FALSE(absl::EndsWith(line, " "));
      }
    }
  }
}

}  // namespace
}  // namespace minga::policy::prose
