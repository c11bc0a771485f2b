// A field of a message by name, as mapping files write it:
//   pay.min_hundredths      a field of a message in a field
//   texts[0].title          a field of the first of several messages
//   sharing.countries       a repeated value: each value is added
//   skills[].label          one more message for each value
#ifndef MINGA_NODE_EXCHANGE_IMPORT_FIELD_PATH_H_
#define MINGA_NODE_EXCHANGE_IMPORT_FIELD_PATH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace minga::importing {

// A value type; immutable once parsed.
class FieldPath {
 public:
  enum class Kind { kText, kInteger, kYesNo, kEnum, kMoment };

  // INVALID_ARGUMENT, naming the nearest field that exists, unless `text` ends
  // at a field of one of the kinds. An index is below kRepeatedFieldItemsMax.
  static absl::StatusOr<FieldPath> Parse(
      const google::protobuf::Descriptor& root, absl::string_view text);

  const std::string& text() const { return text_; }
  Kind kind() const;
  const google::protobuf::FieldDescriptor& leaf() const {
    return *steps_.back().field;
  }
  // True if several values can be written: a repeated value or a `[]`.
  bool many() const;
  // "locations[1]" if the path leads through a numbered message after the
  // first, else empty.
  std::string element() const;

  // The message that holds the leaf, made on the way if need be. A `[]` adds
  // one message with each call. RESOURCE_EXHAUSTED if a repeated field would
  // pass kRepeatedFieldItemsMax. `root` is of the type given to Parse.
  absl::StatusOr<google::protobuf::Message*> Holder(
      google::protobuf::Message& root) const;
  // Removes the numbered message of the path. REQUIRES: element() not empty.
  void RemoveElement(google::protobuf::Message& root) const;

 private:
  struct Step {
    const google::protobuf::FieldDescriptor* field = nullptr;
    int index = kNone;
  };
  static constexpr int kNone = -1;
  static constexpr int kEach = -2;

  static absl::StatusOr<Step> ParseStep(
      const google::protobuf::Descriptor& message, absl::string_view text);

  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_FIELD_PATH_H_
