// What policy documents can never do, proved for every record, peer, purpose
// and day; and what is wrong with their rules whatever the records are.
#ifndef MINGA_POLICY_PROOF_PROOF_H_
#define MINGA_POLICY_PROOF_PROOF_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "policy/policy_set.h"

namespace minga::policy::proof {

struct Finding {
  enum class Kind {
    kPropertyFails,  // refuses
    kDeadRule,       // can never apply; refuses
    kShadowedRule,   // applies, but no decision depends on it
    kDateGap,        // days on which every permit is out of date
    kPermitsMore,    // than the previous document, or than national law
    kUndecided,      // the search did not end in its time
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
// Threads: any; takes one core for as long as the limit, and
// kProofMegabytesMax of memory.
//   INVALID_ARGUMENT    "file:line:column: ..." if a document does not load, or
//                       `previous` is of another layer.
//   RESOURCE_EXHAUSTED  more memory was needed.
//   INTERNAL            Z3 failed.
absl::StatusOr<Report> Prove(const DocumentSource& document,
                             const Options& options);

// Proves that the MoUs and the override of `sources` only tighten the national
// policy: for every record they show no field finer and drop no obligation.
// Errors as Prove.
absl::StatusOr<Report> ProveTightens(Country own, const PolicySources& sources);

// "property fails", "dead rule"...
absl::string_view FindingName(Finding::Kind kind);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_PROOF_H_
