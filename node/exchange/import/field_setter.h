// Sets one field of a message through reflection; adds to it if it is repeated.
// Internal to this folder.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_FIELD_SETTER_H_
#define MINGA_NODE_EXCHANGE_IMPORT_FIELD_SETTER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace minga::importing {

// REQUIRES: `field` is an int32 or int64 of `holder`, and `value` fits.
void SetInteger(std::int64_t value,
                const google::protobuf::FieldDescriptor& field,
                google::protobuf::Message& holder);

// REQUIRES: `field` is a string of `holder`.
void SetText(std::string value, const google::protobuf::FieldDescriptor& field,
             google::protobuf::Message& holder);

// INVALID_ARGUMENT outside the years 1 to 9999, which a Timestamp cannot hold.
// REQUIRES: `field` is a Timestamp of `holder`.
absl::Status WriteMoment(absl::Time time,
                         const google::protobuf::FieldDescriptor& field,
                         google::protobuf::Message& holder);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_FIELD_SETTER_H_
