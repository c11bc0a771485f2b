#include "node/rpc/alarms.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/rpc/times.h"

namespace minga::rpc {
namespace {

// `status` lives on while alarms are added to it.
class Collector {
 public:
  explicit Collector(v1::GetStatusResponse& status)
      : status_(status), now_(FromTimestamp(status.now())) {}

  void LookAtNode() {
    if (!status_.index_error().empty()) {
      Add("index-failing", "",
          absl::StrCat("the search index does not follow, or is not tidied: ",
                       status_.index_error()),
          "mend what the error says; the disk may be full");
    }
    if (status_.index_lag_rows() >= kLagAlarm) {
      Add("index-behind", "",
          absl::StrCat(
              "searches do not find everything: ", status_.index_lag_rows(),
              " records wait for the search index"),
          "it catches up by some ten thousand a second; after a power cut it "
          "is made anew");
    }
    // Just after a start the peers are still being asked.
    if (!status_.log_signing_stopped().empty() &&
        now_ - FromTimestamp(status_.started_at()) > kStartTime) {
      Add("log-not-signed", "",
          absl::StrCat("no checkpoint is signed: ",
                       status_.log_signing_stopped()),
          "minga audit forks says more");
    }
  }

  void Look(const v1::PeerStatus& peer) {
    LookAtErasures(peer);
    if (peer.state() == "suspended") {
      Add("peer-suspended", peer.country(),
          absl::StrCat("nothing is exchanged with ", peer.country(),
                       ", which is suspended"),
          "minga peer list says why; minga peer resume once it is repaired");
      return;
    }
    if (IsAhead(peer.has_slowed_until(), peer.slowed_until())) {
      Add("peer-slowed", peer.country(),
          absl::StrCat(peer.country(), " has sent malformed data and waits: ",
                       peer.last_error()),
          "tell its operator; it is suspended if it goes on");
    }
    if (IsAhead(peer.has_budget_until(), peer.budget_until())) {
      Add("budget-spent", peer.country(),
          absl::StrCat("the exchange with ", peer.country(),
                       " has cost as much as it may in a day, and is slow"),
          "if that is right, raise the budgets in minga.toml, [protection]");
    }
    if (!peer.descriptor_refused().empty()) {
      Add("descriptor-refused", peer.country(),
          absl::StrCat("the new descriptor of ", peer.country(),
                       " is not taken: ", peer.descriptor_refused(),
                       peer.descriptor_until().empty()
                           ? ""
                           : absl::StrCat("; the one held ends on ",
                                          peer.descriptor_until())),
          "call its operator; if it cannot be mended there, both join again: "
          "minga peer invite, minga peer add");
    }
    LookAtSilence(peer);
  }

 private:
  bool IsAhead(bool has, const google::protobuf::Timestamp& time) const {
    return has && FromTimestamp(time) > now_;
  }

  void LookAtErasures(const v1::PeerStatus& peer) {
    if (peer.erasures_overdue() > 0) {
      Add("erasure-overdue", peer.country(),
          absl::StrCat(peer.country(), " has not confirmed ",
                       peer.erasures_overdue(),
                       " withdrawals whose deadline has passed"),
          absl::StrCat("call its operator; minga peer check ", peer.country()));
    }
    if (peer.erasures_here() > 0 && peer.has_erasures_here_due() &&
        FromTimestamp(peer.erasures_here_due()) < now_) {
      Add("erasure-not-done", peer.country(),
          absl::StrCat(
              peer.erasures_here(), " withdrawals of ", peer.country(),
              " were not carried out here in time: ", peer.last_error()),
          "mend what the error says; the disk may be full");
    }
  }

  void LookAtSilence(const v1::PeerStatus& peer) {
    if (!peer.mou_in_force()) return;
    const absl::Time since = std::max(FromTimestamp(peer.last_contact()),
                                      FromTimestamp(status_.started_at()));
    if (now_ - since < kSilenceAlarm) return;
    Add("peer-silent", peer.country(),
        absl::StrCat(
            peer.country(), " has not been heard from since ",
            absl::FormatTime("%Y-%m-%d %H:%M UTC", since, absl::UTCTimeZone())),
        absl::StrCat("minga peer check ", peer.country()));
  }

  // `peer`: empty for the node itself.
  void Add(const char* code, const std::string& peer, std::string text,
           std::string advice) {
    v1::Alarm& alarm = *status_.add_alarms();
    alarm.set_code(code);
    alarm.set_peer(peer);
    alarm.set_text(std::move(text));
    alarm.set_advice(std::move(advice));
  }

  v1::GetStatusResponse& status_;
  const absl::Time now_;
};

}  // namespace

void AddAlarms(v1::GetStatusResponse& status) {
  Collector collector(status);
  collector.LookAtNode();
  for (const v1::PeerStatus& peer : status.peers()) collector.Look(peer);
}

}  // namespace minga::rpc
