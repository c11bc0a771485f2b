#include "node/rpc/origin_stream.h"

#include <utility>
#include <vector>

#include "node/rpc/status.h"

namespace minga::rpc {
namespace {

class StreamLink final : public federation::OriginLink {
 public:
  explicit StreamLink(std::shared_ptr<OriginStream> stream)
      : stream_(std::move(stream)) {}
  ~StreamLink() override { stream_->Abandon(); }
  StreamLink(const StreamLink&) = delete;
  StreamLink& operator=(const StreamLink&) = delete;
  void Send(std::unique_ptr<v1::FollowResponse> message) override {
    stream_->Send(std::move(message));
  }
  void Finish(const absl::Status& why) override { stream_->End(why); }

 private:
  const std::shared_ptr<OriginStream> stream_;
};

}  // namespace

void OriginStreams::Add(const std::shared_ptr<OriginStream>& stream) {
  const absl::MutexLock lock(&mutex_);
  live_.insert(stream);
}

void OriginStreams::Remove(const std::shared_ptr<OriginStream>& stream) {
  const absl::MutexLock lock(&mutex_);
  live_.erase(stream);
}

void OriginStreams::CancelUnpinned(const TlsParts& tls) {
  std::vector<std::shared_ptr<OriginStream>> live;
  {
    const absl::MutexLock lock(&mutex_);
    live.assign(live_.begin(), live_.end());
  }
  for (const auto& stream : live) {
    const absl::Status allowed = stream->CheckCaller(tls);
    if (!allowed.ok()) stream->Cancel(allowed);
  }
}

void OriginStreams::AwaitNone() {
  const absl::MutexLock lock(&mutex_);
  const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return live_.empty();
  };
  mutex_.Await(absl::Condition(&none));
}

OriginStream* OriginStream::Accept(grpc::CallbackServerContext* context,
                                   const PeerId& peer,
                                   federation::LinkEvents* events,
                                   std::shared_ptr<OriginStreams> streams) {
  const std::shared_ptr<OriginStream> stream(
      new OriginStream(context, events, std::move(streams)));
  {
    const absl::MutexLock lock(&stream->mutex_);
    stream->self_ = stream;
  }
  stream->streams_->Add(stream);
  stream->id_ = events->OnAccepted(peer, std::make_unique<StreamLink>(stream));
  const absl::MutexLock lock(&stream->mutex_);
  if (!stream->finished_) {
    stream->incoming_ = std::make_unique<v1::FollowRequest>();
    stream->StartRead(stream->incoming_.get());
  }
  return stream.get();
}

void OriginStream::Send(std::unique_ptr<v1::FollowResponse> message) {
  const absl::MutexLock lock(&mutex_);
  if (finished_ || ending_.has_value()) return;
  queue_.push_back(std::move(message));
  StartNextWrite();
}

void OriginStream::StartNextWrite() {
  if (in_flight_ != nullptr || queue_.empty() || finished_) return;
  in_flight_ = std::move(queue_.front());
  queue_.pop_front();
  StartWrite(in_flight_.get());
}

void OriginStream::FinishOnce(const absl::Status& why) {
  if (finished_) return;
  finished_ = true;
  why_ = why;
  queue_.clear();
  Finish(ToGrpc(why));
}

void OriginStream::End(const absl::Status& why) {
  const absl::MutexLock lock(&mutex_);
  if (finished_ || ending_.has_value()) return;
  queue_.clear();
  ending_ = why;
  if (in_flight_ == nullptr) FinishOnce(why);
}

void OriginStream::Abandon() {
  const absl::MutexLock lock(&mutex_);
  events_ = nullptr;
  if (finished_ || ending_.has_value()) return;
  if (context_ != nullptr) context_->TryCancel();
  FinishOnce(absl::CancelledError("the origin ended the stream"));
}

void OriginStream::Cancel(const absl::Status& why) {
  const absl::MutexLock lock(&mutex_);
  // A writer stuck behind a peer that does not read must go too.
  if (context_ != nullptr) context_->TryCancel();
  FinishOnce(why);
}

absl::Status OriginStream::CheckCaller(const TlsParts& tls) const {
  const absl::MutexLock lock(&mutex_);
  if (context_ == nullptr) return absl::OkStatus();
  return IdentifyCaller(*context_, tls).status();
}

federation::LinkEvents* OriginStream::events() const {
  const absl::MutexLock lock(&mutex_);
  return events_;
}

void OriginStream::OnReadDone(bool ok) {
  if (!ok) {
    const absl::MutexLock lock(&mutex_);
    // The follower wants no more, or is gone.
    FinishOnce(absl::OkStatus());
    return;
  }
  auto message = std::exchange(incoming_, nullptr);
  // Not under our mutex: the receiver takes its own, under which it may Send.
  if (federation::LinkEvents* receiver = events(); receiver != nullptr) {
    receiver->OnRequest(id_, std::move(message));
  }
  const absl::MutexLock lock(&mutex_);
  if (finished_) return;
  incoming_ = std::make_unique<v1::FollowRequest>();
  StartRead(incoming_.get());
}

void OriginStream::OnWriteDone(bool ok) {
  const absl::MutexLock lock(&mutex_);
  in_flight_ = nullptr;
  if (!ok) {
    FinishOnce(absl::CancelledError("the follower is gone"));
  } else if (ending_.has_value()) {
    FinishOnce(*ending_);
  } else {
    StartNextWrite();
  }
}

void OriginStream::OnCancel() {
  const absl::MutexLock lock(&mutex_);
  FinishOnce(absl::CancelledError("the follower is gone"));
}

void OriginStream::OnDone() {
  std::shared_ptr<OriginStream> self;
  federation::LinkEvents* receiver = nullptr;
  absl::Status why;
  {
    const absl::MutexLock lock(&mutex_);
    context_ = nullptr;
    self = std::move(self_);
    receiver = std::exchange(events_, nullptr);
    why = why_;
  }
  if (receiver != nullptr) receiver->OnClosed(id_, why);
  streams_->Remove(self);
}

}  // namespace minga::rpc
