#ifndef MINGA_STORAGE_SQLITE_SEARCH_WRITER_H_
#define MINGA_STORAGE_SQLITE_SEARCH_WRITER_H_

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "storage/search_index.h"
#include "storage/sqlite/boot_mark.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/stemmer.h"

namespace minga::storage::sqlite {

// The one connection that changes the search index. Threads: one at a time.
class SearchWriter {
 public:
  static absl::StatusOr<std::unique_ptr<SearchWriter>> Open(
      const BootMark& mark, std::unique_ptr<Connection> connection);
  // Clears the mark.
  ~SearchWriter();

  // See SearchIndex.
  absl::Status Apply(const std::vector<SearchDocument>& put,
                     const std::vector<RowNo>& gone,
                     const IndexPosition& position);
  absl::StatusOr<bool> Merge();
  absl::StatusOr<bool> Tidy();

 private:
  SearchWriter(const BootMark& mark, std::unique_ptr<Connection> connection)
      : mark_(mark), connection_(std::move(connection)) {}

  absl::Status Prepare();
  template <typename Changes>
  absl::Status InTransaction(const Changes& changes);
  absl::Status Add(const SearchDocument& document);
  // Sets `removed` if the row was there.
  absl::Status Remove(RowNo row, bool& removed);
  absl::Status SetPosition(const IndexPosition& position);
  absl::Status SetUntidy(bool untidy);
  // See kMerge. True if something was left to merge.
  absl::StatusOr<bool> MergePages(const Statement& merge, int pages);
  // As MergePages, of the next table in which something is left.
  absl::StatusOr<bool> MergeSome(int pages);

  const BootMark mark_;
  const std::unique_ptr<Connection> connection_;
  Statement begin_;
  Statement commit_;
  Statement find_;
  Statement add_doc_;
  Statement add_text_;
  Statement remove_doc_;
  Statement remove_text_;
  Statement set_position_;
  Statement untidy_;
  Statement set_untidy_;
  std::array<Statement, kLanguages> add_words_;
  std::array<Statement, kLanguages> remove_words_;
  std::array<Statement, kLanguages> merge_;
  std::size_t next_merge_ = 0;  // in turn
  bool ready_ = false;          // Open has succeeded
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_SEARCH_WRITER_H_
