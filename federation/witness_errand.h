// The errand of witnessing between two nodes: has the peer cosign our
// checkpoints, and cosigns its. At a start it first asks which checkpoint of
// ours the peer holds, for the guard (own_log.h).
#ifndef MINGA_FEDERATION_WITNESS_ERRAND_H_
#define MINGA_FEDERATION_WITNESS_ERRAND_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/backoff.h"
#include "federation/errand.h"
#include "federation/own_log.h"

namespace minga::federation {

class WitnessErrand final : public Errand,
                            public std::enable_shared_from_this<WitnessErrand> {
 public:
  // REQUIRES: context.parts.own_log != nullptr.
  WitnessErrand(const StreamContext& context, const Descriptor& peer,
                Asker& asker);

  void OnTime(absl::Time now) override;
  absl::Time Due() const override;
  bool Takes(const v1::AskRequest& question) const override;
  void Answer(const v1::AskRequest& question, Reply reply) override;

 private:
  // Asks what the peer holds, or to cosign `target` from there.
  absl::Status Ask(absl::Time now);
  void OnAnswer(const storage::SignedCheckpoint& target,
                const absl::StatusOr<v1::AskResponse>& reply);
  absl::Status TakeCosignature(const storage::SignedCheckpoint& target,
                               const std::string& line);
  // What the peer holds of our log: signed by us, or it is not believed.
  absl::Status TakeHeld(const v1::CheckpointAnswer& answer);
  void StopSigning(const storage::Checkpoint& shown, const std::string& note,
                   storage::LeafIndex size);

  const StreamContext& context_;
  const Descriptor peer_;
  Asker& asker_;
  OwnLog& own_;
  Backoff backoff_;

  bool asking_ = false;
  absl::Time next_ = absl::InfinitePast();
  bool knows_held_ = false;
  storage::LeafIndex held_ = 0;      // what the peer has cosigned last
  storage::LeafIndex cosigned_ = 0;  // of which we have the cosignature
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_WITNESS_ERRAND_H_
