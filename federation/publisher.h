// Publisher serves one stream of a peer: greets, sends pages of its feed
// against credits, takes receipts. It lives as long as the stream.
//
// A page goes out once its audit leaf is durable; several are under way at a
// time.
#ifndef MINGA_FEDERATION_PUBLISHER_H_
#define MINGA_FEDERATION_PUBLISHER_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "federation/budget.h"
#include "federation/descriptor.h"
#include "federation/page.h"
#include "federation/page_builder.h"
#include "federation/stale_rows.h"
#include "federation/stream_context.h"
#include "federation/transport.h"
#include "node/base/ids.h"

namespace minga::v1 {
class Hello;
class Receipt;
}  // namespace minga::v1

namespace minga::federation {

struct TakenReceipt;

// Threads: the federation thread only. Held by shared_ptr: what the writer
// brings back holds a weak one.
class Publisher : public std::enable_shared_from_this<Publisher> {
 public:
  // `context` and `allowance` outlive it.
  Publisher(const StreamContext& context, const Descriptor& peer,
            Allowance& allowance, LinkId id, std::unique_ptr<OriginLink> link);
  ~Publisher();

  LinkId link() const { return id_; }
  void OnRequest(std::unique_ptr<v1::FollowRequest> message);
  void OnFeedMoved();
  // Keeps an idle stream alive, ends one whose follower is dead.
  void OnTime(absl::Time now);
  // Whether Pump has something to look at: rows to send, and credit and budget
  // for them.
  bool Wants(absl::Time now) const;
  // Builds one page if there is something to send. How many bytes.
  // REQUIRES: Wants(now).
  std::size_t Pump(absl::Time now);
  absl::Time Due() const;

  // Ends the stream with `why`. It is `finished` then, and of no more use.
  void Finish(const absl::Status& why);
  bool finished() const { return link_ == nullptr; }
  // What it ended with; INVALID_ARGUMENT is the follower's fault.
  const absl::Status& why() const { return why_; }

  bool greeted() const { return greeted_; }
  absl::Time last_contact() const { return heard_at_; }

 private:
  // A page whose audit leaf is on its way to the disk.
  struct Outgoing;
  struct Sent {
    PageHeader header;
    absl::Time at;
  };

  absl::Status Greet(const v1::Hello& hello);
  absl::Status Grant(std::uint32_t pages);
  absl::Status TakeReceipt(const v1::Receipt& receipt);
  void Keep(TakenReceipt taken);
  void HandleStale(const std::vector<RecordKey>& stale, absl::Time now);
  void Queue(BuiltPage built);
  void SendKeepalive(absl::Time now);
  // Sends the pages whose audit leaf is durable, in order.
  void Flush();
  // A page after `after` was overtaken: it is built anew.
  void TakeBack(SeqNo after);
  void Submit(storage::Database::Job job,
              std::function<void(const absl::Status&)> then);
  int UnderWay() const;

  const StreamContext& context_;
  const Descriptor peer_;
  Allowance& allowance_;
  const LinkId id_;
  std::unique_ptr<OriginLink> link_;
  absl::Status why_;

  const absl::Time accepted_at_;
  absl::Time heard_at_;
  absl::Time sent_at_;
  bool greeted_ = false;
  Dialect dialect_;  // since the greeting
  // This stream brings again what the peer could not be told before.
  bool retells_ = false;
  Epoch epoch_ = 0;
  SeqNo built_ = 0;                    // up to here pages have been built
  SeqNo acknowledged_ = 0;             // up to here receipts are kept
  std::uint64_t retention_ended_ = 0;  // that a receipt of this stream reported
  std::uint32_t credits_ = 0;
  bool moved_ = false;  // the feed may have rows after built_
  bool told_ = false;   // a page has said that the follower is caught up
  absl::Time retry_at_ = absl::InfinitePast();  // building waits until then
  StaleRows stale_;
  std::deque<std::shared_ptr<Outgoing>> outgoing_;
  // Set by the writer when a page may not go out, for those built behind it:
  // what was logged as sent has left.
  std::shared_ptr<bool> gap_ = std::make_shared<bool>(false);
  std::deque<Sent> sent_;  // receipts are awaited for these
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PUBLISHER_H_
