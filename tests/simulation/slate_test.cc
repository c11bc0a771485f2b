// A peer that tries to wipe its slate by announcing new keys.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "federation/acquaintance.h"
#include "federation/conduct.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/status.h"
#include "tests/simulation/wrong.h"
#include "tests/support/generations.h"

namespace minga::test {
namespace {

// Colombia follows its own mind; Ecuador has to bear it.
struct Slate : Wrong {
  federation::OwnGeneration NextOfColombia() {
    return NextGeneration(co.keyring().Newest(), {"tls"},
                          DayOf(world.clock().Now()), 30);
  }
  void Rotate() {
    co.keyring().Add(NextOfColombia());
    co.federation().PeersChanged();
    world.Settle();
  }
  federation::Acquaintance Known() {
    federation::Acquaintance known;
    ec.Write([&](storage::Transaction& t) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(const auto row, t.peers().Get(kColombia));
      MINGA_ASSIGN_OR_RETURN(known,
                             federation::ReadAcquaintance(t.documents(), *row));
      return absl::OkStatus();
    });
    return known;
  }
  int Logged(v1::AuditEvent event) {
    int count = 0;
    for (const v1::AuditEntry& e : ec.Audit()) count += e.event() == event;
    return count;
  }
};

TEST_CASE_METHOD(Slate, "who always has newer keys is heard once an hour") {
  for (int minute = 0; minute < 60; ++minute) {
    Rotate();
    world.clock().Advance(absl::Minutes(1));
  }
  // Four or five at once, and eight of what came since.
  CHECK(Known().newest().sequence > 2);
  CHECK(Known().newest().sequence <= 1 + 5 + 8);
  for (int hour = 0; hour < 20; ++hour) {
    world.clock().Advance(absl::Hours(1));
    Rotate();
  }
  const std::size_t kept = Known().descriptors.size();
  CHECK(kept <= federation::kDescriptorsMax);
  CHECK(kept > federation::kDescriptorsMax - 8);
  // An operator who knows why takes the rest.
  const std::vector<std::string> rest =
      co.keyring().NotesAfter(Known().newest().sequence, 100);
  REQUIRE(kept + rest.size() > federation::kDescriptorsMax);
  ec.Write([&](storage::Transaction& t) {
    return federation::Succeed(t, ec.keyring(), kColombia, rest, "operator",
                               world.clock().Now())
        .status();
  });
  CHECK(Known().newest().sequence == co.keyring().Sequence());
}

TEST_CASE_METHOD(Slate, "offences outlive a new descriptor, and the clock") {
  const bool by_clock = GENERATE(false, true);
  world.network().OnResponses([&](PeerId from, v1::FollowResponse& r) {
    if (from == kColombia && r.page().rows_size() > 0) {
      r.mutable_page()->set_note("");
    }
  });
  co.Put("v3", "miner");
  bool anew = false;
  for (int second = 0; second < 3600; ++second) {
    world.Settle();
    world.clock().Advance(absl::Seconds(1));
    if (anew || Logged(v1::AUDIT_EVENT_PAGE_REFUSED) < 5) continue;
    anew = true;
    if (by_clock) {
      world.clock().Advance(-absl::Minutes(5));
      continue;
    }
    ec.Write([&](storage::Transaction& t) {
      return federation::Succeed(t, ec.keyring(), kColombia,
                                 {NextOfColombia().note}, "operator",
                                 world.clock().Now())
          .status();
    });
    ec.federation().PeersChanged();
  }
  CHECK(anew);
  CHECK(Logged(v1::AUDIT_EVENT_PAGE_REFUSED) == federation::kOffencesSuspend);
  CHECK(Logged(v1::AUDIT_EVENT_PEER_SUSPENDED) == 1);
}

}  // namespace
}  // namespace minga::test
