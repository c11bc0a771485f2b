// The ends of a stream or a question in memory, and what travels between them.
// Internal to memory_transport.cc.
#ifndef MINGA_TESTS_SUPPORT_TRANSPORT_MEMORY_LINKS_H_
#define MINGA_TESTS_SUPPORT_TRANSPORT_MEMORY_LINKS_H_

#include <deque>
#include <memory>
#include <utility>

#include "minga/v1/federation.pb.h"
#include "tests/support/transport/memory_transport.h"

namespace minga::test {

// Something on its way to one end of a connection.
struct MemoryNetwork::Item {
  enum class Kind { kOpen, kRequest, kResponse, kClosed, kAsked, kAnswered };
  Kind kind = Kind::kOpen;
  bool to_origin = false;
  std::unique_ptr<v1::FollowRequest> request;
  std::unique_ptr<v1::FollowResponse> response;
  std::unique_ptr<v1::AskRequest> question;
  std::unique_ptr<v1::AskResponse> answer;
  absl::Status status;
};

// A stream, or one question and its answer. Guarded by the network's mutex.
struct MemoryNetwork::Connection {
  bool question = false;
  PeerId follower;  // or who asks
  PeerId origin;
  federation::LinkEvents* follower_events = nullptr;  // null: that end is gone
  federation::LinkEvents* origin_events = nullptr;
  federation::LinkId follower_link = 0;
  federation::LinkId origin_link = 0;
  std::deque<Item> items;
  // Nothing more may be sent towards that end.
  bool to_origin_ended = false;
  bool to_follower_ended = false;
};

class MemoryNetwork::Follower final : public federation::FollowerLink {
 public:
  Follower(MemoryNetwork& network, std::shared_ptr<Connection> connection)
      : network_(network), connection_(std::move(connection)) {}
  ~Follower() override {
    absl::MutexLock lock(&network_.mutex_);
    connection_->follower_events = nullptr;
    if (std::exchange(connection_->to_origin_ended, true)) return;
    Item item;
    item.kind = Item::Kind::kClosed;
    item.to_origin = true;
    item.status = absl::CancelledError("the follower has ended the stream");
    connection_->items.push_back(std::move(item));
  }
  void Send(const v1::FollowRequest& message) override {
    Item item;
    item.kind = Item::Kind::kRequest;
    item.to_origin = true;
    item.request = std::make_unique<v1::FollowRequest>(message);
    absl::MutexLock lock(&network_.mutex_);
    if (!connection_->to_origin_ended) {
      connection_->items.push_back(std::move(item));
    }
  }

 private:
  MemoryNetwork& network_;
  const std::shared_ptr<Connection> connection_;
};

class MemoryNetwork::Origin final : public federation::OriginLink {
 public:
  Origin(MemoryNetwork& network, std::shared_ptr<Connection> connection)
      : network_(network), connection_(std::move(connection)) {}
  ~Origin() override {
    Finish(absl::CancelledError("the origin has ended the stream"));
    absl::MutexLock lock(&network_.mutex_);
    connection_->origin_events = nullptr;
  }
  void Send(std::unique_ptr<v1::FollowResponse> message) override {
    if (network_.on_sent_) {
      network_.on_sent_(connection_->origin, connection_->follower, *message);
    }
    Item item;
    item.kind = Item::Kind::kResponse;
    item.response = std::move(message);
    absl::MutexLock lock(&network_.mutex_);
    if (!connection_->to_follower_ended) {
      connection_->items.push_back(std::move(item));
    }
  }
  void Finish(const absl::Status& why) override {
    absl::MutexLock lock(&network_.mutex_);
    if (std::exchange(connection_->to_follower_ended, true)) return;
    Item item;
    item.kind = Item::Kind::kClosed;
    item.status = why;
    connection_->items.push_back(std::move(item));
  }

 private:
  MemoryNetwork& network_;
  const std::shared_ptr<Connection> connection_;
};

class MemoryNetwork::Answerer final : public federation::AnswerLink {
 public:
  Answerer(MemoryNetwork& network, std::shared_ptr<Connection> connection)
      : network_(network), connection_(std::move(connection)) {}
  ~Answerer() override {
    Answer(absl::CancelledError("the question was dropped"));
  }
  void Answer(const absl::StatusOr<v1::AskResponse>& answer) override {
    Item item;
    item.kind = Item::Kind::kAnswered;
    item.status = answer.status();
    if (answer.ok()) item.answer = std::make_unique<v1::AskResponse>(*answer);
    absl::MutexLock lock(&network_.mutex_);
    if (std::exchange(connection_->to_follower_ended, true)) return;
    connection_->items.push_back(std::move(item));
  }

 private:
  MemoryNetwork& network_;
  const std::shared_ptr<Connection> connection_;
};

}  // namespace minga::test

#endif  // MINGA_TESTS_SUPPORT_TRANSPORT_MEMORY_LINKS_H_
