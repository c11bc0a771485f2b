#include "node/exchange/import/json_message.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "node/base/limits.h"
#include "node/base/strings.h"
#include "node/exchange/import/field_setter.h"
#include "node/exchange/import/json_scanner.h"
#include "node/exchange/import/values.h"

namespace minga::importing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kQuotedBytesMax = 60;

bool IsMoment(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

// RFC 3339 with `T` and a zone: "2026-12-01T08:00:00Z".
bool HasFormOfMoment(absl::string_view text) {
  constexpr absl::string_view kForm = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit =
        absl::ascii_isdigit(static_cast<unsigned char>(text[i])) != 0;
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return false;
  }
  return true;
}

class Reader {
 public:
  explicit Reader(absl::string_view json) : scanner_(json) {}

  absl::Status Read(Message& message) {
    if (scanner_.Begin() && Object(0, message)) scanner_.End();
    return status_.ok() ? scanner_.status() : status_;
  }

 private:
  // Ends with `reason`, after the path of the field being read.
  bool Wrong(absl::string_view reason,
             absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
    std::string path;
    for (const FieldDescriptor* field : path_) {
      absl::StrAppend(&path, path.empty() ? "" : ".", field->name());
    }
    status_ =
        absl::Status(code, path.empty() ? std::string(reason)
                                        : absl::StrCat(path, ": ", reason));
    return false;
  }

  bool Object(int depth, Message& message) {
    if (scanner_.Peek() != '{') return Wrong("expected an object");
    return scanner_.Object(depth, [&](const std::string& name) {
      const Descriptor& type = *message.GetDescriptor();
      const FieldDescriptor* field = type.FindFieldByName(name);
      if (field == nullptr) field = type.FindFieldByCamelcaseName(name);
      if (field == nullptr) return UnknownName(type, name);
      if (scanner_.Peek() == 'n') return scanner_.Word("null");
      path_.push_back(field);
      if (!Field(depth, *field, message)) return false;
      path_.pop_back();
      return true;
    });
  }

  bool UnknownName(const Descriptor& type, absl::string_view name) {
    std::vector<std::string> known;
    for (int i = 0; i < type.field_count(); ++i) {
      known.push_back(type.field(i)->name());
    }
    const std::string nearest = Nearest(name, known);
    return Wrong(absl::StrCat(
        "no field `", Printable(name, kQuotedBytesMax), "` in ", type.name(),
        nearest.empty() ? ""
                        : absl::StrCat("; did you mean `", nearest, "`?")));
  }

  bool Field(int depth, const FieldDescriptor& field, Message& message) {
    if (!field.is_repeated()) return Value(depth + 1, field, message);
    if (scanner_.Peek() != '[') return Wrong("expected a list");
    int items = 0;
    return scanner_.Array(depth + 1, [&] {
      if (++items > kRepeatedFieldItemsMax) {
        return Wrong(
            absl::StrCat("more than ", kRepeatedFieldItemsMax, " values"),
            absl::StatusCode::kResourceExhausted);
      }
      return Value(depth + 2, field, message);
    });
  }

