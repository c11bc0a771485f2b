#ifndef MINGA_STORAGE_SQLITE_VIEWS_H_
#define MINGA_STORAGE_SQLITE_VIEWS_H_

#include <optional>

#include "node/base/ids.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/subjects.h"
#include "storage/view_store.h"

namespace minga::storage::sqlite {

// ViewStore over tables `told` and `feed`. Threads: its connection's.
class Views final : public ViewStore {
 public:
  // `subjects` outlives this.
  Views(Country own, Subjects& subjects) : own_(own), subjects_(subjects) {}
  absl::Status Prepare(Connection& connection);

  absl::Status Shown(const PeerId& peer, SeqNo upto, Take take) const override;
  absl::Status Told(const PeerId& from, Take take) const override;
  absl::StatusOr<std::optional<ToldRow>> Find(
      const RecordKey& key) const override;

  absl::Status Put(const RecordKey& key, const ToldRow& row) override;
  absl::Status SetNotHeld(const RecordKey& key) override;
  absl::Status Remove(const RecordKey& key) override;
  absl::StatusOr<int> RemoveOthers(const PeerId& from, Epoch generation,
                                   int limit) override;

 private:
  const Country own_;
  Subjects& subjects_;
  Statement shown_;
  Statement told_;
  Statement find_;
  Statement put_;
  Statement set_not_held_;
  Statement remove_;
  Statement others_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_VIEWS_H_
