// What an origin has signed about a record that is no more. A follower keeps
// it, so that an origin that was restored from a backup can be told what it had
// erased since, and need not take the follower's word for it.
#ifndef MINGA_FEDERATION_ERASURE_PROOF_H_
#define MINGA_FEDERATION_ERASURE_PROOF_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "federation/page.h"
#include "node/base/ids.h"
#include "node/base/note.h"

namespace minga::v1 {
class ErasureProof;
class Page;
}  // namespace minga::v1

namespace minga::federation {

// A page note, a row without body and ten hashes.
inline constexpr std::size_t kErasureProofBytesMax = 2 * 1024;

// True for a row that says that a record about nobody was closed or erased by
// its owner. One that the follower may no longer see is not meant: law,
// agreements and officers decide about that again after a restore.
bool IsErasure(const InboundRow& row);

// Of the erasures among `rows`, which are all rows of `page`; ascending.
std::vector<KeptErasure> ProveErasures(const v1::Page& page,
                                       absl::Span<const InboundRow> rows);

struct Erasure {
  Epoch epoch = 0;
  SeqNo seq = 0;
  RecordKey key;
};

// Reads the proofs of what `origin` has told `follower`.
//
// Threads: one.
class ErasureReader {
 public:
  // `keys`: with any of them the origin may have signed.
  ErasureReader(Country origin, Country follower,
                std::vector<NoteVerifier> keys)
      : origin_(origin), follower_(follower), keys_(std::move(keys)) {}

  // INVALID_ARGUMENT  what does not hold: size, form, signature, parties, path,
  //                   or the row is no erasure.
  absl::StatusOr<Erasure> Read(const v1::ErasureProof& proof);

 private:
  absl::Status OpenNote(const std::string& note);

  const Country origin_;
  const Country follower_;
  const std::vector<NoteVerifier> keys_;
  // The last one: many proofs are of one page.
  std::string note_;
  PageHeader page_;
};

// The record that a stored proof is about, unchecked. DATA_LOSS if it is none.
absl::StatusOr<RecordKey> ErasedKey(Country origin, absl::string_view proof);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_ERASURE_PROOF_H_
