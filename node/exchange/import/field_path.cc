#include "node/exchange/import/field_path.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/import/values.h"

namespace minga::importing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::string_view kTimestamp = "google.protobuf.Timestamp";
constexpr std::size_t kPathBytesMax = 200;

bool IsMoment(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == kTimestamp;
}

bool IsNested(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         !IsMoment(field);
}

bool IsValue(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_STRING;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
      return true;
    default:
      return IsMoment(field) && !field.is_repeated();
  }
}

absl::Status NoSuchField(const Descriptor& message, absl::string_view name) {
  std::vector<std::string> known;
  for (int i = 0; i < message.field_count(); ++i) {
    known.push_back(message.field(i)->name());
  }
  const std::string nearest = Nearest(name, known);
  return absl::InvalidArgumentError(absl::StrCat(
      "no field `", Printable(name, kPathBytesMax), "` in ", message.name(),
      nearest.empty() ? "" : absl::StrCat("; did you mean `", nearest, "`?")));
}

absl::Status TooMany() {
  return absl::ResourceExhaustedError(
      absl::StrCat("more than ", kRepeatedFieldItemsMax, " values"));
}

}  // namespace

absl::StatusOr<FieldPath::Step> FieldPath::ParseStep(const Descriptor& message,
                                                     absl::string_view text) {
  Step step;
  absl::string_view name = text;
  const std::size_t bracket = text.find('[');
  if (bracket != absl::string_view::npos) {
    name = text.substr(0, bracket);
    absl::string_view index = text.substr(bracket + 1);
    if (index.empty() || index.back() != ']') {
      return absl::InvalidArgumentError(
          absl::StrCat("`", Printable(text, kPathBytesMax), "` lacks a `]`"));
    }
    index.remove_suffix(1);
    if (index.empty()) {
      step.index = kEach;
    } else if (!absl::SimpleAtoi(index, &step.index) || step.index < 0 ||
               step.index >= kRepeatedFieldItemsMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("index of `", Printable(text, kPathBytesMax),
                       "` is not 0..", kRepeatedFieldItemsMax - 1));
    }
  }
  step.field = message.FindFieldByName(std::string(name));
  if (step.field == nullptr) return NoSuchField(message, name);
  return step;
}

absl::StatusOr<FieldPath> FieldPath::Parse(const Descriptor& root,
                                           absl::string_view text) {
  if (text.size() > kPathBytesMax) {
    return absl::InvalidArgumentError("name of a field is too long");
  }
  FieldPath path;
  path.text_ = std::string(text);
  const Descriptor* message = &root;
  int indices = 0;
  const std::vector<absl::string_view> names = absl::StrSplit(text, '.');
  for (std::size_t i = 0; i < names.size(); ++i) {
    MINGA_ASSIGN_OR_RETURN(const Step step, ParseStep(*message, names[i]));
    const FieldDescriptor& field = *step.field;
    const bool last = i + 1 == names.size();
    if (last ? !IsValue(field) : !IsNested(field)) {
      return absl::InvalidArgumentError(
          last ? absl::StrCat("`", text,
                              "` is a group of fields: name one of "
                              "its fields")
               : absl::StrCat("`", field.name(), "` in `", text,
                              "` has no fields of its own"));
    }
    const bool indexed = step.index != kNone;
    if (indexed != (!last && field.is_repeated())) {
      return absl::InvalidArgumentError(
          indexed ? absl::StrCat("`", names[i], "` takes no index")
                  : absl::StrCat("`", names[i], "` needs an index, as in `",
                                 names[i], "[0]`"));
    }
    if (indexed && ++indices > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("`", text, "` has more than one index"));
    }
    path.steps_.push_back(step);
    message = field.message_type();
  }
  return path;
}

FieldPath::Kind FieldPath::kind() const {
  switch (leaf().cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return Kind::kInteger;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Kind::kYesNo;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Kind::kMoment;
    default:
      return Kind::kText;
  }
}

bool FieldPath::many() const {
  if (leaf().is_repeated()) return true;
  for (const Step& step : steps_) {
    if (step.index == kEach) return true;
  }
  return false;
}

std::string FieldPath::element() const {
  std::string text;
  for (const Step& step : steps_) {
    absl::StrAppend(&text, text.empty() ? "" : ".", step.field->name());
    if (step.index > 0) return absl::StrCat(text, "[", step.index, "]");
  }
  return "";
}

absl::StatusOr<Message*> FieldPath::Holder(Message& root) const {
  Message* message = &root;
  for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
    const Step& step = steps_[i];
    const Reflection& reflection = *message->GetReflection();
    if (step.index == kNone) {
      message = reflection.MutableMessage(message, step.field);
      continue;
    }
    const int size = reflection.FieldSize(*message, step.field);
    const int index = step.index == kEach ? size : step.index;
    if (index >= kRepeatedFieldItemsMax) return TooMany();
    for (int made = size; made <= index; ++made) {
      reflection.AddMessage(message, step.field);
    }
    message = reflection.MutableRepeatedMessage(message, step.field, index);
  }
  if (leaf().is_repeated() &&
      message->GetReflection()->FieldSize(*message, &leaf()) >=
          kRepeatedFieldItemsMax) {
    return TooMany();
  }
  return message;
}

void FieldPath::RemoveElement(Message& root) const {
  Message* message = &root;
  for (const Step& step : steps_) {
    const Reflection& reflection = *message->GetReflection();
    if (step.index < 0) {
      message = reflection.MutableMessage(message, step.field);
      continue;
    }
    const int size = reflection.FieldSize(*message, step.field);
    for (int i = step.index; i + 1 < size; ++i) {
      reflection.SwapElements(message, step.field, i, i + 1);
    }
    if (step.index < size) reflection.RemoveLast(message, step.field);
    return;
  }
}

}  // namespace minga::importing
