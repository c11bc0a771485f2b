// Suspending, resuming and leaving, on real nodes.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/peers.pb.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

using Peers = v1::PeerService::StubInterface;

std::vector<v1::Farewell> FarewellsOf(NodeProcess& node) {
  const auto farewells = rpc::Call(node.client().peers(), &Peers::ListFarewells,
                                   v1::ListFarewellsRequest());
  INFO(farewells.status());
  REQUIRE(farewells.ok());
  return {farewells->farewells().begin(), farewells->farewells().end()};
}

bool HasLeft(NodeProcess& node) {
  const std::vector<v1::Farewell> farewells = FarewellsOf(node);
  return farewells.size() == 1 && farewells[0].has_ended_at();
}

absl::StatusOr<v1::RemovePeerResponse> Remove(NodeProcess& node,
                                              const std::string& peer,
                                              bool force) {
  v1::RemovePeerRequest request;
  request.set_country(peer);
  request.set_reason("the memorandum was denounced");
  request.set_force(force);
  return rpc::Call(node.client().peers(), &Peers::RemovePeer, request);
}

int Logged(NodeProcess& node, v1::AuditEvent event) {
  v1::TailRequest request;
  request.set_count(10000);
  grpc::ClientContext context;
  const auto stream = node.client().audit().Tail(&context, request);
  v1::TailResponse line;
  int count = 0;
  while (stream->Read(&line)) count += line.entry().event() == event;
  REQUIRE(stream->Finish().ok());
  return count;
}

struct Exchanging : TwoCountries {
  Exchanging() {
    MustJoin();
    for (int i = 0; i < 40; ++i) {
      MustPut(*co, {OpenVacancy(absl::StrCat("v", i), "Soldadora")});
    }
    v1::Record foreign = OpenVacancy("e1", "Enfermera");
    foreign.mutable_vacancy()->mutable_locations(0)->set_country("EC");
    MustPut(*ec, {foreign});
    REQUIRE(WaitFor(
        [&] {
          return InStep(*co, *ec) && InStep(*ec, *co) &&
                 Finds(*co, "enfermera", "e1");
        },
        kPatience));
  }
};

TEST_CASE_METHOD(Exchanging, "a suspended peer is neither shown nor told",
                 "[nodes][leaving]") {
  v1::SuspendPeerRequest suspend;
  suspend.set_country("EC");
  CHECK(absl::IsInvalidArgument(
      rpc::Call(co->client().peers(), &Peers::SuspendPeer, suspend).status()));
  CHECK(Finds(*co, "enfermera", "e1"));
  suspend.set_reason("many wrong records");
  REQUIRE(rpc::Call(co->client().peers(), &Peers::SuspendPeer, suspend).ok());
  CHECK_FALSE(Finds(*co, "enfermera", "e1"));
  v1::GetRecordRequest get;
  get.mutable_key()->set_country("EC");
  get.mutable_key()->set_kind(v1::RECORD_KIND_VACANCY);
  get.mutable_key()->set_id("e1");
  const auto found = [&] {
    return rpc::Call(co->client().pes(),
                     &v1::PesService::StubInterface::GetRecord, get)
        .ok();
  };
  CHECK_FALSE(found());
  CHECK(Held(*co, "EC", v1::RECORD_KIND_VACANCY) == 1);
  CHECK(co->Peer("EC").state() == "suspended");
  CHECK(co->Peer("EC").state_reason() == "many wrong records");
  MustPut(*co, {OpenVacancy("new", "Cocinera")});
  REQUIRE(WaitFor(
      [&] {
        return absl::StrContains(ec->Peer("CO").last_error(), "suspended") ||
               !ec->Peer("CO").following();
      },
      kPatience));
  CHECK(Held(*ec, "CO", v1::RECORD_KIND_VACANCY) == 40);

  v1::ResumePeerRequest resume;
  resume.set_country("EC");
  REQUIRE(rpc::Call(co->client().peers(), &Peers::ResumePeer, resume).ok());
  CHECK(Finds(*co, "enfermera", "e1"));
  CHECK(found());
  REQUIRE(WaitFor(
      [&] {
        return InStep(*co, *ec) &&
               Held(*ec, "CO", v1::RECORD_KIND_VACANCY) == 41;
      },
      2 * kPatience));
  CHECK(Logged(*co, v1::AUDIT_EVENT_PEER_SUSPENDED) == 1);
  CHECK(Logged(*co, v1::AUDIT_EVENT_PEER_RESUMED) == 1);
  CHECK(absl::IsFailedPrecondition(
      rpc::Call(co->client().peers(), &Peers::ResumePeer, resume).status()));
}

