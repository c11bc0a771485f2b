// The gate of a real node: a document is put in force only if its cases pass,
// cover it and notice every change of it, and what has to hold is proved.
#ifndef MINGA_NODE_POLICY_GATE_H_
#define MINGA_NODE_POLICY_GATE_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/exchange/activation_gate.h"
#include "policy/policy_set.h"

namespace minga {

// Proofs of one document together take at most this.
inline constexpr absl::Duration kProofLimit = absl::Seconds(30);

// What each document needs:
//
//   national   cases; its properties and the common ones proved; agreements and
//              override in force still only tighten it, and the override's
//              properties hold with its groups
//   override   cases if handed over; its properties; proved to tighten
//   mou        its properties; proved to tighten
//
// One document at a time: provers are hungry. Others wait, no lock of the node
// held meanwhile.
std::unique_ptr<exchange::ActivationGate> MakePolicyGate();

// "co.textproto:12:5": where the rule or property `id` names itself in the text
// of `document`; the name alone if it does not (a property of all countries).
std::string PlaceOf(const policy::DocumentSource& document,
                    absl::string_view id);

}  // namespace minga

#endif  // MINGA_NODE_POLICY_GATE_H_
