#include "storage/sqlite/search_writer.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "node/base/status.h"
#include "storage/sqlite/search_schema.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kFind[] =
    "SELECT d.language, t.title, t.body FROM doc d CROSS JOIN text t"
    " ON t.row = d.row WHERE d.row = ?1";
constexpr char kAddDoc[] =
    "INSERT INTO doc (row, kind, open, country, occupation, subdivision,"
    " language, id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr char kAddText[] =
    "INSERT INTO text (row, title, body) VALUES (?1, ?2, ?3)";
constexpr char kRemoveDoc[] = "DELETE FROM doc WHERE row = ?1";
constexpr char kRemoveText[] = "DELETE FROM text WHERE row = ?1";
// Each names one row: an UPDATE of many may have to be undone by itself, and
// for that FTS5 writes the words that it has gathered so far to a segment.
constexpr char kSetPosition[] =
    "UPDATE position SET row = ?1, gone = ?2 WHERE one = 1";
constexpr char kUntidy[] = "SELECT untidy FROM position";
constexpr char kSetUntidy[] = "UPDATE position SET untidy = ?1 WHERE one = 1";
// $0: the table of a language.
constexpr char kAddWords[] =
    "INSERT INTO $0 (rowid, title, body) VALUES (?1, ?2, ?3)";
constexpr char kRemoveWords[] =
    "INSERT INTO $0 ($0, rowid, title, body) VALUES ('delete', ?1, ?2, ?3)";
// At most so many pages of a level that has enough segments; if negative, also
// of those that have not, until one segment is left.
constexpr char kMerge[] = "INSERT INTO $0 ($0, rank) VALUES ('merge', ?1)";

// Pages that one call of Merge writes: some milliseconds.
constexpr int kMergePages = 16;
// A page is merged with so many documents, if they come by hundreds: what a
// bulk load leaves to Merge grows slowly then.
constexpr std::size_t kDocumentsPerPage = 8;
// Pages that one call of Tidy merges in each table: some tens of milliseconds.
constexpr int kTidyPages = 500;
// 32 MB of pages of 4 KB.
constexpr int kWalPagesMax = 8192;
// Copied into the file between single changes, in a millisecond or two.
constexpr int kWalPagesInPause = 512;

}  // namespace

absl::StatusOr<std::unique_ptr<SearchWriter>> SearchWriter::Open(
    const BootMark& mark, std::unique_ptr<Connection> connection) {
  std::unique_ptr<SearchWriter> writer(
      new SearchWriter(mark, std::move(connection)));
  MINGA_RETURN_IF_ERROR(writer->Prepare());
  writer->ready_ = true;
  return writer;
}

SearchWriter::~SearchWriter() {
  // Of a file that could not be opened nothing is said.
  if (ready_) mark_.Clear(*connection_);
}

absl::Status SearchWriter::Prepare() {
  MINGA_RETURN_IF_ERROR(connection_->Exec("PRAGMA synchronous=OFF"));
  MINGA_RETURN_IF_ERROR(connection_->Prepare({{&begin_, "BEGIN IMMEDIATE"},
                                              {&commit_, "COMMIT"},
                                              {&find_, kFind},
                                              {&add_doc_, kAddDoc},
                                              {&add_text_, kAddText},
                                              {&remove_doc_, kRemoveDoc},
                                              {&remove_text_, kRemoveText},
                                              {&set_position_, kSetPosition},
                                              {&untidy_, kUntidy},
                                              {&set_untidy_, kSetUntidy}}));
  for (std::size_t i = 0; i < add_words_.size(); ++i) {
    const std::string add = absl::Substitute(kAddWords, kWordTables[i]);
    const std::string remove = absl::Substitute(kRemoveWords, kWordTables[i]);
    const std::string merge = absl::Substitute(kMerge, kWordTables[i]);
    MINGA_RETURN_IF_ERROR(connection_->Prepare({{&add_words_[i], add},
                                                {&remove_words_[i], remove},
                                                {&merge_[i], merge}}));
  }
  return absl::OkStatus();
}

template <typename Changes>
absl::Status SearchWriter::InTransaction(const Changes& changes) {
  MINGA_RETURN_IF_ERROR(Run(begin_).Finish());
  connection_->ExpectTransaction(true);
  absl::Status status = changes();
  if (status.ok()) status = connection_->lost();
  connection_->ExpectTransaction(false);
  if (status.ok()) status = Run(commit_).Finish();
  connection_->ForgetLost();
  if (!status.ok() && connection_->InTransaction()) {
    connection_->Exec("ROLLBACK").IgnoreError();
  }
  return status;
}

