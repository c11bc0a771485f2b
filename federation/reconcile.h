// Range-based set reconciliation (Aljoscha Meyer, 2023; the idea of
// Negentropy): two nodes find in what two large sets differ by comparing
// fingerprints of ranges, cutting those that differ until they are short enough
// to be listed.
//
// The side that asks (Comparison) has all the state; the other answers from its
// sorted set alone. Pure: no I/O, no clock.
//
//   Comparison mine(my_set);
//   mine.Begin(their_root);
//   while (!mine.done()) {
//     questions = mine.Ask();            // travels
//     answers = Answer(their_set, questions);   // there; travels back
//     mine.Take(answers);
//   }
//   mine.Finish()  // checks all of it against their root
#ifndef MINGA_FEDERATION_RECONCILE_H_
#define MINGA_FEDERATION_RECONCILE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "federation/item_set.h"
#include "node/base/crypto/hash.h"

namespace minga::federation {

// What the asking side wants to know of a range: whether it has this
// fingerprint, or (nullopt) what is in it.
struct RangeQuestion {
  Range range;
  std::optional<Digest> fingerprint;
};

// One of three: the fingerprint is the same; all items; or the range cut into
// parts with the fingerprint of each.
struct RangeAnswer {
  struct Part {
    Range range;
    Digest fingerprint{};
  };
  bool same = false;
  std::vector<Item> items;
  std::vector<Part> parts;
};

// --- Bounds. Questions of one message: 64 bytes each.
inline constexpr std::size_t kRangesAskedMax = 4096;
// Parts into which a range is cut. More means fewer rounds and more bytes where
// few of them differ.
inline constexpr std::size_t kSplitParts = 16;
// The first cut is wider: it saves two rounds for 12 KB.
inline constexpr std::size_t kFirstParts = 256;
// Ranges of at most so many items are listed: about as long as the
// fingerprints of a cut.
inline constexpr std::size_t kListItemsMax = 16;
// About the bytes of the answers in one message; what does not fit is asked
// again.
inline constexpr std::size_t kAnswerBytesMax = 512 * 1024;
// Sets that differ in more are not compared to the end: everything is brought
// anew instead, which costs less. 10 MB.
inline constexpr std::size_t kDifferencesMax = 100'000;
// Ranges that may wait to be asked about; many times what so many differences
// need, as the newest are asked about first. 40 MB.
inline constexpr std::size_t kOpenRangesMax = 500'000;

// The answers to the first of `questions`, as many as fit into
// kAnswerBytesMax; at least one.
std::vector<RangeAnswer> Answer(const ItemSet& set,
                                absl::Span<const RangeQuestion> questions);

// How the asking side's set differs from the other.
struct Differences {
  std::vector<Item> missing;  // only there
  std::vector<Item> stale;    // here otherwise; as they are there
  std::vector<Item> surplus;  // only here

  std::size_t size() const {
    return missing.size() + stale.size() + surplus.size();
  }
};

// Threads: one.
class Comparison {
 public:
  // `mine` outlives it.
  explicit Comparison(const ItemSet& mine) : mine_(mine) {}

  // The root of all that the other side has, and how many items that is.
  // Nothing is asked if ours is the same.
  //   INVALID_ARGUMENT  more than kItemsMax.
  absl::Status Begin(const Digest& their_root, std::uint64_t their_items);

  bool done() const { return open_.empty() && asked_.empty(); }
  // The next questions; REQUIRES: !done().
  std::vector<RangeQuestion> Ask();
  // The answers to the first questions of the last Ask; at least one.
  //   INVALID_ARGUMENT    not an answer to what was asked: malformed, items out
  //                       of order or range, more than the other side has, or
  //                       without progress.
  //   RESOURCE_EXHAUSTED  more than kDifferencesMax differences, or a side that
  //                       leads us on: more than kOpenRangesMax ranges.
  absl::Status Take(absl::Span<const RangeAnswer> answers);

  // What was found, if with it our set has their root. DATA_LOSS if not: then
  // the other side has answered from another set than the root is of.
  // REQUIRES: done().
  absl::StatusOr<Differences> Finish();

  int rounds() const { return rounds_; }

 private:
  absl::Status TakeOne(const RangeQuestion& question,
                       const RangeAnswer& answer);
  absl::Status TakeItems(const Range& range, absl::Span<const Item> theirs);
  absl::Status TakeParts(const Range& range,
                         absl::Span<const RangeAnswer::Part> parts);
  void AskAbout(const RangeAnswer::Part& part);

  const ItemSet& mine_;
  Digest their_root_{};
  std::uint64_t their_items_ = 0;
  std::uint64_t listed_ = 0;          // items of theirs that came
  std::vector<RangeQuestion> open_;   // the last is asked first
  std::vector<RangeQuestion> asked_;  // without answer so far
  int rounds_ = 0;
  Differences found_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_RECONCILE_H_
