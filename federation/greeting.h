// What the greetings of a stream must be, on both ends.
#ifndef MINGA_FEDERATION_GREETING_H_
#define MINGA_FEDERATION_GREETING_H_

#include "absl/status/status.h"
#include "federation/protocol.h"
#include "node/base/ids.h"

namespace minga::v1 {
class Hello;
class HelloReply;
}  // namespace minga::v1

namespace minga::federation {

// INVALID_ARGUMENT: unknown fields, or over the bounds of stream_context.h.
absl::Status CheckHello(const v1::Hello& hello);

// The same of the answer, which must choose from what was offered and start
// where the follower stands, or at the beginning.
absl::Status CheckHelloReply(const v1::HelloReply& reply,
                             const ProtocolRange& offered, Epoch epoch,
                             SeqNo cursor);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_GREETING_H_
