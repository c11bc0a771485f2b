// What a policy can talk about: per record kind, the fields that may leave and
// the facts that conditions may ask. The schema is published (policy show
// --schema) and closed: a name outside it is an error at load.
#ifndef MINGA_POLICY_SCHEMA_H_
#define MINGA_POLICY_SCHEMA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/base/ids.h"

namespace minga::policy {

// Index of a field within its kind's schema.
using FieldId = std::uint8_t;
// Index of a fact within its kind's schema.
using FactId = std::uint8_t;

inline constexpr int kFieldsMax = 64;
inline constexpr int kFactsMax = 64;

enum class FactType : std::uint8_t { kBool, kInt, kString, kDate, kStringList };

// A group of data that is disclosed or withheld as one, such as `employer.name`
// or `pay`. Names follow reference fields (EURES, HR Open); the projection in
// node/exchange maps each to message fields.
struct FieldDef {
  absl::string_view name;
  // Generalisation steps of the field's hierarchy; 0 = raw or nothing.
  int generalise_steps = 0;
  // A record that loses this field is withheld (a vacancy without a title).
  bool required = false;
  // A field of a person that no consent section covers never leaves; empty for
  // kinds that are not about persons.
  absl::string_view consent_section;
};

// Something a condition may ask. An optional fact must be guarded by has().
struct FactDef {
  absl::string_view name;  // dotted: "vacancy.sector", "consent.countries"
  FactType type = FactType::kString;
  bool optional = false;
};

struct KindSchema {
  RecordKind kind = RecordKind::kUnspecified;
  std::vector<FieldDef> fields;
  std::vector<FactDef> facts;  // includes the common ones (as_of, peer.*)

  std::optional<FieldId> FindField(absl::string_view name) const;
  std::optional<FactId> FindFact(absl::string_view name) const;
};

// The schema of `kind`; kinds that do not cross borders yet have no fields, so
// nothing of them can be permitted. Lives as long as the program.
const KindSchema& SchemaOf(RecordKind kind);

}  // namespace minga::policy

#endif  // MINGA_POLICY_SCHEMA_H_
