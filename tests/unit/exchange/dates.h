// Records and laws with dates that pass, for the tests of what time changes.
#ifndef MINGA_TESTS_UNIT_EXCHANGE_DATES_H_
#define MINGA_TESTS_UNIT_EXCHANGE_DATES_H_

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "node/base/status.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {

// A vacancy without any date that could pass.
inline v1::Vacancy Timeless(absl::string_view id) {
  v1::Vacancy vacancy = SampleVacancy(id);
  vacancy.clear_closing_date();
  return vacancy;
}

inline v1::Vacancy Closing(absl::string_view id, absl::string_view day) {
  v1::Vacancy vacancy = SampleVacancy(id);
  vacancy.set_closing_date(std::string(day));
  return vacancy;
}

// SampleNational with another condition and body of rule `co.vacancy`.
inline policy::DocumentSource Lawful(absl::string_view condition,
                                     absl::string_view extra = "") {
  policy::DocumentSource source = SampleNational();
  const std::string when = "when: \"vacancy.cross_border";
  source.text.replace(
      source.text.find(when), when.size(),
      absl::StrCat(extra, " when: \"", condition, " && vacancy.cross_border"));
  return source;
}

inline absl::CivilDay DueDay(const Office& office, const RecordKey& key) {
  absl::CivilDay day;
  const absl::Status read = office.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(day, snapshot.due().DayOf(key));
        return absl::OkStatus();
      });
  CHECK(read.ok());
  return day;
}

}  // namespace minga::exchange

#endif  // MINGA_TESTS_UNIT_EXCHANGE_DATES_H_
