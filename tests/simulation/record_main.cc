// Prints an exchange of two countries as it crosses the wire, for
// tests/simulation/recorded. What the origin does stands between the messages,
// so that another program can be put in the place of either side.
//
//   clock <microseconds since 1970>
//   put <id> <text> | erase <id>
//   open                     the follower opens a stream
//   request <base64 of a FollowRequest>
//   response <base64 of a FollowResponse>
//   cut                      the connection is lost
#include <cstdio>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/federation.pb.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

void Print(const std::string& line) { std::printf("%s\n", line.c_str()); }

class Recorder {
 public:
  Recorder() {
    world_.network().OnRequests([](PeerId from, v1::FollowRequest& message) {
      if (from != kEcuador) return;
      if (message.has_hello()) Print("open");
      Print(absl::StrCat("request ",
                         absl::Base64Escape(message.SerializeAsString())));
    });
    world_.network().OnResponses([](PeerId from, v1::FollowResponse& message) {
      if (from != kColombia) return;
      Print(absl::StrCat("response ",
                         absl::Base64Escape(message.SerializeAsString())));
    });
  }

  void Run() {
    Clock();
    Put("v1", "welder");
    Put("v2", "cook");
    world_.Join();
    world_.Settle();
    Put("v2", "cook, night shift");
    Put("v3", std::string(kRejectedText));
    Put("v4", std::string(3000, 'x'));
    world_.Settle();
    Erase("v1");
    world_.Settle();
    Advance(absl::Seconds(61));  // a sign of life
    Print("cut");
    world_.network().CutAll();
    Erase("v4");
    for (int i = 0; i < 30; ++i) Put(absl::StrCat("w", i), "tailor");
    Advance(absl::Seconds(2));
    Advance(absl::Seconds(2));
  }

 private:
  void Clock() {
    Print(absl::StrCat("clock ", absl::ToUnixMicros(world_.clock().Now())));
  }
  void Advance(absl::Duration duration) {
    world_.clock().Advance(duration);
    Clock();
    world_.Settle();
  }
  void Put(const std::string& id, const std::string& text) {
    Print(absl::StrCat("put ", id, " ", text));
    world_.node(kColombia).Put(id, text);
  }
  void Erase(const std::string& id) {
    Print(absl::StrCat("erase ", id));
    world_.node(kColombia).Erase(id);
  }

  World world_{1, {kColombia, kEcuador}};
};

}  // namespace
}  // namespace minga::test

int main() {
  minga::test::Recorder().Run();
  return 0;
}
