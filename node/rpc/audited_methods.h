// Which event of the audit log each method of each service leaves: whatever
// changes something, or reveals what is about a person or in the log.
#ifndef MINGA_NODE_RPC_AUDITED_METHODS_H_
#define MINGA_NODE_RPC_AUDITED_METHODS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "minga/v1/audit.pb.h"

namespace minga::rpc {

struct AuditedMethod {
  absl::string_view name;  // "minga.v1.PesService/PutRecords"
  // What it leaves when it does anything; more than one: as the case is.
  std::vector<v1::AuditEvent> events;
  // Why it leaves none; exactly one of the two is empty.
  absl::string_view why_none;
};

// Every method. A test holds the table against the services, so that a new
// method cannot be forgotten.
const std::vector<AuditedMethod>& AuditedMethods();

// The events that no method leaves, but the node by itself.
const std::vector<v1::AuditEvent>& NodeEvents();

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_AUDITED_METHODS_H_
