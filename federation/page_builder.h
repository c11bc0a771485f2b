// Builds the next page of a peer's feed from the rows in store.
#ifndef MINGA_FEDERATION_PAGE_BUILDER_H_
#define MINGA_FEDERATION_PAGE_BUILDER_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/last_look.h"
#include "federation/page.h"
#include "federation/ports.h"
#include "federation/protocol.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::v1 {
class FollowResponse;
}  // namespace minga::v1

namespace minga::federation {

// Whether records of the kind tell of no person.
bool IsAboutNobody(RecordKind kind);

struct PageRequest {
  Country origin;
  PeerId follower;
  Epoch epoch = 0;
  SeqNo after = 0;
  absl::Time now;
  Dialect dialect = FullDialect();
  // Records that could not be shown as decided for so long that they are
  // withdrawn until they are decided anew: an error denies.
  absl::flat_hash_set<RecordKey> given_up;
};

struct BuiltPage {
  // Null if there is nothing to send before the stale rows are decided again.
  std::unique_ptr<v1::FollowResponse> message;
  PageHeader header;
  bool caught_up = false;
  PageBasis basis;
  // Records of the page that are withdrawn instead of shown, because the peer
  // could not read what it would be obliged to (protocol.h).
  int untold = 0;
  // Rows of the page that are withdrawn because their record was given up.
  std::vector<std::pair<SeqNo, RecordKey>> given_up;
  // Rows whose bytes are not the ones decided on. The page ends before the
  // first of them, so that none is passed over; deciding again moves each to
  // the end of the feed.
  std::vector<RecordKey> stale;

  BuiltPage();
  ~BuiltPage();
  BuiltPage(BuiltPage&&) noexcept;
  BuiltPage& operator=(BuiltPage&&) noexcept;
};

// Reads, projects, bounds and signs.
//   NOT_FOUND  the peer has no feed.
//   ABORTED    the feed is of another epoch than `request.epoch`.
absl::StatusOr<BuiltPage> BuildPage(const storage::Snapshot& snapshot,
                                    Projector& projector, const Signer& signer,
                                    const PageRequest& request);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PAGE_BUILDER_H_
