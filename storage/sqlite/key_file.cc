#include "storage/sqlite/key_file.h"

#include <algorithm>
#include <utility>

#include "node/base/crypto/aead.h"
#include "node/base/status.h"
#include "storage/sqlite/migrations.h"

namespace minga::storage::sqlite {
namespace {

// "MNGK" in PRAGMA application_id.
constexpr std::int64_t kKeysApplication = 0x4D4E474B;

// Of a key of kAeadKeyBytes under the node key.
constexpr std::size_t kSealedKeyBytes =
    kAeadNonceBytes + kAeadKeyBytes + kAeadTagBytes;
static_assert(kSealedKeyBytes == 60, "as in the statements below");

constexpr absl::string_view kFirst = R"sql(
-- sealed: under the node key; 60 zeros once it is destroyed.
CREATE TABLE key (
  number INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL CHECK (length(sealed) = 60)
) STRICT;
-- One row. owner: of which database; mark, last: KeyFile::Mark, Last.
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  owner BLOB NOT NULL,
  mark INTEGER NOT NULL,
  last INTEGER NOT NULL
) STRICT;
INSERT INTO state (one, owner, mark, last) VALUES (1, x'', 0, 0);
)sql";

constexpr absl::string_view kJournal = R"sql(
-- What was taken back: see journal.h. AUTOINCREMENT: no number twice.
CREATE TABLE journal (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  day INTEGER NOT NULL,
  what INTEGER NOT NULL,
  name BLOB NOT NULL CHECK (length(name) = 32)
) STRICT;
CREATE INDEX journal_by_name ON journal (name);
)sql";

constexpr absl::string_view kMigrations[] = {kFirst, kJournal};

constexpr char kFind[] =
    "SELECT sealed FROM key WHERE number = ?1 AND sealed <> zeroblob(60)";
constexpr char kNumbers[] =
    "SELECT number FROM key WHERE number > ?1 AND sealed <> zeroblob(60)"
    " ORDER BY number LIMIT ?2";
constexpr char kState[] = "SELECT owner, mark, last FROM state";
constexpr char kInsert[] = "INSERT INTO key (number, sealed) VALUES (?1, ?2)";
// Not DELETE: SQLite would move the neighbours together when a page becomes
// empty, and a moved key leaves a copy behind that nothing overwrites later. A
// value of the same size is written over the old one in its place.
constexpr char kDestroy[] =
    "UPDATE key SET sealed = zeroblob(60) WHERE number = ?1";
constexpr char kSetState[] = "UPDATE state SET mark = ?1, last = max(last, ?2)";
constexpr char kSetOwner[] = "UPDATE state SET owner = ?1";

constexpr char kAddToJournal[] =
    "INSERT INTO journal (number, day, what, name) VALUES (?1, ?2, ?3, ?4)";
// In the order of numbers days do not fall, unless the clock was set back.
constexpr char kTrimJournal[] =
    "DELETE FROM journal WHERE number < (SELECT min(number) FROM journal"
    " WHERE day >= ?1)";
constexpr char kLastInJournal[] =
    "SELECT seq FROM sqlite_sequence WHERE name = 'journal'";
constexpr char kInJournal[] =
    "SELECT 1 FROM journal WHERE name = ?1 AND what = ?2 AND number > ?3"
    " LIMIT 1";

// 4 MB of pages: a bulk load copies each page seldom.
constexpr int kWalPagesMax = 1024;

}  // namespace

absl::StatusOr<std::unique_ptr<KeyFile>> KeyFile::Open(const std::string& path,
                                                       Connection::Mode mode) {
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open(path, mode));
  std::unique_ptr<KeyFile> file(new KeyFile(std::move(connection)));
  if (mode == Connection::Mode::kReadWrite) {
    MINGA_RETURN_IF_ERROR(
        Migrate(*file->connection_, kKeysApplication, kMigrations));
    // What a crash left; later, if someone reads it with a tool.
    const absl::Status tidied = file->Tidy();
    if (!absl::IsUnavailable(tidied)) MINGA_RETURN_IF_ERROR(tidied);
  }
  MINGA_RETURN_IF_ERROR(file->Prepare(mode));
  return file;
}

