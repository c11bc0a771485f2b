#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "node/base/crypto/aead.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/copy.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/key_file.h"
#include "storage/sqlite/key_link.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/pool.h"
#include "storage/sqlite/sqlite.h"
#include "storage/sqlite/stores.h"
#include "storage/sqlite/vault.h"
#include "storage/sqlite/writer.h"

namespace minga::storage {
namespace sqlite {
namespace {

// Page caches in KiB. The writer walks the indexes of all stores, readers
// mostly the upper pages of one.
constexpr int kWriterCacheKib = 48 * 1024;
constexpr int kReaderCacheKib = 8 * 1024;

constexpr char kOwn[] = "own";
constexpr char kCanary[] = "canary";
// What the canary seals: opening it shows that the node key is the right one.
constexpr char kCanaryText[] = "minga node key";

// One pooled connection.
struct Reader {
  std::unique_ptr<Stores> stores;
  Statement begin;
  Statement look;
  Statement end;

  static absl::StatusOr<std::unique_ptr<Reader>> Open(
      const SqliteOptions& options, const Vault& vault) {
    MINGA_ASSIGN_OR_RETURN(
        std::unique_ptr<Connection> connection,
        Connection::Open(options.path, Connection::Mode::kReadOnly));
    MINGA_ASSIGN_OR_RETURN(
        std::unique_ptr<KeyFile> keys,
        KeyFile::Open(options.keys, Connection::Mode::kReadOnly));
    MINGA_RETURN_IF_ERROR(
        connection->Exec(absl::StrCat("PRAGMA cache_size=-", kReaderCacheKib)));
    auto reader = std::make_unique<Reader>();
    MINGA_RETURN_IF_ERROR(
        connection->Prepare({{&reader->begin, "BEGIN"},
                             // A transaction sees the state of its first read.
                             {&reader->look, "SELECT 1 FROM meta LIMIT 1"},
                             {&reader->end, "ROLLBACK"}}));
    MINGA_ASSIGN_OR_RETURN(reader->stores,
                           Stores::Open(std::move(connection), std::move(keys),
                                        options.own, vault));
    return reader;
  }
};

// In one read transaction.
absl::Status ReadWith(const Reader& reader,
                      absl::FunctionRef<absl::Status(const Snapshot&)> read) {
  MINGA_RETURN_IF_ERROR(Run(reader.begin).Finish());
  absl::Status status = Run(reader.look).Finish();
  if (status.ok()) status = read(*reader.stores);
  const absl::Status ended = Run(reader.end).Finish();
  return status.ok() ? ended : status;
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(FileLock lock, std::unique_ptr<Vault> vault,
                 std::unique_ptr<Writer> writer, const SqliteOptions& options)
      : lock_(std::move(lock)),
        vault_(std::move(vault)),
        writer_(std::move(writer)),
        readers_(kReadersMax, [options, v = vault_.get()] {
          return Reader::Open(options, *v);
        }) {}

  absl::Status Write(Job job) override {
    absl::Notification done;
    absl::Status result;
    WriteAsync(std::move(job), [&](const absl::Status& status) {
      result = status;
      done.Notify();
    });
    done.WaitForNotification();
    return result;
  }

  void WriteAsync(Job job, Done done) override {
    writer_->Enqueue(std::move(job), std::move(done));
  }

  absl::Status Read(
      absl::FunctionRef<absl::Status(const Snapshot&)> read) const override {
    MINGA_ASSIGN_OR_RETURN(const Pool<Reader>::Lease reader, readers_.Take());
    return ReadWith(*reader, read);
  }

  absl::StatusOr<PersonDraft> Draft(absl::string_view person,
                                    absl::string_view consent,
                                    absl::CivilDay ends) const override {
    return DraftPerson(*vault_, person, consent, ends);
  }

  void AddListener(Listener listener) override {
    writer_->AddListener(std::move(listener));
  }

 private:
  // Destroyed from the end: readers close before the writer, whose connection
  // empties the WAL; the lock is given up last.
  const FileLock lock_;
  const std::unique_ptr<Vault> vault_;
  const std::unique_ptr<Writer> writer_;
  mutable Pool<Reader> readers_;
};

absl::StatusOr<std::string> Meta(const Statement& get, absl::string_view name) {
  Run run(get, name);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? run.String(0) : std::string();
}

// Writes whose file this is, or compares.
absl::Status CheckOwner(Connection& connection, Country own,
                        const Vault& vault) {
  Statement get;
  Statement put;
  MINGA_RETURN_IF_ERROR(connection.Prepare(
      {{&get, "SELECT value FROM meta WHERE name = ?1"},
       {&put, "INSERT INTO meta (name, value) VALUES (?1, ?2)"}}));
  MINGA_ASSIGN_OR_RETURN(const std::string stored_own, Meta(get, kOwn));
  MINGA_ASSIGN_OR_RETURN(const std::string canary, Meta(get, kCanary));
  const std::string name = own.ToString();
  if (stored_own.empty() && canary.empty()) {
    MINGA_ASSIGN_OR_RETURN(const std::string sealed,
                           vault.Seal(kCanary, name, kCanaryText));
    MINGA_RETURN_IF_ERROR(connection.Exec("BEGIN IMMEDIATE"));
    MINGA_RETURN_IF_ERROR(Run(put, kOwn, Bytes{name}).Finish());
    MINGA_RETURN_IF_ERROR(Run(put, kCanary, Bytes{sealed}).Finish());
    return connection.Exec("COMMIT");
  }
  if (stored_own != name) {
    return absl::FailedPreconditionError(absl::StrCat(
        "database: holds the data of `", stored_own, "`, not of `", name, "`"));
  }
  const absl::StatusOr<std::string> opened = vault.Open(kCanary, name, canary);
  if (!opened.ok() || *opened != kCanaryText) {
    return absl::FailedPreconditionError(
        "database: the node key is not the one this database was made with");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<KeyFile>> MigrateWithKeys(
    Connection& connection, const SqliteOptions& options, const Vault& vault) {
  const auto migrate = [&]() -> absl::Status {
    MINGA_RETURN_IF_ERROR(
        Migrate(connection, kDatabaseApplication, DatabaseMigrations()));
    return CheckOwner(connection, options.own, vault);
  };
  MINGA_ASSIGN_OR_RETURN(const bool keys_inside, HoldsKeys(connection));
  if (!keys_inside) {
    MINGA_RETURN_IF_ERROR(migrate());
    return OpenKeysOf(connection, options.keys, *options.random);
  }
  MINGA_RETURN_IF_ERROR(CheckOwner(connection, options.own, vault));
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<KeyFile> keys,
                         OpenKeysOf(connection, options.keys, *options.random));
  MINGA_RETURN_IF_ERROR(CopyKeys(connection, *keys));
  MINGA_RETURN_IF_ERROR(migrate());
  return keys;
}

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(SqliteOptions options) {
  if (options.keys.empty()) options.keys = options.path + ".keys";
  if (options.node_key.size() != kAeadKeyBytes || options.random == nullptr ||
      options.own.empty()) {
    return absl::InvalidArgumentError(
        "options: own country, a node key of 32 bytes and a source of "
        "randomness are needed");
  }
  MINGA_ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(options.path));
  MINGA_RETURN_IF_ERROR(MakePrivateFile(options.path));
  MINGA_ASSIGN_OR_RETURN(
      std::unique_ptr<Connection> connection,
      Connection::Open(options.path, Connection::Mode::kReadWrite));
  MINGA_RETURN_IF_ERROR(
      connection->Exec(absl::StrCat("PRAGMA cache_size=-", kWriterCacheKib)));
  auto vault = std::make_unique<Vault>(options.node_key, *options.random);
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<KeyFile> keys,
                         MigrateWithKeys(*connection, options, *vault));
  // What a crash left in the WAL; later, if someone is reading it with a tool.
  const absl::Status emptied = connection->Checkpoint(/*truncate=*/true);
  if (!absl::IsUnavailable(emptied)) MINGA_RETURN_IF_ERROR(emptied);
  if (options.pages_max > 0) {
    MINGA_RETURN_IF_ERROR(connection->Exec(
        absl::StrCat("PRAGMA max_page_count=", options.pages_max)));
  }
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Stores> stores,
                         Stores::Open(std::move(connection), std::move(keys),
                                      options.own, *vault));
  MINGA_RETURN_IF_ERROR(stores->Load());
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Writer> writer,
                         Writer::Start(std::move(stores)));
  return std::make_unique<SqliteDatabase>(std::move(lock), std::move(vault),
                                          std::move(writer), options);
}

