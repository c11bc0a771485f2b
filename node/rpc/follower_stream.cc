#include "node/rpc/follower_stream.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <utility>

#include "node/rpc/status.h"

namespace minga::rpc {

bool FollowerStreams::Add(const std::shared_ptr<FollowerStream>& stream) {
  const absl::MutexLock lock(&mutex_);
  if (closed_) return false;
  live_.insert(stream);
  return true;
}

void FollowerStreams::Retire(FollowerStream* stream) {
  const absl::MutexLock lock(&mutex_);
  const auto found =
      std::find_if(live_.begin(), live_.end(),
                   [stream](const auto& live) { return live.get() == stream; });
  if (found == live_.end()) return;
  done_.push_back(*found);
  live_.erase(found);
}

void FollowerStreams::Reap() {
  std::vector<std::shared_ptr<FollowerStream>> done;
  const absl::MutexLock lock(&mutex_);
  done.swap(done_);
}

void FollowerStreams::CancelUnpinned(const PinBook& pins) {
  std::vector<std::shared_ptr<FollowerStream>> strangers;
  {
    const absl::MutexLock lock(&mutex_);
    for (const auto& stream : live_) {
      if (!pins.Find(stream->certificate()).ok()) strangers.push_back(stream);
    }
  }
  for (const auto& stream : strangers) stream->Cancel();
}

void FollowerStreams::Shutdown() {
  std::vector<std::shared_ptr<FollowerStream>> live;
  {
    const absl::MutexLock lock(&mutex_);
    closed_ = true;
    live.assign(live_.begin(), live_.end());
  }
  for (const auto& stream : live) stream->Cancel();
  {
    const absl::MutexLock lock(&mutex_);
    const auto all_done = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return live_.empty();
    };
    mutex_.Await(absl::Condition(&all_done));
  }
  Reap();
}

FollowerStream::FollowerStream(std::shared_ptr<grpc::Channel> channel,
                               const Digest& certificate, federation::LinkId id,
                               federation::LinkEvents* events,
                               std::shared_ptr<FollowerStreams> streams,
                               Reached reached)
    : channel_(std::move(channel)),
      stub_(v1::FederationService::NewStub(channel_)),
      certificate_(certificate),
      id_(id),
      streams_(std::move(streams)),
      incoming_(std::make_unique<v1::FollowResponse>()),
      reached_(std::move(reached)),
      events_(events) {}

void FollowerStream::Start() {
  stub_->async()->Follow(&context_, this);
  // For the writes that Send starts outside of callbacks; given up when the
  // read side ends, which it always does.
  AddHold();
  StartRead(incoming_.get());
  StartCall();
}

void FollowerStream::Send(const v1::FollowRequest& message) {
  const absl::MutexLock lock(&mutex_);
  if (ended_) return;
  queue_.push_back(message);
  if (writing_) return;
  writing_ = true;
  StartWrite(&queue_.front());
}

void FollowerStream::Abandon() {
  {
    const absl::MutexLock lock(&mutex_);
    events_ = nullptr;
  }
  Cancel();
}

federation::LinkEvents* FollowerStream::events() const {
  const absl::MutexLock lock(&mutex_);
  return events_;
}

void FollowerStream::OnReadDone(bool ok) {
  if (!ok) {
    {
      const absl::MutexLock lock(&mutex_);
      ended_ = true;
    }
    RemoveHold();
    return;
  }
  if (reached_) std::exchange(reached_, nullptr)(context_.peer());
  auto message = std::exchange(incoming_, nullptr);
  // Not under our mutex: the receiver takes its own, under which it may Send.
  if (federation::LinkEvents* receiver = events(); receiver != nullptr) {
    receiver->OnResponse(id_, std::move(message));
  }
  incoming_ = std::make_unique<v1::FollowResponse>();
  StartRead(incoming_.get());
}

void FollowerStream::OnWriteDone(bool ok) {
  const absl::MutexLock lock(&mutex_);
  queue_.pop_front();
  if (!ok || ended_) {
    ended_ = true;
    queue_.clear();
  }
  writing_ = !queue_.empty();
  if (writing_) StartWrite(&queue_.front());
}

void FollowerStream::OnDone(const grpc::Status& status) {
  if (federation::LinkEvents* receiver = events(); receiver != nullptr) {
    receiver->OnClosed(id_, FromGrpc(status));
  }
  // Nothing of this object may be touched after it: another thread may reap.
  const std::shared_ptr<FollowerStreams> streams = streams_;
  streams->Retire(this);
}

}  // namespace minga::rpc
