// Reconciler compares what we hold of a peer with what the peer shows us, and
// has the difference repaired: missing and stale rows are sent again at the end
// of the feed, what is here only is erased. Nightly, when ordered
// (view_items.h), and after an epoch has been taken.
//
// What changes meanwhile is not compared: the comparison is of the feed up to
// our cursor, and the origin names what has moved since.
#ifndef MINGA_FEDERATION_RECONCILER_H_
#define MINGA_FEDERATION_RECONCILER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "federation/compared_feed.h"
#include "federation/descriptor.h"
#include "federation/errand.h"
#include "federation/stream_context.h"

namespace minga::federation {

class Asker;
struct Account;

// Threads: the federation thread only.
class Reconciler final : public Errand,
                         public std::enable_shared_from_this<Reconciler> {
 public:
  // `context`, `account` and `asker` outlive it.
  Reconciler(const StreamContext& context, const Descriptor& peer,
             Account& account, Asker& asker);

  void OnTime(absl::Time now) override;
  absl::Time Due() const override;
  bool Takes(const v1::AskRequest& question) const override;
  void Answer(const v1::AskRequest& question, Reply reply) override;
  void OnNudge(absl::Time now) override;

 private:
  // One comparison from beginning to end; what works aside holds it.
  struct Round;
  using Step = std::function<void(const absl::Status&)>;
  using Answered = std::function<absl::Status(const v1::ReconcileAnswer&)>;

  void Begin();
  void Open();
  // Once both sides have read.
  void Meet();
  void Compare();
  void Conclude();
  void EraseSurplus(std::size_t from);
  void Repair(std::size_t from);
  void Close();
  // It has ended, with OK or why not. `anew`: what cannot be compared is
  // brought from the beginning, once a night.
  void Keep(const absl::Status& status, bool anew = false);
  void Rest(const absl::Status& status);

  // Asks; an error, also of `then`, ends the comparison.
  void Ask(v1::AskRequest question, Answered then);
  // Runs aside or on the writer; an error ends the comparison.
  void Work(std::function<absl::Status()> work, std::function<void()> then);
  void Write(storage::Database::Job job, std::function<void()> then);
  // The step after work: an error ends the comparison.
  Step Ended(std::function<void()> then);
  // A step that does nothing once the comparison is another or this is gone.
  Step For(Step step);

  const StreamContext& context_;
  const Descriptor peer_;
  Asker& asker_;
  const std::shared_ptr<ComparedFeed> feed_;

  absl::Time next_;   // when to compare
  bool look_ = true;  // whether one is ordered has to be read
  int failures_ = 0;
  std::shared_ptr<Round> round_;  // null: none runs
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_RECONCILER_H_
