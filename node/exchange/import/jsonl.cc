#include "node/exchange/import/jsonl.h"

#include <google/protobuf/util/json_util.h>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/pes.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/import/json_check.h"
#include "node/exchange/import/json_message.h"
#include "node/exchange/import/text_input.h"
#include "node/exchange/import/values.h"

namespace minga::importing {
namespace {

constexpr std::size_t kReasonBytesMax = 300;

absl::Status ParseMember(absl::string_view name, absl::string_view value,
                         Row& row) {
  google::protobuf::Message* message = nullptr;
  if (name == "vacancy") {
    message = row.record->mutable_vacancy();
  } else if (name == "profile") {
    message = row.record->mutable_profile();
  } else {
    row.consent = std::make_unique<v1::Consent>();
    message = row.consent.get();
  }
  return At(name, JsonToMessage(value, *message));
}

absl::Status ParseWrapped(absl::string_view line, Row& row) {
  const std::vector<std::string> known = {"vacancy", "profile", "consent"};
  MINGA_ASSIGN_OR_RETURN(const std::vector<JsonMember> members,
                         JsonMembers(line));
  bool vacancy = false;
  bool profile = false;
  for (const JsonMember& member : members) {
    vacancy |= member.name == "vacancy";
    profile |= member.name == "profile";
    if (member.name != "vacancy" && member.name != "profile" &&
        member.name != "consent") {
      const std::string nearest = Nearest(member.name, known);
      return absl::InvalidArgumentError(absl::StrCat(
          "unknown name `", Printable(member.name, kReasonBytesMax), "`",
          nearest.empty() ? ": expected `vacancy` or `profile`"
                          : absl::StrCat("; did you mean `", nearest, "`?")));
    }
  }
  if (vacancy == profile) {
    return absl::InvalidArgumentError(
        "line has not exactly one of `vacancy` and `profile`");
  }
  if (vacancy && members.size() > 1) {
    return absl::InvalidArgumentError("`consent` belongs to a profile");
  }
  for (const JsonMember& member : members) {
    MINGA_RETURN_IF_ERROR(ParseMember(member.name, member.value, row));
  }
  return absl::OkStatus();
}

absl::Status ParseLine(absl::string_view line, RecordKind bare_kind, Row& row) {
  row.record = std::make_unique<v1::Record>();
  if (bare_kind == RecordKind::kUnspecified) return ParseWrapped(line, row);
  return ParseMember(KindName(bare_kind), line, row);
}

class JsonLines final : public RecordSource {
 public:
  JsonLines(std::unique_ptr<ByteSource> source, RecordKind bare_kind)
      : input_(std::move(source)), bare_kind_(bare_kind) {}

  absl::StatusOr<std::optional<Row>> Next() override {
    while (true) {
      MINGA_ASSIGN_OR_RETURN(const bool more, ReadLine());
      if (!more) return std::nullopt;
      if (too_long_) break;
      if (!absl::StripAsciiWhitespace(text_).empty()) break;
    }
    Row row;
    row.line = line_;
    if (too_long_) {
      row.status = absl::InvalidArgumentError(
          absl::StrCat("line is longer than ", kImportLineBytesMax, " bytes"));
    } else {
      ParseRecordLine(text_, bare_kind_, row).IgnoreError();
    }
    return row;
  }

  Progress progress() const override { return input_.progress(); }

 private:
  // Reads one line, without its end, into `text_`.
  absl::StatusOr<bool> ReadLine() {
    text_.clear();
    too_long_ = false;
    bool any = false;
    while (true) {
      const absl::string_view bytes = input_.Peek();
      if (bytes.empty()) {
        if (!input_.status().ok()) return input_.status();
        if (any) ++line_;
        return any;
      }
      any = true;
      const std::size_t end = bytes.find('\n');
      const bool found = end != absl::string_view::npos;
      const absl::string_view part = bytes.substr(0, end);
      if (text_.size() + part.size() > kImportLineBytesMax) too_long_ = true;
      if (!too_long_) text_.append(part.data(), part.size());
      input_.Skip(part.size() + (found ? 1 : 0));
      if (found) {
        ++line_;
        return true;
      }
    }
  }

  TextInput input_;
  const RecordKind bare_kind_;
  std::string text_;
  bool too_long_ = false;
  std::uint64_t line_ = 0;
};

}  // namespace

std::unique_ptr<RecordSource> ReadJsonLines(std::unique_ptr<ByteSource> source,
                                            RecordKind bare_kind) {
  return std::make_unique<JsonLines>(std::move(source), bare_kind);
}

absl::Status ParseRecordLine(absl::string_view line, RecordKind bare_kind,
                             Row& row) {
  row.status = ParseLine(line, bare_kind, row);
  if (!row.status.ok()) {
    row.record.reset();
    row.consent.reset();
  }
  return row.status;
}

absl::StatusOr<std::string> FormatRecordLine(const v1::Record& record,
                                             const v1::Consent* consent) {
  const auto append = [](const google::protobuf::Message& message,
                         std::string& line) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    const google::protobuf::util::Status status =
        google::protobuf::util::MessageToJsonString(message, &line, options);
    return status.ok() ? absl::OkStatus()
                       : absl::InternalError(std::string(status.message()));
  };
  std::string line;
  MINGA_RETURN_IF_ERROR(append(record, line));
  if (consent == nullptr) return line;
  line.back() = ',';
  line += "\"consent\":";
  MINGA_RETURN_IF_ERROR(append(*consent, line));
  line += '}';
  return line;
}

}  // namespace minga::importing
