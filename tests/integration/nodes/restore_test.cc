// A node that is put back to yesterday's backup, and its peer.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kVacancy = v1::RECORD_KIND_VACANCY;
constexpr auto kProfile = v1::RECORD_KIND_PROFILE;
constexpr int kVacancies = 40;
constexpr int kPersons = 120;

struct Restored : TwoCountries {
  std::string backup = folder.path() + "/backup.db";

  Restored() {
    MustJoin();
    std::vector<v1::Record> vacancies;
    for (int i = 0; i < kVacancies; ++i) {
      vacancies.push_back(OpenVacancy(absl::StrCat("v", i), "soldador"));
    }
    MustPut(*co, vacancies);
  }

  void MustBeInStep() {
    REQUIRE(WaitFor([&] { return InStep(*co, *ec) && InStep(*ec, *co); },
                    kPatience));
  }
  bool CoHas(const std::string& id) {
    std::string output;
    return RunMinga(absl::StrCat("--data ", co->data(), " get CO/vacancy/", id),
                    &output) == 0;
  }
  bool EcHas(const std::string& id) {
    std::string output;
    return RunMinga(absl::StrCat("--data ", ec->data(), " get CO/vacancy/", id),
                    &output) == 0;
  }
  void PutBack() {
    CHECK(co->Stop() == 0);
    CHECK(absl::StrContains(Minga(*co, "restore " + backup, 0), "is in place"));
    const absl::Status started = co->Start();
    INFO(started);
    REQUIRE(started.ok());
  }
  // Both hold and show the same, and have said so.
  void MustAgree() {
    MustBeInStep();
    const std::string compared = Minga(*ec, "peer reconcile CO", 0);
    CHECK(absl::StrContains(compared, "root (SHA-256)"));
    CHECK(absl::StrContains(compared, "missing here:   0"));
    CHECK(absl::StrContains(compared, "older here:     0"));
    CHECK(absl::StrContains(compared, "only here:      0"));
    CHECK(Held(*ec, "CO", kVacancy) == Views(*co, "EC", "shown", kVacancy));
    CHECK(Held(*ec, "CO", kProfile) == Views(*co, "EC", "shown", kProfile));
  }
};

TEST_CASE_METHOD(Restored, "nothing withdrawn comes back with a backup",
                 "[integration]") {
  v1::PutRecordsRequest people;
  for (int i = 0; i < kPersons; ++i) {
    auto [profile, consent] =
        samples.Person(Country::Of("CO"), static_cast<std::uint64_t>(i));
    if (consent) (*people.mutable_consents())[profile.id()] = *consent;
    *people.add_records()->mutable_profile() = std::move(profile);
  }
  REQUIRE(rpc::Call(co->client().pes(),
                    &v1::PesService::StubInterface::PutRecords, people)
              .ok());
  MustBeInStep();
  Minga(*co, "backup " + backup, 0);
  CHECK(absl::StrContains(Minga(*co, "restore --verify " + backup, 0),
                          "profiles can be read, 0 were erased"));
  Minga(*co, "restore " + backup, 5);  // the daemon runs

  Minga(*co, "withdraw CO/vacancy/v1", 0);
  v1::Record closed = OpenVacancy("v2", "soldador");
  closed.mutable_vacancy()->set_status(v1::VACANCY_STATUS_CLOSED);
  MustPut(*co, {closed, OpenVacancy("late", "soldador")});
  // Who consented, and takes it back.
  std::string person;
  for (const auto& [id, consent] : people.consents()) person = id;
  REQUIRE_FALSE(person.empty());
  Minga(*co, absl::StrCat("consent ", person, " --withdraw"), 0);
  MustBeInStep();
  CHECK(EcHas("late"));
  CHECK_FALSE(EcHas("v1"));

  PutBack();
  CHECK_FALSE(CoHas("v1"));
  CHECK_FALSE(CoHas("v2"));
  CHECK_FALSE(CoHas("late"));  // it was not in the backup
  CHECK(CoHas("v3"));
  const std::string status = Minga(*co, "status", 0);
  CHECK(absl::StrContains(status, "an older copy was put back"));
  CHECK(absl::StrContains(status, "1 consents"));
  MustAgree();
  CHECK_FALSE(EcHas("v1"));
  CHECK_FALSE(EcHas("v2"));
  CHECK_FALSE(EcHas("late"));
  CHECK(EcHas("v3"));
  CHECK(absl::StrContains(Minga(*co, "audit tail -n 500", 0),
                          "an older copy was put back"));

  // What is put again is shown again.
  MustPut(*co, {OpenVacancy("v1", "soldador")});
  MustAgree();
  CHECK(EcHas("v1"));
}

TEST_CASE_METHOD(Restored, "an older law is not applied before it is confirmed",
                 "[integration]") {
  MustBeInStep();
  Minga(*co, "backup " + backup, 0);
  const std::string tighter = folder.path() + "/override.textproto";
  std::ofstream(tighter) << "node_override { country: \"CO\" }\n";
  Minga(*co, "policy activate --override " + tighter, 0);
  MustBeInStep();

  PutBack();
  CHECK(absl::StrContains(Minga(*co, "status", 0), "restore --confirm"));
  MustPut(*co, {OpenVacancy("new", "soldador")});
  // Every stream of the peer is refused until somebody has looked.
  REQUIRE(WaitFor(
      [&] {
        return absl::StrContains(ec->Peer("CO").last_error(), "has to confirm");
      },
      kPatience));
  CHECK_FALSE(EcHas("new"));
  Minga(*co, "restore --confirm", 0);
  Minga(*co, "restore --confirm", 5);
  MustAgree();
  CHECK(EcHas("new"));
}

TEST_CASE_METHOD(Restored, "a peer that was restored is brought up to date",
                 "[integration]") {
  MustBeInStep();
  Minga(*ec, "backup " + backup, 0);
  Minga(*co, "withdraw CO/vacancy/v1", 0);
  MustPut(*co, {OpenVacancy("late", "soldador")});
  MustBeInStep();
  CHECK(ec->Stop() == 0);
  Minga(*ec, "restore " + backup, 0);
  REQUIRE(ec->Start().ok());
  MustAgree();
  CHECK_FALSE(EcHas("v1"));
  CHECK(EcHas("late"));
}

TEST_CASE_METHOD(Restored, "a backup that cannot be lived with is refused",
                 "[integration]") {
  Minga(*co, "backup " + backup, 0);
  Minga(*co, "restore --verify " + folder.path() + "/none.db", 4);
  Minga(*ec, "restore --verify " + backup, 5);  // another country's
  const std::string damaged = folder.path() + "/damaged.db";
  std::filesystem::copy_file(backup, damaged);
  {
    std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(
        static_cast<std::streamoff>(std::filesystem::file_size(damaged) / 2));
    file << std::string(8192, 'x');
  }
  Minga(*co, "restore --verify " + damaged, 1);
  CHECK(co->Stop() == 0);
  Minga(*co, "restore " + damaged, 1);
  REQUIRE(co->Start().ok());
  CHECK(CoHas("v3"));
}

}  // namespace
}  // namespace minga::testing
