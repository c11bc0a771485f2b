// Follower follows the feed of one peer, stream after stream: dials, greets,
// checks pages, has them applied, sends receipts, and tries again.
//
// Several pages travel at once: while the writer commits one, the next is being
// checked. Receipts leave in the order of the pages, each after its page is
// durable.
#ifndef MINGA_FEDERATION_FOLLOWER_H_
#define MINGA_FEDERATION_FOLLOWER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "federation/backoff.h"
#include "federation/budget.h"
#include "federation/descriptor.h"
#include "federation/page.h"
#include "federation/stream_context.h"
#include "federation/transport.h"
#include "node/base/ids.h"

namespace minga::v1 {
class HelloReply;
class Page;
}  // namespace minga::v1

namespace minga::federation {

struct PageInFlight;

// Threads: the federation thread only. Held by shared_ptr: what the writer
// brings back holds a weak one.
class Follower : public std::enable_shared_from_this<Follower> {
 public:
  // `context` and `allowance` outlive it.
  Follower(const StreamContext& context, const Descriptor& peer,
           Allowance& allowance);
  ~Follower();

  // Dials, gives up on a silent peer, renews an old stream: whatever is due.
  // The stored cursor may have moved: the stream ends when nothing is under way
  // and begins again from there.
  void Renew(absl::Time now);
  void OnTime(absl::Time now);
  // When OnTime has something to do next.
  absl::Time Due() const;

  LinkId link() const { return link_id_; }  // 0: no stream
  void OnResponse(std::unique_ptr<v1::FollowResponse> message);
  void OnClosed(const absl::Status& why);
  // The peer sent more than it may.
  void OnFlooded();

  // What malformed thing the peer has sent since the last call; empty if none.
  std::string TakeOffence() { return std::exchange(offence_, {}); }

  // Fills in our half of the state of the exchange.
  void Report(PeerProgress& progress) const;

 private:
  enum class State { kIdle, kGreeting, kFollowing };

  void Dial(absl::Time now);
  absl::Status HandleGreeting(const v1::HelloReply& reply);
  void BeginEpoch(Epoch epoch);
  absl::Status HandlePage(const v1::Page& page);
  // What Inbox::RetentionEnded says now.
  absl::StatusOr<std::uint64_t> RetentionEnded() const;
  void Apply(const std::shared_ptr<PageInFlight>& flight);
  // Sends the receipts of pages that are durable, in order.
  void Advance();
  // Lets further pages come if the peer has budget left.
  void Credit(absl::Time now);
  // Notes that what travels has not been applied.
  void Lose(const PageInFlight& flight);
  void Settle();
  void Refuse(const PageHeader& page, const absl::Status& why);
  // Ends the stream and sets when to dial again.
  void Fail(const absl::Status& why, bool offence);
  void Hangup();
  // `then` is not called once the stream has ended or the follower is gone.
  void Submit(storage::Database::Job job,
              std::function<void(const absl::Status&)> then);

  const StreamContext& context_;
  const Descriptor peer_;
  Allowance& allowance_;
  Backoff backoff_;

  State state_ = State::kIdle;
  absl::Time dial_at_;
  LinkId link_id_ = 0;
  std::unique_ptr<FollowerLink> link_;
  absl::Time opened_at_;
  absl::Time heard_at_;
  absl::Time renew_at_;
  Dialect dialect_;  // since the greeting
  Epoch epoch_ = 0;
  SeqNo cursor_ = 0;  // up to here pages have been received, if not committed
  int granted_ = 0;   // pages that the origin may still send
  int withheld_ = 0;  // pages it will be let send once it has budget again
  bool settling_ = false;  // leftovers of an old epoch are to be erased
  bool settle_running_ = false;
  std::deque<std::shared_ptr<PageInFlight>> flights_;
  int writes_ = 0;  // jobs with the writer, of this stream or an older one

  bool caught_up_ = false;
  absl::Time last_contact_ = absl::InfinitePast();
  std::string last_error_;
  std::string offence_;
  // Withdrawals of pages that arrived up to lost_upto_ and were not applied.
  PendingErasures lost_;
  SeqNo lost_upto_ = 0;
  std::uint64_t pages_received_ = 0;
  std::uint64_t records_rejected_ = 0;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_FOLLOWER_H_
