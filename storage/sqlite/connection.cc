#include "storage/sqlite/connection.h"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

// Only schema changes by another connection of this process could block a
// reader; a second is far beyond what any of ours takes.
constexpr int kBusyWaitMs = 1000;
// Not a code of SQLite's.
constexpr int kBeyondInt64 = -1;

absl::StatusCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::StatusCode::kFailedPrecondition;
    case SQLITE_TOOBIG:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

constexpr int kLetters = 26;

// Lives as long as the process: most statements are about a country.
const char* TextOf(const Country& country) {
  using Texts = std::array<std::array<char, 3>, kLetters * kLetters>;
  static const Texts texts = [] {
    Texts all{};
    for (int i = 0; i < kLetters * kLetters; ++i) {
      all[static_cast<std::size_t>(i)] = {static_cast<char>('A' + i / kLetters),
                                          static_cast<char>('A' + i % kLetters),
                                          '\0'};
    }
    return all;
  }();
  if (country.empty()) return "";
  const std::string text = country.ToString();
  return texts[static_cast<std::size_t>((text[0] - 'A') * kLetters +
                                        (text[1] - 'A'))]
      .data();
}

}  // namespace

void CloseConnection::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

void FinalizeStatement::operator()(sqlite3_stmt* handle) const {
  sqlite3_finalize(handle);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(
    const std::string& path, Mode mode) {
  const int access = mode == Mode::kReadWrite
                         ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                         : SQLITE_OPEN_READONLY;
  // Once, before SQLite starts: its memory statistics, which nobody reads, take
  // one lock of the whole process for each allocation.
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(configured);
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      /*zVfs=*/nullptr);
  if (handle == nullptr) {
    return absl::ResourceExhaustedError("no memory for a database connection");
  }
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) return connection->StatusOf(code, "opening");
  MINGA_RETURN_IF_ERROR(connection->Configure(mode));
  return connection;
}

absl::Status Connection::Configure(Mode mode) {
  sqlite3_busy_timeout(handle(), kBusyWaitMs);
  // A damaged schema must not be able to call functions or hide damage.
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // A hook of our own also switches automatic checkpoints off.
  sqlite3_wal_hook(handle(), &Connection::OnCommit, this);
  if (mode == Mode::kReadOnly) {
    return Exec("PRAGMA query_only=ON; PRAGMA temp_store=MEMORY;");
  }
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // The first pragma that touches the file finds out whether it is a database.
  return Exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
      "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
      "PRAGMA foreign_keys=OFF;");
}

int Connection::OnCommit(void* self, sqlite3* /*handle*/, const char* /*name*/,
                         int pages) {
  auto* const connection = static_cast<Connection*>(self);
  connection->wal_pages_ = pages;
  // Shorter than before: it began anew.
  if (pages < connection->copied_pages_) connection->copied_pages_ = 0;
  return SQLITE_OK;
}

absl::Status Connection::StatusOf(int code, absl::string_view doing) const {
  return absl::Status(CodeOf(code),
                      absl::StrCat("database: ", doing, ": ",
                                   sqlite3_errmsg(handle()), " (", code, ")"));
}

absl::Status Connection::Failed(int code, absl::string_view doing) {
  absl::Status status = StatusOf(code, doing);
  if (expects_transaction_ && !InTransaction() && lost_.ok()) lost_ = status;
  return status;
}

absl::Status Connection::Exec(const std::string& sql) {
  const int code =
      sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  return Failed(code, sql.substr(0, 60));
}

absl::StatusOr<std::int64_t> Connection::Number(const std::string& sql) {
  Statement statement;
  MINGA_RETURN_IF_ERROR(Prepare({{&statement, sql}}));
  Run run(statement);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? run.Int(0) : 0;
}

absl::Status Connection::Prepare(std::initializer_list<Prepared> statements) {
  for (const auto& [statement, sql] : statements) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(
        handle(), sql.data(), static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT, &prepared, /*pzTail=*/nullptr);
    if (code != SQLITE_OK) {
      return StatusOf(code, absl::StrCat("preparing `", sql, "`"));
    }
    statement->handle_.reset(prepared);
    statement->connection_ = this;
  }
  return absl::OkStatus();
}

std::int64_t Connection::TotalChanges() const {
  return sqlite3_total_changes64(handle());
}

bool Connection::InTransaction() const {
  return sqlite3_get_autocommit(handle()) == 0;
}

