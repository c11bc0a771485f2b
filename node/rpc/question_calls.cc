#include "node/rpc/question_calls.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "minga/v1/federation.grpc.pb.h"
#include "node/rpc/peer_channel.h"
#include "node/rpc/status.h"

namespace minga::rpc {

struct QuestionCalls::Call {
  Digest certificate{};
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::FederationService::Stub> stub;
  grpc::ClientContext context;
  v1::AskRequest question;
  v1::AskResponse answer;
};

std::shared_ptr<grpc::Channel> QuestionCalls::ChannelTo(
    const PeerId& peer, const Digest& certificate,
    const std::string& endpoint) {
  Line& line = lines_[{certificate, endpoint}];
  if (line.channel == nullptr) {
    line.channel = OpenPeerChannel(tls_, peer, endpoint);
  }
  line.used_at = absl::Now();
  return line.channel;
}

void QuestionCalls::Ask(const std::shared_ptr<QuestionCalls>& self,
                        const PeerId& peer, const Digest& certificate,
                        const std::string& endpoint, federation::LinkId link,
                        const v1::AskRequest& question, absl::Duration patience,
                        federation::LinkEvents& events) {
  const auto call = std::make_shared<Call>();
  call->certificate = certificate;
  call->question = question;
  call->context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
  bool closed = false;
  {
    const absl::MutexLock lock(&self->mutex_);
    closed = self->closed_;
    if (!closed) {
      call->channel = self->ChannelTo(peer, certificate, endpoint);
      self->live_.insert(call);
    }
  }
  if (closed) {
    events.OnAnswered(link, absl::UnavailableError("this node is stopping"));
    return;
  }
  call->stub = v1::FederationService::NewStub(call->channel);
  call->stub->async()->Ask(
      &call->context, &call->question, &call->answer,
      // Not a shared_ptr to the call: it would go on gRPC's thread.
      [self, call = call.get(), link, &events](const grpc::Status& status) {
        if (status.ok()) {
          events.OnAnswered(
              link, std::make_unique<v1::AskResponse>(std::move(call->answer)));
        } else {
          events.OnAnswered(link, FromGrpc(status));
        }
        self->Retire(call);
      });
}

void QuestionCalls::Retire(const Call* call) {
  const absl::MutexLock lock(&mutex_);
  const auto found =
      std::find_if(live_.begin(), live_.end(),
                   [call](const auto& live) { return live.get() == call; });
  if (found == live_.end()) return;
  done_.push_back(*found);
  live_.erase(found);
}

void QuestionCalls::Reap() {
  std::vector<std::shared_ptr<Call>> done;
  std::vector<Line> unused;
  const absl::MutexLock lock(&mutex_);
  done.swap(done_);
  const absl::Time until = absl::Now() - kQuestionChannelLife;
  std::erase_if(lines_, [&](auto& entry) {
    if (entry.second.used_at > until) return false;
    unused.push_back(std::move(entry.second));
    return true;
  });
}

void QuestionCalls::CancelUnpinned() {
  std::vector<std::shared_ptr<Call>> strangers;
  std::vector<Line> unused;
  {
    const absl::MutexLock lock(&mutex_);
    for (const auto& call : live_) {
      if (!tls_.pins->Find(call->certificate).ok()) strangers.push_back(call);
    }
  }
  for (const auto& call : strangers) call->context.TryCancel();
  // All connections are made anew: our own certificate may be another, too.
  const absl::MutexLock lock(&mutex_);
  for (auto& [way, line] : lines_) unused.push_back(std::move(line));
  lines_.clear();
}

void QuestionCalls::Shutdown() {
  std::vector<std::shared_ptr<Call>> live;
  std::map<LineKey, Line> lines;
  {
    const absl::MutexLock lock(&mutex_);
    closed_ = true;
    live.assign(live_.begin(), live_.end());
    lines.swap(lines_);
  }
  for (const auto& call : live) call->context.TryCancel();
  live.clear();
  {
    const absl::MutexLock lock(&mutex_);
    const auto all_done = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return live_.empty();
    };
    mutex_.Await(absl::Condition(&all_done));
  }
  Reap();
}

}  // namespace minga::rpc
