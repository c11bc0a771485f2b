// The RAII layer over SQLite's C interface: a connection, a prepared statement
// and one run of it. Errors become absl statuses here and nowhere else.
#ifndef MINGA_STORAGE_SQLITE_CONNECTION_H_
#define MINGA_STORAGE_SQLITE_CONNECTION_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

struct sqlite3;
struct sqlite3_stmt;

namespace minga::storage::sqlite {

struct CloseConnection {
  void operator()(sqlite3* handle) const;
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* handle) const;
};

class Connection;

// A prepared statement. Finalized before its connection closes: declare it in
// an object that dies before the connection.
class Statement {
 public:
  Statement() = default;

 private:
  friend class Connection;
  friend class Run;
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle_;
  Connection* connection_ = nullptr;
};

// One database connection. Threads: one at a time.
class Connection {
 public:
  enum class Mode {
    kReadWrite,  // makes the file if missing
    kReadOnly,   // and refuses every change (query_only)
  };

  // Errors as StatusOf. The pragmas common to all our files are set: WAL
  // without automatic checkpoints (only a writer's owner does them, because the
  // packaged SQLite loses data when two connections do), secure_delete,
  // temporary data in memory.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      const std::string& path, Mode mode);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs statements that return nothing of interest.
  absl::Status Exec(const std::string& sql);
  // The first column of the first row of `sql`; 0 if there is none.
  absl::StatusOr<std::int64_t> Number(const std::string& sql);

  struct Prepared {
    Statement* statement;
    absl::string_view sql;
  };
  // Prepares all; a mistake in a store's SQL fails here, when it opens.
  absl::Status Prepare(std::initializer_list<Prepared> statements);

  // Rows changed since the connection was opened.
  std::int64_t TotalChanges() const;

  // True between BEGIN and COMMIT or ROLLBACK.
  bool InTransaction() const;

  // What SQLite answered with `code`, as a status:
  //   RESOURCE_EXHAUSTED  disk, memory or page quota is full
  //   DATA_LOSS           the file is damaged or no database
  //   UNAVAILABLE         another connection holds a lock
  //   FAILED_PRECONDITION the file cannot be opened or written
  //   INTERNAL            the rest, such as an input/output error
  absl::Status StatusOf(int code, absl::string_view doing) const;

  // If an error makes SQLite roll the whole transaction back (a full disk),
  // what a job runs afterwards would be committed statement by statement. So
  // the connection refuses everything with `lost()` until ForgetLost.
  const absl::Status& lost() const { return lost_; }
  void ForgetLost() { lost_ = absl::OkStatus(); }
  // Marks that a transaction is expected to be open from now on, or not.
  void ExpectTransaction(bool expected) { expects_transaction_ = expected; }

  // Pages in the WAL after the last commit of this connection.
  int wal_pages() const { return wal_pages_; }
  // Copies what can be copied without waiting for readers (PASSIVE), or also
  // empties the file (TRUNCATE; UNAVAILABLE if a reader is in the way, or, if
  // `patient`, is so for a second).
  absl::Status Checkpoint(bool truncate, bool patient = false);

  // Pages by which the WAL has grown since it was last copied or began anew.
  int wal_growth() const;
  // Copies what can be copied if it has grown by `pages`. Nothing committed is
  // lost if that fails: it is tried when it has grown as much again.
  void CheckpointAfter(int pages);
  // Waits until the file and its WAL are on the disk as they are now.
  absl::Status Sync();

  sqlite3* handle() const { return handle_.get(); }

 private:
  friend class Run;
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  absl::Status Configure(Mode mode);
  // The status of a failed step; notes a lost transaction.
  absl::Status Failed(int code, absl::string_view doing);
  static int OnCommit(void* self, sqlite3* handle, const char* name, int pages);

  std::unique_ptr<sqlite3, CloseConnection> handle_;
  absl::Status lost_;
  bool expects_transaction_ = false;
  int wal_pages_ = 0;
  int copied_pages_ = 0;  // of them
};

// A value to bind as a BLOB instead of TEXT.
struct Bytes {
  absl::string_view bytes;
};

// One run of a statement: binds at construction, resets at destruction.
//
//   Run run(find_, key.country, key.id);
//   MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
//   if (found) revision = run.Unsigned(0);
class Run {
 public:
  template <typename... Args>
  explicit Run(const Statement& statement, const Args&... args)
      : Run(statement, Unbound()) {
    int column = 0;
    (Bind(++column, args), ...);
  }
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Runs `statement` to its end, ignoring rows. Cheaper than a Run, because the
  // arguments outlive it and need not be copied.
  template <typename... Args>
  static absl::Status Once(const Statement& statement, const Args&... args) {
    Run run(statement, Unbound());
    run.copies_ = false;
    int column = 0;
    (run.Bind(++column, args), ...);
    return run.Finish();
  }

  // True if there is a row. A value that could not be bound fails here.
  absl::StatusOr<bool> Next();
  // Runs to the end, ignoring rows.
  absl::Status Finish();

  // Row number of the newest row inserted into a table that has them. RETURNING
  // would say it too, but makes SQLite keep a journal for the statement.
  std::int64_t LastRow() const;
  // Rows that the statement, run to its end, has changed.
  std::int64_t Changes() const;

  // Columns of the current row, from 0. Views live until the next call of Next.
  bool IsNull(int column) const;
  std::int64_t Int(int column) const;
  std::uint64_t Unsigned(int column) const {
    return static_cast<std::uint64_t>(Int(column));
  }
  double Real(int column) const;
  absl::string_view View(int column) const;
  std::string String(int column) const { return std::string(View(column)); }
  // DATA_LOSS if the column does not hold such a value.
  absl::StatusOr<Digest> DigestAt(int column) const;
  absl::StatusOr<Country> CountryAt(int column) const;
  absl::StatusOr<RecordKind> KindAt(int column) const;

 private:
  struct Unbound {};
  Run(const Statement& statement, Unbound);

  void Bind(int column, int value) {
    Bind(column, static_cast<std::int64_t>(value));
  }
  void Bind(int column, std::int64_t value);
  // INVALID_ARGUMENT (from Next) beyond 2^63 - 1, which SQLite cannot hold.
  void Bind(int column, std::uint64_t value);
  void Bind(int column, std::nullptr_t);
  void Bind(int column, absl::string_view text);
  void Bind(int column, Bytes blob);
  void Bind(int column, const Digest& digest) {
    Bind(column, Bytes{AsView(digest)});
  }
  void Bind(int column, const Country& country);
  void Bind(int column, RecordKind kind) {
    Bind(column, static_cast<std::int64_t>(kind));
  }

  sqlite3_stmt* statement_;
  Connection* connection_;
  int bind_error_ = 0;
  bool copies_ = true;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_CONNECTION_H_