absl::Status KeyFile::Prepare(Connection::Mode mode) {
  MINGA_RETURN_IF_ERROR(connection_->Prepare(
      {{&find_, kFind}, {&numbers_, kNumbers}, {&state_, kState}}));
  if (mode == Connection::Mode::kReadOnly) return absl::OkStatus();
  return connection_->Prepare({{&begin_, "BEGIN IMMEDIATE"},
                               {&commit_, "COMMIT"},
                               {&insert_, kInsert},
                               {&destroy_, kDestroy},
                               {&set_state_, kSetState},
                               {&set_owner_, kSetOwner},
                               {&add_to_journal_, kAddToJournal},
                               {&trim_journal_, kTrimJournal},
                               {&last_in_journal_, kLastInJournal},
                               {&in_journal_, kInJournal}});
}

absl::Status KeyFile::AddToJournal(absl::Span<const JournalRow> rows,
                                   std::int64_t oldest) {
  const auto add = [&]() -> absl::Status {
    for (const JournalRow& row : rows) {
      MINGA_RETURN_IF_ERROR(
          Run(add_to_journal_, row.number, row.day, row.what, row.name)
              .Finish());
    }
    MINGA_RETURN_IF_ERROR(Run(trim_journal_, oldest).Finish());
    return Run(commit_).Finish();
  };
  MINGA_RETURN_IF_ERROR(Run(begin_).Finish());
  const absl::Status status = add();
  if (!status.ok() && connection_->InTransaction()) {
    // The first error is the one that tells.
    connection_->Exec("ROLLBACK").IgnoreError();
  }
  return status;
}

absl::StatusOr<std::int64_t> KeyFile::LastInJournal() const {
  Run run(last_in_journal_);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? run.Int(0) : 0;
}

absl::StatusOr<bool> KeyFile::InJournal(int what, const Digest& name,
                                        std::int64_t after) const {
  Run run(in_journal_, name, what, after);
  return run.Next();
}

absl::StatusOr<std::optional<std::string>> KeyFile::Find(Number number) const {
  Run run(find_, number);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(run.String(0));
}

absl::StatusOr<std::vector<KeyFile::Number>> KeyFile::Numbers(Number after,
                                                              int limit) const {
  std::vector<Number> numbers;
  Run run(numbers_, after, limit < 0 ? 0 : limit);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return numbers;
    numbers.push_back(run.Int(0));
  }
}

absl::StatusOr<std::string> KeyFile::Owner() const {
  Run run(state_);
  MINGA_RETURN_IF_ERROR(run.Next().status());
  return run.String(0);
}

absl::StatusOr<std::int64_t> KeyFile::Mark() const {
  Run run(state_);
  MINGA_RETURN_IF_ERROR(run.Next().status());
  return run.Int(1);
}

absl::StatusOr<KeyFile::Number> KeyFile::Last() const {
  Run run(state_);
  MINGA_RETURN_IF_ERROR(run.Next().status());
  return run.Int(2);
}

absl::Status KeyFile::SetOwner(absl::string_view owner) {
  return Run::Once(set_owner_, Bytes{owner});
}

absl::Status KeyFile::ApplyIn(absl::Span<const SealedKey> added,
                              absl::Span<const Number> destroyed,
                              std::int64_t mark) {
  Number last = 0;
  for (const SealedKey& key : added) {
    MINGA_RETURN_IF_ERROR(Run::Once(insert_, key.number, Bytes{key.sealed}));
    last = std::max(last, key.number);
  }
  for (const Number number : destroyed) {
    MINGA_RETURN_IF_ERROR(Run::Once(destroy_, number));
  }
  return Run::Once(set_state_, mark, last);
}

absl::Status KeyFile::Apply(absl::Span<const SealedKey> added,
                            absl::Span<const Number> destroyed,
                            std::int64_t mark) {
  MINGA_RETURN_IF_ERROR(Run::Once(begin_));
  absl::Status status = ApplyIn(added, destroyed, mark);
  if (status.ok()) status = Run::Once(commit_);
  if (!status.ok() && connection_->InTransaction()) {
    // The first error is the one that tells.
    connection_->Exec("ROLLBACK").IgnoreError();
  }
  return status;
}

absl::Status KeyFile::Clear() { return connection_->Exec("DELETE FROM key"); }

absl::Status KeyFile::Tidy() {
  return connection_->Checkpoint(/*truncate=*/true, /*patient=*/true);
}

void KeyFile::CheckpointIfLong() {
  if (connection_->wal_pages() < kWalPagesMax) return;
  // An error leaves the log as it is; nothing committed is lost by that.
  connection_->Checkpoint(/*truncate=*/false).IgnoreError();
}

}  // namespace minga::storage::sqlite
