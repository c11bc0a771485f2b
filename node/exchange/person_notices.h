// Notices to persons: under a policy that obliges to notify them
// (notify_person) the first showing of a person's profile to a peer leaves a
// notice, which the PES delivers by its own means. Kept as documents
// "notice/<person>/<CC>" until delivered, then as "noticed/<person>/<CC>", so
// that nobody is told twice; one for each person and peer at most. They are
// erased with the person. Internal to this room; the PES works with
// duty_desk.h.
#ifndef MINGA_NODE_EXCHANGE_PERSON_NOTICES_H_
#define MINGA_NODE_EXCHANGE_PERSON_NOTICES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "storage/document_store.h"

namespace minga::exchange {

struct PersonNotice {
  std::string person;  // the id of the profile
  PeerId peer;         // that sees it
  absl::Time shown_at;
};

// Leaves a notice; nothing if there is or was one.
absl::Status LeaveNotice(storage::DocumentStore& documents,
                         const PersonNotice& notice);
// Waiting notices after `after` (person and peer; empty: from the first), by
// person and peer; at most `limit`.
absl::StatusOr<std::vector<PersonNotice>> ReadNotices(
    const storage::DocumentReader& documents, const PersonNotice& after,
    int limit);
// NOT_FOUND if no such notice waits.
absl::Status NoticeDelivered(storage::DocumentStore& documents,
                             absl::string_view person, const PeerId& peer);
// All of a person, delivered or not.
absl::Status ForgetNotices(storage::DocumentStore& documents,
                           absl::string_view person);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_PERSON_NOTICES_H_
