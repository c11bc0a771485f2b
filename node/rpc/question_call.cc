#include "node/rpc/question_call.h"

#include <utility>

#include "node/rpc/status.h"

namespace minga::rpc {
namespace {

class CallLink final : public federation::AnswerLink {
 public:
  explicit CallLink(std::shared_ptr<QuestionCall> call)
      : call_(std::move(call)) {}
  ~CallLink() override {
    call_->Answer(absl::CancelledError("the question was dropped"));
  }
  CallLink(const CallLink&) = delete;
  CallLink& operator=(const CallLink&) = delete;
  void Answer(const absl::StatusOr<v1::AskResponse>& answer) override {
    call_->Answer(answer);
  }

 private:
  const std::shared_ptr<QuestionCall> call_;
};

}  // namespace

QuestionCall* QuestionCall::Accept(const PeerId& peer,
                                   const v1::AskRequest& question,
                                   v1::AskResponse* reply,
                                   federation::LinkEvents& events) {
  const std::shared_ptr<QuestionCall> call(new QuestionCall(reply));
  {
    const absl::MutexLock lock(&call->mutex_);
    call->self_ = call;
  }
  events.OnAsked(peer, std::make_unique<v1::AskRequest>(question),
                 std::make_unique<CallLink>(call));
  return call.get();
}

void QuestionCall::Answer(const absl::StatusOr<v1::AskResponse>& answer) {
  const absl::MutexLock lock(&mutex_);
  if (std::exchange(finished_, true)) return;
  if (answer.ok()) *reply_ = *answer;
  Finish(ToGrpc(answer.status()));
}

void QuestionCall::OnCancel() {
  Answer(absl::CancelledError("the peer asks no longer"));
}

void QuestionCall::OnDone() {
  std::shared_ptr<QuestionCall> self;
  const absl::MutexLock lock(&mutex_);
  self = std::move(self_);
}

}  // namespace minga::rpc
