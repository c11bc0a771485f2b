#include "node/rpc/pes_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/duty_desk.h"
#include "node/exchange/exchange.h"
#include "node/rpc/decode.h"
#include "node/rpc/log_reading.h"
#include "node/rpc/peer_desk.h"
#include "node/rpc/times.h"
#include "policy/redaction/counts.h"
#include "storage/database.h"

namespace minga::rpc {
namespace {

using policy::redaction::Counts;
using policy::redaction::Kind;

v1::PutOutcome OutcomeOf(const exchange::PutOutcome& outcome) {
  if (!outcome.status.ok()) return v1::PUT_OUTCOME_REFUSED;
  switch (outcome.outcome) {
    case storage::PutResult::Outcome::kInserted:
      return v1::PUT_OUTCOME_INSERTED;
    case storage::PutResult::Outcome::kReplaced:
      return v1::PUT_OUTCOME_REPLACED;
    case storage::PutResult::Outcome::kUnchanged:
      return v1::PUT_OUTCOME_UNCHANGED;
  }
  return v1::PUT_OUTCOME_UNSPECIFIED;
}

void Encode(const Counts& counts, v1::Redacted& out) {
  out.set_identifiers(counts.Of(Kind::kIdentifier));
  out.set_phones(counts.Of(Kind::kPhone));
  out.set_emails(counts.Of(Kind::kEmail));
  out.set_contacts_kept(counts.kept);
}

// The consent that comes with each record; parallel to the records. A consent
// for a person who is not among them is a mistake of the caller.
absl::StatusOr<std::vector<const v1::Consent*>> ConsentsOf(
    const v1::PutRecordsRequest& request) {
  std::vector<const v1::Consent*> consents;
  std::size_t used = 0;
  for (const v1::Record& record : request.records()) {
    const auto found = record.has_profile()
                           ? request.consents().find(record.profile().id())
                           : request.consents().end();
    const bool given = found != request.consents().end();
    consents.push_back(given ? &found->second : nullptr);
    used += given ? 1 : 0;
  }
  if (used < request.consents().size()) {
    return absl::InvalidArgumentError(
        "consents: one is for a person whose profile is not in the request");
  }
  if (used == 0) consents.clear();
  return consents;
}

// Who a person is stays with the systems that know it: no caller of this
// service needs it back from us.
void DropIdentity(v1::Record& record) {
  if (!record.has_profile()) return;
  record.mutable_profile()->clear_identity();
  record.mutable_profile()->clear_sensitive();
}

}  // namespace

grpc::Status PesService::PutRecords(grpc::ServerContext* /*context*/,
                                    const v1::PutRecordsRequest* request,
                                    v1::PutRecordsResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

grpc::Status PesService::LogImport(grpc::ServerContext* /*context*/,
                                   const v1::LogImportRequest* request,
                                   v1::LogImportResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

grpc::Status PesService::GetRecord(grpc::ServerContext* /*context*/,
                                   const v1::GetRecordRequest* request,
                                   v1::GetRecordResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

grpc::Status PesService::SearchRecords(grpc::ServerContext* /*context*/,
                                       const v1::SearchRecordsRequest* request,
                                       v1::SearchRecordsResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

grpc::Status PesService::WithdrawRecord(
    grpc::ServerContext* /*context*/, const v1::WithdrawRecordRequest* request,
    v1::WithdrawRecordResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

grpc::Status PesService::SetConsent(grpc::ServerContext* /*context*/,
                                    const v1::SetConsentRequest* request,
                                    v1::SetConsentResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

grpc::Status PesService::ErasePerson(grpc::ServerContext* /*context*/,
                                     const v1::ErasePersonRequest* request,
                                     v1::ErasePersonResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

grpc::Status PesService::ListPersonNotices(
    grpc::ServerContext* /*context*/,
    const v1::ListPersonNoticesRequest* request,
    v1::ListPersonNoticesResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

grpc::Status PesService::ConfirmPersonNotice(
    grpc::ServerContext* /*context*/,
    const v1::ConfirmPersonNoticeRequest* request,
    v1::ConfirmPersonNoticeResponse* response) {
  return gate_.Run([&] { return Do(*request, *response); });
}

absl::Status PesService::Do(const v1::PutRecordsRequest& request,
                            v1::PutRecordsResponse& response) const {
  if (request.records_size() > kPutBatchRecordsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("records: ", request.records_size(), " are more than ",
                     kPutBatchRecordsMax, " in one request"));
  }
  std::vector<const v1::Record*> records;
  for (const v1::Record& record : request.records()) {
    records.push_back(&record);
  }
  MINGA_ASSIGN_OR_RETURN(const auto consents, ConsentsOf(request));
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<exchange::PutOutcome> outcomes,
      node_.exchange->Put(kOperator, records, consents, request.dry_run()));
  for (const exchange::PutOutcome& outcome : outcomes) {
    v1::PutResult* const result = response.add_results();
    result->set_outcome(OutcomeOf(outcome));
    result->set_error(std::string(outcome.status.message()));
    result->set_revision(outcome.revision);
    if (outcome.status.ok() && outcome.redacted != Counts()) {
      Encode(outcome.redacted, *result->mutable_redacted());
    }
  }
  return absl::OkStatus();
}

absl::Status PesService::Do(const v1::LogImportRequest& request,
                            v1::LogImportResponse& /*response*/) const {
  for (const std::string* digest :
       {&request.file_digest(), &request.mapping_digest()}) {
    if (!digest->empty()) MINGA_RETURN_IF_ERROR(ToDigest(*digest).status());
  }
  std::string detail = absl::StrCat(
      request.inserted(), " new, ", request.replaced(), " replaced, ",
      request.unchanged(), " unchanged, ", request.refused(), " refused");
  if (request.stopped()) absl::StrAppend(&detail, ", stopped by an error");
  if (!request.mapping_digest().empty()) {
    absl::StrAppend(&detail, ", mapping ", Hex(request.mapping_digest()));
  }
  return node_.database->Write([&](storage::Transaction& transaction) {
    return transaction.audit()
        .Append(federation::NodeEntry(v1::AUDIT_EVENT_IMPORT,
                                      node_.clock->Now(), kOperator, detail,
                                      request.file_digest()))
        .status();
  });
}

absl::Status PesService::Do(const v1::GetRecordRequest& request,
                            v1::GetRecordResponse& response) const {
  MINGA_ASSIGN_OR_RETURN(const RecordKey key, Decode(request.key()));
  MINGA_RETURN_IF_ERROR(LogRecordRead(node_, key, "record"));
  MINGA_ASSIGN_OR_RETURN(exchange::FoundRecord found, node_.exchange->Get(key));
  *response.mutable_record() = std::move(*found.record);
  DropIdentity(*response.mutable_record());
  response.set_revision(found.revision);
  return absl::OkStatus();
}

absl::Status PesService::Do(const v1::SearchRecordsRequest& request,
                            v1::SearchRecordsResponse& response) const {
  MINGA_ASSIGN_OR_RETURN(const storage::SearchQuery query, Decode(request));
  MINGA_ASSIGN_OR_RETURN(exchange::FoundPage page,
                         node_.exchange->Search(query));
  // Before anybody is shown; vacancies and notices are there for everybody.
  if (query.kind == RecordKind::kProfile) {
    MINGA_RETURN_IF_ERROR(LogPeopleRead(node_, v1::AUDIT_EVENT_SEARCHED,
                                        static_cast<int>(page.hits.size()),
                                        "search"));
  }
  for (exchange::FoundRecord& found : page.hits) {
    v1::SearchHit* const hit = response.add_hits();
    Encode(found.key, *hit->mutable_key());
    hit->set_score(found.score);
    *hit->mutable_record() = std::move(*found.record);
    DropIdentity(*hit->mutable_record());
  }
  if (page.more) {
    response.set_next_page_token(
        PageToken(request, query.offset + query.limit));
  }
  return absl::OkStatus();
}

absl::Status PesService::Do(const v1::WithdrawRecordRequest& request,
                            v1::WithdrawRecordResponse& response) const {
  MINGA_ASSIGN_OR_RETURN(const RecordKey key, Decode(request.key()));
  MINGA_ASSIGN_OR_RETURN(const int told, node_.exchange->Withdraw(
                                             kOperator, key, request.reason()));
  response.set_peers_told(static_cast<std::uint32_t>(told));
  return absl::OkStatus();
}

absl::Status PesService::Do(const v1::SetConsentRequest& request,
                            v1::SetConsentResponse& response) const {
  MINGA_RETURN_IF_ERROR(At("person", ValidateRecordId(request.person())));
  MINGA_ASSIGN_OR_RETURN(
      const int changed,
      node_.exchange->SetConsent(
          kOperator, request.person(),
          request.has_consent() ? &request.consent() : nullptr));
  response.set_views_changed(static_cast<std::uint32_t>(changed));
  return absl::OkStatus();
}

absl::Status PesService::Do(const v1::ErasePersonRequest& request,
                            v1::ErasePersonResponse& response) const {
  MINGA_RETURN_IF_ERROR(At("person", ValidateRecordId(request.person())));
  MINGA_ASSIGN_OR_RETURN(
      const exchange::Erasure erasure,
      node_.exchange->ErasePerson(kOperator, request.person()));
  response.set_peers_told(static_cast<std::uint32_t>(erasure.peers.size()));
  response.set_log_entry(erasure.log_entry);
  response.set_log(static_cast<std::uint32_t>(erasure.log));
  for (const exchange::Erasure::Withdrawal& withdrawal : erasure.peers) {
    v1::PeerErasure* const out = response.add_peers();
    out->set_peer(withdrawal.peer.ToString());
    out->set_epoch(withdrawal.epoch);
    out->set_seq(withdrawal.seq);
    if (withdrawal.erase_by.has_value()) {
      *out->mutable_erase_by() = ToTimestamp(*withdrawal.erase_by);
    }
  }
  return absl::OkStatus();
}

absl::Status PesService::Do(const v1::ListPersonNoticesRequest& request,
                            v1::ListPersonNoticesResponse& response) const {
  exchange::PersonNotice after;
  if (request.has_after()) {
    MINGA_RETURN_IF_ERROR(
        At("after.person", ValidateRecordId(request.after().person())));
    after.person = request.after().person();
    MINGA_ASSIGN_OR_RETURN(after.peer, DecodePeer(request.after().peer()));
  }
  if (request.page_size() > exchange::kPersonNoticesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("page_size: must be at most ", exchange::kPersonNoticesMax,
                     ", is `", request.page_size(), "`"));
  }
  constexpr int kPage = 100;
  const int limit =
      request.page_size() == 0 ? kPage : static_cast<int>(request.page_size());
  MINGA_ASSIGN_OR_RETURN(const std::vector<exchange::PersonNotice> notices,
                         node_.duties->Notices(after, limit));
  MINGA_RETURN_IF_ERROR(LogPeopleRead(node_, v1::AUDIT_EVENT_RECORD_READ,
                                      static_cast<int>(notices.size()),
                                      "persons to be told"));
  for (const exchange::PersonNotice& notice : notices) {
    v1::PersonNotice* const out = response.add_notices();
    out->set_person(notice.person);
    out->set_peer(notice.peer.ToString());
    *out->mutable_shown_at() = ToTimestamp(notice.shown_at);
  }
  return absl::OkStatus();
}

absl::Status PesService::Do(const v1::ConfirmPersonNoticeRequest& request,
                            v1::ConfirmPersonNoticeResponse& /*out*/) const {
  MINGA_RETURN_IF_ERROR(At("person", ValidateRecordId(request.person())));
  MINGA_ASSIGN_OR_RETURN(const PeerId peer, DecodePeer(request.peer()));
  return node_.duties->NoticeDelivered(kOperator, request.person(), peer);
}

}  // namespace minga::rpc