absl::Status Connection::Checkpoint(bool truncate, bool patient) {
  // Waiting for readers would stop the writer.
  if (!patient) sqlite3_busy_timeout(handle(), 0);
  const int code = sqlite3_wal_checkpoint_v2(
      handle(), /*zDb=*/nullptr,
      truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
      /*pnLog=*/nullptr, /*pnCkpt=*/nullptr);
  sqlite3_busy_timeout(handle(), kBusyWaitMs);
  if (code != SQLITE_OK) return StatusOf(code, "checkpoint");
  if (truncate) wal_pages_ = copied_pages_ = 0;
  return absl::OkStatus();
}

int Connection::wal_growth() const { return wal_pages_ - copied_pages_; }

void Connection::CheckpointAfter(int pages) {
  if (wal_growth() < pages) return;
  Checkpoint(/*truncate=*/false).IgnoreError();
  // If a reader kept it from coming to the end, not again at each commit.
  copied_pages_ = wal_pages_;
}

absl::Status Connection::Sync() {
  for (const int which :
       {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    int code = sqlite3_file_control(handle(), "main", which, &file);
    if (code == SQLITE_OK && file != nullptr && file->pMethods != nullptr) {
      code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    }
    if (code != SQLITE_OK) return StatusOf(code, "sync");
  }
  return absl::OkStatus();
}

std::int64_t Run::LastRow() const {
  return sqlite3_last_insert_rowid(connection_->handle());
}

std::int64_t Run::Changes() const {
  return sqlite3_changes64(connection_->handle());
}

Run::Run(const Statement& statement, Unbound)
    : statement_(statement.handle_.get()), connection_(statement.connection_) {}

Run::~Run() {
  sqlite3_reset(statement_);
  // Bound values may be keys or personal data.
  sqlite3_clear_bindings(statement_);
}

absl::StatusOr<bool> Run::Next() {
  if (!connection_->lost_.ok()) return connection_->lost_;
  if (bind_error_ != 0) {
    if (bind_error_ == kBeyondInt64) {
      return absl::InvalidArgumentError(
          "database: a number beyond 2^63 - 1 cannot be stored");
    }
    return connection_->StatusOf(bind_error_, "binding");
  }
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->Failed(code, sqlite3_sql(statement_));
}

absl::Status Run::Finish() {
  while (true) {
    absl::StatusOr<bool> more = Next();
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
  }
}

bool Run::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Run::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Run::Real(int column) const {
  return sqlite3_column_double(statement_, column);
}

absl::string_view Run::View(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

absl::StatusOr<Digest> Run::DigestAt(int column) const {
  absl::StatusOr<Digest> digest = ToDigest(View(column));
  if (!digest.ok()) return absl::DataLossError("database: not a digest");
  return digest;
}

absl::StatusOr<Country> Run::CountryAt(int column) const {
  absl::StatusOr<Country> country = Country::Parse(View(column));
  if (!country.ok()) return absl::DataLossError("database: not a country");
  return country;
}

absl::StatusOr<RecordKind> Run::KindAt(int column) const {
  absl::StatusOr<RecordKind> kind =
      KindFromNumber(static_cast<int>(Int(column)));
  if (!kind.ok()) return absl::DataLossError("database: not a record kind");
  return kind;
}

void Run::Bind(int column, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_, column, value);
  if (code != SQLITE_OK) bind_error_ = code;
}

void Run::Bind(int column, std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(INT64_MAX)) {
    bind_error_ = kBeyondInt64;
    return;
  }
  Bind(column, static_cast<std::int64_t>(value));
}

void Run::Bind(int column, std::nullptr_t) {
  const int code = sqlite3_bind_null(statement_, column);
  if (code != SQLITE_OK) bind_error_ = code;
}

// Copied, because arguments of a Run are often temporaries; not by Once.
void Run::Bind(int column, absl::string_view text) {
  // A null pointer would bind NULL instead of the empty text.
  const char* data = text.empty() ? "" : text.data();
  const int code = sqlite3_bind_text64(
      statement_, column, data, text.size(),
      copies_ ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_error_ = code;
}

void Run::Bind(int column, Bytes blob) {
  const char* data = blob.bytes.empty() ? "" : blob.bytes.data();
  const int code =
      sqlite3_bind_blob64(statement_, column, data, blob.bytes.size(),
                          copies_ ? SQLITE_TRANSIENT : SQLITE_STATIC);
  if (code != SQLITE_OK) bind_error_ = code;
}

void Run::Bind(int column, const Country& country) {
  const char* const text = TextOf(country);
  const int code =
      sqlite3_bind_text64(statement_, column, text, country.empty() ? 0 : 2,
                          SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_error_ = code;
}

}  // namespace minga::storage::sqlite
