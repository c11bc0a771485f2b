// Ladders planned on the profiles in store.
#include <catch2/catch.hpp>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/random.h"
#include "node/exchange/anonymity_plan.h"
#include "node/exchange/core.h"
#include "node/exchange/people_climb.h"
#include "node/exchange/people_search.h"
#include "node/exchange/people_table.h"
#include "node/exchange/project.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using policy::Level;

ProfileLevels AllRaw() {
  ProfileLevels levels;
  levels.fill(Level::Raw());
  return levels;
}

policy::FieldId Field(absl::string_view name) {
  return *policy::SchemaOf(RecordKind::kProfile).FindField(name);
}

// Somebody of few possible values in every field, by chance.
v1::Profile Anybody(SeededRandom& random) {
  const auto below = [&random](std::uint64_t n) {
    return static_cast<int>(random.Below(n));
  };
  constexpr const char* kIsco[] = {"7212", "7213", "7223", "8131", "911", "5"};
  v1::Profile profile;
  for (int i = 0; i <= below(2); ++i) {
    profile.add_desired_occupations()->set_isco(kIsco[below(6)]);
  }
  for (int i = below(3); i > 0; --i) {
    v1::Experience& one = *profile.add_experience();
    if (below(4) > 0) one.mutable_occupation()->set_isco(kIsco[below(6)]);
    if (below(4) > 0) {
      one.mutable_months()->set_min(below(3) * 30);
      one.mutable_months()->set_max(one.months().min());
    }
  }
  if (below(3) > 0) {
    profile.mutable_education()->mutable_isced_level()->set_min(below(9));
    profile.mutable_education()->mutable_isced_level()->set_max(8);
  }
  if (below(2) > 0) profile.mutable_mobility()->add_countries("EC");
  profile.mutable_residence()->set_country("CO");
  profile.mutable_residence()->set_subdivision(below(2) > 0 ? "CO-DC"
                                                            : "CO-AMA");
  if (below(3) == 0) profile.add_driving_licences("C1");
  profile.set_contactable(below(5) > 0);
  profile.add_skills()->set_label(absl::StrCat(below(9)));
  return profile;
}

// Everybody on the first rung with enough others, by comparing what is shown.
Standing Naive(const std::vector<v1::Profile>& people,
               const std::vector<ProfileLevels>& laws,
               const std::vector<ProfileLevels>& rungs, std::size_t k) {
  std::vector<bool> done(people.size());
  Standing standing;
  for (const ProfileLevels& rung : rungs) {
    std::map<std::string, std::vector<std::size_t>> classes;
    for (std::size_t i = 0; i < people.size(); ++i) {
      if (done[i]) continue;
      policy::Decision decision;
      decision.levels = Coarser(laws[i], rung);
      decision.levels[Field("skills")] = Level::Suppress();
      v1::Profile shown;
      ProjectProfile(people[i], decision, shown, *Hierarchies::BuiltIn());
      classes[SerialiseContent(shown)].push_back(i);
    }
    RungStanding& count = standing.rungs.emplace_back();
    for (const auto& [shown, members] : classes) {
      if (members.size() < k) continue;
      ++count.classes;
      count.shown += static_cast<std::int64_t>(members.size());
      for (const std::size_t i : members) done[i] = true;
    }
  }
  standing.hidden = std::count(done.begin(), done.end(), false);
  return standing;
}

