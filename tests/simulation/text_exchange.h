// The simplest labour exchange that federation can serve: a record is a text,
// and its projection is its key, a line end and the text.
#ifndef MINGA_TESTS_SIMULATION_TEXT_EXCHANGE_H_
#define MINGA_TESTS_SIMULATION_TEXT_EXCHANGE_H_

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "federation/ports.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::test {

inline constexpr absl::string_view kRejectedText = "reject me";
// Cannot be projected.
inline constexpr absl::string_view kUnreadableText = "unreadable";
// Is not to be passed on.
inline constexpr absl::string_view kObligedText = "keep it to yourself";

std::string ProjectionOf(const RecordKey& key, absl::string_view text);

// Stores `text` and shows it to `peers`.
absl::Status PutText(storage::Transaction& transaction, const RecordKey& key,
                     absl::string_view text, const std::vector<PeerId>& peers);
// Stores it without deciding anew: what is shown becomes stale.
absl::Status PutTextUndecided(storage::Transaction& transaction,
                              const RecordKey& key, absl::string_view text);
// Withholds from `peer` what stands at `place` of its feed.
absl::Status WithholdText(storage::Transaction& transaction,
                          const RecordKey& key, const PeerId& peer,
                          SeqNo place);
// Decides anew what `peer` sees of a record.
absl::Status Decide(storage::Transaction& transaction, const RecordKey& key,
                    const PeerId& peer);
absl::Status EraseText(storage::Transaction& transaction, const RecordKey& key,
                       const std::vector<PeerId>& peers);

// Threads: Validate and Project on one, the rest on the writer.
class TextExchange final : public federation::Projector,
                           public federation::Inbox {
 public:
  // --- Projector
  absl::StatusOr<federation::Projection> Project(
      const storage::Snapshot& snapshot, const PeerId& peer,
      const storage::FeedRow& row) override;
  void Reevaluate(const PeerId& peer, std::vector<RecordKey> keys) override;
  void Withhold(const PeerId& peer,
                std::vector<std::pair<SeqNo, RecordKey>> rows) override;
  absl::StatusOr<int> TakeBack(storage::Transaction& transaction,
                               const PeerId& peer,
                               absl::Span<const RecordKey> keys) override;

  // --- Inbox
  std::vector<federation::InboundRejection> Validate(
      const PeerId& from,
      absl::Span<const federation::InboundRow> rows) override;
  absl::StatusOr<federation::ApplyResult> Apply(
      storage::Transaction& transaction, const PeerId& from,
      absl::Span<const federation::InboundRow> rows,
      std::vector<federation::InboundRejection> rejected) override;
  absl::StatusOr<std::uint64_t> RetentionEnded(
      const storage::DocumentReader& /*documents*/,
      const PeerId& /*from*/) override {
    return retention_ended;
  }
  absl::Status BeginEpoch(storage::Transaction& transaction, const PeerId& from,
                          Epoch epoch) override;
  absl::StatusOr<int> Settle(storage::Transaction& transaction,
                             const PeerId& from, int limit) override;

  struct Question {
    PeerId peer;
    RecordKey key;
    SeqNo withhold = 0;  // the row at that place, instead of deciding anew
  };
  // What Reevaluate and Withhold were asked for; the world answers it in time.
  std::vector<Question> questions;
  // Records erased here because their retention ended.
  std::atomic<std::uint64_t> retention_ended = 0;
  // Records that arrived with the obligation not to pass them on.
  std::set<RecordKey> obliged;
  // Reevaluate and Withhold are lost.
  bool deaf = false;
  // Apply fails with this, if it is not OK.
  absl::Status apply_error;
};

}  // namespace minga::test

#endif  // MINGA_TESTS_SIMULATION_TEXT_EXCHANGE_H_
