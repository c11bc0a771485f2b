// ComparedFeed answers a follower that compares our feed for it with what it
// holds (minga.v1.ReconcileQuestion). One comparison at a time; between two
// questions it keeps the sorted view.
#ifndef MINGA_FEDERATION_COMPARED_FEED_H_
#define MINGA_FEDERATION_COMPARED_FEED_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "federation/descriptor.h"
#include "federation/errand.h"
#include "federation/item_set.h"
#include "federation/stream_context.h"
#include "minga/v1/reconcile.pb.h"

namespace minga::federation {

struct Account;

// Threads: the federation thread only. Held by shared_ptr.
class ComparedFeed : public std::enable_shared_from_this<ComparedFeed> {
 public:
  // `context` and `account` outlive it.
  ComparedFeed(const StreamContext& context, const Descriptor& follower,
               Account& account)
      : context_(context), follower_(follower), account_(account) {}

  void Answer(const v1::ReconcileQuestion& question, Reply reply);
  // Forgets a view that nobody asks about any more.
  void OnTime(absl::Time now);
  absl::Time Due() const;

 private:
  // The view under comparison; what works aside holds it.
  struct Session;
  using Step = std::function<void(const absl::Status&)>;

  absl::Status Open(const v1::OpenComparison& question, const Reply& reply);
  absl::Status Compare(const v1::CompareRanges& question, const Reply& reply);
  absl::Status Repair(const v1::RepairRows& question, const Reply& reply);
  absl::Status Close(const v1::CloseComparison& question, const Reply& reply);
  // The session, unless it is of another comparison or at work.
  absl::StatusOr<std::shared_ptr<Session>> Find(std::uint64_t id);
  void Resend(const std::shared_ptr<Session>& session, std::size_t from,
              const Reply& reply);
  // Steps that do nothing once the session is another or this is gone.
  Step For(const std::shared_ptr<Session>& session, Step step);

  const StreamContext& context_;
  const Descriptor follower_;
  Account& account_;
  std::shared_ptr<Session> session_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_COMPARED_FEED_H_
