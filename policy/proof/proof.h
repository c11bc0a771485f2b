// What policy documents can never do, proved for every record, peer, purpose
// and day; and what is wrong with their rules whatever the records are.
#ifndef MINGA_POLICY_PROOF_PROOF_H_
#define MINGA_POLICY_PROOF_PROOF_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "policy/policy_set.h"

namespace minga::policy::proof {

// All searches of the process together: the machines planned for have 2 GB, and
// the packs need some 70.
inline constexpr int kProofMegabytesMax = 512;
// Steps of conditions, counted for each kind and direction that a rule is
// about: a large pack has 5,000, and each takes up to 4 KB as a formula.
inline constexpr std::size_t kProofStepsMax = 100'000;

struct Finding {
  enum class Kind {
    kPropertyFails,    // refuses
    kVacuousProperty,  // no record and question it speaks about; refuses
    kDeadRule,         // can never apply; refuses
    kShadowedRule,     // applies, but no decision depends on it
    kDateGap,          // days on which every permit is out of date
    kPermitsMore,      // than the previous document, or than national law
    kUndecided,        // the search did not end in its time or memory, or
                       // depends on groups that are not at hand
  };
  Kind kind;
  // Of the property or the rule; of a comparison, "permits-more" and the like.
  std::string id;
  // For people, in English: what, where, because of which rules.
  std::string message;
  // A PolicyCase in text format ("cases { ... }") with the answer that should
  // have been given, to paste into a pack's cases. May be empty.
  std::string counterexample;
  // Mandatory: the document is not put in force.
  bool refuses = false;
};

// What holds, by id of the property, or "no-dead-rules", "no-more-than-before"
// and the like.
struct Proved {
  std::string id;
  absl::Duration took;
};

struct Options {
  // What is in force now: of the same layer. Where the new document permits
  // more is a remark.
  std::optional<DocumentSource> previous;
  // The national policy whose groups an override names. Without it, what
  // depends on them is not decided. Of no other document.
  std::optional<DocumentSource> national;
  // For all searches of one call together.
  absl::Duration limit = absl::Seconds(30);
};

struct Report {
  std::vector<Proved> proved;
  std::vector<Finding> findings;

  // No finding refuses.
  bool ok() const;
};

// Proves the properties of `document`, and of a national policy those that
// hold for every country (common_properties.h); searches its rules for dead
// and shadowed ones and its dates for gaps. Layers that are not at hand permit
// everything (README.md).
//
// Threads: any; takes one core for as long as the limit.
//   INVALID_ARGUMENT    "file:line:column: ..." if a document does not load,
//                       `previous` is of another layer, or `national` of
//                       another country.
//   RESOURCE_EXHAUSTED  the conditions have more than kProofStepsMax steps.
//   INTERNAL            Z3 failed.
absl::StatusOr<Report> Prove(const DocumentSource& document,
                             const Options& options);

// Proves that the MoUs and the override of `sources` only tighten the national
// policy: for every record they show no field finer and drop no obligation.
// `limit` is for all searches together. Errors as Prove.
absl::StatusOr<Report> ProveTightens(Country own, const PolicySources& sources,
                                     absl::Duration limit = Options().limit);

// "property fails", "dead rule"...
absl::string_view FindingName(Finding::Kind kind);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_PROOF_H_
