// After a restore: what an origin asks its followers, what they remember for
// it, and what is not sent meanwhile.
//
// A follower keeps, of records that are about nobody, what the origin has
// signed about those that it closed or erased (erasure_proof.h). Of people
// nothing is kept; their withdrawals are in the origin's journal, beside their
// keys.
#ifndef MINGA_FEDERATION_RESTORED_H_
#define MINGA_FEDERATION_RESTORED_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/erasure_proof.h"
#include "federation/page.h"
#include "node/base/ids.h"
#include "node/base/limits.h"
#include "storage/database.h"

namespace minga::federation {

// --- Followers.

// So many erasures of one peer are remembered; the oldest go first. 50 MB.
inline constexpr int kErasuresKeptMax = 60'000;
// Of one answer, so that it fits into a message.
inline constexpr int kErasuresSentMax = 1'000;
static_assert(kErasuresSentMax * kErasureProofBytesMax < kWireMessageBytesMax);

// In the transaction that applies `page`.
absl::Status RememberErasures(storage::DocumentStore& documents,
                              const PageHeader& page,
                              const std::vector<KeptErasure>& erasures);

// Proofs of what `origin` has erased after a place of its feed and not shown
// again; at most kErasuresSentMax are looked at. `more`: there may be others
// after the last one, at (`epoch`, `seq`).
struct ErasedPage {
  std::vector<std::string> proofs;
  Epoch epoch = 0;
  SeqNo seq = 0;
  bool more = false;
};
absl::StatusOr<ErasedPage> ErasedAfter(const storage::Snapshot& snapshot,
                                       const PeerId& origin, Epoch epoch,
                                       SeqNo seq);

// Forgets at most kErasuresSentMax of what is remembered of `origin`; false if
// there may be more.
absl::StatusOr<bool> ForgetErasures(storage::DocumentStore& documents,
                                    const PeerId& origin);

// --- The origin that was restored.

// What was shown to `peer` in the copy; it has to be asked what it knows
// beyond. It is waited for until `until`, and asked when it can be reached.
struct ToBeAsked {
  PeerId peer;
  storage::FeedHead head;
  absl::Time until;
};
absl::Status PutToBeAsked(storage::DocumentStore& documents,
                          const ToBeAsked& ask);
absl::StatusOr<std::vector<ToBeAsked>> AllToBeAsked(
    const storage::DocumentReader& documents);
absl::Status WasAsked(storage::DocumentStore& documents, const PeerId& peer);

// A law changed after the copy was made: an operator has to confirm.
absl::Status SetLawToConfirm(storage::DocumentStore& documents, bool confirm);
absl::StatusOr<bool> IsLawToConfirm(const storage::DocumentReader& documents);

// UNAVAILABLE, with the reason, while nothing may be sent.
absl::Status MaySend(const storage::DocumentReader& documents, absl::Time now);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_RESTORED_H_