  // One value of `field`, added if it is repeated.
  bool Value(int depth, const FieldDescriptor& field, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return Text(field, message);
      case FieldDescriptor::CPPTYPE_BOOL:
        return YesNo(field, message);
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
        return Integer(field, message);
      case FieldDescriptor::CPPTYPE_ENUM:
        return Enum(field, message);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (IsMoment(field)) return Moment(field, message);
        return Object(depth,
                      field.is_repeated()
                          ? *reflection.AddMessage(&message, &field)
                          : *reflection.MutableMessage(&message, &field));
      default:
        return Wrong("this kind of field cannot be read from JSON");
    }
  }

  bool Text(const FieldDescriptor& field, Message& message) {
    if (scanner_.Peek() != '"') return Wrong("expected a text");
    std::string text;
    if (!scanner_.String(&text)) return false;
    SetText(std::move(text), field, message);
    return true;
  }

  bool YesNo(const FieldDescriptor& field, Message& message) {
    const bool yes = scanner_.Peek() == 't';
    if (!yes && scanner_.Peek() != 'f') return Wrong("expected true or false");
    if (!scanner_.Word(yes ? "true" : "false")) return false;
    const Reflection& reflection = *message.GetReflection();
    if (field.is_repeated()) {
      reflection.AddBool(&message, &field, yes);
    } else {
      reflection.SetBool(&message, &field, yes);
    }
    return true;
  }

  // A number, or a string with one.
  bool IntegerText(std::string& text) {
    text.clear();
    if (scanner_.Peek() == '"') return scanner_.String(&text);
    const char c = scanner_.Peek();
    if (c != '-' && !absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      return Wrong("expected a whole number");
    }
    absl::string_view number;
    if (!scanner_.Number(number)) return false;
    text = std::string(number);
    return true;
  }

  bool Integer(const FieldDescriptor& field, Message& message) {
    const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
    std::string text;
    if (!IntegerText(text)) return false;
    const absl::string_view digits = absl::StripPrefix(text, "-");
    std::int64_t number = 0;
    if (digits.empty() ||
        !absl::ascii_isdigit(static_cast<unsigned char>(digits[0])) ||
        absl::ascii_isspace(static_cast<unsigned char>(digits.back())) ||
        !absl::SimpleAtoi(text, &number)) {
      return Wrong("expected a whole number");
    }
    if (!wide && (number < std::numeric_limits<std::int32_t>::min() ||
                  number > std::numeric_limits<std::int32_t>::max())) {
      return Wrong("number is too large");
    }
    SetInteger(number, field, message);
    return true;
  }

  bool Enum(const FieldDescriptor& field, Message& message) {
    const EnumValueDescriptor* value = nullptr;
    std::string text;
    if (scanner_.Peek() == '"') {
      if (!scanner_.String(&text)) return false;
      value = field.enum_type()->FindValueByName(text);
    } else {
      std::int32_t number = 0;
      if (!IntegerText(text)) return false;
      if (absl::SimpleAtoi(text, &number)) {
        value = field.enum_type()->FindValueByNumber(number);
      }
    }
    if (value == nullptr) {
      return Wrong(absl::StrCat("no ", field.enum_type()->name(), " `",
                                Printable(text, kQuotedBytesMax), "`"));
    }
    const Reflection& reflection = *message.GetReflection();
    if (field.is_repeated()) {
      reflection.AddEnum(&message, &field, value);
    } else {
      reflection.SetEnum(&message, &field, value);
    }
    return true;
  }

  bool Moment(const FieldDescriptor& field, Message& message) {
    if (scanner_.Peek() != '"') return Wrong("expected a moment in quotes");
    std::string text;
    if (!scanner_.String(&text)) return false;
    if (!HasFormOfMoment(text)) {
      return Wrong("expected a moment such as 2026-12-01T08:00:00Z");
    }
    const absl::StatusOr<absl::Time> time =
        ParseMoment(text, absl::RFC3339_full, absl::UTCTimeZone());
    if (!time.ok()) return Wrong(time.status().message());
    const absl::Status written = WriteMoment(*time, field, message);
    return written.ok() || Wrong(written.message());
  }

  JsonScanner scanner_;
  std::vector<const FieldDescriptor*> path_;
  absl::Status status_;
};

bool CanRead(const Descriptor& type, int depth) {
  if (depth > 10) return false;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsMoment(field) && !field.is_repeated()) continue;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        if (field.type() != FieldDescriptor::TYPE_STRING) return false;
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_ENUM:
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (field.is_map() || !CanRead(*field.message_type(), depth + 1)) {
          return false;
        }
        break;
      default:
        return false;
    }
  }
  return true;
}

}  // namespace

absl::Status JsonToMessage(absl::string_view json, Message& message) {
  return Reader(json).Read(message);
}

bool CanReadJson(const Descriptor& type) { return CanRead(type, 0); }

}  // namespace minga::importing
