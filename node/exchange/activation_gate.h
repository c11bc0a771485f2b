// ActivationGate is asked before a document is put in force. The exchange knows
// that it must ask and what it then writes to the log; how documents are tested
// and proved is the affair of whoever composes the node (node/policy_gate.h).
#ifndef MINGA_NODE_EXCHANGE_ACTIVATION_GATE_H_
#define MINGA_NODE_EXCHANGE_ACTIVATION_GATE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "policy/policy_set.h"

namespace minga::exchange {

enum class PolicyDocument : std::uint8_t { kNational, kOverride, kMou };

// "national", "override", "mou".
absl::string_view PolicyDocumentName(PolicyDocument which);

// A document that somebody wants to put in force.
struct Candidate {
  Country own;
  PolicyDocument which = PolicyDocument::kNational;
  policy::DocumentSource document;
  // What it is tested with; an empty text: none were handed over.
  policy::DocumentSource cases;
  // Everything as it would be in force with the document; it loads.
  policy::PolicySources sources;
};

// What a document passed, for the log.
struct Admission {
  int cases = 0;       // that passed
  int properties = 0;  // that were proved
  int remarks = 0;     // findings that do not refuse
};

// "national co.textproto; 48 cases passed (0b7c52f1d6a0e3b4), 6 properties
// proved": what the log says of an activation; in brackets the beginning of the
// SHA-256 of the cases.
std::string DescribeActivation(PolicyDocument which,
                               const policy::DocumentSource& document,
                               const policy::DocumentSource& cases,
                               const Admission& passed);

// Threads: any thread may call any method.
class ActivationGate {
 public:
  virtual ~ActivationGate() = default;

  // Decides in bounded time whether `candidate` may be put in force. Touches no
  // store and holds no lock of the exchange while it works.
  //   INVALID_ARGUMENT    refused; the message lists the reasons, each on a
  //                       line with its place (a prefix of them if they are
  //                       many, and how many more).
  //   DEADLINE_EXCEEDED   what has to be proved could not be in time.
  virtual absl::StatusOr<Admission> Admit(const Candidate& candidate) const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_ACTIVATION_GATE_H_
