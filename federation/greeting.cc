#include "federation/greeting.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "federation/stream_context.h"
#include "federation/unknown_fields.h"
#include "minga/v1/federation.pb.h"

namespace minga::federation {

absl::Status CheckHello(const v1::Hello& hello) {
  if (HasUnknownFields(hello)) {
    return absl::InvalidArgumentError("greeting has an unknown field");
  }
  bool bounded = hello.features_size() <= kFeaturesMax &&
                 hello.policy_hash().size() <= kPolicyHashBytesMax &&
                 hello.checkpoint().size() <= kCheckpointBytesMax;
  for (const std::string& feature : hello.features()) {
    bounded = bounded && feature.size() <= kFeatureBytesMax;
  }
  if (bounded) return absl::OkStatus();
  return absl::InvalidArgumentError("greeting is over its bounds");
}

absl::Status CheckHelloReply(const v1::HelloReply& reply,
                             const ProtocolRange& offered, Epoch epoch,
                             SeqNo cursor) {
  if (HasUnknownFields(reply)) {
    return absl::InvalidArgumentError("greeting has an unknown field");
  }
  if (reply.protocol() < offered.min || reply.protocol() > offered.max) {
    return absl::InvalidArgumentError(
        absl::StrCat("greeting chooses protocol ", reply.protocol(),
                     ", offered were ", offered.min, "-", offered.max));
  }
  if (reply.features_size() > kFeaturesMax ||
      reply.policy_hash().size() > kPolicyHashBytesMax ||
      reply.checkpoint().size() > kCheckpointBytesMax) {
    return absl::InvalidArgumentError("greeting is over its bounds");
  }
  if (reply.epoch() == 0) {
    return absl::InvalidArgumentError("greeting has no epoch");
  }
  if (reply.start() != 0 &&
      (reply.epoch() != epoch || reply.start() != cursor)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "greeting starts at ", reply.start(), " of epoch ", reply.epoch(),
        ", the cursor is at ", cursor, " of epoch ", epoch));
  }
  return absl::OkStatus();
}

}  // namespace minga::federation
