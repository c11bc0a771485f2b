// The errand of leaving: tells the peer that the exchange ends, and exchanges
// the final statements once everything is withdrawn (farewell.h). An active
// peer is only listened to: it may be the one that leaves.
#ifndef MINGA_FEDERATION_FAREWELL_ERRAND_H_
#define MINGA_FEDERATION_FAREWELL_ERRAND_H_

#include <memory>
#include <string>

#include "federation/backoff.h"
#include "federation/errand.h"

namespace minga::federation {

class FarewellErrand final
    : public Errand,
      public std::enable_shared_from_this<FarewellErrand> {
 public:
  // All outlive it.
  FarewellErrand(const StreamContext& context, const Descriptor& peer,
                 Asker& asker);

  void OnTime(absl::Time now) override;
  absl::Time Due() const override { return due_; }
  bool Takes(const v1::AskRequest& question) const override {
    return question.has_farewell();
  }
  void Answer(const v1::AskRequest& question, Reply reply) override;

 private:
  void TakeAnswer(const absl::StatusOr<v1::AskResponse>& reply, bool settled);

  const StreamContext& context_;
  Asker& asker_;
  const Descriptor peer_;
  Backoff backoff_;
  absl::Time due_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_FAREWELL_ERRAND_H_
