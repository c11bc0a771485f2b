// The agreements of groups, with the packs of their parties: who is bound to
// whom, the strictest clock, and Paraguay's change of law.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "node/base/limits.h"
#include "policy/policy_set.h"
#include "tests/unit/policy/documents.h"
#include "tests/unit/policy/packs.h"

namespace minga::policy {
namespace {

const Country kEcuador = Country::Of("EC");
const Country kPeru = Country::Of("PE");
const Country kParaguay = Country::Of("PY");
const Country kUruguay = Country::Of("UY");
const Country kBrazil = Country::Of("BR");

DocumentSource Group(absl::string_view name, std::vector<Country> signed_by) {
  DocumentSource mou = Read(absl::StrCat("mou/", name, ".textproto"));
  mou.text = absl::StrReplaceAll(mou.text,
                                 {{"@FROM@", "2026-01-01"}, {"@UNTIL@", ""}});
  mou.signed_by = std::move(signed_by);
  return mou;
}

std::shared_ptr<const PolicySet> LoadGroup(Country own, absl::string_view dir,
                                           DocumentSource mou) {
  PolicySources sources;
  sources.national = Read(absl::StrCat(dir, "/national.textproto"));
  sources.mous.push_back(std::move(mou));
  auto set = PolicySet::Load(own, sources);
  INFO(set.status());
  REQUIRE(set.ok());
  return *set;
}

Question AskProfile(Country own, Country peer) {
  Question question;
  question.own = own;
  question.peer = peer;
  question.kind = RecordKind::kProfile;
  question.as_of = absl::CivilDay(2026, 11, 21);
  return question;
}

// Of somebody who consented to be shown in `country` until the end of 2028.
Facts ProfileFor(Country country) {
  Facts facts(RecordKind::kProfile);
  using List = std::vector<std::string>;
  CHECK(facts.Set("record.imported", false));
  CHECK(facts.Set("profile.active", true));
  CHECK(facts.Set("profile.minor", false));
  CHECK(facts.Set("consent.given", true));
  CHECK(facts.Set("consent.countries", List{country.ToString()}));
  CHECK(facts.Set("consent.purposes", List{"job_matching"}));
  CHECK(facts.Set("consent.sections", List{"basic", "occupation"}));
  CHECK(facts.Set("consent.expires", absl::CivilDay(2028, 12, 31)));
  return facts;
}

bool Permitted(const PolicySet& set, Country own, Country peer) {
  return set.Decide(AskProfile(own, peer), ProfileFor(peer)).permitted;
}

TEST_CASE("the Andean agreement binds those who signed it",
          "[policy][packs][group]") {
  const auto ec = LoadGroup(kEcuador, "ec", Group("can", {Country::Of("CO")}));
  CHECK(Permitted(*ec, kEcuador, Country::Of("CO")));
  // A party that has not signed, a country of the CAN that is no party, and one
  // outside.
  CHECK_FALSE(Permitted(*ec, kEcuador, kPeru));
  CHECK_FALSE(Permitted(*ec, kEcuador, Country::Of("BO")));
  CHECK_FALSE(Permitted(*ec, kEcuador, kBrazil));
}

TEST_CASE("the MERCOSUR agreement binds its eight parties",
          "[policy][packs][group]") {
  const auto uy = LoadGroup(kUruguay, "uy", Group("mercosur", {}));
  for (const char* party : {"AR", "BR", "CL", "CO", "EC", "PE", "PY"}) {
    INFO(party);
    CHECK(Permitted(*uy, kUruguay, *Country::Parse(party)));
  }
  for (const char* other : {"CR", "MX", "PA"}) {
    INFO(other);
    CHECK_FALSE(Permitted(*uy, kUruguay, *Country::Parse(other)));
  }
}

TEST_CASE("of law and agreement the strictest number holds",
          "[policy][packs][group]") {
  const Obligations pe =
      LoadGroup(kPeru, "pe", Group("can", {}))
          ->Decide(AskProfile(kPeru, kEcuador), ProfileFor(kEcuador))
          .obligations;
  CHECK(pe.breach_notice_hours == 48);  // the law; the agreement has 72
  CHECK(pe.erase_within_hours == 24);   // the agreement; the law has no term
  CHECK(pe.retention_days == 180);
  CHECK(pe.min_k == 5);
  CHECK(pe.no_onward_transfer);

  const Obligations uy =
      LoadGroup(kUruguay, "uy", Group("mercosur", {}))
          ->Decide(AskProfile(kUruguay, kBrazil), ProfileFor(kBrazil))
          .obligations;
  CHECK(uy.erase_within_hours == 24);  // the law has 120
  CHECK(uy.breach_notice_hours == 72);
}

TEST_CASE("the law of Paraguay changes without a day between",
          "[policy][packs][group]") {
  const auto py = LoadGroup(kParaguay, "py", Group("mercosur", {}));
  const absl::CivilDay last(2027, 11, 26);
  CHECK(py->NextBoundary(absl::CivilDay(2026, 11, 21)) == last + 1);
  CHECK(py->NextBoundary(last + 1) == absl::CivilDay::max());
  const Facts facts = ProfileFor(kBrazil);
  Question question = AskProfile(kParaguay, kBrazil);
  const auto statutes = [&] {
    std::string text;
    for (const RuleTrace& trace : py->Explain(question, facts).deciding) {
      if (trace.rule_id.find("py.profile.send") != 0) continue;
      for (const Citation& citation : trace.citations) {
        absl::StrAppend(&text, citation.statute, ";");
      }
    }
    return text;
  };

  question.as_of = last;
  CHECK(py->Decide(question, facts).permitted);
  CHECK(absl::StrContains(statutes(), "Ley 6534"));
  CHECK_FALSE(absl::StrContains(statutes(), "Ley 7593/2025"));

  question.as_of = last + 1;
  CHECK(py->Decide(question, facts).permitted);
  CHECK(absl::StrContains(statutes(), "Ley 7593/2025"));
  CHECK_FALSE(absl::StrContains(statutes(), "Ley 6534"));
  CHECK(py->Decide(question, facts).obligations.min_k == 5);
}

TEST_CASE("a draft can be signed as a note", "[policy][packs][group]") {
  for (const char* name : {"template", "can", "mercosur"}) {
    const std::string text =
        Read(absl::StrCat("mou/", name, ".textproto")).text;
    INFO(name);
    CHECK(text.size() < kNoteBytesMax);
    CHECK(text.back() == '\n');
    CHECK_FALSE(absl::StrContains(text, "\t"));
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      // Would be read as a signature.
      CHECK_FALSE(absl::StartsWith(line, "\u2014 "));
    }
  }
}

TEST_CASE("the signers of an agreement of two do not change its hash",
          "[policy][group]") {
  PolicySources sources;
  sources.national = National(Permit("n"));
  sources.mous = {Agreement(Permit("m"))};
  const auto all = PolicySet::Load(Country::Of("CO"), sources);
  sources.mous[0].signed_by = {Country::Of("EC")};
  const auto named = PolicySet::Load(Country::Of("CO"), sources);
  sources.mous[0].signed_by = {Country::Of("PE")};
  const auto nobody = PolicySet::Load(Country::Of("CO"), sources);
  REQUIRE((all.ok() && named.ok() && nobody.ok()));
  CHECK((*all)->hash() == (*named)->hash());
  CHECK((*all)->hash() != (*nobody)->hash());
}

}  // namespace
}  // namespace minga::policy
