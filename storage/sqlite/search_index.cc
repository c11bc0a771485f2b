#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/sqlite/boot_mark.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/derived_file.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/pool.h"
#include "storage/sqlite/search_reader.h"
#include "storage/sqlite/search_schema.h"
#include "storage/sqlite/search_writer.h"
#include "storage/sqlite/sqlite.h"
#include "storage/sqlite/tokenizer.h"

namespace minga::storage {
namespace sqlite {
namespace {

constexpr int kWriterCacheKib = 48 * 1024;

class SqliteSearchIndex final : public SearchIndex {
 public:
  SqliteSearchIndex(FileLock lock, std::unique_ptr<SearchWriter> writer,
                    const std::string& path)
      : lock_(std::move(lock)),
        writer_(std::move(writer)),
        readers_(kReadersMax, [path] { return SearchReader::Open(path); }) {}

  absl::Status Apply(const std::vector<SearchDocument>& put,
                     const std::vector<RowNo>& gone,
                     const IndexPosition& position) override {
    absl::MutexLock lock(&mutex_);
    return writer_->Apply(put, gone, position);
  }

  absl::StatusOr<IndexPosition> Position() const override {
    MINGA_ASSIGN_OR_RETURN(const Pool<SearchReader>::Lease reader,
                           readers_.Take());
    return reader->Position();
  }

  absl::StatusOr<std::vector<SearchHit>> Search(
      const SearchQuery& query) const override {
    MINGA_ASSIGN_OR_RETURN(const Pool<SearchReader>::Lease reader,
                           readers_.Take());
    return reader->Search(query);
  }

  absl::StatusOr<bool> Merge() override {
    absl::MutexLock lock(&mutex_);
    return writer_->Merge();
  }

  absl::StatusOr<bool> Tidy() override {
    absl::MutexLock lock(&mutex_);
    return writer_->Tidy();
  }

 private:
  // Destroyed from the end, see SqliteDatabase.
  const FileLock lock_;
  absl::Mutex mutex_;
  const std::unique_ptr<SearchWriter> writer_;
  mutable Pool<SearchReader> readers_;
};

absl::StatusOr<std::unique_ptr<SearchWriter>> OpenWriter(
    const std::string& path, const BootMark& mark) {
  MINGA_RETURN_IF_ERROR(MakePrivateFile(path));
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open(path, Connection::Mode::kReadWrite));
  MINGA_RETURN_IF_ERROR(
      connection->Exec(absl::StrCat("PRAGMA cache_size=-", kWriterCacheKib)));
  MINGA_RETURN_IF_ERROR(RegisterTokenizer(*connection));
  MINGA_RETURN_IF_ERROR(
      Migrate(*connection, kIndexApplication, SearchMigrations()));
  return SearchWriter::Open(mark, std::move(connection));
}

absl::StatusOr<std::unique_ptr<SearchIndex>> OpenIndex(
    const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(path));
  const BootMark mark(path);
  MINGA_RETURN_IF_ERROR(mark.Set());
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<SearchWriter> writer,
                         OpenDerived(path, [&mark](const std::string& name) {
                           return OpenWriter(name, mark);
                         }));
  return std::make_unique<SqliteSearchIndex>(std::move(lock), std::move(writer),
                                             path);
}

}  // namespace
}  // namespace sqlite

absl::StatusOr<std::unique_ptr<SearchIndex>> OpenSqliteSearchIndex(
    const std::string& path) {
  absl::StatusOr<std::unique_ptr<SearchIndex>> index = sqlite::OpenIndex(path);
  if (!index.ok()) return At(absl::StrCat("`", path, "`"), index.status());
  return index;
}

}  // namespace minga::storage
