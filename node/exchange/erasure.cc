#include "node/exchange/erasure.h"

#include <utility>
#include <vector>

#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/audit_entries.h"
#include "node/exchange/person_notices.h"
#include "storage/audit_chain.h"

namespace minga::exchange {
namespace {

// Persons or keys in one transaction: bounds how long others wait for the
// writer, also if everybody among them has to be erased.
constexpr int kLook = 512;

// What the log says of those whose key was destroyed before.
constexpr absl::string_view kKeyDestroyed = "key-destroyed";

// A peer that knows the person, and as whom.
struct KnownAs {
  PeerId peer;
  std::string wire_id;
};

absl::StatusOr<std::vector<KnownAs>> WhoKnows(storage::Transaction& transaction,
                                              const RecordKey& profile) {
  std::vector<KnownAs> known;
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> peers,
                         transaction.peers().List());
  for (const storage::PeerRow& peer : peers) {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                           transaction.feeds().Find(peer.id, profile));
    if (!row.has_value() || row->seq == 0) continue;
    known.push_back({peer.id, row->wire_id});
  }
  return known;
}

// What leads to their receipts.
absl::Status Withdrawals(storage::Transaction& transaction,
                         const RecordKey& profile,
                         const std::vector<KnownAs>& known, Erasure& erasure) {
  for (const KnownAs& one : known) {
    MINGA_ASSIGN_OR_RETURN(
        const std::optional<storage::FeedRow> row,
        transaction.feeds().Find(one.peer,
                                 {profile.country, profile.kind, one.wire_id}));
    if (!row.has_value() || row->seq == 0) continue;
    MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                           transaction.feeds().Head(one.peer));
    erasure.peers.push_back({one.peer, head.epoch, row->seq, row->erase_by});
  }
  return absl::OkStatus();
}

// Looks at the next persons; true if there are more.
absl::StatusOr<bool> EraseSome(Core& core, const Deed& deed) {
  storage::KeylessPeople found;
  const auto write = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        found, transaction.people().FindKeyless(core.forgotten.after, kLook));
    if (found.people.empty()) return absl::OkStatus();
    MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneIn(transaction));
    Reevaluation views(transaction, scene, deed);
    for (storage::PersonId& person : found.people) {
      MINGA_RETURN_IF_ERROR(ErasePersonIn(transaction, views, deed,
                                          {core.parts.own, RecordKind::kProfile,
                                           std::move(person)},
                                          kKeyDestroyed)
                                .status());
    }
    return views.Finish();
  };
  MINGA_RETURN_IF_ERROR(core.parts.database->Write(write));
  core.forgotten.after = found.last;
  return found.more;
}

absl::StatusOr<bool> DestroySome(Core& core) {
  bool more = false;
  const auto write = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(more, transaction.people().DestroyStrayKeys(kLook));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core.parts.database->Write(write));
  return more;
}

}  // namespace

absl::StatusOr<std::string> KeyForLog(const storage::PersonReader& people,
                                      absl::string_view person) {
  absl::StatusOr<std::string> key = people.Key(person);
  if (IsUnreadable(key.status())) return std::string();
  return key;
}

absl::StatusOr<Erasure> ErasePersonIn(storage::Transaction& transaction,
                                      Reevaluation& views, const Deed& deed,
                                      const RecordKey& profile,
                                      absl::string_view detail) {
  Erasure erasure;
  MINGA_ASSIGN_OR_RETURN(const std::string person_key,
                         KeyForLog(transaction.people(), profile.id));
  MINGA_ASSIGN_OR_RETURN(const bool had_profile,
                         transaction.records().Erase(profile));
  MINGA_ASSIGN_OR_RETURN(const std::vector<KnownAs> known,
                         WhoKnows(transaction, profile));
  // The commitments are made while the key is there and mean nothing after.
  MINGA_RETURN_IF_ERROR(views.Record(profile, kReasonErased));
  MINGA_RETURN_IF_ERROR(Withdrawals(transaction, profile, known, erasure));
  RecordEvent event;
  event.key = profile;
  event.person_key = person_key;
  event.detail = detail;
  MINGA_ASSIGN_OR_RETURN(erasure.log_entry, transaction.audit().Size());
  MINGA_ASSIGN_OR_RETURN(erasure.log, storage::NumberOf(transaction.audit()));
  MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_PERSON_ERASED, deed,
                                          event, transaction.audit()));
  MINGA_RETURN_IF_ERROR(ForgetNotices(transaction.documents(), profile.id));
  MINGA_ASSIGN_OR_RETURN(const bool had_key,
                         transaction.people().Destroy(profile.id));
  if (!had_profile && !had_key) {
    return absl::NotFoundError("person: unknown or erased");
  }
  return erasure;
}

absl::StatusOr<bool> EraseForgotten(Core& core, const Deed& deed,
                                    const WorkBudget& budget) {
  Core::ForgottenSearch& search = core.forgotten;
  while (!search.done) {
    bool more = false;
    if (!search.keys) {
      MINGA_ASSIGN_OR_RETURN(more, EraseSome(core, deed));
      search.keys = !more;
    } else {
      MINGA_ASSIGN_OR_RETURN(more, DestroySome(core));
      search.done = !more;
    }
    // Mostly there is nothing to find, and other work waits behind this.
    if (more && budget.Spent()) break;
  }
  return search.done;
}

}  // namespace minga::exchange
