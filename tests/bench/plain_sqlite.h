// Plain SQLite: the baseline of benchmarks of what is stored.
#ifndef MINGA_TESTS_BENCH_PLAIN_SQLITE_H_
#define MINGA_TESTS_BENCH_PLAIN_SQLITE_H_

#include <sqlite3.h>

#include <string>

#include "tests/bench/bench_node.h"

namespace minga::testing {

// A database of plain statements, as durable as a node's.
class Plain {
 public:
  Plain(const std::string& path, const char* table, const char* statement) {
    if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) Die(path);
    Run("PRAGMA journal_mode=WAL");
    Run("PRAGMA synchronous=FULL");
    Run(table);
    if (sqlite3_prepare_v2(db_, statement, -1, &statement_, nullptr) !=
        SQLITE_OK) {
      Die(sqlite3_errmsg(db_));
    }
  }
  ~Plain() {
    sqlite3_finalize(statement_);
    sqlite3_close(db_);
  }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  void Run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      Die(sqlite3_errmsg(db_));
    }
  }
  void Step() {
    if (sqlite3_step(statement_) != SQLITE_DONE) Die(sqlite3_errmsg(db_));
    sqlite3_reset(statement_);
  }
  sqlite3_stmt* statement() { return statement_; }

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace minga::testing

#endif  // MINGA_TESTS_BENCH_PLAIN_SQLITE_H_
