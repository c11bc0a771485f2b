#include "node/exchange/batch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/pes.pb.h"
#include "minga/v1/profile.pb.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/exchange/redact.h"
#include "node/exchange/validate.h"

namespace minga::exchange {

using storage::PutResult;

namespace {

// Rungs whose displays are made before the transaction: most people are shown
// on one of the first, and the caller's thread has no more time than the
// writer's.
constexpr std::size_t kDisplaysPrepared = 4;

}  // namespace

Batch::Batch(Core& core, absl::string_view actor)
    : core_(core), deed_(core.DeedOf(actor)) {}

absl::Status Batch::Prepare(const std::vector<const v1::Record*>& records,
                            const std::vector<const v1::Consent*>& consents) {
  if (records.size() > static_cast<std::size_t>(kPutBatchRecordsMax)) {
    return absl::InvalidArgumentError(
        absl::StrCat("records: must be at most ", kPutBatchRecordsMax,
                     ", are `", records.size(), "`"));
  }
  if (!consents.empty() && consents.size() != records.size()) {
    return absl::InvalidArgumentError(
        "consents: must be as many as records, or none");
  }
  MINGA_ASSIGN_OR_RETURN(scene_, core_.SceneNow());
  outcomes_.resize(records.size());
  items_.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    const v1::Consent* const consent = consents.empty() ? nullptr : consents[i];
    outcomes_[i].status = records[i] == nullptr
                              ? absl::InvalidArgumentError("record: is missing")
                              : PrepareOne(i, *records[i], consent);
  }
  MINGA_RETURN_IF_ERROR(FindKeys());
  for (Item& item : items_) {
    if (item.key.kind == RecordKind::kProfile) {
      MINGA_RETURN_IF_ERROR(Seal(item));
    }
  }
  return absl::OkStatus();
}

absl::Status Batch::FindKeys() {
  const auto is_profile = [](const Item& item) {
    return item.key.kind == RecordKind::kProfile;
  };
  if (std::none_of(items_.begin(), items_.end(), is_profile)) {
    return absl::OkStatus();
  }
  return core_.parts.database->Read([&](const storage::Snapshot& snapshot) {
    for (Item& item : items_) {
      if (!is_profile(item)) continue;
      absl::StatusOr<std::string> held = snapshot.people().Key(item.key.id);
      if (held.ok()) item.person_key = *std::move(held);
    }
    return absl::OkStatus();
  });
}

absl::Status Batch::Seal(Item& item) const {
  if (item.person_key.empty()) {
    MINGA_ASSIGN_OR_RETURN(
        item.draft, core_.parts.database->Draft(item.key.id, item.consent,
                                                item.consent_ends));
    item.person_key = item.draft.key;
  }
  MINGA_ASSIGN_OR_RETURN(
      item.sealed,
      SealProfile(item.key, item.person_key, item.body, *core_.parts.random));
  item.commitment = SubjectOf(item.person_key, item.key.id);
  for (std::optional<Displays>& displays : item.looks->of_peers) {
    if (!displays.has_value()) continue;
    displays->SetPersonKey(item.person_key);
    displays->WireId();
  }
  return absl::OkStatus();
}

absl::Status Batch::PrepareOne(std::size_t index, const v1::Record& record,
                               const v1::Consent* consent) {
  MINGA_ASSIGN_OR_RETURN(Content content, ContentOf(record));
  MINGA_RETURN_IF_ERROR(Validate(content, scene_.own, Source::kOwn));
  MINGA_ASSIGN_OR_RETURN(
      OwnedContent redacted,
      RedactOwn(content, scene_.own, outcomes_[index].redacted));
  if (redacted.message != nullptr) content = redacted.view();
  Item item;
  item.index = index;
  item.key = {scene_.own, content.kind, content.id()};
  item.body = SerialiseContent(*content.message);
  item.digest = Sha256(item.body);
  if (consent != nullptr) {
    if (content.kind != RecordKind::kProfile) {
      return absl::InvalidArgumentError("consent: belongs to a profile only");
    }
    MINGA_RETURN_IF_ERROR(At("consent", ValidateConsent(*consent)));
    item.consent = SerialiseContent(*consent);
    MINGA_ASSIGN_OR_RETURN(item.consent_ends, ParseDay(consent->expires()));
  }
  const auto [place, first] = by_key_.try_emplace(item.key, items_.size());
  if (!first) {
    const Item& held = items_[place->second];
    if (held.digest != item.digest || held.consent != item.consent) {
      return absl::AlreadyExistsError(
          "id: is that of another record in the same request");
    }
    twins_.push_back({index, held.index});
    return absl::OkStatus();
  }
  if (content.kind == RecordKind::kProfile) {
    item.redacted = std::move(redacted);
    PrepareProfile(content, item.consent.empty() ? nullptr : consent, item);
  } else {
    Subject subject;
    subject.key = item.key;
    subject.content = content;
    item.evaluation = Evaluate(scene_, subject);
  }
  items_.push_back(std::move(item));
  return absl::OkStatus();
}

