#include "node/rpc/evidence_service.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/acquaintance.h"
#include "federation/audit_entry.h"
#include "federation/cosign_round.h"
#include "federation/own_log.h"
#include "federation/published_log.h"
#include "federation/witness.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/rpc/decode.h"
#include "storage/audit_chain.h"
#include "storage/database.h"
#include "storage/evidence/cosignatures.h"
#include "storage/evidence/log_names.h"
#include "storage/merkle.h"

namespace minga::rpc {
namespace {

using federation::PublishedLog;

// What a peer has cosigned of our log, and we of its.
absl::Status ReportPeer(const storage::DocumentReader& documents,
                        const storage::PeerRow& row,
                        const std::optional<federation::CosignedNote>& own,
                        v1::WitnessedLog& log) {
  log.set_country(row.id.ToString());
  const auto peer = federation::ReadAcquaintance(documents, row);
  if (!peer.ok()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const std::string held,
                         federation::WitnessedNote(documents, peer->newest()));
  if (!held.empty()) {
    MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(held));
    MINGA_ASSIGN_OR_RETURN(const storage::Checkpoint checkpoint,
                           storage::Checkpoint::Parse(note.text));
    log.set_cosigned_size(checkpoint.size);
    log.set_cosigned_log(static_cast<std::uint32_t>(
        storage::LogNumber(checkpoint.origin, peer->newest().log_key.name)
            .value_or(0)));
  }
  if (!own.has_value()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(own->note));
  if (storage::CosignersOf(note, peer->CosignKeys()).empty()) {
    return absl::OkStatus();
  }
  MINGA_ASSIGN_OR_RETURN(const storage::Checkpoint checkpoint,
                         storage::Checkpoint::Parse(note.text));
  log.set_witnessed_size(checkpoint.size);
  log.set_witnessed_log(static_cast<std::uint32_t>(own->log));
  return absl::OkStatus();
}

}  // namespace

grpc::Status EvidenceService::ExportLog(
    grpc::ServerContext* /*context*/, const v1::ExportLogRequest* request,
    grpc::ServerWriter<v1::ExportLogResponse>* writer) {
  return gate_.Run([&] { return DoExportLog(*request, *writer); });
}

grpc::Status EvidenceService::ListWitnessed(
    grpc::ServerContext* /*context*/,
    const v1::ListWitnessedRequest* /*request*/,
    v1::ListWitnessedResponse* response) {
  return gate_.Run([&] { return DoListWitnessed(*response); });
}

absl::Status EvidenceService::DoExportLog(
    const v1::ExportLogRequest& request,
    grpc::ServerWriter<v1::ExportLogResponse>& writer) const {
  const PublishedLog log(node_.database, node_.own_log);
  MINGA_ASSIGN_OR_RETURN(const int number, DecodeLog(request.log()));
  MINGA_ASSIGN_OR_RETURN(const PublishedLog::Notes notes,
                         log.ReadNotes(number));
  if (request.bundles() > notes.size / kTileWidth) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the folder has ", request.bundles(), " bundles, the log of ",
        notes.size, " entries has fewer: is it of another log?"));
  }
  MINGA_RETURN_IF_ERROR(
      node_.database->Write([&](storage::Transaction& transaction) {
        return transaction.audit()
            .Append(federation::NodeEntry(
                v1::AUDIT_EVENT_LOG_READ, node_.clock->Now(), kOperator,
                absl::StrCat("export of ", notes.size, " entries of log ",
                             number, ", from ",
                             request.bundles() * kTileWidth)))
            .status();
      }));
  const auto send = [&](absl::string_view path,
                        std::string content) -> absl::Status {
    v1::ExportLogResponse file;
    file.set_size(notes.size);
    file.set_logs(static_cast<std::uint32_t>(notes.logs));
    file.set_path(std::string(path));
    file.set_content(std::move(content));
    return writer.Write(file) ? absl::OkStatus()
                              : absl::CancelledError("reader gone");
  };
  if (number == 0) {
    MINGA_RETURN_IF_ERROR(
        send(storage::kReadmeFile, federation::ExportReadme()));
    MINGA_RETURN_IF_ERROR(send(storage::kKeysFile, notes.keys));
  }
  const auto send_tile = [&](const storage::TileName& name) -> absl::Status {
    absl::StatusOr<std::string> bytes = log.ReadTile(number, name, notes.size);
    // Pruned: the hashes are what is left.
    if (name.level < 0 && absl::IsNotFound(bytes.status())) {
      return absl::OkStatus();
    }
    MINGA_RETURN_IF_ERROR(bytes.status());
    return send(storage::TilePath(name.level, name.index, name.width),
                *std::move(bytes));
  };
  MINGA_RETURN_IF_ERROR(
      storage::VisitTiles(notes.size, request.bundles(), send_tile));
  if (!notes.cosigned.empty()) {
    MINGA_RETURN_IF_ERROR(send(storage::kCosignedFile, notes.cosigned));
  }
  return send(storage::kCheckpointFile, notes.checkpoint);
}

absl::Status EvidenceService::DoListWitnessed(
    v1::ListWitnessedResponse& response) const {
  response.set_signing_stopped(
      std::string(node_.own_log->MaySign(node_.clock->Now()).message()));
  return node_.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const int newest,
                               storage::NumberOf(snapshot.audit()));
        MINGA_ASSIGN_OR_RETURN(
            const auto cosigned,
            federation::NewestCosigned(snapshot.documents(), newest));
        if (cosigned.has_value()) response.set_cosigned(cosigned->note);
        MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> rows,
                               snapshot.peers().List());
        for (const storage::PeerRow& row : rows) {
          MINGA_RETURN_IF_ERROR(ReportPeer(snapshot.documents(), row, cosigned,
                                           *response.add_logs()));
        }
        MINGA_ASSIGN_OR_RETURN(std::vector<v1::ForkEvidence> forks,
                               federation::ListForks(snapshot.documents()));
        for (v1::ForkEvidence& fork : forks) {
          *response.add_forks() = std::move(fork);
        }
        return absl::OkStatus();
      });
}

}  // namespace minga::rpc
