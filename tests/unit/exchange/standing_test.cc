// What follows from a change of a peer's row, whatever comes in between.
#include "federation/standing.h"

#include <catch2/catch.hpp>

#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

TEST_CASE("views follow a peer's standing after a crash, too") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  const auto shown = [&] {
    return office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown;
  };
  const auto finish = [&] {
    return office.offices.desk->FinishPeerChanges().value();
  };
  REQUIRE(shown());
  CHECK_FALSE(finish());

  office.Write([&](storage::Transaction& transaction) {
    return federation::Suspend(transaction, kEcuador, "system", "garbage",
                               office.clock.Now());
  });
  office.Restart();
  CHECK(shown());
  CHECK(finish());
  CHECK_FALSE(shown());
  CHECK_FALSE(finish());

  office.Write([&](storage::Transaction& transaction) {
    return federation::Resume(transaction, kEcuador, "operator",
                              office.clock.Now());
  });
  office.Restart();
  CHECK(finish());
  CHECK(shown());
}

TEST_CASE("a peer that was added has its feed after a crash, too") {
  Office office;
  office.Write([&](storage::Transaction& transaction) {
    storage::PeerRow row;
    row.id = kEcuador;
    row.descriptor = "descriptor";
    row.pseudonym_key = office.random.Bytes(32);
    const absl::Status put = transaction.peers().Put(row);
    return put.ok() ? federation::NotePeerChanged(
                          transaction, kEcuador, "operator", office.clock.Now())
                    : put;
  });
  office.Restart();
  CHECK(office.offices.desk->FinishPeerChanges().value());
  CHECK(office.Last(kEcuador) == 0);
  CHECK(office.Log(v1::AUDIT_EVENT_EPOCH_STARTED).size() == 1);
}

}  // namespace
}  // namespace minga::exchange
