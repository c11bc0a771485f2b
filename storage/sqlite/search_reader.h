#ifndef MINGA_STORAGE_SQLITE_SEARCH_READER_H_
#define MINGA_STORAGE_SQLITE_SEARCH_READER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/search_index.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// One pooled connection of the search index. Threads: one at a time.
class SearchReader {
 public:
  static absl::StatusOr<std::unique_ptr<SearchReader>> Open(
      const std::string& path);

  // See SearchIndex.
  absl::StatusOr<IndexPosition> Position() const;
  absl::StatusOr<std::vector<SearchHit>> Search(const SearchQuery& query) const;

 private:
  explicit SearchReader(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  const std::unique_ptr<Connection> connection_;
  Statement position_;
  Statement by_words_;
  Statement newest_;
};

// `text` as an FTS5 query: each word quoted, all must occur. Nothing in it is
// taken as syntax. Empty if there are no words.
std::string WordsQuery(absl::string_view text);

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_SEARCH_READER_H_
