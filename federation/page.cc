#include "federation/page.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/erasure_proof.h"
#include "federation/lines.h"
#include "federation/unknown_fields.h"
#include "minga/v1/federation.pb.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/merkle.h"

namespace minga::federation {
namespace {

constexpr absl::string_view kMagic = "minga/page/v1";
// Five short lines and the signatures of a key rotation.
constexpr std::size_t kPageNoteBytesMax = 8 * 1024;
// A hundred years: longer is a mistake of units.
constexpr std::uint32_t kRetentionDaysMax = 36525;

absl::Status CheckBounds(const v1::Page& page) {
  if (page.rows_size() > kFeedPageRowsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("page has ", page.rows_size(), " rows; at most ",
                     kFeedPageRowsMax, " are allowed"));
  }
  std::size_t bytes = 0;
  for (const std::string& row : page.rows()) bytes += row.size();
  if (bytes > kFeedPageBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("page has ", bytes, " bytes of rows; at most ",
                     kFeedPageBytesMax, " are allowed"));
  }
  if (page.note().size() > kPageNoteBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("page note has ", page.note().size(), " bytes; at most ",
                     kPageNoteBytesMax, " are allowed"));
  }
  if (HasUnknownFields(page)) {
    return absl::InvalidArgumentError("page has an unknown field");
  }
  return absl::OkStatus();
}

absl::StatusOr<PageHeader> OpenNote(const v1::Page& page,
                                    const NoteVerifier& origin_key) {
  const absl::StatusOr<Note> note = Note::Parse(page.note());
  if (!note.ok()) return At("page", note.status());
  if (!VerifyNote(*note, origin_key)) {
    return absl::InvalidArgumentError(
        absl::StrCat("page: no valid signature by `", origin_key.name, "`"));
  }
  absl::StatusOr<PageHeader> header = PageHeader::Parse(note->text);
  if (!header.ok()) return At("page note", header.status());
  return header;
}

absl::Status CheckParties(const PageHeader& header,
                          const PageExpectation& expected) {
  if (header.origin != expected.origin ||
      header.follower != expected.follower) {
    return absl::InvalidArgumentError(absl::StrCat(
        "page is from ", header.origin.ToString(), " for ",
        header.follower.ToString(), ", not from ", expected.origin.ToString(),
        " for ", expected.follower.ToString()));
  }
  if (header.epoch != expected.epoch) {
    return absl::AbortedError(
        absl::StrCat("page ", header.Range(), " is of epoch ", header.epoch,
                     ", the stream of epoch ", expected.epoch));
  }
  return absl::OkStatus();
}

absl::Status CheckRange(const PageHeader& header, SeqNo cursor) {
  if (header.after == cursor || header.upto <= cursor) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrCat("page ", header.Range(),
                   header.after > cursor ? " leaves a gap after the cursor "
                                         : " overlaps the cursor ",
                   cursor));
}

absl::Status CheckRoot(const v1::Page& page, const PageHeader& header) {
  if (static_cast<std::uint32_t>(page.rows_size()) != header.rows) {
    return absl::InvalidArgumentError(
        absl::StrCat("page ", header.Range(), " has ", page.rows_size(),
                     " rows, its note says ", header.rows));
  }
  std::vector<Digest> leaves;
  leaves.reserve(header.rows);
  for (const std::string& row : page.rows()) {
    leaves.push_back(storage::LeafHash(row));
  }
  if (storage::RootOf(leaves) != header.root) {
    return absl::InvalidArgumentError(absl::StrCat(
        "page ", header.Range(), ": the rows do not hash to the signed root"));
  }
  return absl::OkStatus();
}

absl::Status CheckUpsert(const v1::Row& row) {
  if (row.body().empty() || row.body().size() > kRecordBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("body has ", row.body().size(), " bytes; 1 to ",
                     kRecordBytesMax, " are allowed"));
  }
  if (!row.reason().empty() || row.has_erase_deadline()) {
    return absl::InvalidArgumentError("an UPSERT has no reason or deadline");
  }
  if (row.retention_days() > kRetentionDaysMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("retention of ", row.retention_days(), " days; at most ",
                     kRetentionDaysMax, " are allowed"));
  }
  return absl::OkStatus();
}

