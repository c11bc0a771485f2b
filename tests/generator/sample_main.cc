// minga-sample: writes sample vacancies and profiles as JSON Lines, in the form
// that `minga import` reads.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/pes.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/import/jsonl.h"
#include "tests/generator/sample_generator.h"

namespace minga::testing {
namespace {

struct Options {
  std::string country;
  std::uint64_t vacancies = 250;
  std::uint64_t profiles = 150;
  std::uint64_t seed = 1;
  std::string as_of;
  std::string out;
};

class LineFile {
 public:
  explicit LineFile(const std::filesystem::path& path)
      : path_(path), file_(path, std::ios::binary | std::ios::trunc) {}

  absl::Status Add(const v1::Record& record, const v1::Consent* consent) {
    MINGA_ASSIGN_OR_RETURN(const std::string line,
                           importing::FormatRecordLine(record, consent));
    file_ << line << '\n';
    return Written();
  }

  absl::Status Close() {
    file_.close();
    return Written();
  }

 private:
  absl::Status Written() const {
    if (file_.good()) return absl::OkStatus();
    return absl::UnknownError(
        absl::StrCat("cannot write `", path_.string(), "`"));
  }

  const std::filesystem::path path_;
  std::ofstream file_;
};

absl::Status Write(const Options& options) {
  MINGA_ASSIGN_OR_RETURN(const Country country,
                         Country::Parse(options.country));
  if (!SampleGenerator::Knows(country)) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are no words for country `", options.country,
                     "`: expected AR BR CL CO CR EC MX PA PE PY or UY"));
  }
  absl::CivilDay as_of = DayOf(absl::Now());
  if (!options.as_of.empty()) {
    MINGA_ASSIGN_OR_RETURN(as_of, ParseDay(options.as_of));
  }
  const SampleGenerator generator(options.seed, as_of);
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  if (error) {
    return absl::UnknownError(absl::StrCat("cannot make folder `", options.out,
                                           "`: ", error.message()));
  }
  const std::filesystem::path folder(options.out);
  LineFile vacancies(folder / "vacancies.jsonl");
  for (std::uint64_t n = 0; n < options.vacancies; ++n) {
    v1::Record record;
    *record.mutable_vacancy() = generator.Vacancy(country, n);
    MINGA_RETURN_IF_ERROR(vacancies.Add(record, nullptr));
  }
  MINGA_RETURN_IF_ERROR(vacancies.Close());
  LineFile profiles(folder / "profiles.jsonl");
  for (std::uint64_t n = 0; n < options.profiles; ++n) {
    SamplePerson person = generator.Person(country, n);
    v1::Record record;
    *record.mutable_profile() = std::move(person.profile);
    MINGA_RETURN_IF_ERROR(profiles.Add(
        record, person.consent.has_value() ? &*person.consent : nullptr));
  }
  return profiles.Close();
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Writes invented vacancies and profiles as JSON Lines");
  app.add_option("--country", options.country, "ISO 3166-1 code, as CO")
      ->required();
  app.add_option("--vacancies", options.vacancies, "How many")
      ->capture_default_str();
  app.add_option("--profiles", options.profiles, "How many")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Same seed, same sample")
      ->capture_default_str();
  app.add_option("--as-of", options.as_of,
                 "Day on which it looks fresh, YYYY-MM-DD; today without it");
  app.add_option("--out", options.out,
                 "Folder for vacancies.jsonl and profiles.jsonl")
      ->required();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Write(options);
  if (!status.ok()) {
    std::fprintf(stderr, "minga-sample: %s\n",
                 std::string(status.message()).c_str());
    return 1;
  }
  std::printf("%s: %llu vacancies, %llu profiles\n", options.out.c_str(),
              static_cast<unsigned long long>(options.vacancies),
              static_cast<unsigned long long>(options.profiles));
  return 0;
}

}  // namespace
}  // namespace minga::testing

int main(int argc, char** argv) { return minga::testing::Main(argc, argv); }
