#include "federation/receipt.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/lines.h"
#include "federation/unknown_fields.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr absl::string_view kMagic = "minga/receipt/v1";
constexpr absl::string_view kRetentionEnded = "retention-ended";
constexpr std::size_t kReceiptNoteBytesMax = 8 * 1024;
constexpr std::size_t kCheckpointBytesMax = 8 * 1024;

// The rejections as they travel: field 2 of a receipt, and nothing else.
Digest DigestOf(const v1::Receipt& receipt) {
  v1::Receipt only;
  *only.mutable_rejections() = receipt.rejections();
  return Sha256(only.SerializeAsString());
}

absl::Status CheckBounds(const v1::Receipt& receipt) {
  if (receipt.note().size() > kReceiptNoteBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("receipt note has ", receipt.note().size(),
                     " bytes; at most ", kReceiptNoteBytesMax, " are allowed"));
  }
  if (receipt.checkpoint().size() > kCheckpointBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("receipt checkpoint has ", receipt.checkpoint().size(),
                     " bytes; at most ", kCheckpointBytesMax, " are allowed"));
  }
  if (receipt.rejections_size() > kFeedPageRowsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "receipt has ", receipt.rejections_size(), " rejections; at most ",
        kFeedPageRowsMax, " are allowed"));
  }
  if (HasUnknownFields(receipt)) {
    return absl::InvalidArgumentError("receipt has an unknown field");
  }
  return absl::OkStatus();
}

absl::Status ReadRejections(const v1::Receipt& receipt, OpenedReceipt& opened) {
  SeqNo previous = opened.header.after;
  for (const v1::Rejection& rejection : receipt.rejections()) {
    const std::string place =
        absl::StrCat("receipt rejection ", opened.rejections.size() + 1);
    if (HasUnknownFields(rejection)) {
      return absl::InvalidArgumentError(absl::StrCat(place, ": unknown field"));
    }
    if (rejection.seq() <= previous || rejection.seq() > opened.header.upto) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": sequence ", rejection.seq(), " is not in (",
                       previous, ", ", opened.header.upto, "]"));
    }
    previous = rejection.seq();
    if (rejection.reason().size() > kShortTextBytesMax) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": reason has ", rejection.reason().size(),
                       " bytes; at most ", kShortTextBytesMax, " are allowed"));
    }
    MINGA_RETURN_IF_ERROR(At(place, ValidateText(rejection.reason(), "")));
    opened.rejections.push_back({rejection.seq(), rejection.reason()});
  }
  return absl::OkStatus();
}

absl::Status CheckContent(const v1::Receipt& receipt,
                          const ReceiptHeader& header) {
  if (static_cast<std::uint32_t>(receipt.rejections_size()) !=
      header.rejected) {
    return absl::InvalidArgumentError(
        absl::StrCat("receipt has ", receipt.rejections_size(),
                     " rejections, its note says ", header.rejected));
  }
  if (DigestOf(receipt) != header.rejections) {
    return absl::InvalidArgumentError(
        "receipt: the rejections do not hash to the signed digest");
  }
  return absl::OkStatus();
}

absl::Status ParseCounts(LineReader& lines, ReceiptHeader& header) {
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<std::uint64_t> counts,
      ParseNumbers(lines, "`<applied> <withdrawn> <rejected>`", 3));
  for (const std::uint64_t count : counts) {
    if (count > static_cast<std::uint64_t>(kFeedPageRowsMax)) {
      return lines.Error(absl::StrCat("more than ", kFeedPageRowsMax, " rows"));
    }
  }
  header.applied = static_cast<std::uint32_t>(counts[0]);
  header.withdrawn = static_cast<std::uint32_t>(counts[1]);
  header.rejected = static_cast<std::uint32_t>(counts[2]);
  return absl::OkStatus();
}

absl::Status ParseDigestLine(LineReader& lines, absl::string_view what,
                             Digest& out) {
  MINGA_ASSIGN_OR_RETURN(const absl::string_view text, lines.Next(what));
  const absl::StatusOr<Digest> digest = ParseDigest(text);
  if (!digest.ok()) return lines.Error(digest.status().message());
  out = *digest;
  return absl::OkStatus();
}

}  // namespace

std::string ReceiptHeader::Text() const {
  std::string text = absl::StrCat(
      kMagic, "\n", follower.ToString(), " ", origin.ToString(), "\n", epoch,
      " ", after, " ", upto, "\n", applied, " ", withdrawn, " ", rejected, "\n",
      Base64(AsView(root)), "\n", Base64(AsView(rejections)), "\n");
  if (retention_ended > 0) {
    absl::StrAppend(&text, kRetentionEnded, ": ", retention_ended, "\n");
  }
  return text;
}