absl::Status SearchWriter::Apply(const std::vector<SearchDocument>& put,
                                 const std::vector<RowNo>& gone,
                                 const IndexPosition& position) {
  const absl::Status status = InTransaction([&]() -> absl::Status {
    bool removed = false;
    for (const RowNo row : gone) MINGA_RETURN_IF_ERROR(Remove(row, removed));
    for (const SearchDocument& document : put) {
      MINGA_RETURN_IF_ERROR(Remove(document.row, removed));
      MINGA_RETURN_IF_ERROR(Add(document));
    }
    if (removed) MINGA_RETURN_IF_ERROR(SetUntidy(true));
    MINGA_RETURN_IF_ERROR(SetPosition(position));
    const std::size_t pages = put.size() / kDocumentsPerPage;
    if (pages < kMergePages) return absl::OkStatus();
    return MergeSome(static_cast<int>(pages)).status();
  });
  MINGA_RETURN_IF_ERROR(status);
  connection_->CheckpointAfter(kWalPagesMax);
  return absl::OkStatus();
}

absl::Status SearchWriter::Add(const SearchDocument& document) {
  const Language language = LanguageOf(document.language);
  const auto table = static_cast<std::size_t>(language);
  MINGA_RETURN_IF_ERROR(Run(add_doc_, document.row, document.key.kind,
                            document.open ? 1 : 0, document.key.country,
                            document.occupation, document.subdivision,
                            static_cast<int>(language), document.key.id)
                            .Finish());
  MINGA_RETURN_IF_ERROR(
      Run(add_text_, document.row, document.title, document.body).Finish());
  return Run(add_words_[table], document.row, document.title, document.body)
      .Finish();
}

absl::Status SearchWriter::Remove(RowNo row, bool& removed) {
  {
    Run run(find_, row);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (!found) return absl::OkStatus();
    const std::int64_t language = run.Int(0);
    if (language < 0 || language >= kLanguages) {
      return absl::DataLossError("search index: unknown language");
    }
    const auto table = static_cast<std::size_t>(language);
    MINGA_RETURN_IF_ERROR(
        Run(remove_words_[table], row, run.View(1), run.View(2)).Finish());
  }
  MINGA_RETURN_IF_ERROR(Run(remove_text_, row).Finish());
  MINGA_RETURN_IF_ERROR(Run(remove_doc_, row).Finish());
  removed = true;
  return absl::OkStatus();
}

absl::Status SearchWriter::SetPosition(const IndexPosition& position) {
  return Run(set_position_, position.row, position.gone).Finish();
}

absl::Status SearchWriter::SetUntidy(bool untidy) {
  return Run(set_untidy_, untidy ? 1 : 0).Finish();
}

absl::StatusOr<bool> SearchWriter::MergePages(const Statement& merge,
                                              int pages) {
  const std::int64_t before = connection_->TotalChanges();
  MINGA_RETURN_IF_ERROR(Run(merge, pages).Finish());
  // FTS5 counts the command itself as one.
  return connection_->TotalChanges() - before >= 2;
}

absl::StatusOr<bool> SearchWriter::MergeSome(int pages) {
  for (std::size_t i = 0; i < merge_.size(); ++i) {
    const Statement& merge = merge_[next_merge_];
    next_merge_ = (next_merge_ + 1) % merge_.size();
    MINGA_ASSIGN_OR_RETURN(const bool more, MergePages(merge, pages));
    if (more) return true;
  }
  return false;
}

absl::StatusOr<bool> SearchWriter::Merge() {
  MINGA_ASSIGN_OR_RETURN(const bool more, MergeSome(kMergePages));
  connection_->CheckpointAfter(kWalPagesInPause);
  return more;
}

absl::StatusOr<bool> SearchWriter::Tidy() {
  {
    Run run(untidy_);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (!found || run.Int(0) == 0) return false;
  }
  bool more = false;
  MINGA_RETURN_IF_ERROR(InTransaction([&]() -> absl::Status {
    for (const Statement& merge : merge_) {
      MINGA_ASSIGN_OR_RETURN(const bool some, MergePages(merge, -kTidyPages));
      more |= some;
    }
    return more ? absl::OkStatus() : SetUntidy(false);
  }));
  // The WAL holds the old segments. If a reader is in its way, the next
  // checkpoint overwrites it.
  connection_->Checkpoint(/*truncate=*/!more).IgnoreError();
  return more;
}

}  // namespace minga::storage::sqlite