absl::Status CheckDelete(const v1::Row& row) {
  if (!row.body().empty() || row.retention_days() != 0 ||
      !row.retention_until().empty() || row.no_onward_transfer()) {
    return absl::InvalidArgumentError("a DELETE has no body or retention");
  }
  if (row.reason().empty() || row.reason().size() > kShortTextBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("reason has ", row.reason().size(), " bytes; 1 to ",
                     kShortTextBytesMax, " are allowed"));
  }
  if (!row.has_erase_deadline()) {
    return absl::InvalidArgumentError("a DELETE needs a deadline");
  }
  return At("reason", ValidateText(row.reason(), ""));
}

// Whatever the version of the agreed protocol does not have is unknown.
absl::Status CheckFields(const v1::Row& row, const Dialect& dialect) {
  const bool obliges =
      !row.retention_until().empty() || row.no_onward_transfer();
  if (HasUnknownFields(row) || (obliges && !dialect.row_obligations)) {
    return absl::InvalidArgumentError("unknown field");
  }
  return absl::OkStatus();
}

// Of a withdrawal; bounds what a wrong clock or a wrong unit can say.
absl::StatusOr<absl::Time> ReadDeadline(const v1::Row& row) {
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  const std::int64_t seconds = row.erase_deadline().seconds();
  if (seconds < 0 || seconds >= kYear10000) {
    return absl::InvalidArgumentError("deadline: is not a time");
  }
  return absl::FromUnixSeconds(seconds);
}

absl::Status ReadRow(const v1::Row& row, const Country& origin,
                     const Dialect& dialect, InboundRow& out) {
  MINGA_RETURN_IF_ERROR(CheckFields(row, dialect));
  MINGA_ASSIGN_OR_RETURN(out.key.kind, KindFromNumber(row.kind()));
  MINGA_RETURN_IF_ERROR(ValidateRecordId(row.id()));
  switch (row.operation()) {
    case v1::ROW_OPERATION_UPSERT:
      MINGA_RETURN_IF_ERROR(CheckUpsert(row));
      break;
    case v1::ROW_OPERATION_DELETE:
      MINGA_RETURN_IF_ERROR(CheckDelete(row));
      break;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("unknown operation ", row.operation()));
  }
  out.seq = row.seq();
  out.key.country = origin;
  out.key.id = row.id();
  out.upsert = row.operation() == v1::ROW_OPERATION_UPSERT;
  out.body = row.body();
  out.revision = row.revision();
  out.reason = row.reason();
  out.retention_days = static_cast<int>(row.retention_days());
  if (!row.retention_until().empty()) {
    const absl::StatusOr<absl::CivilDay> day = ParseDay(row.retention_until());
    if (!day.ok()) return At("retention_until", day.status());
    out.retention_until = *day;
  }
  out.no_onward_transfer = row.no_onward_transfer();
  if (!out.upsert) {
    MINGA_ASSIGN_OR_RETURN(out.erase_by, ReadDeadline(row));
  }
  return absl::OkStatus();
}

absl::Status ReadRows(const v1::Page& page, const Dialect& dialect,
                      OpenedPage& opened) {
  const PageHeader& header = opened.header;
  const auto parsed = std::make_shared<std::vector<v1::Row>>(header.rows);
  opened.rows.resize(header.rows);
  SeqNo previous = header.after;
  for (std::size_t i = 0; i < header.rows; ++i) {
    v1::Row& row = (*parsed)[i];
    const std::string place =
        absl::StrCat("page ", header.Range(), " row ", i + 1);
    if (!row.ParseFromString(page.rows(static_cast<int>(i)))) {
      return absl::InvalidArgumentError(absl::StrCat(place, ": not a Row"));
    }
    if (row.seq() <= previous || row.seq() > header.upto) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": sequence ", row.seq(), " is not in (",
                       previous, ", ", header.upto, "]"));
    }
    previous = row.seq();
    const absl::Status read =
        ReadRow(row, header.origin, dialect, opened.rows[i]);
    if (!read.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": ", read.message()));
    }
  }
  opened.keeper = parsed;
  return absl::OkStatus();
}

}  // namespace

