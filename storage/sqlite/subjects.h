#ifndef MINGA_STORAGE_SQLITE_SUBJECTS_H_
#define MINGA_STORAGE_SQLITE_SUBJECTS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// Table `subject`: the key of each record that is stored, told, in some feed or
// in some class, and of each person's profile, once, with a number that those
// refer to. So ten peers' rows cost a number each instead of the id, and the
// only index with random inserts in a bulk load is the one over keys. Threads:
// its connection's.
class Subjects {
 public:
  using Number = std::int64_t;

  absl::Status Prepare(Connection& connection);

  // 0 if there is none.
  absl::StatusOr<Number> Find(const RecordKey& key) const;
  absl::StatusOr<Number> FindOrMake(const RecordKey& key);

  // Forgets the key if no record, person, told or feed row or class refers to
  // it any more: ids of erased people must not stay.
  absl::Status Release(Number subject);
  // The same for all keys; as long as there are keys.
  absl::Status ReleaseAll();

  // True of the newest number, as long as nothing else was asked for: whoever
  // has put nothing under it knows that there is nothing.
  bool IsNew(Number subject) const {
    return asked_ && new_ && subject == last_;
  }

  // Forgets what is in memory: a rollback may have taken numbers back.
  void Forget() const {
    asked_ = false;
    known_.clear();
  }
  // Remembers from here on: the writer's, which nobody else changes.
  void Load() {
    staged_ = true;
    Forget();
  }

 private:
  Statement find_;
  Statement make_;
  Statement release_;
  Statement release_all_;
  // The last one: a record is put, and then its row for one peer after another.
  bool staged_ = false;
  mutable bool asked_ = false;
  mutable RecordKey last_key_;
  mutable Number last_ = 0;   // 0: there is none
  mutable bool new_ = false;  // FindOrMake has made it
  // The writer's, bounded: who is changed once is soon changed again.
  mutable absl::flat_hash_map<RecordKey, Number> known_;
};

// For a store with at most one row for each peer and subject: knows without
// asking that a new subject has none.
class NewRows {
 public:
  // REQUIRES: `subject` has just come from `subjects`.
  bool None(const Subjects& subjects, const PeerId& peer,
            Subjects::Number subject) const {
    return subjects.IsNew(subject) && (subject != subject_ || !Has(peer));
  }
  void Add(const PeerId& peer, Subjects::Number subject) {
    if (subject != subject_) peers_.clear();
    subject_ = subject;
    if (!Has(peer)) peers_.push_back(peer);
  }

 private:
  bool Has(const PeerId& peer) const {
    return std::find(peers_.begin(), peers_.end(), peer) != peers_.end();
  }

  Subjects::Number subject_ = 0;
  std::vector<PeerId> peers_;  // that have a row of subject_
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_SUBJECTS_H_
