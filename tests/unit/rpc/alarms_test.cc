// What of a status is an alarm.
#include "node/rpc/alarms.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "node/rpc/times.h"

namespace minga::rpc {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

struct Status {
  v1::GetStatusResponse status;
  v1::PeerStatus* peer = nullptr;

  Status() {
    *status.mutable_now() = ToTimestamp(kNow);
    *status.mutable_started_at() = ToTimestamp(kNow - absl::Hours(100));
    peer = status.add_peers();
    peer->set_country("EC");
    peer->set_state("active");
    peer->set_mou_in_force(true);
    *peer->mutable_last_contact() = ToTimestamp(kNow - absl::Seconds(20));
  }

  // Of all alarms, each of them of `peer`.
  std::vector<std::string> Codes(const std::string& of = "EC") {
    AddAlarms(status);
    std::vector<std::string> codes;
    for (const v1::Alarm& alarm : status.alarms()) {
      CHECK(alarm.peer() == of);
      CHECK_FALSE(alarm.text().empty());
      CHECK_FALSE(alarm.advice().empty());
      codes.push_back(alarm.code());
    }
    return codes;
  }
};

using List = std::vector<std::string>;

TEST_CASE_METHOD(Status, "a node that is well has no alarm") {
  peer->set_erasures_waiting(3);
  peer->set_erasures_here(2);
  *peer->mutable_erasures_here_due() = ToTimestamp(kNow + absl::Seconds(1));
  *peer->mutable_slowed_until() = ToTimestamp(kNow - absl::Seconds(1));
  CHECK(Codes().empty());
}

TEST_CASE_METHOD(Status, "overdue erasures alarm both sides") {
  peer->set_erasures_overdue(1);
  peer->set_erasures_here(2);
  *peer->mutable_erasures_here_due() = ToTimestamp(kNow - absl::Seconds(1));
  CHECK(Codes() == List({"erasure-overdue", "erasure-not-done"}));
}

TEST_CASE_METHOD(Status, "a peer that is slowed, spent or silent") {
  *peer->mutable_slowed_until() = ToTimestamp(kNow + absl::Minutes(1));
  *peer->mutable_budget_until() = ToTimestamp(kNow + absl::Minutes(1));
  *peer->mutable_last_contact() = ToTimestamp(kNow - absl::Hours(25));
  CHECK(Codes() == List({"peer-slowed", "budget-spent", "peer-silent"}));
}

TEST_CASE_METHOD(Status, "a peer whose new descriptor is not taken") {
  peer->set_descriptor_until("2026-12-24");
  CHECK(Codes().empty());
  peer->set_descriptor_refused("its certificate is PE's");
  CHECK(Codes() == List({"descriptor-refused"}));
  CHECK(absl::StrContains(status.alarms(0).text(), "is PE's"));
  CHECK(absl::StrContains(status.alarms(0).text(), "2026-12-24"));
}

TEST_CASE_METHOD(Status, "of a suspended peer only that is said") {
  peer->set_state("suspended");
  *peer->mutable_last_contact() = ToTimestamp(kNow - absl::Hours(25));
  CHECK(Codes() == List({"peer-suspended"}));
}

TEST_CASE_METHOD(Status, "a node that has just begun hears silence later") {
  peer->clear_last_contact();
  *status.mutable_started_at() = ToTimestamp(kNow - absl::Hours(1));
  CHECK(Codes().empty());
}

TEST_CASE_METHOD(Status, "a node that cannot index or sign says why") {
  status.set_index_error("index.db: disk is full");
  status.set_log_signing_stopped("the log is an older copy");
  CHECK(Codes("") == List({"index-failing", "log-not-signed"}));
  CHECK(absl::StrContains(status.alarms(0).text(), "disk is full"));
  CHECK(absl::StrContains(status.alarms(1).text(), "older copy"));
}

TEST_CASE_METHOD(Status, "a node whose index is far behind says so") {
  status.set_index_lag_rows(kLagAlarm - 1);
  CHECK(Codes("").empty());
  status.set_index_lag_rows(kLagAlarm);
  CHECK(Codes("") == List({"index-behind"}));
  CHECK(absl::StrContains(status.alarms(0).text(), "100000"));
}

TEST_CASE_METHOD(Status, "a node that has just begun may not sign yet") {
  *status.mutable_started_at() = ToTimestamp(kNow - absl::Seconds(10));
  status.set_log_signing_stopped("asking 2 peers");
  CHECK(Codes("").empty());
}

}  // namespace
}  // namespace minga::rpc
