// A page is built from a snapshot and goes out once its audit leaf is durable.
// In between, a person may withdraw consent, a record may close, other law may
// come into force, the peer may be suspended, and with midnight consents and
// vacancies end: so the transaction that writes the leaf looks once more.
#ifndef MINGA_FEDERATION_LAST_LOOK_H_
#define MINGA_FEDERATION_LAST_LOOK_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "federation/page.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::federation {

// The document that names the law in force: the exchange changes it in the
// transaction that puts other law in force (scene.h).
inline constexpr absl::string_view kDocLawInForce = "policy-hash";

// What a page was built on.
struct PageBasis {
  SeqNo last = 0;  // newest row of the feed
  std::optional<std::string> law;
  absl::CivilDay day;  // it began on
  // Rows of the page that show something.
  std::vector<std::pair<SeqNo, RecordKey>> shown;
};

// OK if everything that `page` shows is still shown to the peer, be it in a
// newer form, under the law it was projected under and on the same day. Costs
// two look-ups if nothing has changed in the feed.
//   ABORTED            it is not: the page must not go out.
//   PERMISSION_DENIED  the peer is suspended or removed.
absl::Status LastLook(storage::Transaction& transaction, const PageHeader& page,
                      const PageBasis& basis, absl::Time now);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_LAST_LOOK_H_
