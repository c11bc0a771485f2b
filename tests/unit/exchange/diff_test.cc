// What PolicyDiff foretells, and that it comes true.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/random.h"
#include "node/exchange/policy_diff.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

constexpr auto kGoOn = [](std::int64_t, std::int64_t) { return true; };

std::vector<Difference> Compare(
    const Office& office, const policy::DocumentSource& document,
    PolicyDocument which = PolicyDocument::kNational) {
  absl::StatusOr<std::vector<Difference>> differences =
      office.offices.diff->Compare(which, document, kGoOn);
  INFO(differences.status());
  REQUIRE(differences.ok());
  return *std::move(differences);
}

// "EC vacancy withdrawn 2: co.fee-asked: Ley 1636/2013 art. 36".
std::vector<std::string> Lines(const std::vector<Difference>& differences) {
  std::vector<std::string> lines;
  for (const Difference& d : differences) {
    lines.push_back(absl::StrCat(
        d.peer.ToString(), " ", KindName(d.kind), " ", ViewChangeName(d.change),
        d.field.empty() ? "" : " ", d.field,
        d.before.empty() ? "" : absl::StrCat(" ", d.before, "->", d.after), " ",
        d.records, ": ", d.reason));
  }
  return lines;
}

policy::DocumentSource Override(absl::string_view rule) {
  return {"node.textproto",
          absl::StrCat("node_override { country: 'CO' rules { id: 'own.rule' "
                       "directions: DIRECTION_SEND kinds: RECORD_KIND_VACANCY ",
                       rule, " } }")};
}

policy::DocumentSource National(absl::string_view old, absl::string_view now) {
  policy::DocumentSource document = SampleNational();
  REQUIRE(absl::StrContains(document.text, old));
  document.text = absl::StrReplaceAll(document.text, {{old, now}});
  return document;
}

void PutSome(Office& office) {
  v1::Vacancy fee = SampleVacancy("fee");
  fee.mutable_recruitment()->add_worker_fees()->set_category(
      v1::FEE_CATEGORY_RECRUITMENT);
  v1::Vacancy ours = SampleVacancy("ours");
  ours.mutable_sharing()->set_cross_border(false);
  v1::Vacancy closed = SampleVacancy("closed");
  closed.set_status(v1::VACANCY_STATUS_CLOSED);
  v1::Vacancy peru = SampleVacancy("peru");
  peru.mutable_sharing()->add_countries("PE");
  for (const v1::Vacancy& vacancy :
       {SampleVacancy("a"), SampleVacancy("b"), fee, ours, closed, peru}) {
    office.Put(Wrap(vacancy));
  }
  const v1::Consent consent = SampleConsent();
  for (const char* id : {"p1", "p2", "p3"}) {
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")), &consent);
  }
}

TEST_CASE("the same law changes nothing") {
  Office office;
  office.Prepare();
  PutSome(office);
  CHECK(Lines(Compare(office, SampleNational())).empty());
}

TEST_CASE("differences are told by peer, kind, change and article") {
  Office office;
  office.Prepare();
  PutSome(office);
  const std::size_t entries = office.Log().size();
  const SeqNo last = office.Last(kEcuador);
  const Digest before = office.offices.desk->InForce()->hash();

  SECTION("permits that go withdraw") {
    const std::vector<Difference> found = Compare(office, VacanciesOnly());
    CHECK(Lines(found) ==
          std::vector<std::string>{
              "EC profile withdrawn 3: no longer co.profile: Ley 1581/2012 "
              "art. 26",
              "PE profile withdrawn 3: no longer co.profile: Ley 1581/2012 "
              "art. 26"});
    CHECK(found[0].examples == std::vector<std::string>{"p1", "p2", "p3"});
  }
  SECTION("forbids that go release") {
    const std::vector<Difference> found = Compare(
        office, National(kFeeAsked,
                         absl::StrCat(kFeeAsked, " && ", kDocumentsRetained)));
    CHECK(Lines(found) ==
          std::vector<std::string>{"EC vacancy released 1: no longer "
                                   "co.fee-asked: Ley 1636/2013 art. 36",
                                   "PE vacancy released 1: no longer "
                                   "co.fee-asked: Ley 1636/2013 art. 36"});
    CHECK(found[0].examples == std::vector<std::string>{"fee"});
  }
  CHECK(office.Log().size() == entries);
  CHECK(office.Last(kEcuador) == last);
  CHECK(office.offices.desk->InForce()->hash() == before);
}

