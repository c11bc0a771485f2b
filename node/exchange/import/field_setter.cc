#include "node/exchange/import/field_setter.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <utility>

namespace minga::importing {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void SetInteger(std::int64_t value, const FieldDescriptor& field,
                Message& holder) {
  const Reflection& reflection = *holder.GetReflection();
  const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  const auto narrow = static_cast<std::int32_t>(value);
  if (field.is_repeated()) {
    wide ? reflection.AddInt64(&holder, &field, value)
         : reflection.AddInt32(&holder, &field, narrow);
  } else {
    wide ? reflection.SetInt64(&holder, &field, value)
         : reflection.SetInt32(&holder, &field, narrow);
  }
}

void SetText(std::string value, const FieldDescriptor& field, Message& holder) {
  const Reflection& reflection = *holder.GetReflection();
  if (field.is_repeated()) {
    reflection.AddString(&holder, &field, std::move(value));
  } else {
    reflection.SetString(&holder, &field, std::move(value));
  }
}

absl::Status WriteMoment(absl::Time time, const FieldDescriptor& field,
                         Message& holder) {
  // The years 1 to 9999, which is what a Timestamp can hold.
  constexpr std::int64_t kSecondsMin = -62135596800;
  constexpr std::int64_t kSecondsMax = 253402300799;
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  if (seconds < kSecondsMin || seconds > kSecondsMax) {
    return absl::InvalidArgumentError("date is outside the years 1 to 9999");
  }
  const absl::Duration rest = time - absl::FromUnixSeconds(seconds);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
  holder.GetReflection()->MutableMessage(&holder, &field)->CopyFrom(timestamp);
  return absl::OkStatus();
}

}  // namespace minga::importing
