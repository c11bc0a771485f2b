// The real vacancies of Mexico's PES, imported through the delivered mapping,
// reach both peers: exactly those that the policy lets out.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kVacancy = v1::RECORD_KIND_VACANCY;
constexpr std::int64_t kRows = 36795;

std::string DataFile() {
  const char* data = std::getenv("MINGA_TEST_DATA");
  return absl::StrCat(data == nullptr ? "" : data,
                      "/vacancies/mx-pes-empleos-2018/data.csv.gz");
}

TEST_CASE("the real Mexican vacancies cross as the policy lets them",
          "[integration]") {
  if (!std::filesystem::exists(DataFile())) {
    WARN("SKIPPED: " << DataFile() << " is not on this machine");
    return;
  }
  TwoCountries two;
  const std::unique_ptr<NodeProcess> mx = two.Begin("MX");
  const absl::Status with_ec = Join(*mx, *two.ec);
  const absl::Status with_co = Join(*mx, *two.co);
  INFO(with_ec << " " << with_co);
  REQUIRE((with_ec.ok() && with_co.ok()));

  std::string output;
  const int code = RunMinga(
      absl::StrCat("--data ", mx->data(), " import ", DataFile(), " --mapping ",
                   SourceFile("deploy/mappings/mx-pes-empleos-2018.toml")),
      &output);
  INFO(output);
  REQUIRE(code == 0);
  CHECK(Held(*mx, "MX", kVacancy) == kRows);
  for (NodeProcess* peer : {two.ec.get(), two.co.get()}) {
    INFO(peer->country());
    REQUIRE(WaitFor([&] { return InStep(*mx, *peer); }, kPatience));
    const std::int64_t shown = Views(*mx, peer->country(), "shown", kVacancy);
    CHECK(shown > 0);
    CHECK(Held(*peer, "MX", kVacancy) == shown);
    CHECK(shown + Views(*mx, peer->country(), "withheld", kVacancy) == kRows);
  }
  // The occupation is text only: ISCO stays unknown, and words find it.
  v1::SearchRecordsRequest search;
  search.set_kind(kVacancy);
  search.set_text("ayudante cocina");
  search.add_countries("MX");
  REQUIRE(WaitFor([&] { return two.ec->Status().index_lag_rows() == 0; },
                  kPatience));
  const auto found =
      rpc::Call(two.ec->client().pes(),
                &v1::PesService::StubInterface::SearchRecords, search);
  REQUIRE(found.ok());
  REQUIRE(found->hits_size() > 0);
  const v1::Vacancy& hit = found->hits(0).record().vacancy();
  CHECK(hit.occupation().isco().empty());
  CHECK_FALSE(hit.occupation().text().empty());
}

}  // namespace
}  // namespace minga::testing
