// Writes one value of a file into one field of a message, as a Target says.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_TARGET_WRITER_H_
#define MINGA_NODE_EXCHANGE_IMPORT_TARGET_WRITER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/exchange/import/mapping.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace minga::importing {

// True if something was written; false for an empty value, or one outside the
// table or range that the target leaves out. INVALID_ARGUMENT if the value
// does not fit. `root` is of the type the target's path was made for.
absl::StatusOr<bool> WriteValue(const Target& target, absl::string_view value,
                                google::protobuf::Message& root);

// The same for a number that was computed. REQUIRES: the field is an integer.
absl::StatusOr<bool> WriteNumber(const Target& target, const Decimal& value,
                                 google::protobuf::Message& root);

// INVALID_ARGUMENT if the target's options do not fit its field.
absl::Status CheckTarget(const Target& target);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_TARGET_WRITER_H_