TEST_CASE_METHOD(Exchanging, "leaving withdraws everything, signed by both",
                 "[nodes][leaving]") {
  const auto begun = Remove(*co, "EC", false);
  INFO(begun.status());
  REQUIRE(begun.ok());
  CHECK(begun->farewell().shown_before() == 40);
  CHECK(begun->farewell().held_before() == 1);
  CHECK_FALSE(Finds(*co, "enfermera", "e1"));
  REQUIRE(WaitFor([&] { return HasLeft(*co) && HasLeft(*ec); }, 2 * kPatience));
  for (NodeProcess* node : {co.get(), ec.get()}) {
    const v1::Farewell farewell = FarewellsOf(*node).front();
    CHECK(farewell.unproved_size() == 0);
    CHECK(absl::StrContains(farewell.own_statement(), "\nheld: 0\n"));
    CHECK(absl::StrContains(farewell.peer_statement(), "\nheld: 0\n"));
    CHECK(farewell.reason() == "the memorandum was denounced");
    CHECK(node->Status().peers_size() == 0);
    CHECK(Logged(*node, v1::AUDIT_EVENT_PEER_LEAVING) == 1);
    CHECK(Logged(*node, v1::AUDIT_EVENT_PEER_REMOVED) == 1);
  }
  const v1::Farewell ours = FarewellsOf(*co).front();
  const v1::Farewell theirs = FarewellsOf(*ec).front();
  CHECK(ours.own_statement() == theirs.peer_statement());
  CHECK(ours.peer_statement() == theirs.own_statement());
  CHECK(absl::StrContains(ours.own_statement(), "\nwithdrawn: 40\n"));
  CHECK(absl::StrContains(ours.own_statement(), "\nerased: 1\n"));
  CHECK(absl::StrContains(theirs.own_statement(), "\nerased: 40\n"));
  CHECK(Held(*ec, "CO", v1::RECORD_KIND_VACANCY) == 0);
  CHECK(Held(*co, "EC", v1::RECORD_KIND_VACANCY) == 0);

  // Who joins again signs again.
  REQUIRE(AddPeer(*co, *ec).ok());
  REQUIRE(AddPeer(*ec, *co).ok());
  CHECK_FALSE(co->Peer("EC").mou_in_force());
  CHECK(co->Peer("EC").sent_last() == 0);
}

TEST_CASE_METHOD(Exchanging,
                 "a peer out of reach is left with what is unproved",
                 "[nodes][leaving]") {
  ec->Kill();
  REQUIRE(Remove(*co, "EC", false).ok());
  CHECK(FarewellsOf(*co).front().unconfirmed() > 0);
  const auto forced = Remove(*co, "EC", true);
  INFO(forced.status());
  REQUIRE(forced.ok());
  CHECK(forced->farewell().has_ended_at());
  CHECK(forced->farewell().unproved_size() == 3);
  CHECK_FALSE(forced->farewell().own_statement().empty());
  CHECK(co->Status().peers_size() == 0);
  CHECK(Held(*co, "EC", v1::RECORD_KIND_VACANCY) == 0);
  CHECK(HasLeft(*co));
}

}  // namespace
}  // namespace minga::testing
