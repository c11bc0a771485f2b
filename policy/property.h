// Properties after loading: what a document promises of every record, peer,
// purpose and day. Nothing evaluates them; policy/proof proves them. Internal
// to this room and to policy/proof.
#ifndef MINGA_POLICY_PROPERTY_H_
#define MINGA_POLICY_PROPERTY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "policy/condition.h"
#include "policy/decision.h"

namespace minga::policy {

// What a property says about one of its kinds.
struct PropertyPart {
  struct Bounded {
    FieldId field = 0;
    // Of kAtMost and kAtLeast; RAW of a pseudonymous field is PSEUDONYM.
    Level bound;
  };

  RecordKind kind = RecordKind::kUnspecified;
  std::vector<Bounded> fields;  // by FieldId
  // Absent: always. May ask kFactAgreementInForce and kFactConsentCovers.
  std::optional<Condition> when;
};

struct CompiledProperty {
  enum class Bound : std::uint8_t {
    kAtMost,   // never finer
    kAtLeast,  // never coarser, under an agreement that permits everything
    kObliges,  // tied to `obligations` or stricter wherever a field is shown
  };

  std::string id;
  // Language (ISO 639-1) and text.
  std::vector<std::pair<std::string, std::string>> statements;
  Bound bound = Bound::kAtMost;
  bool sends = false;
  bool receives = false;
  std::vector<PropertyPart> parts;
  bool any_peer = true;
  std::vector<Country> peers;  // groups resolved; sorted
  // Some of its groups are those of a document that is not at hand.
  bool groups_unknown = false;
  std::uint32_t purposes = 0;  // bits by Purpose
  // First and last day.
  absl::CivilDay from = absl::CivilDay::min();
  absl::CivilDay until = absl::CivilDay::max();
  Obligations obligations;  // of kObliges
  std::vector<Citation> citations;

  // In `language`, or in the first it has one in; the id if it has none.
  const std::string& Statement(const std::string& language) const;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_PROPERTY_H_
