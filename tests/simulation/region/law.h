// The laws that the simulated countries put in force, and what each lets cross:
// told once as a policy document for the node and once, in plain C++, for the
// checks, so that neither is computed from the other.
#ifndef MINGA_TESTS_SIMULATION_REGION_LAW_H_
#define MINGA_TESTS_SIMULATION_REGION_LAW_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "policy/policy_set.h"

namespace minga::region {

struct Law {
  absl::string_view name;  // as stories call it
  bool vacancies = true;
  bool people = true;
  int min_k = 3;
  bool fees = true;    // sends and admits vacancies that ask workers for a fee
  bool pay = true;     // shows it
  int stay_days = 0;   // vacancies are kept at most so long abroad; 0: no limit
  bool admits = true;  // lets anything in
  // Sends on these days only, and to these countries only (empty: to all).
  absl::CivilDay from = absl::CivilDay::min();
  absl::CivilDay until = absl::CivilDay::max();
  std::vector<Country> only = {};
};

// "open" is the first.
const std::vector<Law>& Laws();
// nullptr if there is none of this name.
const Law* FindLaw(absl::string_view name);

policy::DocumentSource NationalOf(const Law& law, Country own);
// Permits everything between the two; each number has a text of its own.
std::string MouOf(Country a, Country b, int number);

// --- What a law means, by itself.

// True if anything may be sent to `peer` on `day`.
bool SendsTo(const Law& law, Country peer, absl::CivilDay day);

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_LAW_H_