std::string PageHeader::Text() const {
  return absl::StrCat(kMagic, "\n", origin.ToString(), " ", follower.ToString(),
                      "\n", epoch, " ", after, " ", upto, "\n", rows, "\n",
                      Base64(AsView(root)), "\n");
}

absl::StatusOr<PageHeader> PageHeader::Parse(absl::string_view text) {
  LineReader lines(text);
  PageHeader header;
  MINGA_RETURN_IF_ERROR(lines.Expect(kMagic));
  MINGA_ASSIGN_OR_RETURN(const CountryPair parties,
                         ParseCountryPair(lines, "`<origin> <follower>`"));
  header.origin = parties.first;
  header.follower = parties.second;
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::uint64_t> range,
                         ParseNumbers(lines, "`<epoch> <after> <upto>`", 3));
  header.epoch = range[0];
  header.after = range[1];
  header.upto = range[2];
  if (header.upto < header.after) return lines.Error("range ends before start");
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::uint64_t> rows,
                         ParseNumbers(lines, "`<rows>`", 1));
  if (rows[0] > static_cast<std::uint64_t>(kFeedPageRowsMax)) {
    return lines.Error(absl::StrCat("more than ", kFeedPageRowsMax, " rows"));
  }
  header.rows = static_cast<std::uint32_t>(rows[0]);
  MINGA_ASSIGN_OR_RETURN(const absl::string_view root, lines.Next("root"));
  const absl::StatusOr<Digest> digest = ParseDigest(root);
  if (!digest.ok()) return lines.Error(digest.status().message());
  header.root = *digest;
  MINGA_RETURN_IF_ERROR(lines.End());
  return header;
}

std::string PageHeader::Range() const {
  return absl::StrCat("(", after, ", ", upto, "]");
}

Signer::Signer(const SigningKey* key, std::string name)
    : Signer([key, name = std::move(name)](absl::string_view text) {
        return std::vector<NoteSignature>{SignNote(text, name, *key)};
      }) {}

std::string Signer::Sign(std::string text) const {
  Note note;
  note.text = std::move(text);
  note.signatures = signing_(note.text);
  return note.Serialize();
}

void SealPage(PageHeader& header, const Signer& signer, v1::Page& page) {
  header.rows = static_cast<std::uint32_t>(page.rows_size());
  std::vector<Digest> leaves;
  leaves.reserve(header.rows);
  for (const std::string& row : page.rows()) {
    leaves.push_back(storage::LeafHash(row));
  }
  header.root = storage::RootOf(leaves);
  page.set_note(signer.Sign(header.Text()));
}

absl::StatusOr<OpenedPage> OpenPage(const v1::Page& page,
                                    const PageExpectation& expected) {
  MINGA_RETURN_IF_ERROR(CheckBounds(page));
  OpenedPage opened;
  MINGA_ASSIGN_OR_RETURN(opened.header, OpenNote(page, expected.origin_key));
  MINGA_RETURN_IF_ERROR(CheckParties(opened.header, expected));
  MINGA_RETURN_IF_ERROR(CheckRange(opened.header, expected.cursor));
  MINGA_RETURN_IF_ERROR(CheckRoot(page, opened.header));
  opened.caught_up = page.caught_up();
  opened.replay = opened.header.after != expected.cursor;
  if (opened.replay) return opened;
  MINGA_RETURN_IF_ERROR(ReadRows(page, expected.dialect, opened));
  opened.erasures = ProveErasures(page, opened.rows);
  return opened;
}

}  // namespace minga::federation
