// A receipt: the follower's signed word that it has durably committed a page
// (minga.v1.Receipt).
//
// Receipts add up: a page is applied at the cursor only, so a receipt up to n
// says that everything before n has been committed too. One that was lost with
// its stream is made good by the next.
#ifndef MINGA_FEDERATION_RECEIPT_H_
#define MINGA_FEDERATION_RECEIPT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/page.h"
#include "federation/ports.h"
#include "federation/protocol.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/base/note.h"

namespace minga::v1 {
class Receipt;
}  // namespace minga::v1

namespace minga::federation {

// What the note of a receipt says.
struct ReceiptHeader {
  Country follower;
  Country origin;
  Epoch epoch = 0;
  SeqNo after = 0;
  SeqNo upto = 0;
  std::uint32_t applied = 0;
  std::uint32_t withdrawn = 0;
  std::uint32_t rejected = 0;
  Digest root{};        // of the page
  Digest rejections{};  // SHA-256 of field 2 of the message, as on the wire
  // Records of the origin that the follower has erased so far because their
  // retention ended.
  std::uint64_t retention_ended = 0;

  std::string Text() const;
  // INVALID_ARGUMENT  line N: what is wrong.
  static absl::StatusOr<ReceiptHeader> Parse(absl::string_view text);
};

// Fills and signs `receipt` for a page with this result. A replay is receipted
// with an empty result: nothing of it was applied this time. Reasons are cut to
// kShortTextBytesMax. What `dialect` cannot say is left for a later receipt.
// Returns what was signed.
ReceiptHeader SealReceipt(const PageHeader& page, const ApplyResult& result,
                          const Signer& signer, const Dialect& dialect,
                          v1::Receipt& receipt);

struct OpenedReceipt {
  ReceiptHeader header;
  std::vector<InboundRejection> rejections;
};

// Checks signature, parties, counts and the digest of the rejections. That it
// is for a page that was sent is for the caller to check. What `dialect` does
// not have makes it malformed.
//   INVALID_ARGUMENT  what is wrong.
absl::StatusOr<OpenedReceipt> OpenReceipt(const v1::Receipt& receipt,
                                          const NoteVerifier& follower_key,
                                          Country follower, Country origin,
                                          const Dialect& dialect);

// Whether the receipt is for this page.
bool IsFor(const ReceiptHeader& receipt, const PageHeader& page);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_RECEIPT_H_
