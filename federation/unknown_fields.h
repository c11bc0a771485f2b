// Whether a message carries fields that this version does not know. What the
// negotiated protocol does not have is refused, not overlooked.
#ifndef MINGA_FEDERATION_UNKNOWN_FIELDS_H_
#define MINGA_FEDERATION_UNKNOWN_FIELDS_H_

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

namespace minga::federation {

// Of the message itself; submessages are to be asked on their own.
inline bool HasUnknownFields(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_UNKNOWN_FIELDS_H_