TEST_CASE("where people stand is what comparing everybody finds") {
  const std::uint64_t seed = SystemRandom().Below(1'000'000'000);
  INFO("seed " << seed);
  SeededRandom random(seed);
  for (int round = 0; round < 20; ++round) {
    std::vector<v1::Profile> people;
    std::vector<ProfileLevels> laws;
    PeopleTable table(*Hierarchies::BuiltIn());
    ProfileLevels strict = AllRaw();
    strict[Field("occupations")] = Level::Generalise(2);
    strict[Field("experience")] = Level::Generalise(1);
    strict[Field("licences")] = Level::Suppress();
    for (int i = 0; i < 300; ++i) {
      people.push_back(Anybody(random));
      laws.push_back(random.Below(3) == 0 ? strict : AllRaw());
      REQUIRE(table.Add(people.back(), laws.back(), Terms()).ok());
    }
    CHECK(table.histogram().records() == 300);
    PeopleClimber climber(table);
    for (const std::size_t k : {2, 3, 7}) {
      const auto plan =
          FindRungs(table, climber, static_cast<std::uint32_t>(k), kRungsMax);
      INFO(plan.status());
      REQUIRE(plan.ok());
      std::vector<ProfileLevels> planned;
      for (const PeopleSteps& steps : plan->rungs) {
        planned.push_back(LevelsOf(table, steps));
        CHECK(StepsOf(table, planned.back()) == steps);
      }
      const std::vector<ProfileLevels>& built_in = BuiltInLadder().rungs;
      std::vector<PeopleSteps> steps;
      for (const ProfileLevels& rung : built_in) {
        steps.push_back(StepsOf(table, rung));
      }
      const Standing in_force =
          climber.Climb(steps, static_cast<std::uint32_t>(k));
      for (const auto& [rungs, counted] : {std::pair(planned, plan->standing),
                                           std::pair(built_in, in_force)}) {
        const Standing naive = Naive(people, laws, rungs, k);
        REQUIRE(naive.rungs.size() == counted.rungs.size());
        CHECK(naive.hidden == counted.hidden);
        for (std::size_t i = 0; i < naive.rungs.size(); ++i) {
          CHECK(naive.rungs[i].shown == counted.rungs[i].shown);
          CHECK(naive.rungs[i].classes == counted.rungs[i].classes);
        }
      }
      // Whatever is planned may be activated.
      Ladder ladder;
      ladder.rungs = planned;
      CHECK(LadderOf(MessageOf(ladder)).status() == absl::OkStatus());
    }
  }
}

TEST_CASE("terms part people as fields do") {
  PeopleTable table(*Hierarchies::BuiltIn());
  v1::Profile profile;
  profile.add_desired_occupations()->set_isco("7212");
  Terms tied;
  tied.retention_days = 30;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(table.Add(profile, AllRaw(), Terms()).ok());
  }
  for (int i = 0; i < 2; ++i) {
    REQUIRE(table.Add(profile, AllRaw(), tied).ok());
  }
  PeopleClimber climber(table);
  const auto plan = FindRungs(table, climber, 3, kRungsMax);
  REQUIRE(plan.ok());
  REQUIRE(plan->rungs.size() == 1);
  CHECK(plan->standing.rungs[0].shown == 3);
  CHECK(plan->standing.hidden == 2);
  CHECK(plan->standing.loss == Approx(2.0 / 5));
  CHECK(absl::IsNotFound(FindRungs(table, climber, 4, kRungsMax).status()));
}

struct Planned {
  Office office;
  Core core;
  v1::Consent consent = SampleConsent();

  Planned() : core(PartsOf(office)) { office.Prepare(); }

  static Parts PartsOf(Office& office) {
    Parts parts{kColombia,     office.database.get(), office.index.get(),
                &office.clock, &office.random,        &office.gate};
    parts.hierarchies = Hierarchies::BuiltIn();
    return parts;
  }

  void Put(int number, absl::string_view isco, absl::string_view region) {
    static int next = 0;
    for (int i = 0; i < number; ++i) {
      office.Put(Wrap(SampleProfile(absl::StrCat("p", ++next), isco, region)),
                 &consent);
    }
  }

  v1::PlanLadderRequest request;

  absl::StatusOr<v1::PlanLadderResponse> Plan() {
    request.set_peer("EC");
    return PlanForPeer(core, request);
  }
  v1::PlanLadderResponse MustPlan() {
    absl::StatusOr<v1::PlanLadderResponse> plan = Plan();
    INFO(plan.status());
    REQUIRE(plan.ok());
    return *std::move(plan);
  }
};

