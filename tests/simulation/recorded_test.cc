// The program of the version before in the place of either side, from what it
// said on the wire (tests/simulation/recorded).
#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "minga/v1/federation.pb.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

struct Line {
  std::string word;
  std::string rest;
};

std::vector<Line> ReadRecording(const std::string& name) {
  const char* const source = std::getenv("MINGA_SOURCE_DIR");
  REQUIRE(source != nullptr);
  std::ifstream file(absl::StrCat(source, "/tests/simulation/recorded/", name));
  REQUIRE(file.is_open());
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text[0] == '#') continue;
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(text, absl::MaxSplits(' ', 1));
    lines.push_back({parts.first, parts.second});
  }
  return lines;
}

template <typename Message>
Message Decode(const std::string& base64) {
  std::string bytes;
  Message message;
  REQUIRE(absl::Base64Unescape(base64, &bytes));
  REQUIRE(message.ParseFromString(bytes));
  return message;
}

void SetClock(World& world, const std::string& micros) {
  std::int64_t at = 0;
  REQUIRE(absl::SimpleAtoi(micros, &at));
  world.clock().Set(absl::FromUnixMicros(at));
}

// What our origin says to the recorded follower.
class Heard final : public federation::OriginLink {
 public:
  explicit Heard(std::shared_ptr<std::deque<std::string>> said)
      : said_(std::move(said)) {}
  void Send(std::unique_ptr<v1::FollowResponse> message) override {
    said_->push_back(message->SerializeAsString());
  }
  void Finish(const absl::Status& why) override {
    said_->push_back(why.ToString());
  }

 private:
  const std::shared_ptr<std::deque<std::string>> said_;
};

TEST_CASE("an origin says to a follower of version 1 what it always said") {
  World world(1, {kColombia});
  Node& co = world.node(kColombia);
  const Party ecuador = MakeParty(kEcuador);
  const auto said = std::make_shared<std::deque<std::string>>();
  bool known = false;
  federation::LinkId link = 0;
  int responses = 0;
  int receipts = 0;
  for (const Line& line : ReadRecording("protocol-1.txt")) {
    INFO(line.word << " " << line.rest.substr(0, 60) << ", after " << responses
                   << " responses");
    if (line.word == "clock") {
      SetClock(world, line.rest);
    } else if (line.word == "put") {
      const std::pair<std::string, std::string> put =
          absl::StrSplit(line.rest, absl::MaxSplits(' ', 1));
      co.Put(put.first, put.second);
    } else if (line.word == "erase") {
      co.Erase(line.rest);
    } else if (line.word == "open") {
      if (!std::exchange(known, true)) co.AddPeer(ecuador);
      said->clear();
      link =
          co.federation().OnAccepted(kEcuador, std::make_unique<Heard>(said));
    } else if (line.word == "request") {
      auto request = std::make_unique<v1::FollowRequest>(
          Decode<v1::FollowRequest>(line.rest));
      receipts += request->has_receipt();
      co.federation().OnRequest(link, std::move(request));
      world.Settle();
    } else if (line.word == "response") {
      world.Settle();
      REQUIRE_FALSE(said->empty());
      std::string bytes;
      REQUIRE(absl::Base64Unescape(line.rest, &bytes));
      CHECK(said->front() == bytes);
      said->pop_front();
      ++responses;
    } else {
      REQUIRE(line.word == "cut");
      co.federation().OnClosed(link, absl::UnavailableError("cut"));
    }
  }
  world.Settle();
  CHECK(responses > 5);
  CHECK(receipts > 4);
  // The recorded receipts count for everything.
  CHECK(co.HeadOf(kEcuador).acknowledged == co.HeadOf(kEcuador).last);
}

// The recorded origin: takes our follower's stream and says its lines.
class RecordedOrigin final : public federation::LinkEvents {
 public:
  void OnResponse(federation::LinkId,
                  std::unique_ptr<v1::FollowResponse>) override {}
  void OnRequest(federation::LinkId,
                 std::unique_ptr<v1::FollowRequest> message) override {
    heard.push_back(std::move(message));
  }
  void OnClosed(federation::LinkId, const absl::Status&) override {}
  federation::LinkId OnAccepted(
      const PeerId&, std::unique_ptr<federation::OriginLink> link) override {
    stream = std::move(link);
    return ++last_;
  }
  void OnAsked(const PeerId&, std::unique_ptr<v1::AskRequest>,
               std::unique_ptr<federation::AnswerLink> link) override {
    link->Answer(absl::UnimplementedError("version 1 has no Ask"));
  }
  void OnAnswered(federation::LinkId,
                  absl::StatusOr<std::unique_ptr<v1::AskResponse>>) override {}

  std::unique_ptr<federation::OriginLink> stream;
  std::deque<std::unique_ptr<v1::FollowRequest>> heard;

 private:
  federation::LinkId last_ = 0;
};

// A greeting offers more than it did; everything else is as it was.
void CheckRequest(const v1::FollowRequest& ours, const v1::FollowRequest& old) {
  if (old.has_hello()) {
    CHECK(ours.hello().protocol_min() == 1);
    CHECK(ours.hello().epoch() == old.hello().epoch());
    CHECK(ours.hello().cursor() == old.hello().cursor());
    CHECK(ours.hello().credits() == old.hello().credits());
    return;
  }
  CHECK(ours.SerializeAsString() == old.SerializeAsString());
}

TEST_CASE("a follower takes from an origin of version 1 what it always took") {
  World world(1, {kEcuador});
  Node& ec = world.node(kEcuador);
  RecordedOrigin origin;
  world.network().Attach(kColombia, &origin);
  bool known = false;
  int requests = 0;
  for (const Line& line : ReadRecording("protocol-1.txt")) {
    INFO(line.word << " " << line.rest.substr(0, 60) << ", after " << requests
                   << " requests");
    if (line.word == "clock") {
      SetClock(world, line.rest);
    } else if (line.word == "open") {
      if (!std::exchange(known, true)) ec.AddPeer(MakeParty(kColombia));
    } else if (line.word == "request") {
      world.Settle();
      REQUIRE_FALSE(origin.heard.empty());
      CheckRequest(*origin.heard.front(), Decode<v1::FollowRequest>(line.rest));
      origin.heard.pop_front();
      ++requests;
    } else if (line.word == "response") {
      REQUIRE(origin.stream != nullptr);
      origin.stream->Send(std::make_unique<v1::FollowResponse>(
          Decode<v1::FollowResponse>(line.rest)));
    } else if (line.word == "cut") {
      world.network().CutAll();
      world.Settle();  // noticed now, not after the clock has moved
    }
  }
  world.Settle();
  CHECK(requests > 5);
  CHECK(ec.ProgressWith(kColombia).protocol == 1);
  const View held = ec.HeldFrom(kColombia);
  CHECK(held.size() == 31);  // v2 and 30 tailors
  CHECK(held.at("v2") == "CO/vacancy/v2\ncook, night shift");
  world.network().Detach(kColombia);
}

}  // namespace
}  // namespace minga::test