TEST_CASE("fields and duties are compared one by one") {
  Office office;
  office.Prepare();
  PutSome(office);
  CHECK(Lines(Compare(office,
                      Override("effect: EFFECT_FORBID fields: 'pay' peers: "
                               "'PE'"),
                      PolicyDocument::kOverride)) ==
        std::vector<std::string>{
            "PE vacancy coarser pay RAW->SUPPRESS 3: own.rule"});
  CHECK(Lines(Compare(office,
                      Override("effect: EFFECT_FORBID fields: "
                               "'occupation.isco' level: LEVEL_GENERALISE "
                               "generalise_steps: 2 peers: 'EC'"),
                      PolicyDocument::kOverride)) ==
        std::vector<std::string>{"EC vacancy coarser occupation.isco "
                                 "RAW->GENERALISE(2) 2: own.rule"});
  CHECK(Lines(Compare(office, National("min_k: 3", "min_k: 5"))) ==
        std::vector<std::string>{
            "EC profile obligations min_k 3->min_k 5 3: changed co.profile: "
            "Ley 1581/2012 art. 26",
            "PE profile obligations min_k 3->min_k 5 3: changed co.profile: "
            "Ley 1581/2012 art. 26"});
  CHECK(Lines(Compare(office, National("'skills', ", ""))) ==
        std::vector<std::string>{
            "EC profile coarser skills RAW->SUPPRESS 3: changed co.profile: "
            "Ley 1581/2012 art. 26",
            "PE profile coarser skills RAW->SUPPRESS 3: changed co.profile: "
            "Ley 1581/2012 art. 26"});
  // What an obligation keeps at home is withdrawn, though the law permits it.
  office.clock.Advance(absl::Hours(24));
  CHECK(Lines(Compare(
            office,
            National("\"vacancy.cross_border && (vacancy.countries == [] || "
                     "peer.country in vacancy.countries)\" ",
                     "\"vacancy.cross_border && (vacancy.countries == [] || "
                     "peer.country in vacancy.countries)\" obligations { "
                     "national_first_days: 60 } "))) ==
        std::vector<std::string>{
            "EC vacancy withdrawn 2: kept back (national-first), changed "
            "co.vacancy: Ley 1636/2013 art. 31",
            "PE vacancy withdrawn 3: kept back (national-first), changed "
            "co.vacancy: Ley 1636/2013 art. 31"});
}

TEST_CASE("a comparison ends early where it cannot go on") {
  Office office;
  office.Prepare();
  PutSome(office);
  const auto status = [&](const policy::DocumentSource& document,
                          PolicyDocument which, PolicyDiff::Progress progress) {
    return office.offices.diff->Compare(which, document, progress).status();
  };
  const absl::Status bad =
      status({"bad.textproto", "national_policy { contry: 'CO' }"},
             PolicyDocument::kNational, kGoOn);
  CHECK(absl::IsInvalidArgument(bad));
  CHECK(absl::StrContains(bad.message(), "bad.textproto:1:"));
  const auto stop = [](std::int64_t, std::int64_t) { return false; };
  CHECK(absl::IsCancelled(
      status(VacanciesOnly(), PolicyDocument::kNational, stop)));
  const auto change = [&](std::int64_t done, std::int64_t total) {
    CHECK(done <= total);
    office.Activate(VacanciesOnly());
    return true;
  };
  CHECK(absl::IsAborted(
      status(SampleNational(), PolicyDocument::kNational, change)));

  Office lawless;
  CHECK(absl::IsFailedPrecondition(
      lawless.offices.diff
          ->Compare(PolicyDocument::kOverride,
                    Override("effect: EFFECT_FORBID fields: '*'"), kGoOn)
          .status()));
}

// (peer, id) of vacancies that are shown.
std::set<std::pair<std::string, std::string>> ShownVacancies(
    const Office& office, int count) {
  std::set<std::pair<std::string, std::string>> shown;
  for (const Country peer : {kEcuador, kPeru}) {
    for (int i = 0; i < count; ++i) {
      const std::string id = absl::StrCat("v", i);
      if (office.Row(peer, VacancyKey(id)).state == ViewState::kShown) {
        shown.emplace(peer.ToString(), id);
      }
    }
  }
  return shown;
}

TEST_CASE("what is foretold comes true") {
  const std::uint64_t seed = SystemRandom().Below(1'000'000'000);
  INFO("seed " << seed);
  SeededRandom random(seed);
  Office office;
  office.Prepare();
  constexpr int kVacancies = 60;
  const auto coin = [&random] { return random.Below(2) == 0; };
  for (int i = 0; i < kVacancies; ++i) {
    v1::Vacancy vacancy = SampleVacancy(absl::StrCat("v", i));
    vacancy.mutable_sharing()->set_cross_border(random.Below(4) != 0);
    if (coin()) vacancy.mutable_sharing()->add_countries("PE");
    if (coin()) vacancy.mutable_sharing()->add_countries("EC");
    if (coin()) vacancy.mutable_recruitment()->set_documents_retained(true);
    if (coin()) {
      vacancy.mutable_recruitment()->add_worker_fees()->set_category(
          v1::FEE_CATEGORY_RECRUITMENT);
    }
    office.Put(Wrap(vacancy));
  }
  const policy::DocumentSource next =
      coin() ? National(kFeeAsked, kDocumentsRetained)
             : National(
                   "vacancy.cross_border && (vacancy.countries == [] || "
                   "peer.country in vacancy.countries)",
                   absl::StrCat("(", kDocumentsRetained,
                                ") || peer.country == 'PE'"));
  const std::vector<Difference> foretold = Compare(office, next);
  const auto before = ShownVacancies(office, kVacancies);
  office.Activate(next);
  const auto after = ShownVacancies(office, kVacancies);
  REQUIRE(before != after);
  std::map<std::string, std::int64_t> released, withdrawn;
  for (const auto& view : after) {
    if (before.count(view) == 0) ++released[view.first];
  }
  for (const auto& view : before) {
    if (after.count(view) == 0) ++withdrawn[view.first];
  }
  for (const Difference& d : foretold) {
    const bool comes = d.change == ViewChange::kReleased;
    REQUIRE((comes || d.change == ViewChange::kWithdrawn));
    (comes ? released : withdrawn)[d.peer.ToString()] -= d.records;
    REQUIRE_FALSE(d.examples.empty());
    for (const std::string& id : d.examples) {
      CHECK(after.count({d.peer.ToString(), id}) == (comes ? 1 : 0));
    }
    CHECK_FALSE(d.reason.empty());
  }
  for (const auto& [peer, left] : released) CHECK(left == 0);
  for (const auto& [peer, left] : withdrawn) CHECK(left == 0);
}

}  // namespace
}  // namespace minga::exchange
