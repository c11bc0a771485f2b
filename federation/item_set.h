// A view as two nodes compare it: a set of (record, digest of what may be seen
// of it), in an order that both sides have.
#ifndef MINGA_FEDERATION_ITEM_SET_H_
#define MINGA_FEDERATION_ITEM_SET_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::federation {

// Names a record by 128 bits of SHA-256 over its kind and the id that is on the
// wire. Even if somebody finds two ids of one tag, nothing is confused: the
// digest is over bytes that hold the id.
using Tag = std::array<std::uint8_t, 16>;

Tag TagOf(RecordKind kind, absl::string_view id);

struct Item {
  Tag tag{};
  Digest digest{};

  friend bool operator==(const Item&, const Item&) = default;
  friend auto operator<=>(const Item&, const Item&) = default;
};
inline constexpr std::size_t kItemBytes = 48;
static_assert(sizeof(Item) == kItemBytes, "items are hashed as they lie");

// Tags in [lower, upper); `to_end`: everything from `lower` on.
struct Range {
  Tag lower{};
  Tag upper{};
  bool to_end = true;

  friend bool operator==(const Range&, const Range&) = default;
};

// More than any peer may be shown (the records that one node plans for); bounds
// the memory of a comparison to 192 MB.
inline constexpr std::size_t kItemsMax = 4'000'000;

// The items of one view, sorted. A fingerprint is SHA-256 over the items of a
// range: 48 bytes each at the speed of the machine, and nobody can make two
// sets of one fingerprint, as with sums. Threads: one, or only readers.
class ItemSet {
 public:
  // RESOURCE_EXHAUSTED beyond kItemsMax.
  absl::Status Add(const Item& item);
  // After the last Add. INVALID_ARGUMENT if two items have one tag.
  absl::Status Sort();

  // Takes out the items of `tags`, in any order.
  void RemoveTags(std::vector<Tag> tags);

  std::size_t size() const { return items_.size(); }
  absl::Span<const Item> All() const { return items_; }
  absl::Span<const Item> In(const Range& range) const;

  // Of everything: the root that both sides must come to.
  Digest Root() const { return FingerprintOf(items_); }
  static Digest FingerprintOf(absl::Span<const Item> items);

 private:
  std::vector<Item> items_;
};

// `range` cut into at most `parts` of about as many of `items`, which are all
// of the range and not empty.
std::vector<Range> SplitRange(const Range& range, absl::Span<const Item> items,
                              std::size_t parts);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_ITEM_SET_H_
