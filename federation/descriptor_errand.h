// The errand that keeps two nodes' descriptors of each other new: each asks the
// other for newer ones on connecting and once a day, and at once when the other
// says that it has one.
#ifndef MINGA_FEDERATION_DESCRIPTOR_ERRAND_H_
#define MINGA_FEDERATION_DESCRIPTOR_ERRAND_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "federation/backoff.h"
#include "federation/errand.h"

namespace minga::federation {

// In one answer; who is further behind asks again.
inline constexpr std::size_t kDescriptorsPerAnswerMax = 8;

// INVALID_ARGUMENT unless the answer is within its bounds and brings newer
// descriptors than `have`.
absl::StatusOr<std::vector<std::string>> ReadDescriptorAnswer(
    const v1::DescriptorAnswer& answer);

class DescriptorErrand final
    : public Errand,
      public std::enable_shared_from_this<DescriptorErrand> {
 public:
  // All outlive it. REQUIRES: context.parts.keyring.
  DescriptorErrand(const StreamContext& context, const Descriptor& peer,
                   Account& account, Asker& asker);

  void OnTime(absl::Time now) override;
  absl::Time Due() const override;
  bool Takes(const v1::AskRequest& question) const override {
    return question.has_descriptors();
  }
  void Answer(const v1::AskRequest& question, Reply reply) override;

 private:
  std::uint64_t OwnNewest() const;
  void TakeAnswer(const absl::StatusOr<v1::AskResponse>& reply);
  void TakeNewer(std::vector<std::string> notes);
  void AskAgainAfterFailure();

  const StreamContext& context_;
  Account& account_;
  Asker& asker_;
  const PeerId peer_;
  const std::uint64_t have_;    // sequence of the peer's that we hold
  const absl::CivilDay until_;  // its last day
  Backoff backoff_;
  absl::Time due_;
  bool asking_ = false;
  std::uint64_t told_ = 0;     // the newest of ours that the peer was told of
  std::uint64_t refused_ = 0;  // the newest of the peer's that we did not take
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_DESCRIPTOR_ERRAND_H_
