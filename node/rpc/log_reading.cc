#include "node/rpc/log_reading.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "federation/audit_entry.h"
#include "federation/keyring.h"
#include "node/audit/decision_counts.h"
#include "node/audit/finder.h"
#include "node/audit/person_report.h"
#include "node/audit/proof.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/exchange/audit_entries.h"
#include "node/rpc/decode.h"
#include "node/rpc/peer_desk.h"
#include "node/rpc/times.h"
#include "storage/audit_chain.h"
#include "storage/database.h"
#include "storage/evidence/log_names.h"

namespace minga::rpc {
namespace {

// The key of ours, under the name of log `log`, that has signed `checkpoint`: a
// former one, if the log has not grown since the key was changed; the newest if
// none has.
NoteVerifier LogKeyOf(const NodeParts& node, absl::string_view checkpoint,
                      int log) {
  const std::vector<NoteVerifier> keys =
      node.keyring->Verifiers(federation::KeyUse::kLog);
  const absl::StatusOr<Note> note = Note::Parse(checkpoint);
  for (const NoteVerifier& key : keys) {
    NoteVerifier named = storage::KeyOfLog(key, log);
    if (note.ok() && VerifyNote(*note, named)) return named;
  }
  return storage::KeyOfLog(keys.front(), log);
}

constexpr std::size_t kWordBytesMax = 200;

absl::Status Append(const NodeParts& node, v1::AuditEvent event,
                    absl::string_view detail, v1::AuditEntry entry) {
  federation::FillEntry(entry, event, node.clock->Now(), kOperator, detail);
  return node.database->Write([bytes = federation::EntryBytes(entry)](
                                  storage::Transaction& transaction) {
    return transaction.audit().Append(bytes).status();
  });
}

absl::Status CheckWord(absl::string_view field, absl::string_view word) {
  if (word.size() <= kWordBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": must be at most ", kWordBytesMax, " bytes"));
}

// What is asked, and how the log tells it.
struct Asked {
  audit::LogQuery query;
  v1::AuditEntry entry;
  std::vector<std::string> words;

  void Word(absl::string_view name, absl::string_view value) {
    if (!value.empty()) words.push_back(absl::StrCat(name, " ", value));
  }
};

absl::Status DecodeSubject(const NodeParts& node, const v1::LogFilter& filter,
                           Asked& asked) {
  if (!filter.person().empty()) {
    MINGA_RETURN_IF_ERROR(At("person", ValidateRecordId(filter.person())));
    MINGA_ASSIGN_OR_RETURN(
        asked.query.subject,
        SubjectOfProfile(node,
                         {node.own, RecordKind::kProfile, filter.person()}));
  }
  if (filter.has_record()) {
    MINGA_ASSIGN_OR_RETURN(const RecordKey key, Decode(filter.record()));
    if (key.kind == RecordKind::kProfile) {
      if (!asked.query.subject.empty() || key.country == node.own) {
        return absl::InvalidArgumentError(
            "record: ask for an own profile by its person");
      }
      MINGA_ASSIGN_OR_RETURN(asked.query.subject, SubjectOfProfile(node, key));
    } else {
      asked.query.record = key;
      asked.Word("record", key.ToString());
    }
  }
  asked.entry.set_subject(asked.query.subject);
  return absl::OkStatus();
}

absl::StatusOr<Asked> DecodeFilter(const NodeParts& node,
                                   const v1::LogFilter& filter) {
  Asked asked;
  MINGA_RETURN_IF_ERROR(DecodeSubject(node, filter, asked));
  audit::LogQuery& query = asked.query;
  if (!filter.peer().empty()) {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(filter.peer()));
    query.peer = peer.ToString();
    asked.entry.set_peer(query.peer);
  }
  const std::vector<std::pair<absl::string_view, const std::string*>> words = {
      {"rule", &filter.rule()},
      {"article", &filter.article()},
      {"reason", &filter.reason()},
      {"actor", &filter.actor()}};
  for (const auto& [name, word] : words) {
    MINGA_RETURN_IF_ERROR(CheckWord(name, *word));
    asked.Word(name, *word);
  }
  query.rule = filter.rule();
  query.article = filter.article();
  query.reason = filter.reason();
  query.actor = filter.actor();
  if (filter.has_from()) query.from = FromTimestamp(filter.from());
  if (filter.has_until()) query.until = FromTimestamp(filter.until());
  if (filter.has_from()) asked.Word("from", absl::FormatTime(query.from));
  if (filter.has_until()) asked.Word("until", absl::FormatTime(query.until));
  for (const int event : filter.events()) {
    if (!v1::AuditEvent_IsValid(event) || event == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("events: there is no event `", event, "`"));
    }
    query.events.insert(static_cast<v1::AuditEvent>(event));
    asked.Word("event", absl::StrCat(event));
  }
  return asked;
}

// OUT_OF_RANGE for a log or an entry that is not there.
absl::StatusOr<audit::LogPosition> PositionOf(const NodeParts& node,
                                              const v1::LogPlace& place) {
  MINGA_ASSIGN_OR_RETURN(const int log, DecodeLog(place.log()));
  return node.finder->reader().PositionOf(log, place.index());
}

absl::StatusOr<std::string> NewestCheckpoint(const NodeParts& node) {
  std::string note;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(note, snapshot.audit().Checkpoint());
        return absl::OkStatus();
      }));
  return note;
}

}  // namespace

absl::Status LogReading(const NodeParts& node, absl::string_view detail,
                        const v1::AuditEntry& asked) {
  return Append(node, v1::AUDIT_EVENT_LOG_READ, detail, asked);
}