void Batch::PrepareProfile(const Content& content, const v1::Consent* consent,
                           Item& item) {
  item.profile = content;
  Subject subject;
  subject.key = item.key;
  subject.content = item.profile;
  subject.consent = consent;
  item.evaluation = Evaluate(scene_, subject);
  item.looks =
      std::make_unique<Looks>(subject.content.profile(), *scene_.hierarchies);
  item.looks->of_peers.resize(scene_.peers.size());
  for (std::size_t i = 0; i < scene_.peers.size(); ++i) {
    const View& view = item.evaluation->views[i];
    if (view.verdict == nullptr) continue;
    Displays& displays = item.looks->of_peers[i].emplace(
        item.looks->bodies, scene_.peers[i], view.verdict, "");
    for (std::size_t place = 0; place < kDisplaysPrepared; ++place) {
      const Display* const display = displays.At(place);
      if (display == nullptr) break;
      if (place == 0) displays.Values(*display);
    }
  }
}

absl::StatusOr<PutResult> Batch::StoreBody(storage::Transaction& transaction,
                                           const Item& item, std::string body) {
  storage::StoredRecord record;
  record.key = item.key;
  record.body = std::move(body);
  record.digest = item.digest;
  record.changed_at = deed_.at;
  if (item.evaluation.has_value()) record.due = item.evaluation->due;
  return transaction.records().Put(record, /*own=*/true);
}

absl::Status Batch::LogRedacted(storage::Transaction& transaction,
                                const Item& item) {
  const policy::redaction::Counts& redacted = outcomes_[item.index].redacted;
  if (redacted.total() == 0) return absl::OkStatus();
  const std::string counts = CountsText(redacted);
  RecordEvent event;
  event.key = item.key;
  event.detail = counts;
  return AppendRecordEvent(v1::AUDIT_EVENT_TEXT_REDACTED, deed_, event,
                           transaction.audit());
}

absl::StatusOr<bool> Batch::StorePerson(storage::Transaction& transaction,
                                        Item& item) {
  absl::StatusOr<std::string> held = transaction.people().Key(item.key.id);
  if (!absl::IsNotFound(held.status())) {
    MINGA_ASSIGN_OR_RETURN(std::string key, std::move(held));
    if (key == item.person_key) return false;
    // Somebody else has put the person since.
    item.person_key = std::move(key);
    MINGA_RETURN_IF_ERROR(Seal(item));
    return false;
  }
  // What an older database put back keeps of the person was sealed under a key
  // that is gone; it must not pass for the same as what comes now.
  MINGA_RETURN_IF_ERROR(transaction.records().Erase(item.key).status());
  if (item.draft.key.empty()) {
    // Erased since.
    item.person_key.clear();
    MINGA_RETURN_IF_ERROR(Seal(item));
  }
  MINGA_RETURN_IF_ERROR(transaction.people().KeyOrNew(item.draft).status());
  return true;
}

absl::StatusOr<bool> Batch::StoreConsent(storage::Transaction& transaction,
                                         const Item& item, bool new_person) {
  if (item.consent.empty()) return false;
  if (!new_person) {
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> held,
                           transaction.people().Consent(item.key.id));
    if (held == item.consent) return false;
    if (held.has_value()) {
      // An older copy of the database would bring an older consent back.
      MINGA_RETURN_IF_ERROR(transaction.journal().Note(
          storage::Withdrawal::kConsent, item.key, deed_.at));
    }
    MINGA_RETURN_IF_ERROR(transaction.people().SetConsent(
        item.key.id, item.consent, item.consent_ends));
  }
  RecordEvent event;
  event.key = item.key;
  event.person_key = item.person_key;
  event.commitment = &item.commitment;
  MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_CONSENT_GIVEN, deed_,
                                          event, transaction.audit()));
  return true;
}

