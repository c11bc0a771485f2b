// Reconciliation on the wire (minga.v1.CompareRanges and its answers).
#ifndef MINGA_FEDERATION_RECONCILE_WIRE_H_
#define MINGA_FEDERATION_RECONCILE_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "federation/reconcile.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::v1 {
class CompareRanges;
class RangesCompared;
}  // namespace minga::v1

namespace minga::federation {

// Records that may have changed after the cursor; more, and the follower is to
// come back when it has caught up. 160 KB.
inline constexpr std::size_t kMovedMax = 10'000;
// Items of one message. 480 KB.
inline constexpr std::size_t kItemsSentMax = 10'000;

// All decoders: INVALID_ARGUMENT with what is wrong.
std::string EncodeTags(absl::Span<const Tag> tags);
absl::StatusOr<std::vector<Tag>> DecodeTags(absl::string_view bytes,
                                            std::size_t most);
std::string EncodeItems(absl::Span<const Item> items);
absl::StatusOr<std::vector<Item>> DecodeItems(absl::string_view bytes,
                                              std::size_t most);

void Encode(absl::Span<const RangeQuestion> questions,
            v1::CompareRanges& message);
absl::StatusOr<std::vector<RangeQuestion>> Decode(
    const v1::CompareRanges& message);

void Encode(absl::Span<const RangeAnswer> answers, v1::RangesCompared& message);
// Answers to the first of `asked`.
absl::StatusOr<std::vector<RangeAnswer>> Decode(
    const v1::RangesCompared& message, absl::Span<const RangeQuestion> asked);

// The follower's word on the outcome (minga.v1.CloseComparison.note).
struct ComparedStatement {
  Country follower;
  Country origin;
  Epoch epoch = 0;
  SeqNo upto = 0;
  std::uint64_t items = 0;
  std::uint64_t missing = 0;
  std::uint64_t stale = 0;
  std::uint64_t surplus = 0;
  Digest root{};

  std::string Text() const;
  // INVALID_ARGUMENT  line N: what is wrong.
  static absl::StatusOr<ComparedStatement> Parse(absl::string_view text);

  friend bool operator==(const ComparedStatement&,
                         const ComparedStatement&) = default;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_RECONCILE_WIRE_H_
