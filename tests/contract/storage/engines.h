// The implementations that the contract tests of storage run on. A test is a
// TEMPLATE_TEST_CASE over engines; another engine is one more class with the
// same three methods.
#ifndef MINGA_TESTS_CONTRACT_STORAGE_ENGINES_H_
#define MINGA_TESTS_CONTRACT_STORAGE_ENGINES_H_

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>

#include "node/base/ids.h"
#include "node/base/random.h"
#include "storage/database.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/temporary_folder.h"

// OK, or the status in the report.
#define MINGA_CHECK_OK(expression)              \
  do {                                          \
    const absl::Status minga_s_ = (expression); \
    INFO(minga_s_);                             \
    REQUIRE(minga_s_.ok());                     \
  } while (false)

namespace minga::storage {

inline const Country kColombia = Country::Of("CO");
inline const Country kEcuador = Country::Of("EC");
inline const Country kPeru = Country::Of("PE");

// The value, or the test fails with the status.
template <typename T>
T Must(absl::StatusOr<T> value) {
  INFO(value.status());
  REQUIRE(value.ok());
  return *std::move(value);
}

using testing::TemporaryFolder;

// The database of Colombia in a temporary file.
class InSqlite {
 public:
  InSqlite() { Open(); }

  Database& database() { return *database_; }
  // Closes and opens again: what is in memory only is lost.
  void Reopen() {
    database_.reset();
    Open();
  }

  SqliteOptions Options() {
    SqliteOptions options;
    options.path = folder_ / "node.db";
    options.keys = folder_ / "keys.db";
    options.own = kColombia;
    options.node_key = std::string(32, 'k');
    options.random = &random_;
    return options;
  }
  void Close() { database_.reset(); }

 private:
  void Open() { database_ = Must(OpenSqliteDatabase(Options())); }

  TemporaryFolder folder_;
  SystemRandom random_;
  std::unique_ptr<Database> database_;
};

// Of whom nothing is drafted yet.
inline PersonDraft Somebody(const std::string& person) {
  PersonDraft draft;
  draft.person = person;
  return draft;
}

// Writes and reads that have to succeed.
inline void Write(Database& database,
                  const std::function<absl::Status(Transaction&)>& job) {
  MINGA_CHECK_OK(database.Write(job));
}
inline void Read(Database& database,
                 const std::function<void(const Snapshot&)>& read) {
  MINGA_CHECK_OK(database.Read([&](const Snapshot& snapshot) {
    read(snapshot);
    return absl::OkStatus();
  }));
}

}  // namespace minga::storage

#endif  // MINGA_TESTS_CONTRACT_STORAGE_ENGINES_H_
