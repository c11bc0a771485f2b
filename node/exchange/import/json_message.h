// Messages from JSON in protobuf's JSON mapping, strictly. protobuf's own
// parser (3.21) takes single quotes, bare keys and repeated names, and needs a
// hundred microseconds for a vacancy, because it describes every type anew for
// each text.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_JSON_MESSAGE_H_
#define MINGA_NODE_EXCHANGE_IMPORT_JSON_MESSAGE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

namespace minga::importing {

// Reads the object `json` into `message`. Fields go by their name in the .proto
// file or in lowerCamelCase; null leaves a field unset; integers may be
// strings; enumerations go by name or number; moments are RFC 3339.
//   INVALID_ARGUMENT  "pay.min_hundredths: expected a whole number", an unknown
//                     field with the nearest known one, or text that CheckJson
//                     refuses.
//   RESOURCE_EXHAUSTED  more than kRepeatedFieldItemsMax values of one field.
// REQUIRES: CanReadJson of its type.
absl::Status JsonToMessage(absl::string_view json,
                           google::protobuf::Message& message);

// False if the type has, at any depth, a map, bytes, a number with a fraction
// or an unsigned one: records have none.
bool CanReadJson(const google::protobuf::Descriptor& type);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_JSON_MESSAGE_H_