TEST_CASE("a plan shows as the law permits whom it can, and others coarsely") {
  Planned node;
  node.Put(4, "7212", "CO-DC");
  node.Put(2, "7223", "CO-DC");  // with the next ones: 72 of somewhere
  node.Put(1, "7231", "CO-AMA");
  node.Put(1, "9111", "CO-AMA");  // alone
  const v1::PlanLadderResponse plan = node.MustPlan();
  INFO(plan.DebugString());
  CHECK(plan.people() == 8);
  CHECK(plan.not_shared() == 0);
  CHECK(plan.min_k() == 3);
  CHECK_FALSE(plan.mixed_k());
  REQUIRE(plan.ladder().rungs_size() == plan.rungs_size());
  REQUIRE(plan.rungs_size() >= 2);
  // The first as the law permits: fields that it suppresses are not named.
  CHECK(plan.ladder().rungs(0).levels().empty());
  CHECK(plan.rungs(0).shown() == 4);
  CHECK(plan.rungs(0).classes() == 1);
  CHECK(plan.rungs(0).loss() == 0);
  std::int64_t shown = 0;
  for (const v1::RungCount& rung : plan.rungs()) shown += rung.shown();
  CHECK(shown + plan.hidden() == 8);
  CHECK(shown >= 7);
  for (const v1::Rung& rung : plan.ladder().rungs()) {
    for (const v1::RungLevel& level : rung.levels()) {
      const bool differs =
          level.field() == "occupations" || level.field() == "region";
      CHECK(differs);
    }
  }
  CHECK(plan.rungs_in_force_size() ==
        static_cast<int>(BuiltInLadder().rungs.size()));
  CHECK(plan.loss() <= plan.loss_in_force());
}

TEST_CASE("a plan counts whom the law does not share") {
  Planned node;
  node.Put(3, "7212", "CO-DC");
  node.office.Put(Wrap(SampleProfile("no-consent", "7212", "CO-DC")));
  v1::Profile inactive = SampleProfile("inactive", "7212", "CO-DC");
  inactive.set_status(v1::PROFILE_STATUS_INACTIVE);
  node.office.Put(Wrap(inactive), &node.consent);
  const v1::PlanLadderResponse plan = node.MustPlan();
  CHECK(plan.people() == 3);
  CHECK(plan.not_shared() == 1);
  CHECK(plan.hidden() == 0);
  CHECK(plan.loss() == 0);
}

TEST_CASE("a plan asks for the larger k, and for the margin") {
  Planned node;
  node.Put(4, "7212", "CO-DC");
  node.Put(4, "7223", "CO-DC");
  CHECK(node.MustPlan().rungs(0).classes() == 2);
  node.request.set_min_k(2);
  CHECK(node.MustPlan().min_k() == 3);
  node.request.set_release_margin(2);
  const v1::PlanLadderResponse margin = node.MustPlan();
  CHECK(margin.ladder().release_margin() == 2);
  CHECK(margin.rungs(0).classes() == 1);
  CHECK(margin.rungs(0).shown() == 8);
  node.request.set_min_k(6);
  CHECK(node.MustPlan().min_k() == 6);
  node.request.set_min_k(7);
  CHECK(absl::IsFailedPrecondition(node.Plan().status()));
}

TEST_CASE("a plan keeps within the rungs it is given") {
  Planned node;
  node.Put(5, "7212", "CO-DC");
  node.Put(2, "7213", "CO-DC");
  node.Put(2, "7214", "CO-DC");
  node.Put(2, "7311", "CO-AMA");
  node.Put(2, "7422", "CO-VAC");
  const v1::PlanLadderResponse many = node.MustPlan();
  REQUIRE(many.rungs_size() > 1);
  node.request.set_rungs_max(1);
  const v1::PlanLadderResponse one = node.MustPlan();
  CHECK(one.rungs_size() == 1);
  CHECK(one.loss() > many.loss());
}

TEST_CASE("a plan refuses what it cannot plan for") {
  Planned node;
  node.Put(2, "7212", "CO-DC");
  const absl::Status few = node.Plan().status();
  CHECK(absl::IsFailedPrecondition(few));
  CHECK(few.message() == "the policy lets `EC` see 2 people; a class needs 3");
  node.request.set_min_k(-1);
  CHECK(absl::IsInvalidArgument(node.Plan().status()));
  node.request.set_min_k(0);
  node.request.set_rungs_max(17);
  CHECK(node.Plan().status().message() ==
        "rungs_max: must be in 0..16, is `17`");
  v1::PlanLadderRequest unknown;
  unknown.set_peer("BR");
  CHECK(absl::IsNotFound(PlanForPeer(node.core, unknown).status()));
  unknown.set_peer("Brazil");
  CHECK(absl::IsInvalidArgument(PlanForPeer(node.core, unknown).status()));
}

}  // namespace
}  // namespace minga::exchange
