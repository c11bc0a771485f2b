#include "node/exchange/import/reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "tests/unit/import/import_test_support.h"

namespace minga::importing {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "minga-import-XXXXXX");
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  std::string Write(const std::string& name, const std::string& data) const {
    std::ofstream(path_ / name, std::ios::binary) << data;
    return path_ / name;
  }
  std::string path() const { return path_; }

 private:
  fs::path path_;
};

std::string ReadWhole(ByteSource& source, std::size_t step) {
  std::string all;
  std::string part(step, '\0');
  while (true) {
    const auto size = source.Read(absl::MakeSpan(part));
    INFO(size.status());
    REQUIRE(size.ok());
    if (*size == 0) return all;
    all.append(part, 0, *size);
  }
}

absl::Status ReadUntilError(ByteSource& source) {
  std::string part(1000, '\0');
  while (true) {
    const auto size = source.Read(absl::MakeSpan(part));
    if (!size.ok()) return size.status();
    if (*size == 0) return absl::OkStatus();
  }
}

TEST_CASE("each thing that is no readable file has its own error",
          "[import][reader]") {
  const Folder folder;
  const auto error = [](const std::string& path) {
    return OpenRecords(path, {}).status();
  };
  CHECK(error(folder.path() + "/none").code() == absl::StatusCode::kNotFound);
  CHECK(error(folder.path() + "/none").message() ==
        "no such file: `" + folder.path() + "/none`");
  CHECK(error(folder.path()).code() == absl::StatusCode::kFailedPrecondition);
  const std::string empty = folder.Write("empty", "");
  CHECK(error(empty).message() == "`" + empty + "` is empty");
  const std::string secret = folder.Write("secret", "x");
  REQUIRE(chmod(secret.c_str(), 0) == 0);
  if (geteuid() == 0) {
    WARN("SKIPPED: root may read every file");
  } else {
    CHECK(error(secret).code() == absl::StatusCode::kPermissionDenied);
  }
}

TEST_CASE("a kind that cannot be imported is refused", "[import][reader]") {
  ReadOptions options;
  options.bare_kind = RecordKind::kComplaint;
  CHECK(ReadRecords(BytesOf("{}"), options).status().message() ==
        "records of kind `complaint` cannot be imported: expected `vacancy` or "
        "`profile`");
}

TEST_CASE("gzip is recognised by its bytes", "[import][reader]") {
  const Folder folder;
  const std::string line = "{\"vacancy\": {\"id\": \"1\"}}\n";
  const std::string path = folder.Write("no-suffix", Gzip(line + line));
  auto source = OpenRecords(path, {});
  REQUIRE(source.ok());
  CHECK((*source)->progress().total_bytes == fs::file_size(path));
  CHECK(ReadAll(**source).size() == 2);
  CHECK((*source)->progress().read_bytes == fs::file_size(path));
}

TEST_CASE("gzip in any pieces, several members, padding", "[import][reader]") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919) + ",";
  const std::string packed = Gzip(text);
  for (const std::size_t step : {1U, 7U, 65'536U, 1'000'000U}) {
    CHECK(ReadWhole(*BytesOf(packed), step) == text);
  }
  CHECK(ReadWhole(*BytesOf(packed + Gzip("") + Gzip("end")), 100) ==
        text + "end");
  CHECK(ReadWhole(*BytesOf(packed + std::string(1024, '\0')), 100) == text);
  CHECK(ReadWhole(*BytesOf("\x1f"), 10) == "\x1f");
  CHECK(ReadWhole(*BytesOf(""), 10).empty());
}

TEST_CASE("damaged gzip is an error, not an end", "[import][reader]") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * 7919) + ",";
  const std::string packed = Gzip(text);
  const auto code = [](const std::string& data) {
    return ReadUntilError(*BytesOf(data)).code();
  };
  REQUIRE(code(packed) == absl::StatusCode::kOk);
  for (const std::size_t cut :
       {2UL, 9UL, packed.size() / 2, packed.size() - 1}) {
    INFO(cut);
    CHECK(code(packed.substr(0, cut)) == absl::StatusCode::kDataLoss);
  }
  std::string flipped = packed;
  flipped[packed.size() / 2] = static_cast<char>(~flipped[packed.size() / 2]);
  CHECK(code(flipped) == absl::StatusCode::kDataLoss);
  CHECK(code(packed + "rubbish") == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(
      ReadUntilError(*BytesOf(packed.substr(0, 20))).message(), "ends early"));
}

TEST_CASE("a gzip bomb is one bad row", "[import][reader]") {
  // 200 MB of one line in some 200 KB.
  const std::string packed =
      Gzip("id,b\n" + std::string(200'000'000, 'x') + "\n1,2\n");
  REQUIRE(packed.size() < 300'000);
  const auto rows = ReadCsv(
      "[source]\nformat = \"csv\"\nkind = \"vacancy\"\n"
      "[id]\ncolumns = [\"id\"]\n[columns]\nb = \"provenance\"\n",
      packed);
  REQUIRE(rows.size() == 2);
  CHECK_FALSE(rows[0].status.ok());
  CHECK(rows[1].record->vacancy().id() == "1");
}

TEST_CASE("mappings are read from files", "[import][reader]") {
  const Folder folder;
  const std::string path = folder.Write("m.toml", "[source");
  const auto mapping = Mapping::Load(path);
  REQUIRE_FALSE(mapping.ok());
  CHECK(absl::StartsWith(mapping.status().message(), path + ":1:"));
  CHECK(Mapping::Load(folder.path() + "/none").status().code() ==
        absl::StatusCode::kNotFound);
  const std::string large =
      folder.Write("large.toml", std::string(1024 * 1024 + 1, '#'));
  CHECK(Mapping::Load(large).status().message() ==
        large + ": mapping is longer than 1048576 bytes");
}

}  // namespace
}  // namespace minga::importing
