// Two countries that agree, and ways to have one of them say something wrong.
#ifndef MINGA_TESTS_SIMULATION_WRONG_H_
#define MINGA_TESTS_SIMULATION_WRONG_H_

#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "federation/page.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/note.h"
#include "tests/simulation/world.h"

namespace minga::test {

using federation::PageHeader;

struct Wrong {
  World world{3, {kColombia, kEcuador}};
  Node& co = world.node(kColombia);
  Node& ec = world.node(kEcuador);
  federation::Signer co_signer{co.party().node_key.get(),
                               co.party().verifier().name};
  federation::Signer ec_signer{ec.party().node_key.get(),
                               ec.party().verifier().name};

  Wrong() {
    world.Join();
    co.Put("v1", "welder");
    co.Put("v2", "cook");
    REQUIRE(world.Converge());
  }

  // The next page with rows from Colombia is changed and then signed again.
  void ChangeNextPage(std::function<void(PageHeader&, v1::Page&)> change,
                      bool sign = true) {
    world.network().OnResponses(
        [this, change, sign, done = false](PeerId from,
                                           v1::FollowResponse& r) mutable {
          if (done || from != kColombia || r.page().rows().empty()) return;
          done = true;
          const Note note = Note::Parse(r.page().note()).value();
          PageHeader header = PageHeader::Parse(note.text).value();
          change(header, *r.mutable_page());
          if (sign) SealPage(header, co_signer, *r.mutable_page());
        });
  }

  // Has the changed page refused with `error`, and sees all made good.
  void MustBeRefused(const std::string& error) {
    const View before = ec.HeldFrom(kColombia);
    co.Put("v3", "miner");
    world.Settle();
    CHECK(ec.HeldFrom(kColombia) == before);
    const federation::PeerProgress progress = ec.ProgressWith(kColombia);
    INFO(progress.last_error);
    CHECK(absl::StrContains(progress.last_error, error));
    CHECK_FALSE(progress.following);
    std::string logged;
    for (const v1::AuditEntry& e : ec.Audit()) {
      if (e.event() == v1::AUDIT_EVENT_PAGE_REFUSED) logged = e.detail();
    }
    CHECK(absl::StrContains(logged, error));
    MustRecover();
  }

  void MustRecover() {
    const bool converged = world.Converge();
    INFO(world.Differences());
    REQUIRE(converged);
    CHECK(LogFaults(world, kColombia, kEcuador) == "");
  }

  // The next request of Ecuador that `change` accepts is changed.
  void ChangeNextRequest(std::function<bool(v1::FollowRequest&)> change) {
    world.network().OnRequests(
        [change, done = false](PeerId from, v1::FollowRequest& r) mutable {
          if (!done && from == kEcuador) done = change(r);
        });
  }

  // Has the changed request closed with `error`, and sees all made good.
  void MustBeClosed(const std::string& error) {
    co.Put("v3", "miner");
    world.Settle();
    INFO(co.ProgressWith(kEcuador).last_error);
    CHECK(absl::StrContains(co.ProgressWith(kEcuador).last_error, error));
    CHECK(absl::StrContains(ec.ProgressWith(kColombia).last_error, error));
    MustRecover();
  }

  // The same for a greeting.
  void MustBeClosedAtGreeting(const std::string& error) {
    ec.Restart();
    MustBeClosed(error);
  }
};

// A peer of its own making, who says what the test tells it to.
struct Stranger final : federation::LinkEvents {
  absl::Status closed;
  std::unique_ptr<federation::OriginLink> accepted;
  std::vector<absl::Status> answers;
  std::uint64_t session = 0;  // of the last comparison that it began

  void OnResponse(federation::LinkId,
                  std::unique_ptr<v1::FollowResponse>) override {}
  void OnRequest(federation::LinkId,
                 std::unique_ptr<v1::FollowRequest>) override {}
  void OnClosed(federation::LinkId, const absl::Status& why) override {
    closed = why;
  }
  federation::LinkId OnAccepted(
      const PeerId&, std::unique_ptr<federation::OriginLink> link) override {
    accepted = std::move(link);
    return 1'000'000;
  }
  void OnAsked(const PeerId&, std::unique_ptr<v1::AskRequest>,
               std::unique_ptr<federation::AnswerLink>) override {}
  void OnAnswered(
      federation::LinkId,
      absl::StatusOr<std::unique_ptr<v1::AskResponse>> answer) override {
    answers.push_back(answer.status());
    if (answer.ok() && (*answer)->reconcile().has_opened()) {
      session = (*answer)->reconcile().opened().session();
    }
  }
  void Greet(SeqNo start) {
    auto hello = std::make_unique<v1::FollowResponse>();
    hello->mutable_hello()->set_protocol(1);
    hello->mutable_hello()->set_epoch(1);
    hello->mutable_hello()->set_start(start);
    accepted->Send(std::move(hello));
  }
};

}  // namespace minga::test

#endif  // MINGA_TESTS_SIMULATION_WRONG_H_
