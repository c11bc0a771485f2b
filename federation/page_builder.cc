#include "federation/page_builder.h"

#include <google/protobuf/timestamp.pb.h>

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/federation.pb.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

// For a withdrawal of which no deadline is kept.
constexpr absl::Duration kEraseWithin = absl::Hours(24);
constexpr absl::string_view kUnreadableReason = "unreadable";
constexpr absl::string_view kProtocolReason = "protocol";

v1::Row StartRow(const storage::FeedRow& row) {
  v1::Row out;
  out.set_seq(row.seq);
  out.set_kind(static_cast<v1::RecordKind>(row.key.kind));
  out.set_id(row.wire_id.empty() ? row.key.id : row.wire_id);
  // A revision is the same number in every peer's feed: beside a pseudonym it
  // would let two peers join their views, and tell the members of a class
  // apart.
  if (IsAboutNobody(row.key.kind)) out.set_revision(row.revision);
  return out;
}

std::string DeleteRow(const storage::FeedRow& row, absl::string_view reason,
                      absl::Time now) {
  v1::Row out = StartRow(row);
  out.set_operation(v1::ROW_OPERATION_DELETE);
  // Of persons no reason is told: it would say who of a class has left and who
  // was recalled for it.
  const bool told = IsAboutNobody(row.key.kind) && !reason.empty();
  out.set_reason(std::string(told ? reason : "withheld"));
  // From the withdrawal on, not from this sending.
  out.mutable_erase_deadline()->set_seconds(
      absl::ToUnixSeconds(row.erase_by.value_or(now + kEraseWithin)));
  return out.SerializeAsString();
}

std::string UpsertRow(const storage::FeedRow& row, Projection projection) {
  v1::Row out = StartRow(row);
  out.set_operation(v1::ROW_OPERATION_UPSERT);
  out.set_body(std::move(projection.body));
  out.set_retention_days(static_cast<std::uint32_t>(projection.retention_days));
  if (projection.retention_until != absl::CivilDay::max()) {
    out.set_retention_until(FormatDay(projection.retention_until));
  }
  out.set_no_onward_transfer(projection.no_onward_transfer);
  return out.SerializeAsString();
}

// Whether the peer can read all that it would be obliged to.
bool CanTell(const Dialect& dialect, RecordKind kind,
             const Projection& projection) {
  if (dialect.row_obligations) return true;
  return IsAboutNobody(kind) && !projection.no_onward_transfer &&
         projection.retention_until == absl::CivilDay::max();
}

// The fault lies with this one record: others of the feed can go on.
bool IsRecordsFault(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsNotFound(status) ||
         absl::IsDataLoss(status);
}

// How a row is told.
struct ToldAs {
  enum class What { kShown, kWithdrawn, kUntold, kGivenUp };
  What what;
  std::string bytes;
};
using What = ToldAs::What;

// FAILED_PRECONDITION if the row cannot be shown as decided.
absl::StatusOr<ToldAs> Tell(const storage::Snapshot& snapshot,
                            Projector& projector, const PageRequest& request,
                            const storage::FeedRow& row) {
  if (row.state != storage::ViewState::kShown) {
    return ToldAs{What::kWithdrawn, DeleteRow(row, row.reason, request.now)};
  }
  absl::StatusOr<Projection> projection =
      projector.Project(snapshot, request.follower, row);
  absl::Status fault = projection.status();
  if (projection.ok()) {
    if (!CanTell(request.dialect, row.key.kind, *projection)) {
      return ToldAs{What::kUntold,
                    DeleteRow(row, kProtocolReason, request.now)};
    }
    if (!projection->body.empty() &&
        projection->body.size() <= kRecordBytesMax) {
      return ToldAs{What::kShown, UpsertRow(row, *std::move(projection))};
    }
    fault = absl::FailedPreconditionError(
        absl::StrCat("projection has ", projection->body.size(), " bytes"));
  }
  // Without the record's name, which would tell the peer a person's.
  if (!IsRecordsFault(fault)) return fault;
  if (request.given_up.contains(row.key)) {
    return ToldAs{What::kGivenUp,
                  DeleteRow(row, kUnreadableReason, request.now)};
  }
  return absl::FailedPreconditionError(fault.message());
}

// Appends rows while they fit. True if all that were read stand in the page.
absl::StatusOr<bool> AppendRows(const storage::Snapshot& snapshot,
                                Projector& projector,
                                const PageRequest& request,
                                const std::vector<storage::FeedRow>& rows,
                                BuiltPage& built) {
  v1::Page& page = *built.message->mutable_page();
  std::size_t bytes = 0;
  for (const storage::FeedRow& row : rows) {
    absl::StatusOr<ToldAs> told = Tell(snapshot, projector, request, row);
    if (absl::IsFailedPrecondition(told.status())) {
      built.stale.push_back(row.key);
      continue;
    }
    if (!told.ok()) return told.status();
    // After a stale row only further stale ones are looked for, so that all
    // are decided again at once.
    if (!built.stale.empty()) continue;
    bytes += told->bytes.size();
    if (bytes > kFeedPageBytesMax) return false;
    *page.add_rows() = std::move(told->bytes);
    built.header.upto = row.seq;
    if (told->what == What::kShown) {
      built.basis.shown.emplace_back(row.seq, row.key);
    } else if (told->what == What::kGivenUp) {
      built.given_up.emplace_back(row.seq, row.key);
    } else if (told->what == What::kUntold) {
      ++built.untold;
    }
  }
  return built.stale.empty();
}

}  // namespace

bool IsAboutNobody(RecordKind kind) {
  switch (kind) {
    case RecordKind::kVacancy:
    case RecordKind::kRightsNotice:
    case RecordKind::kTrainingOffer:
    case RecordKind::kStatistic:
      return true;
    default:
      return false;
  }
}

BuiltPage::BuiltPage() = default;
BuiltPage::~BuiltPage() = default;
BuiltPage::BuiltPage(BuiltPage&&) noexcept = default;
BuiltPage& BuiltPage::operator=(BuiltPage&&) noexcept = default;

absl::StatusOr<BuiltPage> BuildPage(const storage::Snapshot& snapshot,
                                    Projector& projector, const Signer& signer,
                                    const PageRequest& request) {
  MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                         snapshot.feeds().Head(request.follower));
  if (head.epoch != request.epoch) {
    return absl::AbortedError(absl::StrCat("the feed is of epoch ", head.epoch,
                                           " now, not ", request.epoch));
  }
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<storage::FeedRow> rows,
      snapshot.feeds().Read(request.follower, request.after, kFeedPageRowsMax));
  BuiltPage built;
  built.message = std::make_unique<v1::FollowResponse>();
  built.header.origin = request.origin;
  built.header.follower = request.follower;
  built.header.epoch = request.epoch;
  built.header.after = request.after;
  built.header.upto = request.after;
  built.basis.last = head.last;
  built.basis.day = DayOf(request.now);
  MINGA_ASSIGN_OR_RETURN(built.basis.law,
                         snapshot.documents().Get(kDocLawInForce));
  MINGA_ASSIGN_OR_RETURN(const bool whole,
                         AppendRows(snapshot, projector, request, rows, built));
  if (whole && rows.size() < static_cast<std::size_t>(kFeedPageRowsMax)) {
    built.header.upto = head.last;
  }
  built.caught_up = whole && built.header.upto == head.last;
  v1::Page& page = *built.message->mutable_page();
  if (page.rows_size() == 0 && !built.stale.empty()) {
    built.message = nullptr;
    return built;
  }
  page.set_caught_up(built.caught_up);
  SealPage(built.header, signer, page);
  return built;
}

}  // namespace minga::federation
