#ifndef MINGA_STORAGE_SQLITE_JOURNAL_H_
#define MINGA_STORAGE_SQLITE_JOURNAL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/sqlite/key_file.h"
#include "storage/sqlite/staged.h"
#include "storage/sqlite/vault.h"
#include "storage/withdrawal_journal.h"

namespace minga::storage::sqlite {

// WithdrawalJournal over table `journal` of the key file. Its entries are
// numbered, and the database keeps the number of the last one that it knows.
// Threads: the writer's.
class Journal final : public WithdrawalJournal, public Staged {
 public:
  // All outlive this. `known`: the counter that the database keeps.
  Journal(KeyFile& file, const Vault& vault, Counter& known)
      : file_(file), vault_(vault), known_(known) {}

  absl::Status Note(Withdrawal what, const RecordKey& key,
                    absl::Time at) override;
  bool IsAhead() const override { return ahead_; }
  absl::StatusOr<bool> IsAhead(Withdrawal what,
                               const RecordKey& key) const override;
  void CaughtUp() override { catching_up_ = true; }

  absl::Status Load() override;
  void Mark() override;
  void Restore() override;
  // Durable when it returns.
  absl::Status Flush() override;

 private:
  KeyFile& file_;
  const Vault& vault_;
  Counter& known_;
  std::vector<KeyFile::JournalRow> new_;
  std::size_t marked_ = 0;
  std::int64_t last_ = 0;
  bool compared_ = false;
  bool ahead_ = false;
  bool catching_up_ = false;
  bool marked_catching_up_ = false;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_JOURNAL_H_
