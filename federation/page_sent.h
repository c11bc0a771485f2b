// The transactions of a publisher: what a page that leaves, and the receipt for
// it, do to the database.
#ifndef MINGA_FEDERATION_PAGE_SENT_H_
#define MINGA_FEDERATION_PAGE_SENT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/page.h"
#include "federation/protocol.h"
#include "federation/receipt.h"
#include "storage/database.h"

namespace minga::federation {

// The audit leaf of a page, before it leaves. With `untold` records withheld
// from it because of the protocol, the peer counts as untold until
// TakenReceipt::tells.
absl::Status LogPageSent(storage::Transaction& transaction,
                         const PageHeader& page, int untold,
                         const Dialect& dialect, absl::Time now);

// Whether the peer lacks records that it could not be told about.
absl::StatusOr<bool> IsUntold(const storage::DocumentReader& documents,
                              const PeerId& peer);

struct TakenReceipt {
  PageHeader page;
  OpenedReceipt receipt;
  std::string note;
  bool advances = false;  // it acknowledges more than was acknowledged
  bool tells = false;     // the peer is being told everything anew
};

// Keeps the receipt with its rejections, acknowledges the feed, and appends the
// audit leaf; nothing of one that says nothing new.
absl::Status KeepReceipt(storage::Transaction& transaction,
                         const TakenReceipt& taken, absl::Time now);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PAGE_SENT_H_
