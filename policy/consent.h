// The built-in layer of the person's consent. Internal to this room.
#ifndef MINGA_POLICY_CONSENT_H_
#define MINGA_POLICY_CONSENT_H_

#include <cstdint>
#include <string>

#include "policy/decision.h"
#include "policy/fact_key.h"
#include "policy/facts.h"
#include "policy/rule.h"

namespace minga::policy {

// What persons consented to, for one peer and purpose: RAW for the fields of
// the sections that a consent covers, SUPPRESS for the rest. No consent, a
// consent without an end or past it, another destination or another purpose
// covers nothing. Immutable.
class ConsentLayer {
 public:
  // REQUIRES: the question sends a record of a kind about persons.
  explicit ConsentLayer(const Question& question);

  // All that matters of a record's consent on the day `as_of` (DayNumber): the
  // sections covered, as bits, or why nothing is.
  // REQUIRES: `facts` has the facts that sending requires.
  std::uint64_t Sign(const Facts& facts, std::int64_t as_of) const;
  LevelBytes Levels(std::uint64_t signature) const;
  // The consent fact because of which nothing is covered, such as
  // "consent.countries"; "consent.sections" if some fields are; "" if all that
  // have a section are.
  std::string Failure(std::uint64_t signature) const;
  // The day on which a consent that holds on `as_of` no longer does; INT64_MAX
  // if none.
  std::int64_t NextChange(const Facts& facts, std::int64_t as_of) const;

 private:
  const RecordKind kind_;
  const FactId given_;
  const FactId sections_;
  const FactId expires_;
  const ListWord country_;
  const ListWord purpose_;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_CONSENT_H_
