// The seam to the network. node/rpc implements it with gRPC, the simulator in
// memory; federation itself neither blocks nor knows of sockets.
#ifndef MINGA_FEDERATION_TRANSPORT_H_
#define MINGA_FEDERATION_TRANSPORT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/ids.h"

namespace minga::v1 {
class AskResponse;
class AskRequest;
class FollowRequest;
class FollowResponse;
}  // namespace minga::v1

namespace minga::federation {

struct Descriptor;

// Names one stream for its life; never reused by a process.
using LinkId = std::uint64_t;

// The follower's end of a Follow stream. Destroying it cancels the stream.
class FollowerLink {
 public:
  virtual ~FollowerLink() = default;
  // Queues; at most one write is in flight, the rest waits in order.
  virtual void Send(const v1::FollowRequest& message) = 0;
};

// The origin's end. Destroying it ends the stream with CANCELLED, unless it was
// finished: then what was queued still goes out, and the status after it.
class OriginLink {
 public:
  virtual ~OriginLink() = default;
  // Queues as above: the credits of the protocol bound the queue.
  virtual void Send(std::unique_ptr<v1::FollowResponse> message) = 0;
  // Ends the stream with `why` for the follower to read.
  virtual void Finish(const absl::Status& why) = 0;
};

// Takes the answer to one question of a peer. Destroying it without one answers
// CANCELLED.
class AnswerLink {
 public:
  virtual ~AnswerLink() = default;
  // Once. An error reaches the peer with its message.
  virtual void Answer(const absl::StatusOr<v1::AskResponse>& answer) = 0;
};

// What the transport tells. Federation implements it; calls only queue and
// return at once, from any thread. After OnClosed nothing more comes of a link.
class LinkEvents {
 public:
  virtual ~LinkEvents() = default;
  virtual void OnResponse(LinkId link,
                          std::unique_ptr<v1::FollowResponse> message) = 0;
  virtual void OnRequest(LinkId link,
                         std::unique_ptr<v1::FollowRequest> message) = 0;
  virtual void OnClosed(LinkId link, const absl::Status& why) = 0;
  // A pinned peer has opened Follow towards us. Returns the link's name.
  virtual LinkId OnAccepted(const PeerId& peer,
                            std::unique_ptr<OriginLink> link) = 0;
  // A pinned peer asks something.
  virtual void OnAsked(const PeerId& peer,
                       std::unique_ptr<v1::AskRequest> question,
                       std::unique_ptr<AnswerLink> link) = 0;
  // The end of Transport::Ask: an answer, or why there is none.
  virtual void OnAnswered(
      LinkId link, absl::StatusOr<std::unique_ptr<v1::AskResponse>> answer) = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Opens Follow towards the peer's endpoint, pinned to its certificate.
  // Returns at once; failure arrives as OnClosed.
  virtual std::unique_ptr<FollowerLink> Follow(const Descriptor& peer,
                                               LinkId link,
                                               LinkEvents& events) = 0;
  // Puts one question to the peer, pinned as above, and tells OnAnswered within
  // `patience`. Returns at once.
  virtual void Ask(const Descriptor& peer, LinkId link,
                   const v1::AskRequest& question, absl::Duration patience,
                   LinkEvents& events) = 0;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_TRANSPORT_H_
