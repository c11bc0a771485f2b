// `minga anonymity file` on the public data sets: what it writes is counted
// again, and its numbers are those of the search.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <sys/wait.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "policy/anonymity/search.h"
#include "tests/conformance/anonymity/data_set.h"

namespace minga::policy::anonymity {
namespace {

namespace fs = std::filesystem;

struct Answer {
  int exit_code = -1;
  std::string text;  // of both streams
};

Answer Minga(const std::string& arguments) {
  const char* build = std::getenv("MINGA_BINARY_DIR");
  REQUIRE(build != nullptr);
  const std::string command = absl::StrCat(
      "'", build, "/bin/minga' anonymity file ", arguments, " 2>&1");
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Answer answer;
  std::array<char, 4096> buffer;
  std::size_t read = 0;
  while ((read = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    answer.text.append(buffer.data(), read);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) answer.exit_code = WEXITSTATUS(status);
  return answer;
}

google::protobuf::Struct Json(const Answer& answer) {
  google::protobuf::Struct json;
  INFO(answer.text);
  CHECK(answer.exit_code == 0);
  REQUIRE(google::protobuf::util::JsonStringToMessage(answer.text, &json).ok());
  return json;
}

double Number(const google::protobuf::Struct& json, const std::string& name) {
  const auto field = json.fields().find(name);
  REQUIRE(field != json.fields().end());
  return field->second.number_value();
}

const google::protobuf::Struct& Part(const google::protobuf::Struct& json,
                                     const std::string& name) {
  const auto field = json.fields().find(name);
  REQUIRE(field != json.fields().end());
  return field->second.struct_value();
}

// Records by what they look like, counted from the file that was written.
std::map<std::string, std::uint64_t> Classes(const fs::path& path) {
  std::ifstream in(path);
  REQUIRE(in.good());
  std::map<std::string, std::uint64_t> classes;
  std::string line;
  std::getline(in, line);  // names of the columns
  while (std::getline(in, line)) ++classes[line];
  return classes;
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "minga-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

// Writes what is shown, and counts it again.
void CheckWritten(const fs::path& data, const std::string& options,
                  std::uint32_t k) {
  const Folder folder;
  std::string table = (data / data.filename()).string() + ".csv";
  if (!fs::exists(table)) table += ".gz";
  const fs::path out = folder / "out.csv";
  const auto json =
      Json(Minga(absl::StrCat("--json --data '", table, "' --hierarchies '",
                              (data / "hierarchies").string(), "' --k ", k,
                              " --out '", out.string(), "' ", options)));
  const std::map<std::string, std::uint64_t> classes = Classes(out);
  std::uint64_t records = 0;
  std::uint64_t smallest = ~std::uint64_t{0};
  for (const auto& [look, members] : classes) {
    records += members;
    smallest = std::min(smallest, members);
  }
  const google::protobuf::Struct& after = Part(json, "after");
  CHECK(smallest >= k);
  CHECK(static_cast<double>(records) == Number(after, "records"));
  CHECK(static_cast<double>(records) + Number(json, "left_out") ==
        Number(json, "records"));
  // Rungs of a ladder may look alike, so that fewer classes are to be told.
  CHECK(static_cast<double>(classes.size()) <= Number(after, "classes"));
  CHECK(Number(after, "prosecutor_max") <= 1.0 / k);
}

}  // namespace

TEST_CASE("the command finds what the search finds, and writes it",
          "[anonymity][conformance]") {
  for (const std::string name : {"adult", "cahousing", "cmc", "mgm"}) {
    DYNAMIC_SECTION(name) {
      const auto data = FindDataSet(name);
      if (!data.has_value()) {
        WARN("SKIPPED: no data set " << name);
        return;
      }
      const absl::StatusOr<DataSet> set = LoadDataSet(*data);
      REQUIRE(set.ok());
      Aim aim;
      aim.k = 5;
      aim.suppression_limit = 0.02;
      const auto found =
          FindGeneralisation(set->hierarchies, set->histogram, aim);
      REQUIRE(found.ok());
      std::string table = (*data / name).string() + ".csv";
      if (!fs::exists(table)) table += ".gz";
      const auto json = Json(Minga(absl::StrCat(
          "--json --suppression 0.02 --data '", table, "' --hierarchies '",
          (*data / "hierarchies").string(), "'")));
      CHECK(Number(json, "loss") == Approx(found->loss));
      CHECK(Number(json, "left_out") == static_cast<double>(found->suppressed));
      CHECK(Number(Part(json, "after"), "classes") ==
            static_cast<double>(found->classes));
      CheckWritten(*data, "", 5);
      CheckWritten(*data, "--suppression 0.05", 10);
      CheckWritten(*data, "--ladder", 5);
    }
  }
}

TEST_CASE("a small table is told before and after", "[anonymity]") {
  const Folder folder;
  const std::string people = folder.Write(
      "people.csv",
      "id,isco,months,note\n1,7212,3,a\n2,7213,7,b\n3,2221,40,c\n");
  const std::string everybody = folder.Write(
      "all.csv", "isco,months\n7212,3\n7212,4\n7213,7\n2221,40\n2222,41\n");
  const std::string rules =
      folder.Write("isco.csv", "*;prefix:3;prefix:2;prefix:1;*\n");
  const std::string months = folder.Write(
      "months.csv", "0-11;0-23;*\n12-23;0-23;*\n24-1200;24-1200;*\n");
  const std::string words =
      absl::StrCat("--data ", people, " --hierarchy isco=", rules,
                   " --hierarchy months=", months);
  const std::string out = (folder / "out.csv").string();
  const auto json = Json(Minga(absl::StrCat("--json --k 2 --suppression 0.4 ",
                                            words, " --population ", everybody,
                                            " --keep note --out ", out)));
  const std::map<std::string, std::uint64_t> expected = {{"721,0-11,a", 1},
                                                         {"721,0-11,b", 1}};
  CHECK(Classes(out) == expected);
  CHECK(Number(json, "left_out") == 1);
  const google::protobuf::Struct& after = Part(json, "after");
  CHECK(Number(after, "prosecutor_max") == 0.5);
  // Of the population three are metal workers of less than a year.
  CHECK(Number(after, "journalist_max") == Approx(1.0 / 3));
  CHECK(Number(after, "marketer") == Approx(1.0 / 3));
  const Answer text = Minga(absl::StrCat("--k 2 --suppression 0.4 ", words));
  INFO(text.text);
  CHECK(text.exit_code == 0);
  CHECK(text.text.find("isco") != std::string::npos);
  CHECK(text.text.find("prosecutor risk") != std::string::npos);
  CHECK(text.text.find("2221, 24-1200 (1)") != std::string::npos);
}

TEST_CASE("what is wrong with a table is told with its place", "[anonymity]") {
  const Folder folder;
  const std::string table = folder.Write("t.csv", "age;sex\n20;f\n21;m\nx;m\n");
  const std::string age = folder.Write("age.csv", "20;2x;*\n21;2x;*\n");
  const std::string bad = folder.Write("bad.csv", "20;2x\n21\n");
  const Answer value =
      Minga(absl::StrCat("--data ", table, " --hierarchy age=", age));
  CHECK(value.exit_code == 3);
  CHECK(value.text == absl::StrCat("minga: ", table,
                                   ":4: the hierarchy age has no value `x`\n"));
  const Answer hierarchy =
      Minga(absl::StrCat("--data ", table, " --hierarchy age=", bad));
  CHECK(hierarchy.exit_code == 3);
  CHECK(hierarchy.text ==
        absl::StrCat("minga: ", bad, ":2: expected 2 columns, found 1\n"));
  CHECK(Minga(absl::StrCat("--data ", table, " --hierarchy height=", age))
            .text.find(":1: no column `height`") != std::string::npos);
  CHECK(Minga(absl::StrCat("--data ", table, ".none --hierarchy age=", age))
            .exit_code == 4);
  const std::string two = folder.Write("two.csv", "age\n20\n21\n");
  CHECK(Minga(absl::StrCat("--data ", two, " --hierarchy age=", age, " --k 3"))
            .exit_code == 4);
  CHECK(Minga(absl::StrCat("--data ", two, " --hierarchy age=", age, " --k 0"))
            .exit_code == 2);
  CHECK(Minga(absl::StrCat("--data ", two, " --hierarchy age=", age,
                           " --k 2 --finest age=9"))
            .exit_code == 3);
}

}  // namespace minga::policy::anonymity
