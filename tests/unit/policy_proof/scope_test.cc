// What a property or a rule is about: something, and the groups that the
// national policy says.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/proof/proof.h"
#include "tests/unit/policy/documents.h"

namespace minga::policy::proof {
namespace {

using Kind = Finding::Kind;
using Strings = std::vector<std::string>;

Report ProveText(const DocumentSource& document,
                 const Options& options = Options()) {
  const auto report = Prove(document, options);
  INFO(report.status());
  REQUIRE(report.ok());
  return *report;
}

Strings Ids(const Report& report, Kind kind) {
  Strings ids;
  for (const Finding& finding : report.findings) {
    if (finding.kind == kind) ids.push_back(finding.id);
  }
  return ids;
}

std::string MessageOf(const Report& report, Kind kind) {
  for (const Finding& finding : report.findings) {
    if (finding.kind == kind) return finding.message;
  }
  return "";
}

bool IsProved(const Report& report, const std::string& id) {
  return std::any_of(report.proved.begin(), report.proved.end(),
                     [&](const Proved& one) { return one.id == id; });
}

// That `fields` of a vacancy are not sent.
std::string Withheld(const std::string& id, const std::string& fields,
                     const std::string& more) {
  return absl::StrCat("properties { id: '", id,
                      "' kinds: RECORD_KIND_VACANCY directions: "
                      "DIRECTION_SEND fields: '",
                      fields, "' at_most { level: LEVEL_SUPPRESS } ", more,
                      " }\n");
}

std::string Local(const std::string& more = "") {
  return Permit("local", absl::StrCat("when: '!record.imported' ", more));
}

TEST_CASE("a promise about nothing is refused", "[policy][proof]") {
  const std::string scope =
      GENERATE(as<std::string>(), "when: 'record.imported && !record.imported'",
               "peers: 'CO'", "peers: 'EC' when: \"peer.country == 'PE'\"",
               "valid_until: '2026-01-31' when: \"as_of > date('2026-06-01')\"",
               "purposes: PURPOSE_CONTACT when: \"purpose == 'job_matching'\"");
  INFO(scope);
  const Report report =
      ProveText(National(absl::StrCat(Local(), Withheld("p", "pay", scope))));
  CHECK_FALSE(report.ok());
  CHECK(Ids(report, Kind::kVacuousProperty) == Strings{"p"});
  CHECK_FALSE(IsProved(report, "p"));
  CHECK(absl::StartsWith(MessageOf(report, Kind::kVacuousProperty),
                         "property `p` speaks about nothing: no record"));
}

TEST_CASE("a promise about one kind of two says something", "[policy][proof]") {
  const Report report = ProveText(National(absl::StrCat(
      Local(),
      "properties { id: 'p' kinds: [RECORD_KIND_VACANCY, "
      "RECORD_KIND_PROFILE] directions: DIRECTION_SEND fields: '*' "
      "when: 'record.imported' at_most { level: LEVEL_SUPPRESS } }")));
  CHECK(report.ok());
  CHECK(IsProved(report, "p"));
}

TEST_CASE("a promise outside an agreement is refused", "[policy][proof]") {
  const auto prove = [](const std::string& scope) {
    return ProveText(Agreement(
        absl::StrCat(Local(), Withheld("p", "*", scope + "")), "CO", "EC"));
  };
  const std::string imported = "when: 'record.imported' ";
  CHECK(prove(imported).ok());
  CHECK(IsProved(prove("when: '!agreement.in_force'"), "p"));
  CHECK(MessageOf(prove(imported + "valid_until: '2025-12-31'"),
                  Kind::kVacuousProperty) ==
        "property `p` speaks about nothing: it ends on 2025-12-31, and the "
        "document begins on 2026-01-01");
  CHECK(MessageOf(prove(imported + "valid_from: '2027-01-01'"),
                  Kind::kVacuousProperty) ==
        "property `p` speaks about nothing: it begins on 2027-01-01, and the "
        "document ends on 2026-12-31");
  CHECK(IsProved(prove(imported + "valid_until: '2026-01-01'"), "p"));
  CHECK(Ids(prove("when: \"record.imported && peer.country == 'PE'\""),
            Kind::kVacuousProperty) == Strings{"p"});
}

const char kGroups[] = "peer_groups { name: 'CAN' countries: ['EC', 'PE'] }\n";

TEST_CASE("an override's groups are those of the national policy",
          "[policy][proof]") {
  const std::string promise = Withheld("p", "pay", "peer_groups: 'CAN'");
  const DocumentSource kept =
      Override(absl::StrCat(Forbid("o", "pay", "peer_groups: 'CAN'"), promise));
  const DocumentSource broken =
      Override(absl::StrCat(Forbid("o", "pay", "peers: 'EC'"), promise));

  const Report alone = ProveText(kept);
  CHECK_FALSE(alone.ok());
  CHECK(Ids(alone, Kind::kUndecided) == Strings{"p", "o"});
  CHECK(absl::StrContains(MessageOf(alone, Kind::kUndecided),
                          "its groups are those of the national policy, which "
                          "is not at hand"));
  CHECK_FALSE(IsProved(alone, "p"));
  CHECK_FALSE(IsProved(alone, "no-dead-rules"));
  CHECK_FALSE(IsProved(alone, "no-shadowed-rules"));
  CHECK_FALSE(ProveText(broken).ok());

  Options options;
  options.national = National(absl::StrCat(kGroups, Local()));
  const Report together = ProveText(kept, options);
  CHECK(together.ok());
  CHECK(IsProved(together, "p"));
  CHECK(IsProved(together, "no-dead-rules"));
  const Report fails = ProveText(broken, options);
  CHECK(Ids(fails, Kind::kPropertyFails) == Strings{"p"});
  CHECK(absl::StrContains(MessageOf(fails, Kind::kPropertyFails), "to PE"));

  options.national = National(absl::StrCat(kGroups, Local()), "BR");
  CHECK(Prove(kept, options).status().code() ==
        absl::StatusCode::kInvalidArgument);
  options.national = National(Local());
  const auto unknown = Prove(kept, options);
  CHECK(absl::StrContains(unknown.status().message(),
                          "unknown peer group `CAN`"));
}

TEST_CASE("what an override's unknown groups may change is not decided",
          "[policy][proof]") {
  const std::string rule = Forbid("o", "pay", "peer_groups: 'CAN'");
  const std::string to_peru = "peers: 'PE'";
  const Report more =
      ProveText(Override(absl::StrCat(rule, Withheld("p", "pay", to_peru))));
  CHECK(Ids(more, Kind::kUndecided) == Strings{"p", "o"});
  CHECK(Ids(more, Kind::kPropertyFails).empty());
  const Report less = ProveText(Override(absl::StrCat(
      rule,
      "properties { id: 'q' kinds: RECORD_KIND_VACANCY directions: "
      "DIRECTION_SEND fields: 'title' at_least { level: LEVEL_RAW } }")));
  CHECK(Ids(less, Kind::kUndecided) == Strings{"q", "o"});

  Options options;
  options.national = National(absl::StrCat(kGroups, Local()));
  CHECK(ProveText(Override(absl::StrCat(rule, Withheld("p", "pay", to_peru))),
                  options)
            .ok());
}

TEST_CASE("a condition asks for the groups of the national policy",
          "[policy][proof]") {
  Options options;
  options.national = National(absl::StrCat(kGroups, Local()));
  const Report report = ProveText(
      Override(absl::StrCat(
          Forbid("live", "pay", "when: \"'CAN' in peer.groups\""),
          Forbid("dead", "pay", "peers: 'BR' when: \"'CAN' in peer.groups\""),
          Withheld("p", "pay", "peers: ['EC', 'PE']"))),
      options);
  CHECK(Ids(report, Kind::kDeadRule) == Strings{"dead"});
  CHECK(IsProved(report, "p"));
}

TEST_CASE("a condition that can never hold is named with its place",
          "[policy][proof]") {
  const Report report = ProveText(National(absl::StrCat(
      Local(),
      Forbid("never", "pay", "\n  when: 'vacancy.remote && !vacancy.remote'"),
      Forbid("late", "pay",
             "valid_until: '2026-01-31' when: \"as_of > "
             "date('2026-06-01')\""))));
  CHECK_FALSE(report.ok());
  REQUIRE(Ids(report, Kind::kDeadRule) == Strings{"never", "late"});
  CHECK(MessageOf(report, Kind::kDeadRule) ==
        "rule `never` can never apply: co.textproto:5:10: this condition can "
        "never hold");
  CHECK(absl::StrContains(report.findings.back().message, "its dates"));
}

TEST_CASE("tightening is proved within its limit", "[policy][proof]") {
  PolicySources sources;
  sources.national = National(Local());
  sources.overrides = {Override(Forbid("o", "pay"))};
  const auto report =
      ProveTightens(Country::Of("CO"), sources, absl::ZeroDuration());
  REQUIRE(report.ok());
  CHECK_FALSE(report->ok());
  CHECK(absl::StrContains(MessageOf(*report, Kind::kUndecided),
                          "was not decided within 0"));
}

}  // namespace
}  // namespace minga::policy::proof
