// A log in a database of its own, with its index, for tests.
#ifndef MINGA_TESTS_UNIT_AUDIT_STORED_LOG_H_
#define MINGA_TESTS_UNIT_AUDIT_STORED_LOG_H_

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/audit/finder.h"
#include "node/audit/log_indexer.h"
#include "node/base/random.h"
#include "storage/audit_chain.h"
#include "storage/sqlite/sqlite.h"

namespace minga::audit {

inline constexpr Country kColombia = Country::Of("CO");

class StoredLog {
 public:
  StoredLog() {
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-log-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    storage::SqliteOptions options;
    options.path = folder_ + "/minga.db";
    options.own = kColombia;
    options.node_key = std::string(32, 'k');
    options.random = &random_;
    database = Must(storage::OpenSqliteDatabase(options));
    OpenIndex();
  }
  ~StoredLog() {
    index.reset();
    database.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  StoredLog(const StoredLog&) = delete;
  StoredLog& operator=(const StoredLog&) = delete;

  template <typename T>
  static T Must(absl::StatusOr<T> value) {
    INFO(value.status());
    REQUIRE(value.ok());
    return *std::move(value);
  }

  void OpenIndex() {
    index.reset();
    index = Must(storage::OpenSqliteAuditIndex(IndexPath()));
  }
  std::string IndexPath() const { return folder_ + "/audit-index.db"; }

  void Append(const std::vector<v1::AuditEntry>& entries) {
    const absl::Status written =
        database->Write([&](storage::Transaction& transaction) -> absl::Status {
          for (const v1::AuditEntry& entry : entries) {
            const auto index_of =
                transaction.audit().Append(federation::EntryBytes(entry));
            if (!index_of.ok()) return index_of.status();
          }
          return absl::OkStatus();
        });
    INFO(written);
    REQUIRE(written.ok());
  }

  // Closes the log, of which `size` is the number of entries.
  void Close(std::uint64_t size) {
    const absl::Status closed =
        database->Write([&](storage::Transaction& t) -> absl::Status {
          const absl::Status saved = t.audit().SaveCheckpoint("note", size);
          if (!saved.ok()) return saved;
          return storage::AuditChain::Of(t.audit())->Close();
        });
    INFO(closed);
    REQUIRE(closed.ok());
  }

  // Indexes all full segments.
  void CatchUp() {
    LogIndexer indexer(database.get(), index.get(), kColombia);
    while (Must(indexer.Step())) {
    }
  }

  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::AuditIndex> index;

 private:
  SystemRandom random_;
  std::string folder_;
};

}  // namespace minga::audit

#endif  // MINGA_TESTS_UNIT_AUDIT_STORED_LOG_H_
