// KeyFile: the persons' keys, in a SQLite file of their own.
//
// Everything personal in the database is sealed under its person's key, and no
// copy of the database contains keys. So what is destroyed here stays destroyed
// when an older copy of the database is put back.
#ifndef MINGA_STORAGE_SQLITE_KEY_FILE_H_
#define MINGA_STORAGE_SQLITE_KEY_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// A key's number is given once and never again, so that no row of an older copy
// of the database can mean another key. Threads: one at a time.
class KeyFile {
 public:
  using Number = std::int64_t;  // from 1

  struct SealedKey {
    Number number = 0;
    std::string sealed;  // kSealedKeyBytes
  };

  // kReadWrite makes and migrates the file. Errors as Connection::Open and
  // Migrate.
  static absl::StatusOr<std::unique_ptr<KeyFile>> Open(const std::string& path,
                                                       Connection::Mode mode);

  // nullopt if there never was such a key or it was destroyed. Sees what is
  // committed now, whatever transaction the database is read in.
  absl::StatusOr<std::optional<std::string>> Find(Number number) const;
  // Numbers > `after` of keys that are there, ascending.
  absl::StatusOr<std::vector<Number>> Numbers(Number after, int limit) const;
  // The highest number ever given.
  absl::StatusOr<Number> Last() const;

  // The database that the keys are of; empty in a new file.
  absl::StatusOr<std::string> Owner() const;
  absl::Status SetOwner(absl::string_view owner);
  // What the last Apply left.
  absl::StatusOr<std::int64_t> Mark() const;

  // Adds and destroys keys and leaves `mark`; durable, all or nothing. A number
  // to be destroyed need not exist.
  absl::Status Apply(absl::Span<const SealedKey> added,
                     absl::Span<const Number> destroyed, std::int64_t mark);
  // Destroys all keys: before a move that was interrupted begins anew.
  absl::Status Clear();

  // The write-ahead log still holds what was destroyed. UNAVAILABLE if a reader
  // is in the way for longer than a second.
  bool Untidy() const { return connection_->wal_pages() > 0; }
  absl::Status Tidy();
  // The withdrawal journal (journal.h). `name`: Vault::NameOf.
  struct JournalRow {
    std::int64_t number = 0;  // ascending
    std::int64_t day = 0;     // since 1970
    int what = 0;
    Digest name{};
  };
  // Durable, all or nothing; forgets what is of days before `oldest`.
  absl::Status AddToJournal(absl::Span<const JournalRow> rows,
                            std::int64_t oldest);
  // The highest number that ever was; 0 if none.
  absl::StatusOr<std::int64_t> LastInJournal() const;
  absl::StatusOr<bool> InJournal(int what, const Digest& name,
                                 std::int64_t after) const;

  // Copies a long write-ahead log into the file.
  void CheckpointIfLong();

 private:
  explicit KeyFile(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}
  absl::Status Prepare(Connection::Mode mode);
  absl::Status ApplyIn(absl::Span<const SealedKey> added,
                       absl::Span<const Number> destroyed, std::int64_t mark);

  const std::unique_ptr<Connection> connection_;
  Statement find_;
  Statement numbers_;
  Statement state_;
  Statement begin_;
  Statement commit_;
  Statement insert_;
  Statement destroy_;
  Statement set_state_;
  Statement set_owner_;
  Statement add_to_journal_;
  Statement trim_journal_;
  Statement last_in_journal_;
  Statement in_journal_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_KEY_FILE_H_
