// Nodes of the version before beside newer ones.
#include <catch2/catch.hpp>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "federation/view_items.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/status.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

using federation::ProtocolRange;

constexpr ProtocolRange kOld{1, 1};
constexpr ProtocolRange kNew{1, 2};

// What a program of version 1 would not know in a message.
std::string BeyondVersion1(const v1::FollowResponse& message) {
  if (message.hello().features_size() > 0) return "features";
  for (const std::string& bytes : message.page().rows()) {
    v1::Row row;
    if (!row.ParseFromString(bytes)) return "not a row";
    if (!row.retention_until().empty()) return "retention_until";
    if (row.no_onward_transfer()) return "no_onward_transfer";
  }
  return "";
}

std::string BeyondVersion1(const v1::FollowRequest& message) {
  return absl::StrContains(message.receipt().note(), "retention-ended")
             ? "retention-ended"
             : "";
}

// Three countries, each with a plain record and one that obliges.
struct Rolling {
  World world{11, {kColombia, kEcuador, kPeru}};
  const std::vector<Country> all = {kColombia, kEcuador, kPeru};
  std::set<PeerId> old;
  std::vector<std::string> faults;

  Rolling() {
    // The memory network tells who sends, not to whom: while any node is old,
    // two new ones must still be told apart by what they have agreed on.
    world.network().OnRequests([this](PeerId from, v1::FollowRequest& message) {
      const std::string fault = BeyondVersion1(message);
      if (!fault.empty() && old.contains(from)) faults.push_back(fault);
    });
    world.network().OnResponses(
        [this](PeerId from, v1::FollowResponse& message) {
          const std::string fault = BeyondVersion1(message);
          if (!fault.empty() && (old.contains(from) || old.size() >= 2)) {
            faults.push_back(fault);
          }
        });
    for (const Country country : all) {
      Run(country, kOld);
      world.node(country).Put("plain", "welder");
      world.node(country).Put("obliged", std::string(kObligedText));
    }
    world.Join();
    Pass();
  }

  void Run(Country country, ProtocolRange protocols) {
    world.node(country).Speak(protocols);
    if (protocols.max == 1) {
      old.insert(country);
    } else {
      old.erase(country);
    }
  }

  // Long enough for every stream to be opened again.
  void Pass() {
    for (int second = 0; second < 90; ++second) {
      world.Settle();
      world.clock().Advance(absl::Seconds(1));
    }
    world.Settle();
  }

  bool Holds(Country follower, Country origin, const std::string& id) {
    return world.node(follower).HeldFrom(origin).contains(id);
  }

  // Who is new tells the new everything, and everybody what all understand.
  void Check() {
    for (const Country origin : all) {
      for (const Country follower : all) {
        if (origin == follower) continue;
        INFO(follower.ToString() << " of " << origin.ToString());
        const bool both = !old.contains(origin) && !old.contains(follower);
        CHECK(Holds(follower, origin, "plain"));
        CHECK(Holds(follower, origin, "obliged") == both);
        CHECK(world.node(follower).exchange().obliged.contains(
                  {origin, RecordKind::kVacancy, "obliged"}) == both);
        CHECK(world.node(follower).ProgressWith(origin).protocol ==
              (both ? 2 : 1));
        CHECK(LogFaults(world, origin, follower) == "");
      }
    }
    CHECK(faults == std::vector<std::string>());
  }
};

int Withheld(Node& node) {
  int entries = 0;
  for (const v1::AuditEntry& e : node.Audit()) {
    entries +=
        e.event() == v1::AUDIT_EVENT_PAGE_SENT &&
        e.detail() == "withheld 1: protocol 1 cannot tell what they oblige to";
  }
  return entries;
}

TEST_CASE_METHOD(Rolling, "a rolling upgrade hides nothing and drops nothing") {
  Check();
  CHECK(Withheld(world.node(kColombia)) == 2);
  for (const Country country : all) {
    Run(country, kNew);
    Pass();
    Check();
  }
  CHECK(world.Differences() == "");
  // Nothing is told anew without need.
  const std::uint64_t pages =
      world.node(kPeru).ProgressWith(kColombia).pages_received;
  world.node(kPeru).Restart();
  Pass();
  CHECK(world.node(kPeru).ProgressWith(kColombia).pages_received == 0);
  CHECK(pages > 0);
}

TEST_CASE_METHOD(Rolling, "an obligation withdraws what an old peer has") {
  world.node(kColombia).Put("plain", std::string(kObligedText));
  Pass();
  CHECK_FALSE(Holds(kEcuador, kColombia, "plain"));
  CHECK(faults.empty());
  world.node(kColombia).Put("plain", "cook");
  Pass();
  CHECK(Holds(kEcuador, kColombia, "plain"));
}

TEST_CASE_METHOD(Rolling, "who cannot be told everything does not compare") {
  const auto last = [this] {
    v1::Comparison comparison;
    world.node(kEcuador).Write([&](storage::Transaction& t) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(
          comparison, federation::LastComparison(t.documents(), kColombia));
      return absl::OkStatus();
    });
    return comparison;
  };
  const auto compare = [&] {
    world.node(kEcuador).Write([](storage::Transaction& t) {
      return federation::OrderComparison(t.documents(), kColombia);
    });
    world.node(kEcuador).federation().Nudge(kColombia);
    Pass();
    return last();
  };
  CHECK(absl::StrContains(compare().error(), "version of the protocol"));
  Run(kColombia, kNew);
  Run(kEcuador, kNew);
  Pass();
  Check();
  const v1::Comparison told = compare();
  CHECK(told.error().empty());
  CHECK(told.items() == 2);
  CHECK(told.missing() == 0);
}

TEST_CASE_METHOD(Rolling, "a report waits for a version that has it") {
  Run(kColombia, kNew);
  world.node(kEcuador).exchange().retention_ended = 5;
  world.node(kColombia).Put("more", "cook");
  Pass();
  CHECK(faults.empty());
  const auto reported = [this] {
    for (const storage::ReceiptRow& receipt :
         world.node(kColombia).ReceiptsOf(kEcuador)) {
      if (absl::StrContains(receipt.note, "\nretention-ended: 5\n")) {
        return true;
      }
    }
    return false;
  };
  CHECK_FALSE(reported());
  Run(kEcuador, kNew);
  Pass();
  CHECK(reported());
}

}  // namespace
}  // namespace minga::test
