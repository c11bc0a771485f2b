// RestoredErrand asks a peer, after a restore, what we had withdrawn from it
// beyond the copy, and takes it back again; and answers the same question.
#ifndef MINGA_FEDERATION_RESTORED_ERRAND_H_
#define MINGA_FEDERATION_RESTORED_ERRAND_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/errand.h"
#include "federation/restored.h"
#include "minga/v1/federation.pb.h"

namespace minga::federation {

// Threads: the federation thread only.
class RestoredErrand final
    : public Errand,
      public std::enable_shared_from_this<RestoredErrand> {
 public:
  // `context` and `asker` outlive it.
  RestoredErrand(const StreamContext& context, const Descriptor& peer,
                 Asker& asker)
      : context_(context), peer_(peer), asker_(asker) {}

  void OnTime(absl::Time now) override;
  absl::Time Due() const override { return next_; }
  void OnNudge(absl::Time now) override { next_ = asking_ ? next_ : now; }
  bool Takes(const v1::AskRequest& question) const override {
    return question.has_restored();
  }
  void Answer(const v1::AskRequest& question, Reply reply) override;

 private:
  absl::StatusOr<std::optional<ToBeAsked>> Find() const;
  void Ask(const ToBeAsked& ask, Epoch after_epoch, SeqNo after_seq);
  absl::StatusOr<std::vector<RecordKey>> KeysIn(
      const ToBeAsked& ask, const v1::RestoredAnswer& answer) const;
  void Take(const ToBeAsked& ask, const v1::RestoredAnswer& answer);
  void Again();

  const StreamContext& context_;
  const Descriptor peer_;
  Asker& asker_;
  absl::Time next_ = absl::InfinitePast();
  bool asking_ = false;
  int pages_ = 0;  // of the answer under way
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_RESTORED_ERRAND_H_
