#include "node/rpc/audit_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/keyring.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/rpc/log_verifier.h"
#include "storage/database.h"
#include "storage/merkle.h"

namespace minga::rpc {
namespace {

using storage::LeafIndex;

// The key of ours that has signed the newest checkpoint: a former one, if the
// log has not grown since the key was changed.
absl::StatusOr<NoteVerifier> LogKeyInUse(const NodeParts& node) {
  const std::vector<NoteVerifier> keys =
      node.keyring->Verifiers(federation::KeyUse::kLog);
  std::string checkpoint;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(checkpoint, snapshot.audit().Checkpoint());
        return absl::OkStatus();
      }));
  const absl::StatusOr<Note> note = Note::Parse(checkpoint);
  for (const NoteVerifier& key : keys) {
    if (note.ok() && VerifyNote(*note, key)) return key;
  }
  return keys.front();
}

// Entries [begin, end).
struct Range {
  LeafIndex begin = 0;
  LeafIndex end = 0;
};

absl::StatusOr<Range> Decode(const v1::TailRequest& request, LeafIndex size) {
  if (request.count() > kTailEntriesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "count: ", request.count(), " is more than ", kTailEntriesMax));
  }
  const LeafIndex count =
      request.count() == 0 ? kTailEntriesDefault : request.count();
  Range range;
  if (request.has_after()) {
    range.begin = std::min(
        size, request.after() == UINT64_MAX ? size : request.after() + 1);
    range.end = std::min(size, range.begin + count);
  } else {
    range.begin = size > count ? size - count : 0;
    range.end = size;
  }
  return range;
}

// Written before anything is read, so that no reader is unseen.
absl::Status LogReading(const NodeParts& node, std::string detail) {
  return node.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        return transaction.audit()
            .Append(federation::NodeEntry(v1::AUDIT_EVENT_LOG_READ,
                                          node.clock->Now(), kOperator, detail))
            .status();
      });
}

absl::StatusOr<LeafIndex> SizeOf(const storage::Database& database) {
  LeafIndex size = 0;
  MINGA_RETURN_IF_ERROR(
      database.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(size, snapshot.audit().Size());
        return absl::OkStatus();
      }));
  return size;
}

// The entries of one bundle.
absl::StatusOr<std::vector<std::string>> ReadBundle(
    const storage::Database& database, std::uint64_t number) {
  std::string bundle;
  MINGA_RETURN_IF_ERROR(
      database.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(bundle, snapshot.audit().EntryBundle(number));
        return absl::OkStatus();
      }));
  return storage::SplitBundle(bundle);
}

}  // namespace

grpc::Status AuditService::Tail(grpc::ServerContext* /*context*/,
                                const v1::TailRequest* request,
                                grpc::ServerWriter<v1::TailResponse>* writer) {
  return gate_.Run([&] { return DoTail(*request, *writer); });
}

grpc::Status AuditService::VerifyLog(grpc::ServerContext* /*context*/,
                                     const v1::VerifyLogRequest* /*request*/,
                                     v1::VerifyLogResponse* response) {
  return gate_.Run([&] { return DoVerifyLog(*response); });
}

absl::Status AuditService::DoTail(
    const v1::TailRequest& request,
    grpc::ServerWriter<v1::TailResponse>& writer) const {
  MINGA_ASSIGN_OR_RETURN(const LeafIndex size, SizeOf(*node_.database));
  MINGA_ASSIGN_OR_RETURN(const Range range, Decode(request, size));
  MINGA_RETURN_IF_ERROR(LogReading(
      node_, absl::StrCat("entries ", range.begin, " to ", range.end)));
  LeafIndex at = range.begin;
  while (at < range.end) {
    MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                           ReadBundle(*node_.database, at / kTileWidth));
    const LeafIndex first = at / kTileWidth * kTileWidth;
    for (; at < range.end && at < first + entries.size(); ++at) {
      v1::TailResponse response;
      response.set_index(at);
      if (!response.mutable_entry()->ParseFromString(entries[at - first])) {
        return absl::DataLossError(
            absl::StrCat("log entry ", at, " is unreadable"));
      }
      // The reader has gone away: nobody to tell.
      if (!writer.Write(response)) return absl::CancelledError("reader gone");
    }
    if (at < range.end && at % kTileWidth != 0) {
      return absl::DataLossError(absl::StrCat("log entry ", at, " is missing"));
    }
  }
  return absl::OkStatus();
}

absl::Status AuditService::DoVerifyLog(v1::VerifyLogResponse& response) const {
  MINGA_RETURN_IF_ERROR(LogReading(node_, "verification of all entries"));
  MINGA_ASSIGN_OR_RETURN(const NoteVerifier log_key, LogKeyInUse(node_));
  MINGA_ASSIGN_OR_RETURN(const LogVerdict verdict,
                         VerifyOwnLog(*node_.database, log_key));
  response.set_size(verdict.size);
  response.set_root(ToBytes(verdict.root));
  response.set_checkpoint(verdict.checkpoint);
  response.set_checkpoint_size(verdict.checkpoint_size);
  for (const std::string& fault : verdict.faults) response.add_faults(fault);
  return absl::OkStatus();
}

}  // namespace minga::rpc
