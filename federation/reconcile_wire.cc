#include "federation/reconcile_wire.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "federation/lines.h"
#include "federation/unknown_fields.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr absl::string_view kMagic = "minga/compared/v1";

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("comparison: ", what));
}

// `bytes` as values of one size, one after the other.
template <typename Value>
absl::StatusOr<std::vector<Value>> Values(absl::string_view bytes,
                                          std::size_t most,
                                          absl::string_view what) {
  static_assert(std::is_trivially_copyable_v<Value>);
  if (bytes.size() % sizeof(Value) != 0 ||
      bytes.size() / sizeof(Value) > most) {
    return Malformed(absl::StrCat(what, " have ", bytes.size(), " bytes"));
  }
  std::vector<Value> values(bytes.size() / sizeof(Value));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

template <typename Value>
void Append(const Value& value, std::string* bytes) {
  static_assert(std::is_trivially_copyable_v<Value>);
  bytes->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename Value>
absl::StatusOr<Value> One(absl::string_view bytes, absl::string_view what) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<Value> values,
                         Values<Value>(bytes, 1, what));
  if (values.empty()) return Malformed(absl::StrCat(what, " is missing"));
  return values.front();
}

absl::StatusOr<RangeAnswer> DecodeAnswer(const v1::TagRangeAnswer& message,
                                         const Range& range) {
  if (HasUnknownFields(message)) return Malformed("unknown field");
  RangeAnswer answer;
  answer.same = message.same();
  MINGA_ASSIGN_OR_RETURN(answer.items,
                         DecodeItems(message.items(), kListItemsMax));
  MINGA_ASSIGN_OR_RETURN(const std::vector<Tag> bounds,
                         DecodeTags(message.bounds(), kSplitParts - 1));
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<Digest> fingerprints,
      Values<Digest>(message.fingerprints(), kSplitParts, "fingerprints"));
  if (fingerprints.empty() && bounds.empty()) return answer;
  if (fingerprints.size() != bounds.size() + 1) {
    return Malformed("parts without bounds");
  }
  Range part = range;
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    const bool last = i == bounds.size();
    part.upper = last ? range.upper : bounds[i];
    part.to_end = last && range.to_end;
    answer.parts.push_back({part, fingerprints[i]});
    part.lower = part.upper;
  }
  return answer;
}

}  // namespace

std::string EncodeTags(absl::Span<const Tag> tags) {
  std::string bytes;
  for (const Tag& tag : tags) Append(tag, &bytes);
  return bytes;
}

absl::StatusOr<std::vector<Tag>> DecodeTags(absl::string_view bytes,
                                            std::size_t most) {
  return Values<Tag>(bytes, most, "tags");
}

std::string EncodeItems(absl::Span<const Item> items) {
  std::string bytes;
  bytes.reserve(items.size() * kItemBytes);
  for (const Item& item : items) Append(item, &bytes);
  return bytes;
}

absl::StatusOr<std::vector<Item>> DecodeItems(absl::string_view bytes,
                                              std::size_t most) {
  return Values<Item>(bytes, most, "items");
}

void Encode(absl::Span<const RangeQuestion> questions,
            v1::CompareRanges& message) {
  for (const RangeQuestion& question : questions) {
    v1::TagRange& range = *message.add_ranges();
    Append(question.range.lower, range.mutable_lower());
    if (!question.range.to_end) {
      Append(question.range.upper, range.mutable_upper());
    }
    if (question.fingerprint.has_value()) {
      Append(*question.fingerprint, range.mutable_fingerprint());
    }
  }
}

absl::StatusOr<std::vector<RangeQuestion>> Decode(
    const v1::CompareRanges& message) {
  if (HasUnknownFields(message)) return Malformed("unknown field");
  if (message.ranges_size() == 0 ||
      static_cast<std::size_t>(message.ranges_size()) > kRangesAskedMax) {
    return Malformed(absl::StrCat(message.ranges_size(), " ranges"));
  }
  std::vector<RangeQuestion> questions;
  for (const v1::TagRange& range : message.ranges()) {
    if (HasUnknownFields(range)) return Malformed("unknown field");
    RangeQuestion question;
    MINGA_ASSIGN_OR_RETURN(question.range.lower,
                           One<Tag>(range.lower(), "lower"));
    question.range.to_end = range.upper().empty();
    if (!question.range.to_end) {
      MINGA_ASSIGN_OR_RETURN(question.range.upper,
                             One<Tag>(range.upper(), "upper"));
      if (question.range.upper < question.range.lower) {
        return Malformed("a range ends before it begins");
      }
    }
    if (!range.fingerprint().empty()) {
      MINGA_ASSIGN_OR_RETURN(question.fingerprint,
                             One<Digest>(range.fingerprint(), "fingerprint"));
    }
    questions.push_back(question);
  }
  return questions;
}

void Encode(absl::Span<const RangeAnswer> answers,
            v1::RangesCompared& message) {
  for (const RangeAnswer& answer : answers) {
    v1::TagRangeAnswer& out = *message.add_answers();
    out.set_same(answer.same);
    out.set_items(EncodeItems(answer.items));
    for (std::size_t i = 0; i < answer.parts.size(); ++i) {
      Append(answer.parts[i].fingerprint, out.mutable_fingerprints());
      if (i + 1 < answer.parts.size()) {
        Append(answer.parts[i].range.upper, out.mutable_bounds());
      }
    }
  }
}

absl::StatusOr<std::vector<RangeAnswer>> Decode(
    const v1::RangesCompared& message, absl::Span<const RangeQuestion> asked) {
  if (HasUnknownFields(message)) return Malformed("unknown field");
  if (static_cast<std::size_t>(message.answers_size()) > asked.size()) {
    return Malformed("more answers than questions");
  }
  std::vector<RangeAnswer> answers;
  for (const v1::TagRangeAnswer& one : message.answers()) {
    MINGA_ASSIGN_OR_RETURN(RangeAnswer answer,
                           DecodeAnswer(one, asked[answers.size()].range));
    answers.push_back(std::move(answer));
  }
  return answers;
}

std::string ComparedStatement::Text() const {
  return absl::StrCat(kMagic, "\n", follower.ToString(), " ", origin.ToString(),
                      "\n", epoch, " ", upto, "\n", items, " ", missing, " ",
                      stale, " ", surplus, "\n", Base64(AsView(root)), "\n");
}

absl::StatusOr<ComparedStatement> ComparedStatement::Parse(
    absl::string_view text) {
  LineReader lines(text);
  ComparedStatement statement;
  MINGA_RETURN_IF_ERROR(lines.Expect(kMagic));
  MINGA_ASSIGN_OR_RETURN(const CountryPair parties,
                         ParseCountryPair(lines, "`<follower> <origin>`"));
  statement.follower = parties.first;
  statement.origin = parties.second;
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::uint64_t> place,
                         ParseNumbers(lines, "`<epoch> <upto>`", 2));
  statement.epoch = place[0];
  statement.upto = place[1];
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<std::uint64_t> counts,
      ParseNumbers(lines, "`<items> <missing> <stale> <surplus>`", 4));
  statement.items = counts[0];
  statement.missing = counts[1];
  statement.stale = counts[2];
  statement.surplus = counts[3];
  MINGA_ASSIGN_OR_RETURN(const absl::string_view root, lines.Next("root"));
  const absl::StatusOr<Digest> digest = ParseDigest(root);
  if (!digest.ok()) return lines.Error(digest.status().message());
  statement.root = *digest;
  MINGA_RETURN_IF_ERROR(lines.End());
  return statement;
}

}  // namespace minga::federation
