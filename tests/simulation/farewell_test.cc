// What leaving leaves behind.
#include "federation/farewell.h"

#include <catch2/catch.hpp>

#include "federation/acquaintance.h"
#include "node/base/status.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

TEST_CASE("the alarms of a peer go with it") {
  World world{1, {kColombia, kEcuador}};
  Node& co = world.node(kColombia);
  world.Join();
  co.Write([&](storage::Transaction& t) -> absl::Status {
    storage::DocumentStore& documents = t.documents();
    for (const absl::string_view side : federation::kOverdueSides) {
      MINGA_RETURN_IF_ERROR(
          documents.Put(federation::OverdueName(kEcuador, side), "overdue"));
    }
    MINGA_RETURN_IF_ERROR(
        documents.Put(federation::OverdueName(kPeru, "ours"), "overdue"));
    MINGA_RETURN_IF_ERROR(federation::EndLeaving(t, kEcuador, "operator",
                                                 v1::Farewell(),
                                                 world.clock().Now())
                              .status());
    MINGA_ASSIGN_OR_RETURN(const auto alarms, documents.List("alarm/"));
    REQUIRE(alarms.size() == 1);
    CHECK(alarms[0].first == federation::OverdueName(kPeru, "ours"));
    return absl::OkStatus();
  });
}

TEST_CASE("the keys of a peer that has left are kept") {
  World world{1, {kColombia, kEcuador}};
  Node& co = world.node(kColombia);
  world.Join();
  co.Write([&](storage::Transaction& t) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const auto row, t.peers().Get(kEcuador));
    REQUIRE(row.has_value());
    MINGA_RETURN_IF_ERROR(federation::EndLeaving(t, kEcuador, "operator",
                                                 v1::Farewell(),
                                                 world.clock().Now())
                              .status());
    MINGA_ASSIGN_OR_RETURN(const auto kept,
                           t.documents().List("descriptor/EC/"));
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].second == row->descriptor);
    // Who comes back with the same one has no former one.
    MINGA_RETURN_IF_ERROR(t.peers().Put(*row));
    MINGA_ASSIGN_OR_RETURN(const federation::Acquaintance known,
                           federation::ReadAcquaintance(t.documents(), *row));
    CHECK(known.descriptors.size() == 1);
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace minga::test
