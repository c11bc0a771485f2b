// Policies with an obligation more, for tests.
#ifndef MINGA_TESTS_UNIT_EXCHANGE_OBLIGING_H_
#define MINGA_TESTS_UNIT_EXCHANGE_OBLIGING_H_

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/policy_set.h"

namespace minga::exchange {

// `national`, whose text ends with the brace of the policy, with an OBLIGE rule
// "co.duty" for records of `kind`: `obligations` in text format.
inline policy::DocumentSource Obliging(
    policy::DocumentSource national, absl::string_view kind,
    absl::string_view obligations,
    absl::string_view direction = "DIRECTION_SEND") {
  national.text.erase(national.text.rfind('}'));
  absl::StrAppend(&national.text,
                  "rules { id: 'co.duty' effect: EFFECT_OBLIGE directions: ",
                  direction, " kinds: ", kind, " ", obligations,
                  " citations { statute: 'Ley 1581/2012' article: 'art. 17' "
                  "certainty: CERTAINTY_VERIFIED } }\n}\n");
  return national;
}

}  // namespace minga::exchange

#endif  // MINGA_TESTS_UNIT_EXCHANGE_OBLIGING_H_
