// Erasure on real nodes, with a backup from before it put back.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

namespace fs = std::filesystem;

constexpr auto kProfile = v1::RECORD_KIND_PROFILE;
constexpr int kPersons = 300;

absl::StatusOr<v1::GetRecordResponse> Profile(NodeProcess& node,
                                              const std::string& id) {
  v1::GetRecordRequest request;
  request.mutable_key()->set_country("CO");
  request.mutable_key()->set_kind(kProfile);
  request.mutable_key()->set_id(id);
  return rpc::Call(node.client().pes(),
                   &v1::PesService::StubInterface::GetRecord, request);
}

v1::TraceRecordResponse Trace(NodeProcess& node, const std::string& id) {
  v1::TraceRecordRequest request;
  request.mutable_key()->set_country("CO");
  request.mutable_key()->set_kind(kProfile);
  request.mutable_key()->set_id(id);
  request.set_peer("EC");
  const auto traced =
      rpc::Call(node.client().admin(),
                &v1::AdminService::StubInterface::TraceRecord, request);
  return traced.ok() ? *traced : v1::TraceRecordResponse();
}

// Somebody whom Ecuador sees.
std::string ShownPerson(NodeProcess& node, const v1::PutRecordsRequest& put) {
  for (const v1::Record& record : put.records()) {
    const std::string& id = record.profile().id();
    if (Trace(node, id).state() == "shown") return id;
  }
  FAIL("nobody is shown");
  return "";
}

}  // namespace

TEST_CASE("a backup does not bring back who was erased", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  const v1::PutRecordsRequest put = PutPeople(two, kPersons);
  REQUIRE(WaitFor([&] { return InStep(*two.co, *two.ec); }, kPatience));
  const std::int64_t held = Held(*two.ec, "CO", kProfile);
  REQUIRE(held == Views(*two.co, "EC", "shown", kProfile));
  const std::string person = ShownPerson(*two.co, put);
  const std::string other = person == put.records(0).profile().id()
                                ? put.records(1).profile().id()
                                : put.records(0).profile().id();
  REQUIRE(Profile(*two.co, person).ok());

  const std::string backup = two.folder.path() + "/backup.db";
  CHECK(absl::StrContains(Minga(*two.co, "backup " + backup, 0), "checked"));
  Minga(*two.co, "backup " + backup, 5);  // never over a file

  const std::string told = Minga(*two.co, "erase " + person, 0);
  const std::size_t trace = told.find("trace --peer EC --place ");
  REQUIRE(trace != std::string::npos);
  CHECK(absl::StrContains(told, "of the log"));
  REQUIRE(WaitFor([&] { return InStep(*two.co, *two.ec); }, kPatience));
  const std::int64_t left = Held(*two.ec, "CO", kProfile);
  CHECK(left < held);
  // The receipt is found by the place, and by nothing else any more.
  const std::string proof =
      Minga(*two.co, told.substr(trace, told.find('\n', trace) - trace), 0);
  CHECK(absl::StrContains(proof, "confirmed it durably"));
  CHECK(absl::StrContains(proof, "minga/receipt"));
  Minga(*two.co, "trace CO/profile/" + person + " --peer EC", 4);

  // As an operator would who knows nothing of restoring.
  CHECK(two.co->Stop() == 0);
  const std::string database = two.co->data() + "/minga.db";
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::remove(database + suffix);
  }
  fs::copy_file(backup, database);
  const absl::Status guarded = two.co->Start();
  CHECK_FALSE(guarded.ok());
  CHECK(absl::StrContains(guarded.message(), "older copy"));
  fs::remove(two.co->data() + "/checkpoint");
  fs::remove(two.co->data() + "/index.db");
  REQUIRE(two.co->Start().ok());

  // Not even before housekeeping has looked.
  CHECK(absl::IsNotFound(Profile(*two.co, person).status()));
  REQUIRE(WaitFor(
      [&] {
        return absl::StrContains(Minga(*two.co, "audit tail -n 5000", 0),
                                 "key-destroyed");
      },
      kPatience));
  CHECK(absl::IsNotFound(Profile(*two.co, person).status()));
  // Nothing leads from the person to what the peer was told.
  CHECK(Trace(*two.co, person).state().empty());
  CHECK(Profile(*two.co, other).ok());
  CHECK(Held(*two.co, "CO", kProfile) == kPersons - 1);
  // Everybody is shown anew, under another pseudonym; she is not.
  REQUIRE(WaitFor(
      [&] {
        return InStep(*two.co, *two.ec) &&
               Held(*two.ec, "CO", kProfile) ==
                   Views(*two.co, "EC", "shown", kProfile) &&
               Held(*two.ec, "CO", kProfile) > 0;
      },
      kPatience));
  CHECK(Held(*two.ec, "CO", kProfile) <= kPersons - 1);
}

}  // namespace minga::testing
