#include "tests/support/transport/memory_transport.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "federation/descriptor.h"
#include "minga/v1/federation.pb.h"
#include "tests/support/transport/memory_links.h"

namespace minga::test {

class MemoryNetwork::NodeTransport final : public federation::Transport {
 public:
  NodeTransport(MemoryNetwork& network, PeerId node)
      : network_(network), node_(node) {}
  std::unique_ptr<federation::FollowerLink> Follow(
      const federation::Descriptor& peer, federation::LinkId link,
      federation::LinkEvents& events) override {
    return network_.Open(node_, peer.country, link, events);
  }
  void Ask(const federation::Descriptor& peer, federation::LinkId link,
           const v1::AskRequest& question, absl::Duration /*patience*/,
           federation::LinkEvents& events) override {
    network_.Ask(node_, peer.country, link, question, events);
  }

 private:
  MemoryNetwork& network_;
  const PeerId node_;
};

MemoryNetwork::MemoryNetwork() = default;
MemoryNetwork::~MemoryNetwork() = default;

void MemoryNetwork::Attach(PeerId node, federation::LinkEvents* events) {
  absl::MutexLock lock(&mutex_);
  nodes_[node] = events;
}

void MemoryNetwork::Detach(PeerId node) {
  absl::MutexLock lock(&mutex_);
  nodes_.erase(node);
  for (const auto& connection : connections_) {
    if (connection->follower == node) connection->follower_events = nullptr;
    if (connection->origin == node) connection->origin_events = nullptr;
    if (connection->follower == node || connection->origin == node) {
      Cut(*connection);
    }
  }
}

std::unique_ptr<federation::Transport> MemoryNetwork::TransportOf(PeerId node) {
  return std::make_unique<NodeTransport>(*this, node);
}

void MemoryNetwork::OnResponses(ResponseHook hook) {
  on_response_ = std::move(hook);
}

void MemoryNetwork::OnRequests(RequestHook hook) {
  on_request_ = std::move(hook);
}

void MemoryNetwork::OnQuestions(QuestionHook hook) {
  on_question_ = std::move(hook);
}

void MemoryNetwork::OnAnswers(AnswerHook hook) { on_answer_ = std::move(hook); }

void MemoryNetwork::Ask(PeerId from, PeerId to, federation::LinkId link,
                        const v1::AskRequest& question,
                        federation::LinkEvents& events) {
  auto connection = std::make_shared<Connection>();
  connection->question = true;
  connection->follower = from;
  connection->origin = to;
  connection->follower_link = link;
  connection->follower_events = &events;
  Item item;
  item.kind = Item::Kind::kAsked;
  item.to_origin = true;
  item.question = std::make_unique<v1::AskRequest>(question);
  absl::MutexLock lock(&mutex_);
  connection->items.push_back(std::move(item));
  connections_.push_back(std::move(connection));
}

void MemoryNetwork::OnTravel(TravelHook hook) { on_travel_ = std::move(hook); }

void MemoryNetwork::OnSent(SentHook hook) { on_sent_ = std::move(hook); }

void MemoryNetwork::OnArrival(std::function<void(PeerId)> hook) {
  on_arrival_ = std::move(hook);
}

std::unique_ptr<federation::FollowerLink> MemoryNetwork::Open(
    PeerId from, PeerId to, federation::LinkId link,
    federation::LinkEvents& events) {
  auto connection = std::make_shared<Connection>();
  connection->follower = from;
  connection->origin = to;
  connection->follower_link = link;
  connection->follower_events = &events;
  Item item;
  item.to_origin = true;
  {
    absl::MutexLock lock(&mutex_);
    connection->items.push_back(std::move(item));
    connections_.push_back(connection);
  }
  return std::make_unique<Follower>(*this, std::move(connection));
}

void MemoryNetwork::Cut(Connection& connection) {
  connection.items.clear();
  connection.to_origin_ended = true;
  connection.to_follower_ended = true;
  for (const bool to_origin : {false, true}) {
    if (to_origin && connection.origin_link == 0) continue;  // never opened
    Item item;
    item.kind =
        connection.question ? Item::Kind::kAnswered : Item::Kind::kClosed;
    item.to_origin = to_origin;
    item.status = absl::UnavailableError("the connection is lost");
    connection.items.push_back(std::move(item));
  }
}

void MemoryNetwork::CutAll() {
  absl::MutexLock lock(&mutex_);
  for (const auto& connection : connections_) {
    if (!connection->items.empty() || connection->follower_events != nullptr ||
        connection->origin_events != nullptr) {
      Cut(*connection);
    }
  }
}

void MemoryNetwork::CutBetween(PeerId a, PeerId b) {
  absl::MutexLock lock(&mutex_);
  for (const auto& connection : connections_) {
    if (std::minmax(connection->follower, connection->origin) ==
        std::minmax(a, b)) {
      Cut(*connection);
    }
  }
}

void MemoryNetwork::SetParted(PeerId a, PeerId b, bool parted) {
  {
    absl::MutexLock lock(&mutex_);
    const std::pair<PeerId, PeerId> pair = std::minmax(a, b);
    parted ? void(parted_.insert(pair)) : void(parted_.erase(pair));
  }
  if (parted) CutBetween(a, b);
}

void MemoryNetwork::SetReachable(PeerId node, bool reachable) {
  absl::MutexLock lock(&mutex_);
  unreachable_[node] = !reachable;
}

std::size_t MemoryNetwork::Waiting() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& c) { return !c->items.empty(); }));
}