absl::StatusOr<ReceiptHeader> ReceiptHeader::Parse(absl::string_view text) {
  LineReader lines(text);
  ReceiptHeader header;
  MINGA_RETURN_IF_ERROR(lines.Expect(kMagic));
  MINGA_ASSIGN_OR_RETURN(const CountryPair parties,
                         ParseCountryPair(lines, "`<follower> <origin>`"));
  header.follower = parties.first;
  header.origin = parties.second;
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::uint64_t> range,
                         ParseNumbers(lines, "`<epoch> <after> <upto>`", 3));
  header.epoch = range[0];
  header.after = range[1];
  header.upto = range[2];
  if (header.upto < header.after) return lines.Error("range ends before start");
  MINGA_RETURN_IF_ERROR(ParseCounts(lines, header));
  MINGA_RETURN_IF_ERROR(ParseDigestLine(lines, "root", header.root));
  MINGA_RETURN_IF_ERROR(
      ParseDigestLine(lines, "digest of the rejections", header.rejections));
  if (lines.AtField(kRetentionEnded)) {
    MINGA_ASSIGN_OR_RETURN(const absl::string_view number,
                           lines.Field(kRetentionEnded));
    const absl::StatusOr<std::uint64_t> ended = ParseNumber(number);
    if (!ended.ok()) return lines.Error(ended.status().message());
    // Zero is said by leaving the line out: each header has one form.
    if (*ended == 0) return lines.Error("must be above 0");
    header.retention_ended = *ended;
  }
  MINGA_RETURN_IF_ERROR(lines.End());
  return header;
}

ReceiptHeader SealReceipt(const PageHeader& page, const ApplyResult& result,
                          const Signer& signer, const Dialect& dialect,
                          v1::Receipt& receipt) {
  receipt.clear_rejections();
  for (const InboundRejection& rejection : result.rejected) {
    v1::Rejection& out = *receipt.add_rejections();
    out.set_seq(rejection.seq);
    out.set_reason(Printable(rejection.reason, kShortTextBytesMax));
  }
  ReceiptHeader header;
  header.follower = page.follower;
  header.origin = page.origin;
  header.epoch = page.epoch;
  header.after = page.after;
  header.upto = page.upto;
  header.applied = static_cast<std::uint32_t>(result.applied);
  header.withdrawn = static_cast<std::uint32_t>(result.withdrawn);
  header.rejected = static_cast<std::uint32_t>(result.rejected.size());
  if (dialect.retention_report) {
    header.retention_ended = result.retention_ended;
  }
  header.root = page.root;
  header.rejections = DigestOf(receipt);
  receipt.set_note(signer.Sign(header.Text()));
  return header;
}

absl::StatusOr<OpenedReceipt> OpenReceipt(const v1::Receipt& receipt,
                                          const NoteVerifier& follower_key,
                                          Country follower, Country origin,
                                          const Dialect& dialect) {
  MINGA_RETURN_IF_ERROR(CheckBounds(receipt));
  const absl::StatusOr<Note> note = Note::Parse(receipt.note());
  if (!note.ok()) return At("receipt", note.status());
  if (!VerifyNote(*note, follower_key)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "receipt: no valid signature by `", follower_key.name, "`"));
  }
  absl::StatusOr<ReceiptHeader> header = ReceiptHeader::Parse(note->text);
  if (!header.ok()) return At("receipt note", header.status());
  OpenedReceipt opened{*std::move(header), {}};
  if (opened.header.follower != follower || opened.header.origin != origin) {
    return absl::InvalidArgumentError(
        absl::StrCat("receipt is from ", opened.header.follower.ToString(),
                     " for ", opened.header.origin.ToString(), ", not from ",
                     follower.ToString(), " for ", origin.ToString()));
  }
  if (opened.header.retention_ended > 0 && !dialect.retention_report) {
    return absl::InvalidArgumentError(absl::StrCat(
        "receipt note: `", kRetentionEnded, "` was not agreed on"));
  }
  MINGA_RETURN_IF_ERROR(CheckContent(receipt, opened.header));
  MINGA_RETURN_IF_ERROR(ReadRejections(receipt, opened));
  return opened;
}

bool IsFor(const ReceiptHeader& receipt, const PageHeader& page) {
  return receipt.follower == page.follower && receipt.origin == page.origin &&
         receipt.epoch == page.epoch && receipt.after == page.after &&
         receipt.upto == page.upto && receipt.root == page.root;
}

}  // namespace minga::federation
