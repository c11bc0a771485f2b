// One question of a peer (rpc Ask): the server's end.
#ifndef MINGA_NODE_RPC_QUESTION_CALL_H_
#define MINGA_NODE_RPC_QUESTION_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "federation/transport.h"
#include "minga/v1/federation.pb.h"
#include "node/base/ids.h"

namespace minga::rpc {

// Lifetime: holds itself until OnDone, its link until the question is answered.
class QuestionCall final : public grpc::ServerUnaryReactor {
 public:
  // Hands the question to `events`. `reply` is gRPC's and ends with Finish.
  static QuestionCall* Accept(const PeerId& peer,
                              const v1::AskRequest& question,
                              v1::AskResponse* reply,
                              federation::LinkEvents& events);

  // Only the first answer counts.
  void Answer(const absl::StatusOr<v1::AskResponse>& answer);

  void OnCancel() override;
  void OnDone() override;

 private:
  explicit QuestionCall(v1::AskResponse* reply) : reply_(reply) {}

  absl::Mutex mutex_;
  v1::AskResponse* const reply_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<QuestionCall> self_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_QUESTION_CALL_H_
