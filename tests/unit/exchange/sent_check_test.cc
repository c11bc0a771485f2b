// The check of a feed finds every sort of mistake that is planted in it, and
// none where there is none.
#include "node/exchange/sent_check.h"

#include <catch2/catch.hpp>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/strings.h"

namespace minga::exchange {
namespace {

struct Sent {
  v1::Profile shown;
  std::string wire_id;
  Terms terms;
  int min_k = 3;
};

// Six in two classes of three; those of the first speak Portuguese and weld.
std::vector<Sent> Good() {
  std::vector<Sent> all;
  for (int i = 0; i < 6; ++i) {
    Sent sent;
    sent.wire_id = Base32(AsView(Sha256(absl::StrCat(i))));
    sent.shown.set_id(sent.wire_id);
    sent.shown.add_desired_occupations()->set_isco(i < 3 ? "72" : "81");
    sent.shown.add_experience()->mutable_months()->set_max(11);
    sent.shown.set_contactable(true);
    if (i < 3) {
      sent.shown.add_skills()->set_label("weld");
      sent.shown.add_languages()->set_language("pt");
    }
    all.push_back(sent);
  }
  return all;
}

v1::VerifyAnonymityResponse Check(const std::vector<Sent>& all, int min_k = 0,
                                  int changing = 0,
                                  std::size_t pairs_max = kSentPairsMax) {
  SentCheck check(min_k, pairs_max);
  do {
    check.BeginPass();
    SeqNo seq = 0;
    for (const Sent& sent : all) {
      const std::string body = sent.shown.SerializeAsString();
      check.Add({++seq, body, sent.wire_id, sent.terms, sent.min_k});
    }
    for (int i = 0; i < changing; ++i) check.AddChanging();
  } while (!check.EndPass());
  return check.Report();
}

TEST_CASE("nothing is wrong with what is right") {
  const v1::VerifyAnonymityResponse report = Check(Good());
  INFO(report.DebugString());
  CHECK(report.violations_total() == 0);
  CHECK(report.profiles() == 6);
  CHECK(report.classes() == 2);
  CHECK(report.smallest_class() == 3);
  CHECK(report.min_k() == 3);
  CHECK(report.prosecutor_max() == Approx(1.0 / 3));
  CHECK(report.prosecutor_mean() == Approx(2.0 / 6));
  CHECK_FALSE(report.has_journalist_max());
  CHECK(Check({}).violations_total() == 0);
}

TEST_CASE("each planted mistake is found, and only that") {
  struct Case {
    const char* name;
    std::function<void(std::vector<Sent>&)> plant;
    const char* says;
    int violations;
  };
  const Case cases[] = {
      {"a class of one, which leaves one of two",
       [](auto& all) {
         all[5].shown.mutable_desired_occupations(0)->set_isco("82");
       },
       "has 1 people, k is 3", 2},
      {"a class told apart by terms alone",
       [](auto& all) { all[5].terms.retention_days = 30; },
       "has 2 people, k is 3", 2},
      {"a class told apart by the day it is kept until",
       [](auto& all) {
         all[5].terms.retention_until = absl::CivilDay(2027, 1, 1);
       },
       "has 1 people", 2},
      {"a class told apart by onward transfer",
       [](auto& all) { all[5].terms.no_onward_transfer = true; },
       "has 1 people", 2},
      {"a larger k of one member", [](auto& all) { all[4].min_k = 4; },
       "has 3 people, k is 4", 1},
      {"a skill of one",
       [](auto& all) { all[4].shown.add_skills()->set_label("dive"); },
       "a skill or language of 1 of its people", 1},
      {"a level of a language of two",
       [](auto& all) { all[0].shown.mutable_languages(0)->set_cefr("B1"); },
       "a skill or language of 2 of its people", 2},
      {"a skill that one person has twice",
       [](auto& all) {
         for (int i = 0; i < 3; ++i) {
           all[3].shown.add_skills()->set_label("dive");
         }
       },
       "a skill or language of 1 of its people", 1},
      {"one pseudonym twice",
       [](auto& all) {
         all[1].wire_id = all[0].wire_id;
         all[1].shown.set_id(all[0].wire_id);
       },
       "row 2 has the pseudonym of a row before it", 1},
      {"a pseudonym that is the own reference",
       [](auto& all) {
         all[1].wire_id = "CC-1010";
         all[1].shown.set_id("CC-1010");
       },
       "row 2 has something else than a pseudonym", 1},
      {"another pseudonym in the body",
       [](auto& all) { all[1].wire_id = Base32(AsView(Sha256("x"))); },
       "row 2 is known by another pseudonym", 1},
  };
  for (const Case& one : cases) {
    INFO(one.name);
    std::vector<Sent> all = Good();
    one.plant(all);
    const v1::VerifyAnonymityResponse report = Check(all);
    INFO(report.DebugString());
    CHECK(report.violations_total() == one.violations);
    bool said = false;
    for (const std::string& what : report.violations()) {
      said = said || absl::StrContains(what, one.says);
    }
    CHECK(said);
  }
}

TEST_CASE("what never leaves is named, whoever shows it") {
  struct Case {
    const char* field;
    std::function<void(v1::Profile&)> plant;
  };
  const Case cases[] = {
      {"identity", [](auto& p) { p.mutable_identity()->set_name("Ana"); }},
      {"identity", [](auto& p) { p.mutable_identity(); }},
      {"sensitive", [](auto& p) { p.mutable_sensitive()->set_sex("f"); }},
      {"free_text", [](auto& p) { p.set_free_text("Ana, 300 555 0100"); }},
      {"status", [](auto& p) { p.set_status(v1::PROFILE_STATUS_ACTIVE); }},
      {"modified_at", [](auto& p) { p.mutable_modified_at()->set_seconds(1); }},
      {"residence.municipality",
       [](auto& p) { p.mutable_residence()->set_municipality("Leticia"); }},
      {"desired_occupations.text",
       [](auto& p) { p.mutable_desired_occupations(0)->set_text("jefe"); }},
      {"experience.occupation.text",
       [](auto& p) {
         p.mutable_experience(0)->mutable_occupation()->set_text("jefe");
       }},
      {"(unknown)",
       [](auto& p) {
         p.GetReflection()->MutableUnknownFields(&p)->AddVarint(4000, 1);
       }},
  };
  for (const Case& one : cases) {
    INFO(one.field);
    std::vector<Sent> all = Good();
    // Of a whole class: who looks alike must not hide it.
    for (int i = 3; i < 6; ++i) {
      one.plant(all[static_cast<std::size_t>(i)].shown);
    }
    const v1::VerifyAnonymityResponse report = Check(all);
    CHECK(report.violations_total() == 3);
    CHECK(report.violations(0) ==
          absl::StrCat("row 4 shows `", one.field, "`"));
  }
}

TEST_CASE("bytes that are no profile are found") {
  SentCheck check(0);
  check.BeginPass();
  check.Add({7, "\xFF\xFF", "", {}, 3});
  CHECK(check.EndPass());
  CHECK(check.Report().violations_total() == 1);
  CHECK(check.Report().violations(0) == "row 7 is no profile");
}

TEST_CASE("an operator may ask for another k than the policy") {
  CHECK(Check(Good(), 4).violations_total() == 4);  // two classes, two values
  CHECK(Check(Good(), 2).violations_total() == 0);
  CHECK(Check(Good(), 2).min_k() == 2);
}

TEST_CASE("who is being changed may be what a class lacks") {
  std::vector<Sent> all = Good();
  all.pop_back();
  CHECK(Check(all).violations_total() == 1);
  CHECK(Check(all, 0, 1).violations_total() == 0);
  CHECK(Check(all, 0, 1).changing() == 1);
  all.pop_back();
  CHECK(Check(all, 0, 1).violations_total() == 1);
}

TEST_CASE("violations are listed up to a bound and all counted") {
  std::vector<Sent> all;
  for (int i = 0; i < 150; ++i) {
    Sent sent;
    sent.wire_id = Base32(AsView(Sha256(absl::StrCat(i))));
    sent.shown.set_id(sent.wire_id);
    sent.shown.add_sectors(absl::StrCat(i));
    all.push_back(sent);
  }
  const v1::VerifyAnonymityResponse report = Check(all);
  CHECK(report.violations_total() == 150);
  CHECK(report.violations_size() == kViolationsListedMax);
}

TEST_CASE("counting in several passes gives the same answer") {
  std::vector<Sent> all;
  for (int i = 0; i < 60; ++i) {
    Sent sent;
    sent.wire_id = Base32(AsView(Sha256(absl::StrCat(i))));
    sent.shown.set_id(sent.wire_id);
    for (int skill = 0; skill < 40; ++skill) {
      // Skill n is had by 60 - n people.
      if (i >= skill) {
        sent.shown.add_skills()->set_label(absl::StrCat("s", skill));
      }
    }
    sent.min_k = 30;
    all.push_back(sent);
  }
  const v1::VerifyAnonymityResponse one = Check(all);
  CHECK(one.violations_total() == 9);  // of 21 to 29 people
  for (const std::size_t pairs_max : {1, 2, 7, 39, 40}) {
    const v1::VerifyAnonymityResponse many = Check(all, 0, 0, pairs_max);
    CHECK(many.violations_total() == one.violations_total());
    CHECK(many.profiles() == one.profiles());
    CHECK(many.classes() == one.classes());
  }
}

}  // namespace
}  // namespace minga::exchange
