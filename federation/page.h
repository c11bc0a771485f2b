// A page of a feed: rows that travel, are signed and are applied together
// (minga.v1.Page).
#ifndef MINGA_FEDERATION_PAGE_H_
#define MINGA_FEDERATION_PAGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/ports.h"
#include "federation/protocol.h"
#include "node/base/crypto/hash.h"
#include "node/base/crypto/sign.h"
#include "node/base/ids.h"
#include "node/base/note.h"

namespace minga::v1 {
class Page;
}  // namespace minga::v1

namespace minga::federation {

// What the note of a page says: it covers (after, upto] of the feed. A page
// without rows moves the cursor over numbers that no row has any more, or
// (after == upto) says only that the origin is alive.
struct PageHeader {
  Country origin;
  Country follower;
  Epoch epoch = 0;
  SeqNo after = 0;
  SeqNo upto = 0;
  std::uint32_t rows = 0;
  Digest root{};  // RFC 6962 root over the serialised rows

  // Five lines, each in its only form.
  std::string Text() const;
  // INVALID_ARGUMENT  line N: what is wrong.
  static absl::StatusOr<PageHeader> Parse(absl::string_view text);

  // "(120, 640]": for errors and logs.
  std::string Range() const;

  friend bool operator==(const PageHeader&, const PageHeader&) = default;
};

// Who signs pages and receipts: one key, or all that are in force while keys
// change, so that whoever knows any of them can verify.
//
// Threads: any thread may sign.
class Signer {
 public:
  using Signing =
      std::function<std::vector<NoteSignature>(absl::string_view text)>;

  // `key` outlives it.
  Signer(const SigningKey* key, std::string name);
  explicit Signer(Signing signing) : signing_(std::move(signing)) {}

  // `text` as a note with all signatures, serialised.
  std::string Sign(std::string text) const;

 private:
  Signing signing_;
};

// Signs `page`, whose rows stand: sets rows and root of `header`, and the note.
void SealPage(PageHeader& header, const Signer& signer, v1::Page& page);

// What a receiver takes as the next page.
struct PageExpectation {
  Country origin;
  Country follower;
  NoteVerifier origin_key;
  Epoch epoch = 0;
  SeqNo cursor = 0;
  Dialect dialect = FullDialect();
};

// What a follower keeps of an erasure (erasure_proof.h): a v1::ErasureProof,
// serialised.
struct KeptErasure {
  SeqNo seq = 0;
  std::string proof;
};

struct OpenedPage {
  PageHeader header;
  bool caught_up = false;
  // Wholly at or before the cursor: its rows were applied before and are not
  // read again.
  bool replay = false;
  std::vector<InboundRow> rows;  // views into `keeper`
  std::shared_ptr<const void> keeper;
  // Ascending.
  std::vector<KeptErasure> erasures;
};

// Checks everything about a page that needs no database, cheapest first:
// bounds, signature, parties, epoch, range, root, and the form of each row.
//   INVALID_ARGUMENT  malformed, wrongly signed, or of other parties.
//   OUT_OF_RANGE      does not begin at the cursor.
//   ABORTED           of another epoch.
absl::StatusOr<OpenedPage> OpenPage(const v1::Page& page,
                                    const PageExpectation& expected);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PAGE_H_
