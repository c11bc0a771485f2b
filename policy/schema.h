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
  // Shown as a per-peer pseudonym at the finest: RAW is read as PSEUDONYM, and
  // no other field has that level.
  bool pseudonymous = false;
  // Of a kind about persons, but not about the person: consent does not limit
  // it.
  bool impersonal = false;
};

// Something a condition may ask. An optional fact must be guarded by has().
struct FactDef {
  absl::string_view name;  // dotted: "vacancy.sector", "consent.countries"
  FactType type = FactType::kString;
  bool optional = false;
  // Known to the record's origin only: required when sending, absent when
  // receiving, so a rule about receiving must guard it.
  bool origin_only = false;
};

// The facts that every kind has come first, with the same ids everywhere. An
// evaluation takes them from its Question and never from Facts.
inline constexpr FactId kFactAsOf = 0;
inline constexpr FactId kFactPurpose = 1;
inline constexpr FactId kFactDirection = 2;
inline constexpr FactId kFactOwnCountry = 3;
inline constexpr FactId kFactPeerCountry = 4;
inline constexpr FactId kFactPeerGroups = 5;
inline constexpr int kQuestionFacts = 6;

// "bool", "int", "string", "date", "list of string".
absl::string_view FactTypeName(FactType type);

struct KindSchema {
  RecordKind kind = RecordKind::kUnspecified;
  std::vector<FieldDef> fields;
  std::vector<FactDef> facts;  // includes the common ones (as_of, peer.*)

  std::optional<FieldId> FindField(absl::string_view name) const;
  std::optional<FactId> FindFact(absl::string_view name) const;
  // True if the consent of a person limits what leaves.
  bool about_person() const;
  // Ids of the facts a caller of PolicySet must set, as bits.
  std::uint64_t RequiredFacts(bool receiving) const;
};

// The schema of `kind`; kinds that do not cross borders yet have no fields, so
// nothing of them can be permitted. Lives as long as the program.
const KindSchema& SchemaOf(RecordKind kind);

// The sections a person may consent to in a record of `kind`, sorted:
// "availability", "basic"... None for kinds that are not about persons.
const std::vector<absl::string_view>& ConsentSections(
    RecordKind kind = RecordKind::kProfile);

}  // namespace minga::policy

#endif  // MINGA_POLICY_SCHEMA_H_