std::uint64_t MemoryNetwork::delivered() const {
  absl::MutexLock lock(&mutex_);
  return delivered_;
}

bool MemoryNetwork::AnyWaits() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& c) { return !c->items.empty(); });
}

bool MemoryNetwork::WaitAndDeliver(absl::Duration patience) {
  {
    absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithTimeout(
            absl::Condition(this, &MemoryNetwork::AnyWaits), patience)) {
      return false;
    }
  }
  return Deliver();
}

bool MemoryNetwork::Deliver(std::uint64_t nth) {
  std::shared_ptr<Connection> chosen;
  Item item;
  {
    absl::MutexLock lock(&mutex_);
    std::erase_if(connections_, [](const auto& c) {
      return c->items.empty() && c->follower_events == nullptr &&
             c->origin_events == nullptr;
    });
    std::vector<std::shared_ptr<Connection>> waiting;
    for (const auto& connection : connections_) {
      if (!connection->items.empty()) waiting.push_back(connection);
    }
    if (waiting.empty()) return false;
    chosen = waiting[nth % waiting.size()];
    item = std::move(chosen->items.front());
    chosen->items.pop_front();
    ++delivered_;
  }
  DeliverItem(std::move(chosen), std::move(item));
  return true;
}

void MemoryNetwork::DeliverItem(std::shared_ptr<Connection> connection,
                                Item item) {
  federation::LinkEvents* events = nullptr;
  federation::LinkId link = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (item.kind == Item::Kind::kOpen || item.kind == Item::Kind::kAsked) {
      const auto node = nodes_.find(connection->origin);
      if (node == nodes_.end() || unreachable_[connection->origin] ||
          parted_.contains(
              std::minmax(connection->origin, connection->follower))) {
        Cut(*connection);
        return;
      }
      connection->origin_events = node->second;
    }
    events = item.to_origin ? connection->origin_events
                            : connection->follower_events;
    link = item.to_origin ? connection->origin_link : connection->follower_link;
    if (item.kind == Item::Kind::kClosed || item.kind == Item::Kind::kAsked ||
        item.kind == Item::Kind::kAnswered) {
      (item.to_origin ? connection->origin_events
                      : connection->follower_events) = nullptr;
    }
  }
  if (events == nullptr) return;  // that end is gone
  DeliverTo(*events, link, std::move(connection), std::move(item));
}

void MemoryNetwork::DeliverTo(federation::LinkEvents& events,
                              federation::LinkId link,
                              std::shared_ptr<Connection> connection,
                              Item item) {
  switch (item.kind) {
    case Item::Kind::kOpen: {
      link = events.OnAccepted(connection->follower,
                               std::make_unique<Origin>(*this, connection));
      absl::MutexLock lock(&mutex_);
      connection->origin_link = link;
      break;
    }
    case Item::Kind::kRequest:
    case Item::Kind::kResponse:
      if (!Arrive(connection, item, events, link)) return;
      break;
    case Item::Kind::kClosed:
      events.OnClosed(link, item.status);
      break;
    case Item::Kind::kAsked:
      if (on_question_) on_question_(connection->follower, *item.question);
      events.OnAsked(connection->follower, std::move(item.question),
                     std::make_unique<Answerer>(*this, connection));
      break;
    case Item::Kind::kAnswered:
      if (!item.status.ok()) {
        events.OnAnswered(link, item.status);
        break;
      }
      if (on_answer_) on_answer_(connection->origin, *item.answer);
      events.OnAnswered(link, std::move(item.answer));
      break;
  }
  if (on_arrival_) {
    on_arrival_(item.to_origin ? connection->origin : connection->follower);
  }
}

bool MemoryNetwork::Arrive(const std::shared_ptr<Connection>& connection,
                           Item& item, federation::LinkEvents& events,
                           federation::LinkId link) {
  Travel travel{connection->follower, connection->origin, item.request.get(),
                item.response.get()};
  if (travel.request != nullptr) {
    if (on_request_) on_request_(travel.from, *item.request);
  } else {
    std::swap(travel.from, travel.to);
    if (on_response_) on_response_(travel.from, *item.response);
  }
  const Fate fate = on_travel_ ? on_travel_(travel) : Fate::kArrives;
  if (fate == Fate::kConnectionLost) {
    absl::MutexLock lock(&mutex_);
    Cut(*connection);
    return false;
  }
  for (int again = fate == Fate::kArrivesTwice ? 1 : 0; again >= 0; --again) {
    if (item.request != nullptr) {
      events.OnRequest(
          link, again > 0 ? std::make_unique<v1::FollowRequest>(*item.request)
                          : std::move(item.request));
    } else {
      events.OnResponse(
          link, again > 0 ? std::make_unique<v1::FollowResponse>(*item.response)
                          : std::move(item.response));
    }
  }
  return true;
}

}  // namespace minga::test
