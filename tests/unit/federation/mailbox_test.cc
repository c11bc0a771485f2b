// What other threads may leave, and how much of it.
#include "federation/mailbox.h"

#include <catch2/catch.hpp>

#include "minga/v1/federation.pb.h"

namespace minga::federation {
namespace {

constexpr Country kEcuador = Country::Of("EC");
constexpr Country kPeru = Country::Of("PE");

class SeenLink final : public OriginLink {
 public:
  explicit SeenLink(int& refused) : refused_(refused) {}
  void Send(std::unique_ptr<v1::FollowResponse> /*message*/) override {}
  void Finish(const absl::Status& why) override {
    CHECK(absl::IsUnavailable(why));
    ++refused_;
  }

 private:
  int& refused_;
};

TEST_CASE("a peer that opens streams without end keeps no other out",
          "[mailbox]") {
  Mailbox mailbox;
  int refused = 0;
  LinkId id = 0;
  for (int i = 0; i < 1000; ++i) {
    mailbox.PostAccepted(++id, kEcuador, std::make_unique<SeenLink>(refused));
  }
  const int of_ecuador = refused;
  mailbox.PostAccepted(++id, kPeru, std::make_unique<SeenLink>(refused));
  CHECK(refused == of_ecuador);
  CHECK(refused > 990);
  const Mail mail = mailbox.Take();
  REQUIRE(mail.events.size() == 1000U - static_cast<unsigned>(refused) + 1U);
  CHECK(mail.events.back().peer == kPeru);
  // Each time they are taken it may come again.
  mailbox.PostAccepted(++id, kEcuador, std::make_unique<SeenLink>(refused));
  CHECK(refused == of_ecuador);
}

}  // namespace
}  // namespace minga::federation
