#include "federation/item_set.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace minga::federation {
namespace {

// The first eight bytes of a tag as a number of the same order: nearly always
// they decide, and sorting a million items is half of reading a view.
std::uint64_t Front(const Tag& tag) {
  std::uint64_t front = 0;
  for (std::size_t i = 0; i < sizeof(front); ++i) front = front << 8 | tag[i];
  return front;
}

bool Before(const Tag& a, const Tag& b) {
  const std::uint64_t front_a = Front(a);
  const std::uint64_t front_b = Front(b);
  return front_a != front_b ? front_a < front_b : a < b;
}

bool ItemBefore(const Item& a, const Item& b) { return Before(a.tag, b.tag); }

// Puts the items where their first two bytes belong, then sorts the few of each
// place: tags are digests and spread evenly. Who makes ids whose tags do not
// only brings the time back that one sort takes.
void SortByTag(absl::Span<Item> items) {
  constexpr std::size_t kPlaces = 1 << 16;
  if (items.size() < kPlaces) {
    std::sort(items.begin(), items.end(), ItemBefore);
    return;
  }
  const auto place_of = [](const Item& item) -> std::size_t {
    return static_cast<std::size_t>(item.tag[0]) << 8 | item.tag[1];
  };
  std::vector<std::size_t> begin(kPlaces + 1);
  for (const Item& item : items) ++begin[place_of(item) + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
  for (std::size_t place = 0; place < kPlaces; ++place) {
    while (next[place] < begin[place + 1]) {
      Item& item = items[next[place]];
      const std::size_t home = place_of(item);
      if (home == place) {
        ++next[place];
      } else {
        std::swap(item, items[next[home]++]);
      }
    }
  }
  for (std::size_t place = 0; place < kPlaces; ++place) {
    std::sort(items.begin() + static_cast<std::ptrdiff_t>(begin[place]),
              items.begin() + static_cast<std::ptrdiff_t>(begin[place + 1]),
              ItemBefore);
  }
}

bool ByTag(const Item& item, const Tag& tag) { return Before(item.tag, tag); }

}  // namespace

Tag TagOf(RecordKind kind, absl::string_view id) {
  const char number = static_cast<char>(kind);
  const Digest digest = Sha256({absl::string_view(&number, 1), id});
  Tag tag;
  std::copy_n(digest.begin(), tag.size(), tag.begin());
  return tag;
}

absl::Status ItemSet::Add(const Item& item) {
  if (items_.size() >= kItemsMax) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "a view of more than ", kItemsMax, " records cannot be compared"));
  }
  items_.push_back(item);
  return absl::OkStatus();
}

absl::Status ItemSet::Sort() {
  SortByTag(absl::MakeSpan(items_));
  const auto twice = std::adjacent_find(
      items_.begin(), items_.end(),
      [](const Item& a, const Item& b) { return a.tag == b.tag; });
  if (twice == items_.end()) return absl::OkStatus();
  return absl::InvalidArgumentError("two records of a view have one tag");
}

void ItemSet::RemoveTags(std::vector<Tag> tags) {
  std::sort(tags.begin(), tags.end());
  std::erase_if(items_, [&](const Item& item) {
    return std::binary_search(tags.begin(), tags.end(), item.tag);
  });
}

absl::Span<const Item> ItemSet::In(const Range& range) const {
  const auto begin =
      std::lower_bound(items_.begin(), items_.end(), range.lower, ByTag);
  const auto end =
      range.to_end ? items_.end()
                   : std::lower_bound(begin, items_.end(), range.upper, ByTag);
  return absl::Span<const Item>(items_).subspan(
      static_cast<std::size_t>(begin - items_.begin()),
      static_cast<std::size_t>(end - begin));
}

Digest ItemSet::FingerprintOf(absl::Span<const Item> items) {
  return Sha256(absl::string_view(reinterpret_cast<const char*>(items.data()),
                                  items.size() * sizeof(Item)));
}

std::vector<Range> SplitRange(const Range& range, absl::Span<const Item> items,
                              std::size_t parts) {
  parts = std::min(parts, items.size());
  std::vector<Range> split;
  Range part = range;
  for (std::size_t i = 1; i < parts; ++i) {
    part.upper = items[i * items.size() / parts].tag;
    part.to_end = false;
    split.push_back(part);
    part.lower = part.upper;
  }
  part.upper = range.upper;
  part.to_end = range.to_end;
  split.push_back(part);
  return split;
}

}  // namespace minga::federation
