// Questions between two nodes: answers, refusals and ends from either side.
#include <catch2/catch.hpp>
#include <memory>
#include <utility>

#include "tests/integration/tls/two_nodes.h"

namespace minga::test {
namespace {

constexpr Country kColombia = Country::Of("CO");
constexpr Country kEcuador = Country::Of("EC");
constexpr absl::Duration kLong = absl::Seconds(30);

// Ecuador asks Colombia.
struct Pair {
  Pair()
      : colombia(kColombia, Certificate()), ecuador(kEcuador, Certificate()) {
    colombia.Know({{FingerprintOf(ecuador.tls().own), kEcuador}});
    ecuador.Know({{FingerprintOf(colombia.tls().own), kColombia}});
    colombia.Serve();
  }
  void Ask(federation::LinkId link, std::uint64_t size,
           absl::Duration patience = kLong) {
    v1::AskRequest question;
    question.mutable_checkpoint()->set_old_size(size);
    ecuador.transport->Ask(colombia.DescriptorAt(colombia.port()), link,
                           question, patience, ecuador.heard);
  }
  Edges colombia;
  Edges ecuador;
};

v1::AskResponse AnswerOf(std::uint64_t size) {
  v1::AskResponse answer;
  answer.mutable_checkpoint()->set_size(size);
  return answer;
}

TEST_CASE("questions are answered in any order", "[ask]") {
  Pair pair;
  pair.Ask(1, 10);
  pair.Ask(2, 20);
  Heard::Asked first = pair.colombia.heard.AwaitAsked();
  Heard::Asked second = pair.colombia.heard.AwaitAsked();
  CHECK(first.peer == kEcuador);
  for (Heard::Asked* asked : {&second, &first}) {
    asked->link->Answer(AnswerOf(asked->question->checkpoint().old_size() + 1));
    // Only the first counts.
    asked->link->Answer(absl::InternalError("again"));
  }
  for (const federation::LinkId link : {1, 2}) {
    const auto answer = pair.ecuador.heard.AwaitAnswered(link);
    REQUIRE(answer.ok());
    CHECK((*answer)->checkpoint().size() == 10 * link + 1);
  }
}

TEST_CASE("why there is no answer reaches who asked", "[ask]") {
  Pair pair;
  pair.Ask(1, 10);
  pair.colombia.heard.AwaitAsked().link->Answer(
      absl::FailedPreconditionError("no such log"));
  const auto refused = pair.ecuador.heard.AwaitAnswered(1);
  CHECK(absl::IsFailedPrecondition(refused.status()));
  CHECK(refused.status().message() == "no such log");

  pair.Ask(2, 10);
  pair.colombia.heard.AwaitAsked().link.reset();
  CHECK(absl::IsCancelled(pair.ecuador.heard.AwaitAnswered(2).status()));

  pair.Ask(3, 10, absl::Milliseconds(300));
  const Heard::Asked late = pair.colombia.heard.AwaitAsked();
  CHECK(absl::IsDeadlineExceeded(pair.ecuador.heard.AwaitAnswered(3).status()));
  late.link->Answer(AnswerOf(1));
}

TEST_CASE("a node that is not pinned cannot ask", "[ask]") {
  Pair pair;
  pair.Ask(1, 10);
  pair.colombia.heard.AwaitAsked().link->Answer(AnswerOf(1));
  REQUIRE(pair.ecuador.heard.AwaitAnswered(1).ok());
  // On the connection that is open already, and by our own pins.
  pair.colombia.Know({});
  pair.Ask(2, 10);
  CHECK(!pair.ecuador.heard.AwaitAnswered(2).ok());
  pair.ecuador.Know({});
  pair.Ask(3, 10);
  CHECK(!pair.ecuador.heard.AwaitAnswered(3).ok());
}

TEST_CASE("a node that stops ends its questions", "[ask]") {
  Pair pair;
  pair.Ask(1, 10);
  const Heard::Asked asked = pair.colombia.heard.AwaitAsked();
  pair.ecuador.transport->Shutdown();
  CHECK(!pair.ecuador.heard.AwaitAnswered(1).ok());
  pair.Ask(2, 10);
  CHECK(absl::IsUnavailable(pair.ecuador.heard.AwaitAnswered(2).status()));
  // Does not wait for the answer that nobody wants.
  pair.colombia.server->Shutdown(absl::ZeroDuration());
  asked.link->Answer(AnswerOf(1));
}

}  // namespace
}  // namespace minga::test
