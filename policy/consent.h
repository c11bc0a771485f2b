// The built-in layer of the person's consent. Internal to this room.
#ifndef MINGA_POLICY_CONSENT_H_
#define MINGA_POLICY_CONSENT_H_

#include <string>

#include "policy/decision.h"
#include "policy/facts.h"
#include "policy/rule.h"

namespace minga::policy {

// What the person of a record consented to, for the question asked: RAW for
// the fields of the sections that the consent covers, SUPPRESS for the rest. No
// consent, a consent without an end or past it, another destination or another
// purpose covers nothing.
// REQUIRES: the question sends a record of a kind about persons.
LevelBytes ConsentLevels(const Question& question, const Facts& facts);

// The consent fact because of which nothing is covered, such as
// "consent.countries"; "consent.sections" if some fields are; "" if all that
// have a section are.
std::string ConsentFailure(const Question& question, const Facts& facts);

}  // namespace minga::policy

#endif  // MINGA_POLICY_CONSENT_H_
