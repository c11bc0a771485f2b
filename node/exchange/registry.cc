#include "node/exchange/registry.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/pes.pb.h"
#include "minga/v1/profile.pb.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/exchange/batch.h"
#include "node/exchange/facts.h"

namespace minga::exchange {
namespace {

absl::Status NoSuchRecord() {
  return absl::NotFoundError("record: there is none of this key");
}

// A vacancy that is over is kept, but nobody should apply to it; nor should
// anybody rely on a rights notice past its validity.
bool Applicable(const v1::Record& record, absl::CivilDay today) {
  if (record.has_rights_notice()) {
    const std::string& until = record.rights_notice().valid_until();
    return until.empty() || until >= FormatDay(today);
  }
  if (!record.has_vacancy()) return true;
  const v1::Vacancy& vacancy = record.vacancy();
  return vacancy.status() == v1::VACANCY_STATUS_OPEN &&
         (vacancy.closing_date().empty() ||
          vacancy.closing_date() >= FormatDay(today));
}

// True if a peer's record was to be erased before `today`: housekeeping may
// still be about to do it.
absl::StatusOr<bool> HasHadItsStay(const storage::StoredRecord& record,
                                   Country own, absl::CivilDay today) {
  if (record.key.country == own) return false;
  MINGA_ASSIGN_OR_RETURN(const ReceivedBody body, DecodeReceived(record.body));
  return body.keep_until.has_value() && *body.keep_until < today;
}

}  // namespace

absl::StatusOr<std::vector<PutOutcome>> Exchange::Put(
    absl::string_view actor, const std::vector<const v1::Record*>& records,
    const std::vector<const v1::Consent*>& consents, bool dry_run) {
  absl::Notification answered;
  absl::StatusOr<std::vector<PutOutcome>> answer =
      absl::InternalError("put: no answer");
  const PutHandle held =
      PutAsync(actor, records, consents, dry_run,
               [&](absl::StatusOr<std::vector<PutOutcome>> outcomes) {
                 answer = std::move(outcomes);
                 answered.Notify();
               });
  answered.WaitForNotification();
  return answer;
}

Exchange::PutHandle Registry::PutAsync(
    absl::string_view actor, const std::vector<const v1::Record*>& records,
    const std::vector<const v1::Consent*>& consents, bool dry_run,
    PutDone done) {
  auto batch = std::make_shared<Batch>(*core_, actor);
  if (absl::Status prepared = batch->Prepare(records, consents);
      !prepared.ok()) {
    done(prepared);
    return batch;
  }
  if (dry_run) {
    const absl::Status read =
        core_->parts.database->Read([&](const storage::Snapshot& snapshot) {
          return batch->Preview(snapshot);
        });
    if (read.ok()) {
      done(std::move(batch->outcomes()));
    } else {
      done(read);
    }
    return batch;
  }
  core_->parts.database->WriteAsync(
      [core = core_, batch](storage::Transaction& transaction) {
        return batch->Commit(transaction);
      },
      [batch, done = std::move(done)](const absl::Status& written) {
        if (written.ok()) {
          done(std::move(batch->outcomes()));
        } else {
          done(written);
        }
      });
  return batch;
}

absl::StatusOr<FoundRecord> Registry::Found(
    const storage::Snapshot& snapshot,
    const storage::StoredRecord& record) const {
  FoundRecord found;
  found.key = record.key;
  found.revision = record.revision;
  if (record.key.country == core_->parts.own) {
    MINGA_ASSIGN_OR_RETURN(LoadedSubject subject,
                           LoadSubject(snapshot.people(), record));
    found.record = WrapContent(std::move(subject.content));
    return found;
  }
  MINGA_ASSIGN_OR_RETURN(const ReceivedBody body, DecodeReceived(record.body));
  MINGA_ASSIGN_OR_RETURN(OwnedContent content,
                         ParseContent(record.key.kind, body.message));
  found.record = WrapContent(std::move(content));
  return found;
}

absl::StatusOr<FoundRecord> Registry::Get(const RecordKey& key) const {
  absl::StatusOr<FoundRecord> found = NoSuchRecord();
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    if (key.country != core_->parts.own) {
      MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> peer,
                             snapshot.peers().Get(key.country));
      if (!peer.has_value() || peer->state != storage::PeerState::kActive) {
        return NoSuchRecord();
      }
    }
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                           snapshot.records().Get(key));
    if (!record.has_value()) return NoSuchRecord();
    MINGA_ASSIGN_OR_RETURN(
        const bool over,
        HasHadItsStay(*record, core_->parts.own, core_->Today()));
    if (over) return NoSuchRecord();
    found = Found(snapshot, *record);
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(read));
  return found;
}

