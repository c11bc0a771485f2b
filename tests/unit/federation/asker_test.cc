// Questions to a peer: each is answered once, in time or not at all.
#include "federation/asker.h"

#include <catch2/catch.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "node/base/clock.h"
#include "tests/support/parties.h"

namespace minga::test {
namespace {

using federation::Asker;
using federation::LinkId;

// Writes down what is asked.
class Line final : public federation::Transport {
 public:
  std::unique_ptr<federation::FollowerLink> Follow(
      const federation::Descriptor& /*peer*/, LinkId /*link*/,
      federation::LinkEvents& /*events*/) override {
    return nullptr;
  }
  void Ask(const federation::Descriptor& /*peer*/, LinkId link,
           const v1::AskRequest& /*question*/, absl::Duration /*patience*/,
           federation::LinkEvents& /*events*/) override {
    links.push_back(link);
  }
  std::vector<LinkId> links;
};

class Silent final : public federation::LinkEvents {
  void OnResponse(LinkId, std::unique_ptr<v1::FollowResponse>) override {}
  void OnRequest(LinkId, std::unique_ptr<v1::FollowRequest>) override {}
  void OnClosed(LinkId, const absl::Status&) override {}
  LinkId OnAccepted(const PeerId&,
                    std::unique_ptr<federation::OriginLink>) override {
    return 0;
  }
  void OnAsked(const PeerId&, std::unique_ptr<v1::AskRequest>,
               std::unique_ptr<federation::AnswerLink>) override {}
  void OnAnswered(LinkId,
                  absl::StatusOr<std::unique_ptr<v1::AskResponse>>) override {}
};

struct Desk {
  Desk() : clock(absl::FromUnixSeconds(1'795'000'000)) {
    context.parts.transport = &line;
    context.parts.clock = &clock;
    context.events = &events;
  }
  // What became of it is the next of `answers`.
  LinkId Ask(Asker& asker) {
    v1::AskRequest question;
    question.mutable_checkpoint();
    asker.Ask(question, absl::Seconds(10),
              [this](const absl::StatusOr<v1::AskResponse>& answer) {
                answers.push_back(answer.status());
              });
    return line.links.back();
  }
  SimulatedClock clock;
  Line line;
  Silent events;
  federation::StreamContext context{
      {}, federation::Signer(nullptr, ""), nullptr, nullptr};
  const Party peer = MakeParty(kEcuador);
  std::vector<absl::Status> answers;
};

const v1::AskResponse* Checkpoint() {
  static const v1::AskResponse* const answer = [] {
    auto* made = new v1::AskResponse();
    made->mutable_checkpoint();
    return made;
  }();
  return answer;
}

TEST_CASE("an answer reaches the one who asked, once") {
  Desk desk;
  Asker asker(desk.context, desk.peer.descriptor);
  const LinkId first = desk.Ask(asker);
  const LinkId second = desk.Ask(asker);
  REQUIRE(first != second);
  CHECK_FALSE(
      asker.OnAnswered(first + second + 1, absl::OkStatus(), Checkpoint()));
  CHECK(asker.OnAnswered(second, absl::OkStatus(), Checkpoint()));
  CHECK(asker.OnAnswered(first, absl::UnavailableError("gone"), nullptr));
  CHECK_FALSE(asker.OnAnswered(first, absl::OkStatus(), Checkpoint()));
  REQUIRE(desk.answers.size() == 2);
  CHECK(desk.answers[0].ok());
  CHECK(absl::IsUnavailable(desk.answers[1]));
  CHECK(asker.Due() == absl::InfiniteFuture());
}

TEST_CASE("an answer to something else is refused") {
  Desk desk;
  Asker asker(desk.context, desk.peer.descriptor);
  CHECK(asker.OnAnswered(desk.Ask(asker), absl::OkStatus(),
                         &v1::AskResponse::default_instance()));
  REQUIRE(desk.answers.size() == 1);
  CHECK(absl::IsInvalidArgument(desk.answers[0]));
}

TEST_CASE("a peer that does not answer is given up") {
  Desk desk;
  Asker asker(desk.context, desk.peer.descriptor);
  const LinkId link = desk.Ask(asker);
  const absl::Time due = asker.Due();
  CHECK(due == desk.clock.Now() + absl::Seconds(10));
  asker.OnTime(due - absl::Nanoseconds(1));
  CHECK(desk.answers.empty());
  asker.OnTime(due);
  REQUIRE(desk.answers.size() == 1);
  CHECK(absl::IsDeadlineExceeded(desk.answers[0]));
  CHECK_FALSE(asker.OnAnswered(link, absl::OkStatus(), Checkpoint()));
}

}  // namespace
}  // namespace minga::test