// A copy that is only read: one connection, one reader at a time.
class SqliteCopyDatabase final : public Database {
 public:
  SqliteCopyDatabase(std::unique_ptr<Vault> vault,
                     std::unique_ptr<Reader> reader)
      : vault_(std::move(vault)), reader_(std::move(reader)) {}

  absl::Status Write(Job /*job*/) override {
    return absl::FailedPreconditionError("database: a copy is only read");
  }
  void WriteAsync(Job job, Done done) override { done(Write(std::move(job))); }
  absl::Status Read(
      absl::FunctionRef<absl::Status(const Snapshot&)> read) const override {
    const absl::MutexLock lock(&mutex_);
    return ReadWith(*reader_, read);
  }
  absl::StatusOr<PersonDraft> Draft(absl::string_view /*person*/,
                                    absl::string_view /*consent*/,
                                    absl::CivilDay /*ends*/) const override {
    return absl::FailedPreconditionError("database: a copy is only read");
  }
  void AddListener(Listener /*listener*/) override {}

 private:
  const std::unique_ptr<Vault> vault_;
  mutable absl::Mutex mutex_;
  const std::unique_ptr<Reader> reader_;
};

absl::StatusOr<std::unique_ptr<Database>> OpenCopy(
    const SqliteOptions& options) {
  auto vault = std::make_unique<Vault>(options.node_key, *options.random);
  {
    MINGA_ASSIGN_OR_RETURN(
        const std::unique_ptr<Connection> connection,
        Connection::Open(options.path, Connection::Mode::kReadOnly));
    MINGA_ASSIGN_OR_RETURN(const std::int64_t application,
                           connection->Number("PRAGMA application_id"));
    MINGA_ASSIGN_OR_RETURN(const std::int64_t version,
                           connection->Number("PRAGMA user_version"));
    const auto newest = static_cast<std::int64_t>(DatabaseMigrations().size());
    if (application != kDatabaseApplication || version != newest) {
      return absl::FailedPreconditionError(absl::StrCat(
          "database: the copy has schema version ", version,
          ", this program's is ", newest,
          ": use the program that made the copy, and upgrade afterwards"));
    }
    MINGA_RETURN_IF_ERROR(CheckStructure(*connection));
    MINGA_RETURN_IF_ERROR(CheckOwner(*connection, options.own, *vault));
  }
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader,
                         Reader::Open(options, *vault));
  return std::make_unique<SqliteCopyDatabase>(std::move(vault),
                                              std::move(reader));
}

}  // namespace
}  // namespace sqlite

absl::StatusOr<std::unique_ptr<Database>> OpenSqliteCopy(
    const SqliteOptions& options) {
  absl::StatusOr<std::unique_ptr<Database>> copy = sqlite::OpenCopy(options);
  if (!copy.ok())
    return At(absl::StrCat("`", options.path, "`"), copy.status());
  return copy;
}

absl::StatusOr<std::unique_ptr<Database>> OpenSqliteDatabase(
    const SqliteOptions& options) {
  absl::StatusOr<std::unique_ptr<Database>> database =
      sqlite::OpenDatabase(options);
  if (!database.ok()) {
    return At(absl::StrCat("`", options.path, "`"), database.status());
  }
  return database;
}

}  // namespace minga::storage