absl::StatusOr<FoundPage> Registry::Search(
    const storage::SearchQuery& query) const {
  FoundPage page;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    storage::SearchQuery asked = query;
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> peers,
                           snapshot.peers().List());
    std::set<Country> shown = {core_->parts.own};
    for (const storage::PeerRow& peer : peers) {
      if (peer.state == storage::PeerState::kActive) {
        shown.insert(peer.id);
      } else {
        asked.excluded_countries.push_back(peer.id);
      }
    }
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::SearchHit> hits,
                           core_->parts.index->Search(asked));
    page.more = static_cast<int>(hits.size()) >= asked.limit;
    for (const storage::SearchHit& hit : hits) {
      MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                             snapshot.records().Get(hit.key));
      // The index lags: what it still finds may be gone, or be of a peer that
      // was removed and whose records are being erased.
      if (!record.has_value() || !shown.contains(hit.key.country)) continue;
      MINGA_ASSIGN_OR_RETURN(
          const bool over,
          HasHadItsStay(*record, core_->parts.own, core_->Today()));
      if (over) continue;
      MINGA_ASSIGN_OR_RETURN(FoundRecord found, Found(snapshot, *record));
      if (!Applicable(*found.record, core_->Today())) continue;
      found.score = hit.score;
      page.hits.push_back(std::move(found));
    }
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(read));
  return page;
}

absl::StatusOr<ViewExplanation> Registry::Explain(const RecordKey& key,
                                                  const PeerId& peer) const {
  ViewExplanation answer;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    if (key.country != core_->parts.own) return NoSuchRecord();
    MINGA_ASSIGN_OR_RETURN(const Scene scene, core_->SceneIn(snapshot));
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                           snapshot.records().Get(key));
    if (!record.has_value()) return NoSuchRecord();
    MINGA_ASSIGN_OR_RETURN(
        const LoadedSubject loaded,
        LoadSubject(snapshot.people(), *record, &snapshot.documents()));
    const Subject subject = loaded.view();
    const policy::Question question = SendQuestion(scene, key.kind, peer);
    const policy::Facts facts =
        FactsForSending(subject.content, subject.consent, scene.today);
    answer.decision = scene.judge->policy().Decide(question, facts);
    answer.explanation = scene.judge->policy().Explain(question, facts);
    const PeerFile* const file = scene.Find(peer);
    if (file == nullptr) return absl::OkStatus();
    const View view = EvaluateView(scene, subject, *file, nullptr);
    if (answer.decision.permitted && view.state != storage::ViewState::kShown) {
      // The law permits it; something of this node does not.
      answer.decision = policy::Decision();
      answer.explanation.summary =
          absl::StrCat("withheld: ", view.reason,
                       view.explanation.empty() ? "" : ": ", view.explanation);
    }
    MINGA_ASSIGN_OR_RETURN(answer.row, snapshot.feeds().Find(peer, key));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(read));
  return answer;
}

std::unique_ptr<Exchange> MakeExchange(std::shared_ptr<Core> core) {
  return std::make_unique<Registry>(std::move(core));
}

}  // namespace minga::exchange
