#ifndef MINGA_STORAGE_SQLITE_FEEDS_H_
#define MINGA_STORAGE_SQLITE_FEEDS_H_

#include <optional>
#include <string>
#include <vector>

#include "node/base/ids.h"
#include "storage/feed_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/dictionary.h"
#include "storage/sqlite/staged.h"
#include "storage/sqlite/subjects.h"

namespace minga::storage::sqlite {

// DATA_LOSS if no state has that number.
absl::StatusOr<ViewState> ViewStateOf(std::int64_t number);

// FeedStore over tables `feed_head`, `feed` and `reason`. On the
// writer's connection the heads live in memory, so that a page of puts does not
// update the same row a thousand times. Threads: its connection's.
class Feeds final : public FeedStore, public Staged {
 public:
  // `subjects` and `news` outlive this; only the writer's news is used.
  Feeds(Country own, Subjects& subjects, News& news)
      : own_(own), subjects_(subjects), news_(news) {}
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<FeedHead> Head(const PeerId& peer) const override;
  absl::StatusOr<std::optional<FeedRow>> Find(
      const PeerId& peer, const RecordKey& key) const override;
  absl::StatusOr<std::vector<FeedRow>> Read(const PeerId& peer, SeqNo after,
                                            int limit) const override;
  absl::StatusOr<std::vector<FeedCount>> Summarise(
      const PeerId& peer) const override;
  absl::StatusOr<OwedErasures> Owed(const PeerId& peer,
                                    absl::Time now) const override;

  absl::Status StartEpoch(const PeerId& peer, Epoch epoch) override;
  absl::StatusOr<SeqNo> Put(const PeerId& peer, const FeedRow& row) override;
  absl::Status Acknowledge(const PeerId& peer, SeqNo upto) override;
  absl::Status Drop(const PeerId& peer) override;

  absl::Status Load() override;
  void Mark() override;
  void Restore() override;
  absl::Status Flush() override;

 private:
  struct StagedHead {
    PeerId peer;
    FeedHead head;
    bool changed = false;
  };
  // What Put needs to know of the row in place.
  struct OldRow {
    ViewState state = ViewState::kWithheld;
    SeqNo seq = 0;
    std::int64_t reason = 0;
    Digest digest{};
    int erase_within = 0;
  };
  // What Find has just read: who changes a view looks at it first.
  struct Found {
    PeerId peer;
    std::int64_t subject = 0;
    std::optional<OldRow> row;
  };

  absl::Status PrepareSummaries(Connection& connection);
  StagedHead* FindHead(const PeerId& peer);
  absl::StatusOr<StagedHead*> HeadOf(const PeerId& peer);
  absl::StatusOr<std::optional<OldRow>> FindOld(const PeerId& peer,
                                                std::int64_t subject);
  absl::StatusOr<SeqNo> Insert(StagedHead& head, const FeedRow& row);
  // Moves what the peer was sent to a row under its wire_id.
  absl::Status Retire(StagedHead& head, std::int64_t subject,
                      const FeedRow& row);
  absl::StatusOr<SeqNo> Update(StagedHead& head, std::int64_t subject,
                               const OldRow& old, const FeedRow& row);
  absl::Status Delete(const PeerId& peer, std::int64_t subject);
  // Tombstones of (after, upto], about persons or not, lose their sequence or
  // are dropped.
  absl::Status Settle(const PeerId& peer, SeqNo after, SeqNo upto,
                      bool persons);
  absl::Status DropRows(const PeerId& peer);
  absl::StatusOr<FeedRow> RowOf(const Run& run) const;
  SeqNo Take(StagedHead& head);

  const Country own_;
  Subjects& subjects_;
  News& news_;
  Dictionary dictionary_;
  Statement head_;
  Statement heads_all_;
  Statement put_head_;
  Statement drop_head_;
  Statement find_;
  Statement find_old_;
  Statement read_;
  Statement summarise_;
  Statement owed_;
  Statement insert_;
  Statement update_;
  Statement set_erase_within_;
  Statement delete_;
  Statement drop_rows_;
  Statement drop_gone_;
  Statement settle_;

  // The writer's state; `staged_` is false on readers' connections.
  bool staged_ = false;
  NewRows new_rows_;
  mutable std::optional<Found> found_;  // not after a change
  std::vector<StagedHead> heads_;
  std::vector<StagedHead> marked_heads_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_FEEDS_H_