absl::Status Batch::StoreProfile(storage::Transaction& transaction, Item& item,
                                 Reevaluation& views, bool same_scene) {
  MINGA_ASSIGN_OR_RETURN(const bool new_person, StorePerson(transaction, item));
  MINGA_ASSIGN_OR_RETURN(const bool consented,
                         StoreConsent(transaction, item, new_person));
  MINGA_ASSIGN_OR_RETURN(const PutResult result,
                         StoreBody(transaction, item, std::move(item.sealed)));
  outcomes_[item.index].outcome = result.outcome;
  outcomes_[item.index].revision = result.revision;
  if (result.outcome == PutResult::Outcome::kUnchanged && !consented) {
    return absl::OkStatus();
  }
  return ShowProfile(transaction, item, views, same_scene, new_person);
}

absl::Status Batch::ShowProfile(storage::Transaction& transaction,
                                const Item& item, Reevaluation& views,
                                bool same_scene, bool new_person) {
  const PutOutcome& outcome = outcomes_[item.index];
  Subject subject;
  subject.key = item.key;
  subject.revision = outcome.revision;
  subject.content = item.profile;
  subject.person_key = item.person_key;
  subject.commitment = &item.commitment;
  std::unique_ptr<v1::Consent> consent;
  // Officers may have released what did not change.
  bool holds = same_scene && outcome.outcome != PutResult::Outcome::kUnchanged;
  if ((item.consent.empty() && !new_person) || !holds) {
    MINGA_ASSIGN_OR_RETURN(consent,
                           LoadConsent(transaction.people(), item.key.id));
    if (item.consent.empty() && consent != nullptr) holds = false;
    subject.consent = consent.get();
  }
  return views.Subject(subject, holds ? &*item.evaluation : nullptr,
                       /*inserted=*/false,
                       same_scene ? item.looks.get() : nullptr);
}

absl::Status Batch::Store(storage::Transaction& transaction, Item& item,
                          Reevaluation& views, bool same_scene) {
  if (item.key.kind == RecordKind::kProfile) {
    return StoreProfile(transaction, item, views, same_scene);
  }
  MINGA_ASSIGN_OR_RETURN(const PutResult result,
                         StoreBody(transaction, item, item.body));
  outcomes_[item.index].outcome = result.outcome;
  outcomes_[item.index].revision = result.revision;
  // Its views are what they were: whatever else they depend on has its own
  // re-evaluation.
  if (result.outcome == PutResult::Outcome::kUnchanged) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(LogRedacted(transaction, item));
  const bool inserted = result.outcome == PutResult::Outcome::kInserted;
  Subject subject;
  subject.key = item.key;
  subject.revision = result.revision;
  if (same_scene && item.evaluation.has_value()) {
    MINGA_RETURN_IF_ERROR(views.Subject(subject, &*item.evaluation, inserted));
  } else {
    MINGA_ASSIGN_OR_RETURN(const OwnedContent content,
                           ParseContent(item.key.kind, item.body));
    subject.content = content.view();
    MINGA_RETURN_IF_ERROR(views.Subject(subject, nullptr, inserted));
  }
  if (!views.took_back()) return absl::OkStatus();
  // What a peer may no longer see was shown as it was before this put.
  return transaction.journal().Note(storage::Withdrawal::kRecord, item.key,
                                    deed_.at);
}

absl::Status Batch::Commit(storage::Transaction& transaction) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_.SceneIn(transaction));
  const bool same_scene = scene == scene_;
  Reevaluation views(transaction, scene, deed_);
  for (Item& item : items_) {
    MINGA_RETURN_IF_ERROR(Store(transaction, item, views, same_scene));
  }
  MINGA_RETURN_IF_ERROR(views.Finish());
  AnswerTwins();
  return absl::OkStatus();
}

absl::Status Batch::Preview(const storage::Snapshot& snapshot) {
  for (const Item& item : items_) {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> held,
                           snapshot.records().Get(item.key));
    PutOutcome& outcome = outcomes_[item.index];
    if (!held.has_value()) {
      outcome.outcome = PutResult::Outcome::kInserted;
    } else if (held->digest != item.digest) {
      outcome.outcome = PutResult::Outcome::kReplaced;
    } else {
      outcome.outcome = PutResult::Outcome::kUnchanged;
      outcome.revision = held->revision;
    }
  }
  AnswerTwins();
  return absl::OkStatus();
}

void Batch::AnswerTwins() {
  for (const Twin& twin : twins_) {
    outcomes_[twin.index].outcome = PutResult::Outcome::kUnchanged;
    outcomes_[twin.index].revision = outcomes_[twin.of].revision;
  }
}

}  // namespace minga::exchange
