// PesService of minga/v1/pes.proto: the national systems' way in.
#ifndef MINGA_NODE_RPC_PES_SERVICE_H_
#define MINGA_NODE_RPC_PES_SERVICE_H_

#include "absl/status/status.h"
#include "minga/v1/pes.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

class PesService final : public OperatorService<v1::PesService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status PutRecords(grpc::ServerContext* context,
                          const v1::PutRecordsRequest* request,
                          v1::PutRecordsResponse* response) override;
  grpc::Status LogImport(grpc::ServerContext* context,
                         const v1::LogImportRequest* request,
                         v1::LogImportResponse* response) override;
  grpc::Status GetRecord(grpc::ServerContext* context,
                         const v1::GetRecordRequest* request,
                         v1::GetRecordResponse* response) override;
  grpc::Status SearchRecords(grpc::ServerContext* context,
                             const v1::SearchRecordsRequest* request,
                             v1::SearchRecordsResponse* response) override;
  grpc::Status WithdrawRecord(grpc::ServerContext* context,
                              const v1::WithdrawRecordRequest* request,
                              v1::WithdrawRecordResponse* response) override;
  grpc::Status SetConsent(grpc::ServerContext* context,
                          const v1::SetConsentRequest* request,
                          v1::SetConsentResponse* response) override;
  grpc::Status ErasePerson(grpc::ServerContext* context,
                           const v1::ErasePersonRequest* request,
                           v1::ErasePersonResponse* response) override;
  grpc::Status ListPersonNotices(
      grpc::ServerContext* context, const v1::ListPersonNoticesRequest* request,
      v1::ListPersonNoticesResponse* response) override;
  grpc::Status ConfirmPersonNotice(
      grpc::ServerContext* context,
      const v1::ConfirmPersonNoticeRequest* request,
      v1::ConfirmPersonNoticeResponse* response) override;

 private:
  absl::Status Do(const v1::PutRecordsRequest& request,
                  v1::PutRecordsResponse& response) const;
  absl::Status Do(const v1::LogImportRequest& request,
                  v1::LogImportResponse& response) const;
  absl::Status Do(const v1::GetRecordRequest& request,
                  v1::GetRecordResponse& response) const;
  absl::Status Do(const v1::SearchRecordsRequest& request,
                  v1::SearchRecordsResponse& response) const;
  absl::Status Do(const v1::WithdrawRecordRequest& request,
                  v1::WithdrawRecordResponse& response) const;
  absl::Status Do(const v1::SetConsentRequest& request,
                  v1::SetConsentResponse& response) const;
  absl::Status Do(const v1::ErasePersonRequest& request,
                  v1::ErasePersonResponse& response) const;
  absl::Status Do(const v1::ListPersonNoticesRequest& request,
                  v1::ListPersonNoticesResponse& response) const;
  absl::Status Do(const v1::ConfirmPersonNoticeRequest& request,
                  v1::ConfirmPersonNoticeResponse& response) const;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PES_SERVICE_H_
