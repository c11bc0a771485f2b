#include "federation/reconcile.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

// Of an answer on the wire, about.
std::size_t BytesOf(const RangeAnswer& answer) {
  return 8 + answer.items.size() * kItemBytes +
         answer.parts.size() * (sizeof(Tag) + sizeof(Digest));
}

RangeAnswer AnswerOne(const ItemSet& set, const RangeQuestion& question) {
  const absl::Span<const Item> items = set.In(question.range);
  RangeAnswer answer;
  if (question.fingerprint.has_value() &&
      ItemSet::FingerprintOf(items) == *question.fingerprint) {
    answer.same = true;
  } else if (items.size() <= kListItemsMax) {
    answer.items.assign(items.begin(), items.end());
  } else {
    for (const Range& part : SplitRange(question.range, items, kSplitParts)) {
      answer.parts.push_back({part, ItemSet::FingerprintOf(set.In(part))});
    }
  }
  return answer;
}

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("comparison: ", what));
}

bool Contains(const Range& range, const Tag& tag) {
  return tag >= range.lower && (range.to_end || tag < range.upper);
}

}  // namespace

std::vector<RangeAnswer> Answer(const ItemSet& set,
                                absl::Span<const RangeQuestion> questions) {
  std::vector<RangeAnswer> answers;
  std::size_t bytes = 0;
  for (const RangeQuestion& question : questions) {
    if (!answers.empty() && bytes >= kAnswerBytesMax) break;
    answers.push_back(AnswerOne(set, question));
    bytes += BytesOf(answers.back());
  }
  return answers;
}

absl::Status Comparison::Begin(const Digest& their_root,
                               std::uint64_t their_items) {
  if (their_items > kItemsMax) {
    return Malformed(absl::StrCat(their_items, " items are too many"));
  }
  their_root_ = their_root;
  their_items_ = their_items;
  if (mine_.Root() == their_root) return absl::OkStatus();
  const Range all;
  if (mine_.size() == 0) {
    open_.push_back({all, std::nullopt});
    return absl::OkStatus();
  }
  for (const Range& part : SplitRange(all, mine_.All(), kFirstParts)) {
    open_.push_back({part, ItemSet::FingerprintOf(mine_.In(part))});
  }
  return absl::OkStatus();
}

std::vector<RangeQuestion> Comparison::Ask() {
  ++rounds_;
  while (!open_.empty() && asked_.size() < kRangesAskedMax) {
    asked_.push_back(open_.back());
    open_.pop_back();
  }
  return asked_;
}

absl::Status Comparison::Take(absl::Span<const RangeAnswer> answers) {
  if (answers.empty() || answers.size() > asked_.size()) {
    return Malformed(absl::StrCat(answers.size(), " answers to ", asked_.size(),
                                  " questions"));
  }
  const std::vector<RangeQuestion> asked = std::move(asked_);
  asked_.clear();
  open_.insert(open_.end(),
               asked.begin() + static_cast<std::ptrdiff_t>(answers.size()),
               asked.end());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    MINGA_RETURN_IF_ERROR(TakeOne(asked[i], answers[i]));
    if (found_.size() > kDifferencesMax || open_.size() > kOpenRangesMax) {
      return absl::ResourceExhaustedError(
          "comparison: the views differ in too much");
    }
  }
  return absl::OkStatus();
}

absl::Status Comparison::TakeOne(const RangeQuestion& question,
                                 const RangeAnswer& answer) {
  if (!answer.parts.empty()) {
    if (answer.same || !answer.items.empty()) {
      return Malformed("an answer of two kinds");
    }
    return TakeParts(question.range, answer.parts);
  }
  if (!answer.same) return TakeItems(question.range, answer.items);
  if (question.fingerprint.has_value() && answer.items.empty()) {
    return absl::OkStatus();
  }
  return Malformed("`same` is no answer here");
}

absl::Status Comparison::TakeItems(const Range& range,
                                   absl::Span<const Item> theirs) {
  listed_ += theirs.size();
  if (theirs.size() > kListItemsMax || listed_ > their_items_) {
    return Malformed("more items than there are");
  }
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    if (!Contains(range, theirs[i].tag) ||
        (i > 0 && theirs[i].tag <= theirs[i - 1].tag)) {
      return Malformed("items out of order or range");
    }
  }
  const absl::Span<const Item> ours = mine_.In(range);
  auto mine = ours.begin();
  auto their = theirs.begin();
  while (mine != ours.end() || their != theirs.end()) {
    if (their == theirs.end() ||
        (mine != ours.end() && mine->tag < their->tag)) {
      found_.surplus.push_back(*mine++);
    } else if (mine == ours.end() || their->tag < mine->tag) {
      found_.missing.push_back(*their++);
    } else {
      if (mine->digest != their->digest) found_.stale.push_back(*their);
      ++mine;
      ++their;
    }
  }
  return absl::OkStatus();
}

absl::Status Comparison::TakeParts(const Range& range,
                                   absl::Span<const RangeAnswer::Part> parts) {
  // At least two, so that every answer makes a range smaller.
  if (parts.size() < 2 || parts.size() > kSplitParts) {
    return Malformed(absl::StrCat("a range cut into ", parts.size(), " parts"));
  }
  Tag lower = range.lower;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Range& part = parts[i].range;
    const bool last = i + 1 == parts.size();
    const bool joins = part.lower == lower;
    const bool ends = last ? part.to_end == range.to_end &&
                                 (part.to_end || part.upper == range.upper)
                           : !part.to_end && part.upper > part.lower &&
                                 Contains(range, part.upper);
    if (!joins || !ends) return Malformed("parts that do not make the range");
    lower = part.upper;
  }
  for (const RangeAnswer::Part& part : parts) AskAbout(part);
  return absl::OkStatus();
}

void Comparison::AskAbout(const RangeAnswer::Part& part) {
  const absl::Span<const Item> ours = mine_.In(part.range);
  if (ItemSet::FingerprintOf(ours) == part.fingerprint) return;
  if (ours.size() <= kListItemsMax) {
    open_.push_back({part.range, std::nullopt});
    return;
  }
  for (const Range& smaller : SplitRange(part.range, ours, kSplitParts)) {
    open_.push_back({smaller, ItemSet::FingerprintOf(mine_.In(smaller))});
  }
}

absl::StatusOr<Differences> Comparison::Finish() {
  ItemSet repaired = mine_;
  std::vector<Tag> replaced;
  for (const Item& item : found_.surplus) replaced.push_back(item.tag);
  for (const Item& item : found_.stale) replaced.push_back(item.tag);
  repaired.RemoveTags(std::move(replaced));
  for (const std::vector<Item>* some : {&found_.missing, &found_.stale}) {
    for (const Item& item : *some) {
      MINGA_RETURN_IF_ERROR(repaired.Add(item));
    }
  }
  MINGA_RETURN_IF_ERROR(repaired.Sort());
  if (repaired.Root() == their_root_) return std::move(found_);
  return absl::DataLossError(
      "comparison: what was found does not lead to the other side's root");
}

}  // namespace minga::federation
