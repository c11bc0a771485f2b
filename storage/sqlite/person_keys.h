// PersonKeys: how the keys of KeyFile follow the transactions of the database,
// without a transaction over both files.
//
//   a new key        is durable before the commit that needs it (Flush)
//   a destroyed one  goes after the commit that erased its person (Settle)
//
// A random mark is left in both files by each change of keys. After a crash in
// between, or if an older copy of the database was put back, the marks differ:
// then persons without a key and keys without a person have to be looked for.
#ifndef MINGA_STORAGE_SQLITE_PERSON_KEYS_H_
#define MINGA_STORAGE_SQLITE_PERSON_KEYS_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/person_store.h"
#include "storage/sqlite/key_file.h"
#include "storage/sqlite/staged.h"
#include "storage/sqlite/vault.h"

namespace minga::storage::sqlite {

// PersonStore::KeyOrNew's draft, complete. Threads: any.
absl::StatusOr<PersonDraft> DraftPerson(const Vault& vault,
                                        absl::string_view person,
                                        absl::string_view consent,
                                        absl::CivilDay ends);

// A consent as it is stored, and back.
absl::StatusOr<std::string> SealConsent(const Vault& vault,
                                        absl::string_view key,
                                        absl::string_view person,
                                        absl::string_view consent);
absl::StatusOr<std::string> OpenConsent(absl::string_view key,
                                        absl::string_view person,
                                        absl::string_view sealed);

// Threads: its connection's. Readers use Find only.
class PersonKeys final : public Staged {
 public:
  using Number = KeyFile::Number;

  struct NewKey {
    Number number = 0;
    std::string key;  // 32 bytes
  };

  // `vault` and `mark`, the counter that keeps the database's mark, outlive
  // this.
  PersonKeys(std::unique_ptr<KeyFile> file, const Vault& vault, Counter& mark)
      : file_(std::move(file)), vault_(vault), mark_(mark) {}

  // The person's key; nullopt if it was destroyed. DATA_LOSS if it is not this
  // person's.
  absl::StatusOr<std::optional<std::string>> Find(
      Number number, absl::string_view person) const;
  absl::StatusOr<bool> Exists(Number number) const;
  absl::StatusOr<std::vector<Number>> Numbers(Number after, int limit) const {
    return file_->Numbers(after, limit);
  }

  // Gives the draft's key the next number. REQUIRES: DraftPerson made it.
  NewKey Add(const PersonDraft& draft);
  void Destroy(Number number) { doomed_.push_back(number); }

  // False from an opening that found the marks different until NoteInStep.
  bool in_step() const { return in_step_; }
  // Everybody has been looked at; holds from the commit on.
  void NoteInStep() { settling_ = true; }

  // How far DestroyStrayKeys has looked.
  Number looked() const { return looked_; }
  void Looked(Number number) { looked_ = number; }

  // Keys that the jobs of this group destroy.
  std::size_t doomed() const { return doomed_.size(); }

  absl::Status Load() override;
  void Mark() override;
  void Restore() override;
  absl::Status Flush() override;
  // After the commit: destroys what it doomed. An error is tried again by the
  // next Flush or Settle.
  absl::Status Settle();
  // Something destroyed may still be found in the file's write-ahead log.
  bool Untidy() const { return !owed_.empty() || file_->Untidy(); }
  absl::Status Tidy();

 private:
  const std::unique_ptr<KeyFile> file_;
  const Vault& vault_;
  Counter& mark_;
  // What the group under way adds and destroys.
  Number last_ = 0;
  std::vector<NewKey> new_;
  std::vector<KeyFile::SealedKey> sealed_;  // parallel to new_
  std::vector<Number> doomed_;
  bool settling_ = false;
  Number looked_ = 0;
  bool flushed_ = false;  // new_ is in the file
  // At Mark.
  std::size_t marked_new_ = 0;
  std::size_t marked_doomed_ = 0;
  bool marked_settling_ = false;
  Number marked_looked_ = 0;
  // To be destroyed: their persons are not in the database.
  std::vector<Number> owed_;
  bool in_step_ = true;
  bool compared_ = false;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_PERSON_KEYS_H_
