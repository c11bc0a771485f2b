// PolicySet is everything in force at a node: the national policy, the MoUs
// with its peers and the node's own override, compiled to answer questions.
#ifndef MINGA_POLICY_POLICY_SET_H_
#define MINGA_POLICY_POLICY_SET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "policy/decision.h"
#include "policy/facts.h"

namespace minga::policy {

// One document as text, with the name that error messages give it.
struct DocumentSource {
  std::string name;  // "co.textproto"
  std::string text;
  // Of an MoU: the other parties whose signatures stand; with nobody else is it
  // in force. Empty: all of its parties.
  std::vector<Country> signed_by = {};
};

struct PolicySources {
  DocumentSource national;
  // Mou documents whose notes bear both signatures: the caller has verified
  // them. Each names its two parties; a pair with none has nothing in force.
  std::vector<DocumentSource> mous;
  std::vector<DocumentSource> overrides;  // zero or one
};

// Immutable; any thread may ask.
class PolicySet {
 public:
  virtual ~PolicySet() = default;

  // Parses, checks and compiles. `own` must be the national policy's country
  // and a party of each MoU.
  //   INVALID_ARGUMENT  "file:line:column: what was wrong, what was expected";
  //                     several errors are joined by '\n', at most 50.
  static absl::StatusOr<std::shared_ptr<const PolicySet>> Load(
      Country own, const PolicySources& sources);

  // The meaning of DESIGN section 6: meet(national, MoU, override, consent).
  // Never fails: what cannot be decided is denied.
  Decision Decide(const Question& question, const Facts& facts) const {
    return *Ask(question, facts);
  }

  // The same without a copy: for those who ask of many records.
  virtual Answer Ask(const Question& question, const Facts& facts) const = 0;

  // The same evaluation, with its reasons. Slower.
  virtual Explanation Explain(const Question& question,
                              const Facts& facts) const = 0;

  // The first day after `day` on which an answer may change because a rule or
  // document begins or ends; CivilDay::max() if none.
  virtual absl::CivilDay NextBoundary(absl::CivilDay day) const = 0;

  // SHA-256 over the documents in force, in a fixed order: written to the log
  // at each activation and to each decision entry.
  virtual const Digest& hash() const = 0;

  // Countries with an MoU document (in force by date or not).
  virtual std::vector<Country> MouPartners() const = 0;

  // The first day after question.as_of on which the answer may differ because
  // of dates, if `facts` stay as they are but that ages in days (facts named
  // "...age_days") grow by one a day: days on which a rule, a document or the
  // consent begins or ends, dates in conditions, as_of against dates of the
  // record. Never late; CivilDay::max() if there is none. What a caller derives
  // from dates otherwise (a licence that ends, a minor that grows up) is the
  // caller's to watch.
  virtual absl::CivilDay NextChange(const Question& question,
                                    const Facts& facts) const = 0;
};

// Checks one document by itself: "file:line:column: ..." as Load does.
absl::Status CheckDocument(const DocumentSource& source);

// What a document says about itself.
struct DocumentInfo {
  Layer layer = Layer::kNational;
  // One country, or the two parties of an MoU.
  std::vector<Country> countries;
  std::string title;  // in the first language it has one in; may be empty
  // First and last day; CivilDay::min() and max() where open.
  absl::CivilDay from;
  absl::CivilDay until;
  int rules = 0;
};

// INVALID_ARGUMENT as CheckDocument.
absl::StatusOr<DocumentInfo> DescribeDocument(const DocumentSource& source);

}  // namespace minga::policy

#endif  // MINGA_POLICY_POLICY_SET_H_
