#include "node/rpc/audit_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "federation/keyring.h"
#include "node/audit/finder.h"
#include "node/audit/log_reader.h"
#include "node/base/status.h"
#include "node/rpc/decode.h"
#include "node/rpc/log_reading.h"
#include "node/rpc/log_verifier.h"
#include "storage/database.h"

namespace minga::rpc {
namespace {

// Entries [begin, end) of all logs.
struct Range {
  audit::LogPosition begin = 0;
  audit::LogPosition end = 0;
};

absl::StatusOr<Range> Decode(const v1::TailRequest& request,
                             const audit::LogReader& reader) {
  if (request.count() > kTailEntriesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "count: ", request.count(), " is more than ", kTailEntriesMax));
  }
  const audit::LogPosition count =
      request.count() == 0 ? kTailEntriesDefault : request.count();
  MINGA_ASSIGN_OR_RETURN(const audit::LogPosition size, reader.Size());
  Range range;
  if (request.has_after()) {
    MINGA_ASSIGN_OR_RETURN(const int log, DecodeLog(request.after().log()));
    MINGA_ASSIGN_OR_RETURN(const audit::LogPosition after,
                           reader.PositionOf(log, request.after().index()));
    range.begin = std::min(size, after + 1);
    range.end = std::min(size, range.begin + count);
  } else {
    range.begin = size > count ? size - count : 0;
    range.end = size;
  }
  return range;
}

// How soon a follower sees a new entry. Looking costs a row of the database.
constexpr absl::Duration kFollowEvery = absl::Milliseconds(250);

// Writes the entries of positions [at, end) and moves `at` behind them.
absl::Status WriteEntries(const audit::LogReader& reader,
                          audit::LogPosition end, audit::LogPosition& at,
                          grpc::ServerWriter<v1::TailResponse>& writer) {
  const auto write = [&](const audit::LogPlace& place,
                         absl::string_view bytes) -> absl::Status {
    v1::TailResponse response;
    response.set_log(static_cast<std::uint32_t>(place.log));
    response.set_index(place.index());
    if (!response.mutable_entry()->ParseFromArray(
            bytes.data(), static_cast<int>(bytes.size()))) {
      return absl::DataLossError(
          absl::StrCat("log entry ", place.index(), " is unreadable"));
    }
    // The reader has gone away: nobody to tell.
    if (!writer.Write(response)) return absl::CancelledError("reader gone");
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(reader.Read(at, end, write));
  at = std::max(at, end);
  return absl::OkStatus();
}

// Counts one follower for as long as it lives.
class Following {
 public:
  explicit Following(std::atomic<int>& followers)
      : followers_(followers), number_(++followers) {}
  ~Following() { --followers_; }
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;
  bool too_many() const { return number_ > kFollowersMax; }

 private:
  std::atomic<int>& followers_;
  const int number_;
};

}  // namespace

grpc::Status AuditService::Tail(grpc::ServerContext* context,
                                const v1::TailRequest* request,
                                grpc::ServerWriter<v1::TailResponse>* writer) {
  return gate_.Run([&] { return DoTail(*context, *request, *writer); });
}

grpc::Status AuditService::VerifyLog(grpc::ServerContext* /*context*/,
                                     const v1::VerifyLogRequest* /*request*/,
                                     v1::VerifyLogResponse* response) {
  return gate_.Run([&] { return DoVerifyLog(*response); });
}

grpc::Status AuditService::Find(grpc::ServerContext* context,
                                const v1::FindRequest* request,
                                grpc::ServerWriter<v1::FindResponse>* writer) {
  return gate_.Run([&] {
    return FindEntries(node_, *request, [&](const v1::FindResponse& found) {
      return !context->IsCancelled() && writer->Write(found);
    });
  });
}

grpc::Status AuditService::Prove(grpc::ServerContext* /*context*/,
                                 const v1::ProveRequest* request,
                                 v1::ProveResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(*response, ProveEntry(node_, *request));
    return absl::OkStatus();
  });
}

grpc::Status AuditService::CountDecisions(
    grpc::ServerContext* /*context*/, const v1::CountDecisionsRequest* request,
    v1::CountDecisionsResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(*response, rpc::CountDecisions(node_, *request));
    return absl::OkStatus();
  });
}

grpc::Status AuditService::ReportPerson(grpc::ServerContext* /*context*/,
                                        const v1::ReportPersonRequest* request,
                                        v1::ReportPersonResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(*response, rpc::ReportPerson(node_, *request));
    return absl::OkStatus();
  });
}

grpc::Status AuditService::CloseLog(grpc::ServerContext* /*context*/,
                                    const v1::CloseLogRequest* /*request*/,
                                    v1::CloseLogResponse* response) {
  return gate_.Run([&] { return DoCloseLog(*response); });
}

absl::Status AuditService::DoTail(
    const grpc::ServerContext& context, const v1::TailRequest& request,
    grpc::ServerWriter<v1::TailResponse>& writer) {
  const audit::LogReader& reader = node_.finder->reader();
  MINGA_ASSIGN_OR_RETURN(const Range range, Decode(request, reader));
  const Following following(followers_);
  if (request.follow() && following.too_many()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kFollowersMax, " follow the log at once"));
  }
  MINGA_RETURN_IF_ERROR(LogReading(
      node_, absl::StrCat("entries ", range.begin,
                          request.follow() ? " on, as they come"
                                           : absl::StrCat(" to ", range.end))));
  audit::LogPosition at = range.begin;
  MINGA_RETURN_IF_ERROR(WriteEntries(reader, range.end, at, writer));
  while (request.follow() && !context.IsCancelled()) {
    MINGA_ASSIGN_OR_RETURN(const audit::LogPosition now, reader.Size());
    if (now == at) absl::SleepFor(kFollowEvery);
    MINGA_RETURN_IF_ERROR(WriteEntries(reader, now, at, writer));
  }
  return absl::OkStatus();
}

absl::Status AuditService::DoVerifyLog(v1::VerifyLogResponse& response) const {
  MINGA_RETURN_IF_ERROR(LogReading(node_, "verification of all entries"));
  MINGA_ASSIGN_OR_RETURN(
      const LogVerdict verdict,
      VerifyOwnLog(*node_.database,
                   node_.keyring->Verifiers(federation::KeyUse::kLog)));
  response.set_size(verdict.size);
  response.set_root(ToBytes(verdict.root));
  response.set_checkpoint(verdict.checkpoint);
  response.set_pruned(verdict.pruned);
  response.set_closed(static_cast<std::uint32_t>(verdict.closed));
  response.set_entries(verdict.entries);
  response.set_checkpoint_size(verdict.checkpoint_size);
  for (const std::string& fault : verdict.faults) response.add_faults(fault);
  return absl::OkStatus();
}

absl::Status AuditService::DoCloseLog(v1::CloseLogResponse& response) const {
  MINGA_ASSIGN_OR_RETURN(NodeParts::ClosedLog closed, node_.close_log());
  response.set_log(static_cast<std::uint32_t>(closed.log));
  response.set_checkpoint(std::move(closed.checkpoint));
  response.set_origin(std::move(closed.next));
  return absl::OkStatus();
}

}  // namespace minga::rpc
