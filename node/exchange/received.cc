#include "node/exchange/received.h"

#include <google/protobuf/message.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/facts.h"
#include "node/exchange/subject.h"

namespace minga::exchange {
namespace {

constexpr int kChunkRecords = 256;
constexpr absl::string_view kDocRefused = "refused/";  // + country

// Records of one chunk that may not be kept; moves `after` on.
absl::Status FindForbidden(Core& core, const storage::Snapshot& snapshot,
                           const PeerId& from, RecordKind kind,
                           std::string& after, bool& more,
                           std::vector<RecordKey>& forbidden) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneIn(snapshot));
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<storage::StoredRecord> records,
      snapshot.records().Scan(from, kind, after, kChunkRecords));
  more = !records.empty();
  const policy::Question question = ReceiveQuestion(scene, kind, from);
  for (const storage::StoredRecord& record : records) {
    after = record.key.id;
    MINGA_ASSIGN_OR_RETURN(const ReceivedBody body,
                           DecodeReceived(record.body));
    MINGA_ASSIGN_OR_RETURN(const OwnedContent content,
                           ParseContent(kind, body.message));
    const policy::Facts facts = FactsForReceiving(content.view(), scene.today);
    if (!scene.judge->Ask(question, facts)->decision.permitted) {
      forbidden.push_back(record.key);
    }
  }
  return absl::OkStatus();
}

absl::Status EraseForbidden(storage::Transaction& transaction, const Deed& deed,
                            const PeerId& from,
                            const std::vector<RecordKey>& forbidden) {
  for (const RecordKey& key : forbidden) {
    MINGA_ASSIGN_OR_RETURN(const bool erased, transaction.records().Erase(key));
    if (!erased) continue;
    RecordEvent event;
    event.key = key;
    event.peer = from;
    event.detail = kReasonPolicy;
    MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_RECORD_WITHDRAWN,
                                            deed, event, transaction.audit()));
  }
  return NoteRefused(transaction, from);
}

absl::Status SweepKind(Core& core, const Deed& deed, const PeerId& from,
                       RecordKind kind) {
  std::string after;
  bool more = true;
  while (more) {
    std::vector<RecordKey> forbidden;
    const auto read = [&](const storage::Snapshot& snapshot) {
      return FindForbidden(core, snapshot, from, kind, after, more, forbidden);
    };
    MINGA_RETURN_IF_ERROR(core.parts.database->Read(read));
    if (forbidden.empty()) continue;
    const auto erase = [&](storage::Transaction& transaction) {
      return EraseForbidden(transaction, deed, from, forbidden);
    };
    MINGA_RETURN_IF_ERROR(core.parts.database->Write(erase));
  }
  return absl::OkStatus();
}

}  // namespace

policy::Question ReceiveQuestion(const Scene& scene, RecordKind kind,
                                 const PeerId& from) {
  policy::Question question;
  question.own = scene.own;
  question.peer = from;
  question.direction = policy::Direction::kReceive;
  question.kind = kind;
  question.purpose = PurposeOf(kind);
  question.as_of = scene.today;
  return question;
}

absl::Status NoteRefused(storage::Transaction& transaction,
                         const PeerId& from) {
  return transaction.documents().Put(absl::StrCat(kDocRefused, from.ToString()),
                                     "by law");
}

absl::Status AskAgain(storage::Transaction& transaction) {
  MINGA_ASSIGN_OR_RETURN(const auto refused,
                         transaction.documents().List(kDocRefused));
  for (const auto& [name, note] : refused) {
    MINGA_RETURN_IF_ERROR(transaction.documents().Remove(name).status());
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, Country::Parse(absl::StripPrefix(
                                                  name, kDocRefused)));
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> known,
                           transaction.peers().Get(peer));
    if (!known.has_value()) continue;
    MINGA_ASSIGN_OR_RETURN(const storage::Cursor cursor,
                           transaction.peers().CursorOf(peer));
    MINGA_RETURN_IF_ERROR(
        transaction.peers().SetCursor(peer, {cursor.epoch, 0}));
  }
  return absl::OkStatus();
}

absl::Status SweepReceived(Core& core, const Deed& deed) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneNow());
  for (const PeerFile& peer : scene.peers) {
    for (const RecordKind kind : {RecordKind::kVacancy, RecordKind::kProfile,
                                  RecordKind::kRightsNotice}) {
      MINGA_RETURN_IF_ERROR(SweepKind(core, deed, peer.id, kind));
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::exchange
