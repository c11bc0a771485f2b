// What a put prepares before its transaction, when the database changes
// between.
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "minga/v1/profile.pb.h"
#include "node/base/status.h"
#include "node/exchange/judge.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

// Holds the writer back, so that what is put meanwhile is prepared on what was
// there before.
class HeldWriter {
 public:
  explicit HeldWriter(Office& office) {
    office.database->WriteAsync(
        [this](storage::Transaction&) {
          go_on_.WaitForNotification();
          return absl::OkStatus();
        },
        [](const absl::Status&) {});
  }
  ~HeldWriter() { GoOn(); }
  void GoOn() {
    if (!go_on_.HasBeenNotified()) go_on_.Notify();
  }

 private:
  absl::Notification go_on_;
};

// A put on its way.
class Put {
 public:
  Put(Office& office, v1::Record record)
      : record_(std::move(record)), consent_(SampleConsent()) {
    office.offices.exchange->PutAsync(
        "pes", {&record_}, {&consent_}, false,
        [this](absl::StatusOr<std::vector<PutOutcome>> outcomes) {
          outcomes_ = std::move(outcomes);
          done_.Notify();
        });
  }
  storage::PutResult::Outcome Wait() {
    done_.WaitForNotification();
    REQUIRE(outcomes_.ok());
    REQUIRE(outcomes_->at(0).status.ok());
    return outcomes_->at(0).outcome;
  }

 private:
  const v1::Record record_;
  const v1::Consent consent_;
  absl::Notification done_;
  absl::StatusOr<std::vector<PutOutcome>> outcomes_;
};

// The isco of what is stored: it opens under the person's key.
std::string Stored(const Office& office, const std::string& id) {
  const auto found = office.offices.exchange->Get(ProfileKey(id));
  INFO(found.status());
  REQUIRE(found.ok());
  return found->record->profile().desired_occupations(0).isco();
}

TEST_CASE("two puts under way of somebody new are stored under one key") {
  Office office;
  office.Prepare();
  for (const char* id : {"p1", "p2", "p3"}) {
    HeldWriter writer(office);
    Put first(office, Wrap(SampleProfile(id, "7212", "CO-DC")));
    Put second(office, Wrap(SampleProfile(id, "7213", "CO-DC")));
    writer.GoOn();
    CHECK(first.Wait() == storage::PutResult::Outcome::kInserted);
    CHECK(second.Wait() == storage::PutResult::Outcome::kReplaced);
    CHECK(Stored(office, id) == "7213");
  }
  for (const char* id : {"p1", "p2", "p3"}) {
    CHECK(office.Row(kPeru, ProfileKey(id)).state ==
          storage::ViewState::kShown);
  }
  CHECK(office.Feed(kPeru).size() == 3);
}

TEST_CASE("somebody erased while a put is under way comes back as new") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleProfile("p1", "7212", "CO-DC")));
  std::string before;
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(before, transaction.people().Key("p1"));
    return absl::OkStatus();
  });
  HeldWriter writer(office);
  office.database->WriteAsync(
      [](storage::Transaction& transaction) {
        return transaction.people().Destroy("p1").status();
      },
      [](const absl::Status& status) { CHECK(status.ok()); });
  Put put(office, Wrap(SampleProfile("p1", "7213", "CO-DC")));
  writer.GoOn();
  CHECK(put.Wait() == storage::PutResult::Outcome::kInserted);
  CHECK(Stored(office, "p1") == "7213");
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::string after,
                           transaction.people().Key("p1"));
    CHECK(after != before);
    MINGA_ASSIGN_OR_RETURN(const auto consent,
                           transaction.people().Consent("p1"));
    CHECK(consent.has_value());
    return absl::OkStatus();
  });
}

TEST_CASE("what was prepared under another law is decided again") {
  Office office;
  office.Prepare();
  for (const char* id : {"p1", "p2", "p3"}) {
    const v1::Consent consent = SampleConsent();
    office.Put(Wrap(SampleProfile(id, "7212", "CO-DC")), &consent);
  }
  HeldWriter writer(office);
  office.database->WriteAsync(
      [](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(auto peer, transaction.peers().Get(kPeru));
        peer->state = storage::PeerState::kSuspended;
        return transaction.peers().Put(*peer);
      },
      [](const absl::Status& status) { CHECK(status.ok()); });
  Put put(office, Wrap(SampleProfile("p4", "7212", "CO-DC")));
  writer.GoOn();
  put.Wait();
  CHECK(office.Row(kPeru, ProfileKey("p4")).reason == kReasonSuspended);
  CHECK(office.Row(kEcuador, ProfileKey("p4")).state ==
        storage::ViewState::kShown);
}

}  // namespace
}  // namespace minga::exchange
