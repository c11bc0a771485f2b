// The search index is written without waiting for the disk: what is left of it
// after the process died, and after the machine did.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/search_index.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

constexpr char kOtherRun[] = "11111111-2222-3333-4444-555555555555";

absl::Status Add(SearchIndex& index, RowNo row) {
  SearchDocument document;
  document.row = row;
  document.key = {kColombia, RecordKind::kVacancy, absl::StrCat(row)};
  document.language = "es";
  document.title = "soldador";
  return index.Apply({document}, {}, {row, 0});
}

struct Folder {
  std::unique_ptr<SearchIndex> Open() const {
    return Must(OpenSqliteSearchIndex(path));
  }
  // Without blanks.
  std::string Mark() const {
    std::ifstream file(path + "-boot");
    std::string mark;
    file >> mark;
    return mark;
  }
  void SetMark(const std::string& mark) const {
    std::ofstream(path + "-boot") << mark;
  }
  // How many documents are found, which are the first ones.
  RowNo Found() const {
    const auto index = Open();
    SearchQuery query;
    query.text = "soldador";
    query.limit = 200;
    const auto hits = static_cast<RowNo>(Must(index->Search(query)).size());
    CHECK(Must(index->Position()).row == hits);
    return hits;
  }
  // Writes documents in another process, which is killed once it has told of
  // twenty. Returns of how many it told.
  RowNo WriteUntilKilled() const {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      close(ends[0]);
      const auto index = OpenSqliteSearchIndex(path);
      for (RowNo row = 1; index.ok() && Add(**index, row).ok(); ++row) {
        if (write(ends[1], "+", 1) != 1) break;
      }
      _exit(1);
    }
    close(ends[1]);
    RowNo told = 0;
    char byte = 0;
    while (told < 20 && read(ends[0], &byte, 1) == 1) ++told;
    kill(child, SIGKILL);
    while (read(ends[0], &byte, 1) == 1) ++told;
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    return told;
  }

  TemporaryFolder folder;
  const std::string path = folder / "search.db";
};

TEST_CASE_METHOD(Folder, "an index loses nothing with its process",
                 "[storage][sqlite][search]") {
  const RowNo told = WriteUntilKilled();
  REQUIRE(told >= 20);
  CHECK(Mark().size() == 36);
  SECTION("in the same run of the machine") { CHECK(Found() >= told); }
  SECTION("which is not known to be the same") {
    SetMark("unknown");
    CHECK(Found() == 0);
  }
  SECTION("in another run of the machine") {
    SetMark(kOtherRun);
    CHECK(Found() == 0);
  }
  SECTION("which cannot be removed") {
    SetMark(kOtherRun);
    REQUIRE(std::filesystem::remove(path));
    REQUIRE(std::filesystem::create_directories(path + "/kept"));
    CHECK(absl::IsFailedPrecondition(OpenSqliteSearchIndex(path).status()));
    CHECK(Mark() == kOtherRun);
  }
  SECTION("whose mark cannot be read") {
    REQUIRE(std::filesystem::remove(path + "-boot"));
    REQUIRE(std::filesystem::create_directory(path + "-boot"));
    CHECK(absl::IsFailedPrecondition(OpenSqliteSearchIndex(path).status()));
    REQUIRE(std::filesystem::remove(path + "-boot"));
  }
}

TEST_CASE_METHOD(Folder, "an index that was closed outlives the machine",
                 "[storage][sqlite][search]") {
  {
    const auto index = Open();
    for (RowNo row = 1; row <= 30; ++row) MINGA_CHECK_OK(Add(*index, row));
  }
  CHECK(Mark().empty());
  CHECK(std::filesystem::file_size(path + "-boot") == 36);
  CHECK(Found() == 30);
  // Damaged beyond opening: made anew, and marked all the same.
  std::ofstream(path, std::ios::binary) << std::string(9000, 'g');
  const auto index = Open();
  CHECK(Must(index->Position()).row == 0);
  CHECK(Mark().size() == 36);
}

TEST_CASE_METHOD(Folder, "an index that is read while it closes is not blank",
                 "[storage][sqlite][search]") {
  auto index = Open();
  MINGA_CHECK_OK(Add(*index, 1));
  sqlite3* reader = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &reader) == SQLITE_OK);
  REQUIRE(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM doc", nullptr,
                       nullptr, nullptr) == SQLITE_OK);
  MINGA_CHECK_OK(Add(*index, 2));
  index.reset();
  CHECK(Mark().size() == 36);
  sqlite3_close(reader);
  CHECK(Found() == 2);
  CHECK(Mark().empty());
}

}  // namespace
}  // namespace minga::storage
