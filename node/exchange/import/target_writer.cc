#include "node/exchange/import/target_writer.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/import/field_setter.h"

namespace minga::importing {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kQuotedBytesMax = 60;

// "VACANCY_STATUS_", what all values of an enumeration begin with.
absl::string_view PrefixOf(const EnumDescriptor& type) {
  constexpr absl::string_view kUnspecified = "UNSPECIFIED";
  absl::string_view prefix = type.value(0)->name();
  if (!absl::EndsWith(prefix, kUnspecified)) return "";
  prefix.remove_suffix(kUnspecified.size());
  return prefix;
}

// "open", "OPEN" and "VACANCY_STATUS_OPEN" all name that value.
const EnumValueDescriptor* FindEnum(const EnumDescriptor& type,
                                    absl::string_view word) {
  const std::string name = absl::AsciiStrToUpper(word);
  const EnumValueDescriptor* value =
      type.FindValueByName(absl::StrCat(PrefixOf(type), name));
  return value != nullptr ? value : type.FindValueByName(name);
}

absl::Status NoSuchValue(const EnumDescriptor& type, absl::string_view word) {
  std::vector<std::string> known;
  for (int i = 1; i < type.value_count(); ++i) {
    known.push_back(absl::AsciiStrToLower(
        absl::StripPrefix(type.value(i)->name(), PrefixOf(type))));
  }
  const std::string nearest = Nearest(word, known);
  return absl::InvalidArgumentError(absl::StrCat(
      "no ", type.name(), " `", Printable(word, kQuotedBytesMax), "`",
      nearest.empty() ? "" : absl::StrCat("; did you mean `", nearest, "`?")));
}

absl::Status WriteEnum(absl::string_view word, const FieldDescriptor& field,
                       Message& holder) {
  const EnumValueDescriptor* value = FindEnum(*field.enum_type(), word);
  if (value == nullptr) return NoSuchValue(*field.enum_type(), word);
  const Reflection& reflection = *holder.GetReflection();
  if (field.is_repeated()) {
    reflection.AddEnum(&holder, &field, value);
  } else {
    reflection.SetEnum(&holder, &field, value);
  }
  return absl::OkStatus();
}

absl::Status WriteOne(const Target& target, absl::string_view value,
                      Message& root) {
  const FieldDescriptor& field = target.field.leaf();
  switch (target.field.kind()) {
    case FieldPath::Kind::kText: {
      std::string text(value);
      if (!target.date.empty()) {
        MINGA_ASSIGN_OR_RETURN(const absl::Time time,
                               ParseMoment(value, target.date, target.zone));
        text = absl::FormatTime("%Y-%m-%d", time, target.zone);
      }
      MINGA_ASSIGN_OR_RETURN(Message* const holder, target.field.Holder(root));
      SetText(std::move(text), field, *holder);
      return absl::OkStatus();
    }
    case FieldPath::Kind::kYesNo: {
      MINGA_ASSIGN_OR_RETURN(const bool yes,
                             ParseYesNo(value, target.yes, target.no));
      MINGA_ASSIGN_OR_RETURN(Message* const holder, target.field.Holder(root));
      holder->GetReflection()->SetBool(holder, &field, yes);
      return absl::OkStatus();
    }
    case FieldPath::Kind::kEnum: {
      MINGA_ASSIGN_OR_RETURN(Message* const holder, target.field.Holder(root));
      return WriteEnum(value, field, *holder);
    }
    case FieldPath::Kind::kMoment: {
      MINGA_ASSIGN_OR_RETURN(const absl::Time time,
                             ParseMoment(value, target.date, target.zone));
      MINGA_ASSIGN_OR_RETURN(Message* const holder, target.field.Holder(root));
      return WriteMoment(time, field, *holder);
    }
    case FieldPath::Kind::kInteger:
      break;
  }
  return absl::InternalError("numbers are written by WriteNumber");
}

// One value that has no separators in it.
absl::StatusOr<bool> WritePiece(const Target& target, absl::string_view value,
                                Message& root) {
  value = absl::StripAsciiWhitespace(value);
  std::string held;
  if (target.clean) {
    held = CleanSpaces(value);
    value = held;
  }
  if (value.empty()) {
    if (target.fallback.has_value()) {
      value = *target.fallback;
    } else if (target.required) {
      return absl::InvalidArgumentError("value is required but empty");
    }
    if (value.empty()) return false;
  } else if (target.table != nullptr) {
    const auto code = target.table->find(value);
    if (code != target.table->end()) {
      value = code->second;
    } else if (target.omit_outside) {
      return false;
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          "`", Printable(value, kQuotedBytesMax), "` is not in the table"));
    }
    if (value.empty()) return false;
  }
  if (target.field.kind() == FieldPath::Kind::kInteger) {
    MINGA_ASSIGN_OR_RETURN(const Decimal number,
                           ParseDecimal(value, target.number));
    return WriteNumber(target, number, root);
  }
  MINGA_RETURN_IF_ERROR(WriteOne(target, value, root));
  return true;
}

}  // namespace

absl::StatusOr<bool> WriteNumber(const Target& target, const Decimal& value,
                                 Message& root) {
  const FieldDescriptor& field = target.field.leaf();
  const absl::StatusOr<std::int64_t> number =
      ToInteger(value, target.scale, target.round);
  if (!number.ok()) return number.status();
  const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  const bool fits =
      wide || (*number >= std::numeric_limits<std::int32_t>::min() &&
               *number <= std::numeric_limits<std::int32_t>::max());
  if (!fits || *number < target.min.value_or(*number) ||
      *number > target.max.value_or(*number)) {
    if (target.omit_outside) return false;
    return absl::InvalidArgumentError(
        absl::StrCat("number ", *number, " is out of range"));
  }
  MINGA_ASSIGN_OR_RETURN(Message* const holder, target.field.Holder(root));
  SetInteger(*number, field, *holder);
  return true;
}

absl::StatusOr<bool> WriteValue(const Target& target, absl::string_view value,
                                Message& root) {
  if (target.split == 0) return WritePiece(target, value, root);
  bool any = false;
  for (const absl::string_view piece : absl::StrSplit(value, target.split)) {
    MINGA_ASSIGN_OR_RETURN(const bool wrote, WritePiece(target, piece, root));
    any |= wrote;
  }
  return any;
}

absl::Status CheckTarget(const Target& target) {
  const FieldPath::Kind kind = target.field.kind();
  const bool moment = kind == FieldPath::Kind::kMoment;
  const bool integer = kind == FieldPath::Kind::kInteger;
  const auto wrong = [&target](absl::string_view option) {
    return absl::InvalidArgumentError(absl::StrCat("option `", option,
                                                   "` does not fit field `",
                                                   target.field.text(), "`"));
  };
  if (moment && target.date.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "field `", target.field.text(), "` needs the option `date`"));
  }
  if (!target.date.empty() && !moment && kind != FieldPath::Kind::kText) {
    return wrong("date");
  }
  if (!integer && target.scale != 1) return wrong("scale");
  if (!integer && target.round) return wrong("round");
  if (!integer && target.min.has_value()) return wrong("min");
  if (!integer && target.max.has_value()) return wrong("max");
  if (target.split != 0 && !target.field.many()) return wrong("split");
  if (kind == FieldPath::Kind::kYesNo && target.field.leaf().is_repeated()) {
    return absl::InvalidArgumentError("repeated yes and no is not supported");
  }
  return absl::OkStatus();
}

}  // namespace minga::importing
