// The operator's way to anonymity on real nodes: a ladder is planned, put in
// force and checked, and a new epoch changes every pseudonym.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/anonymity.grpc.pb.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kProfile = v1::RECORD_KIND_PROFILE;
constexpr int kPeople = 200;

// What Ecuador holds of Colombia's people.
std::set<std::string> Pseudonyms(NodeProcess& node) {
  v1::SearchRecordsRequest request;
  request.set_kind(kProfile);
  request.set_page_size(200);
  const auto found =
      rpc::Call(node.client().pes(),
                &v1::PesService::StubInterface::SearchRecords, request);
  std::set<std::string> ids;
  if (!found.ok()) return ids;
  for (const v1::SearchHit& hit : found->hits()) {
    if (hit.key().country() == "CO") ids.insert(hit.key().id());
  }
  return ids;
}

// All that is to be shown has arrived, and some is.
bool Settled(TwoCountries& two) {
  const std::int64_t shown = Views(*two.co, "EC", "shown", kProfile);
  return shown > 0 && Held(*two.ec, "CO", kProfile) == shown &&
         static_cast<std::int64_t>(Pseudonyms(*two.ec).size()) == shown &&
         InStep(*two.co, *two.ec);
}

TEST_CASE("a ladder is planned, put in force and checked", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  PutPeople(two, kPeople);
  REQUIRE(WaitFor([&] { return Settled(two); }, kPatience));
  const std::set<std::string> before = Pseudonyms(*two.ec);

  const std::string file = absl::StrCat(two.folder.path(), "/ladder.textproto");
  const Ran plan =
      Run(*two.co, absl::StrCat("anonymity plan --peer EC --out ", file));
  INFO(plan.output);
  REQUIRE(plan.code == 0);
  CHECK(absl::StrContains(plan.output, "all that the policy permits"));
  CHECK(absl::StrContains(plan.output, "The ladder in force would show"));
  CHECK(absl::StrContains(ReadAll(file), "rungs {"));

  const Ran activated =
      Run(*two.co, absl::StrCat("anonymity activate --peer EC ", file));
  INFO(activated.output);
  REQUIRE(activated.code == 0);
  CHECK(absl::StrContains(activated.output, "in force for EC from epoch 1"));
  REQUIRE(WaitFor([&] { return Settled(two); }, kPatience));
  const std::set<std::string> planned = Pseudonyms(*two.ec);
  for (const std::string& id : planned) CHECK(before.count(id) == 0);

  const Ran show = Run(*two.co, "anonymity show --peer EC");
  INFO(show.output);
  CHECK(show.code == 0);
  CHECK(absl::StrContains(show.output, " began on 20"));
  CHECK(absl::StrContains(show.output,
                          absl::StrCat(planned.size(), " people are shown")));

  const Ran verify = Run(*two.co, "anonymity verify --peer EC");
  INFO(verify.output);
  CHECK(verify.code == 0);
  CHECK(absl::StrContains(verify.output, "nothing is wrong"));
  CHECK(absl::StrContains(verify.output,
                          absl::StrCat(planned.size(), " people shown to EC")));
  for (const char* attacker : {"prosecutor", "journalist", "marketer"}) {
    CHECK(absl::StrContains(verify.output, attacker));
  }
  // Larger classes than there are: a failed check.
  const Ran strict = Run(*two.co, "anonymity verify --peer EC --k 500");
  CHECK(strict.code == 8);
  CHECK(absl::StrContains(strict.output, "k is 500"));

  const Ran epoch = Run(*two.co, "anonymity epoch --peer EC");
  INFO(epoch.output);
  CHECK(epoch.code == 0);
  REQUIRE(WaitFor([&] { return Settled(two); }, kPatience));
  for (const std::string& id : Pseudonyms(*two.ec)) {
    CHECK(planned.count(id) == 0);
  }
  CHECK(Run(*two.co, "anonymity verify --peer EC").code == 0);
}

TEST_CASE("an operator's mistakes are told, and change nothing",
          "[integration]") {
  TwoCountries two;
  const auto file = [&](const std::string& text) {
    const std::string path = absl::StrCat(two.folder.path(), "/bad.textproto");
    std::ofstream(path, std::ios::binary) << text;
    return path;
  };
  const Ran typo =
      Run(*two.co,
          absl::StrCat("anonymity activate --peer EC ",
                       file("rungs {\n  levels { feild: 'region' }\n}\n")));
  INFO(typo.output);
  CHECK(typo.code == 3);
  CHECK(absl::StrContains(typo.output, "bad.textproto:2:"));
  CHECK(absl::StrContains(typo.output, "feild"));
  const Ran finer = Run(
      *two.co,
      absl::StrCat(
          "anonymity activate --peer EC ",
          file("rungs { levels { field: 'region' steps: 1 } }\nrungs {}\n")));
  CHECK(finer.code == 3);
  CHECK(absl::StrContains(finer.output, "bad.textproto:2:"));
  CHECK(Run(*two.co, "anonymity activate --peer EC /nowhere/ladder").code == 4);
  // Nobody is a peer yet.
  for (const char* verb : {"plan", "show", "epoch", "verify"}) {
    INFO(verb);
    const Ran unknown =
        Run(*two.co, absl::StrCat("anonymity ", verb, " --peer EC"));
    CHECK(unknown.code == 4);
    CHECK(absl::StrContains(unknown.output, "EC"));
  }
  two.MustJoin();
  // A peer, but nobody to be shown.
  CHECK(Run(*two.co, "anonymity plan --peer EC").code == 5);
  CHECK(Run(*two.co, "anonymity plan --peer EC --k -1").code == 3);
  CHECK(Run(*two.co, "anonymity plan --peer EC --rungs 17").code == 3);
  const Ran nobody = Run(*two.co, "anonymity verify --peer EC --json");
  CHECK(nobody.code == 0);
  CHECK(absl::StrContains(nobody.output, "\"violations_total\":\"0\""));
}

}  // namespace
}  // namespace minga::testing