absl::StatusOr<std::string> SubjectOfProfile(const NodeParts& node,
                                             const RecordKey& profile) {
  if (profile.country != node.own) {
    return ToBytes(exchange::SubjectOfReceived(profile.id));
  }
  std::string subject;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        const absl::StatusOr<std::string> key =
            snapshot.people().Key(profile.id);
        if (absl::IsNotFound(key.status())) {
          return absl::NotFoundError(
              "person: unknown or erased; nothing in the log leads to an "
              "erased person");
        }
        if (!key.ok()) return key.status();
        subject = ToBytes(exchange::SubjectOf(*key, profile.id));
        return absl::OkStatus();
      }));
  return subject;
}

absl::Status LogRecordRead(const NodeParts& node, const RecordKey& key,
                           absl::string_view detail) {
  if (key.kind != RecordKind::kProfile) return absl::OkStatus();
  v1::AuditEntry entry;
  const absl::StatusOr<std::string> subject = SubjectOfProfile(node, key);
  if (subject.ok()) {
    entry.set_subject(*subject);
  } else if (!absl::IsNotFound(subject.status())) {
    return subject.status();
  }
  entry.set_kind(v1::RECORD_KIND_PROFILE);
  if (key.country != node.own) entry.set_peer(key.country.ToString());
  return Append(node, v1::AUDIT_EVENT_RECORD_READ, detail, std::move(entry));
}

absl::Status LogBackUp(const NodeParts& node, absl::string_view path) {
  return Append(node, v1::AUDIT_EVENT_BACKED_UP, absl::StrCat("to ", path), {});
}

absl::Status LogPeopleRead(const NodeParts& node, v1::AuditEvent event,
                           int count, absl::string_view detail) {
  v1::AuditEntry entry;
  entry.set_kind(v1::RECORD_KIND_PROFILE);
  entry.set_count(static_cast<std::uint32_t>(count));
  return Append(node, event, detail, std::move(entry));
}

absl::Status FindEntries(const NodeParts& node, const v1::FindRequest& request,
                         OnFound on_found) {
  if (request.limit() > kFindEntriesMax) {
    return absl::InvalidArgumentError(absl::StrCat("limit: must be at most ",
                                                   kFindEntriesMax, ", is `",
                                                   request.limit(), "`"));
  }
  int left = request.limit() == 0 ? kFindEntriesDefault
                                  : static_cast<int>(request.limit());
  MINGA_ASSIGN_OR_RETURN(const Asked asked,
                         DecodeFilter(node, request.filter()));
  MINGA_RETURN_IF_ERROR(
      LogReading(node, absl::StrCat("find ", absl::StrJoin(asked.words, ", ")),
                 asked.entry));
  audit::LogPosition from = 0;
  if (request.has_after()) {
    MINGA_ASSIGN_OR_RETURN(from, PositionOf(node, request.after()));
    ++from;
  }
  return node.finder->Find(
      asked.query, from, [&](const audit::FoundEntry& found) {
        return on_found(audit::ToProto(found)) && --left > 0;
      });
}

absl::StatusOr<v1::ProveResponse> ProveEntry(const NodeParts& node,
                                             const v1::ProveRequest& request) {
  const storage::LeafIndex index = request.place().index();
  MINGA_ASSIGN_OR_RETURN(const int number, DecodeLog(request.place().log()));
  MINGA_ASSIGN_OR_RETURN(const audit::LogPosition position,
                         PositionOf(node, request.place()));
  MINGA_RETURN_IF_ERROR(LogReading(
      node, absl::StrCat("proof of entry ", index, " of log ", number)));
  audit::EntryProof proof;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const auto log,
                               storage::OpenLog(snapshot.audit(), number));
        MINGA_ASSIGN_OR_RETURN(proof, audit::ProveEntry(*log, index));
        return absl::OkStatus();
      }));
  v1::ProveResponse response;
  MINGA_ASSIGN_OR_RETURN(const audit::FoundEntry found,
                         node.finder->At(position));
  *response.mutable_found() = audit::ToProto(found);
  response.set_proof(proof.Serialize());
  response.set_key(LogKeyOf(node, proof.checkpoint, number).ToVkey());
  return response;
}

absl::StatusOr<v1::CountDecisionsResponse> CountDecisions(
    const NodeParts& node, const v1::CountDecisionsRequest& request) {
  v1::AuditEntry asked;
  if (!request.peer().empty()) {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request.peer()));
    asked.set_peer(peer.ToString());
  }
  MINGA_RETURN_IF_ERROR(LogReading(node, "statistics of decisions", asked));
  return audit::CountDecisions(*node.finder, request);
}

absl::StatusOr<v1::ReportPersonResponse> ReportPerson(
    const NodeParts& node, const v1::ReportPersonRequest& request) {
  MINGA_RETURN_IF_ERROR(At("person", ValidateRecordId(request.person())));
  MINGA_ASSIGN_OR_RETURN(const std::string subject,
                         SubjectOfProfile(node, {node.own, RecordKind::kProfile,
                                                 request.person()}));
  v1::AuditEntry asked;
  asked.set_subject(subject);
  MINGA_RETURN_IF_ERROR(LogReading(node, "report on a person", asked));
  MINGA_ASSIGN_OR_RETURN(v1::ReportPersonResponse report,
                         audit::ReportPerson(*node.finder, subject));
  report.set_person(request.person());
  report.set_country(node.own.ToString());
  report.set_node(node.name);
  *report.mutable_made_at() = ToTimestamp(node.clock->Now());
  MINGA_ASSIGN_OR_RETURN(*report.mutable_checkpoint(), NewestCheckpoint(node));
  return report;
}

}  // namespace minga::rpc
