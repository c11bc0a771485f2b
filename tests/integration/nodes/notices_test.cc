// Persons who are told that a peer sees their profile.
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kProfile = v1::RECORD_KIND_PROFILE;
constexpr int kPersons = 300;

constexpr char kOverride[] = R"(node_override {
  country: "CO"
  rules {
    id: "own.tell"
    effect: EFFECT_OBLIGE
    directions: DIRECTION_SEND
    kinds: RECORD_KIND_PROFILE
    obligations { notify_person: true }
    citations {
      statute: "Circular 5/2026"
      article: "num. 1"
      certainty: CERTAINTY_UNVERIFIED
    }
  }
}
)";

v1::ListPersonNoticesResponse Notices(NodeProcess& node) {
  v1::ListPersonNoticesRequest request;
  request.set_page_size(500);
  const auto response =
      rpc::Call(node.client().pes(),
                &v1::PesService::StubInterface::ListPersonNotices, request);
  INFO(response.status());
  REQUIRE(response.ok());
  return *response;
}

}  // namespace

TEST_CASE("persons are told who sees them, once each", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  const std::string file = two.folder.path() + "/tell.textproto";
  std::ofstream(file, std::ios::binary) << kOverride;
  Minga(*two.co, "policy activate --override " + file, 0);
  CHECK(absl::StrContains(Minga(*two.co, "notices list", 0), "nobody"));

  v1::PutRecordsRequest request;
  for (int i = 0; i < kPersons; ++i) {
    auto [profile, consent] =
        two.samples.Person(Country::Of("CO"), static_cast<std::uint64_t>(i));
    if (consent) (*request.mutable_consents())[profile.id()] = *consent;
    *request.add_records()->mutable_profile() = std::move(profile);
  }
  REQUIRE(rpc::Call(two.co->client().pes(),
                    &v1::PesService::StubInterface::PutRecords, request)
              .ok());
  const std::int64_t shown = Views(*two.co, "EC", "shown", kProfile);
  REQUIRE(shown > 1);
  const v1::ListPersonNoticesResponse notices = Notices(*two.co);
  REQUIRE(notices.notices_size() == shown);
  CHECK(notices.notices(0).peer() == "EC");

  const std::string person = notices.notices(0).person();
  const std::string told = absl::StrCat("notices told ", person, " --peer EC");
  Minga(*two.co, told, 0);
  CHECK(Notices(*two.co).notices_size() == shown - 1);
  // A second time there is nothing to confirm, and the person is not told of
  // the same again.
  Minga(*two.co, told, 4);
  CHECK(absl::StrContains(Minga(*two.co, "audit tail -n 1000", 0),
                          "person notified"));
  // Nothing about a person who is gone.
  Minga(*two.co, "erase " + notices.notices(1).person(), 0);
  CHECK(Notices(*two.co).notices_size() < notices.notices_size() - 1);
}

}  // namespace minga::testing
