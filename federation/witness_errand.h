// The errand of witnessing between two nodes: has the peer cosign our
// checkpoints, and cosigns its. At a start it first asks which checkpoint of
// ours the peer holds, for the guard (own_log.h). A closed log is cosigned to
// its end before the next one; a peer that holds nothing begins with the
// present one.
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
  // A checkpoint of ours to be cosigned.
  struct Target {
    storage::SignedCheckpoint checkpoint;
    bool last = false;  // of a log that is closed
  };

  // Asks what the peer holds, or to cosign what comes after that.
  absl::Status Ask(absl::Time now);
  // The next asking is for a cosignature that was had before.
  void AskAgain();
  absl::StatusOr<Target> NextTarget(const storage::AuditReader& present,
                                    absl::Time now);
  // Whether there is something new to cosign in it.
  bool IsNew(const Target& target) const;
  // Fills in what shows that `target` comes after what the peer holds.
  absl::Status Prove(const storage::AuditReader& present, const Target& target,
                     v1::CheckpointQuestion& question) const;
  void OnAnswer(const Target& target,
                const absl::StatusOr<v1::AskResponse>& reply);
  absl::Status TakeCosignature(const Target& target, const std::string& line);
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
  storage::LogHead held_;      // what the peer has cosigned last
  storage::LogHead cosigned_;  // of which we have the cosignature
  // When to ask for it once more.
  absl::Time again_ = absl::InfiniteFuture();
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_WITNESS_ERRAND_H_
