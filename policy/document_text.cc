#include "policy/document_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/limits.h"
#include "node/base/strings.h"
#include "policy/near_name.h"
#include "policy/string_places.h"

namespace minga::policy {
namespace {

namespace pb = google::protobuf;

// Messages within messages in a document: 4 today.
constexpr int kNestingMax = 16;
constexpr std::size_t kErrorBytesMax = 300;
// Kept for sorting before the first kDocumentErrorsMax are shown.
constexpr std::size_t kErrorsKeptMax = 2000;

// What protobuf calls an unknown field, in our words and with a suggestion:
//   Message type "minga.v1.Rule" has no field named "feilds".
std::string Improve(const std::string& message) {
  const std::vector<std::string> parts = absl::StrSplit(message, '"');
  if (parts.size() < 5 || parts[0] != "Message type " ||
      !absl::StrContains(parts[2], "has no field named")) {
    return Printable(message, kErrorBytesMax);
  }
  const pb::Descriptor* type =
      pb::DescriptorPool::generated_pool()->FindMessageTypeByName(parts[1]);
  std::vector<absl::string_view> names;
  for (int i = 0; type != nullptr && i < type->field_count(); ++i) {
    names.push_back(type->field(i)->name());
  }
  const bool obligation = type != nullptr && type->name() == "Obligation";
  return absl::StrCat(
      obligation ? "unknown obligation `" : "unknown field `",
      Printable(parts[3], 80), "`",
      obligation ? "" : absl::StrCat(" of ", type ? type->name() : parts[1]),
      Suggest(parts[3], names));
}

class Collector final : public pb::io::ErrorCollector {
 public:
  explicit Collector(ErrorList& errors) : errors_(errors) {}
  void AddError(int line, int column, const std::string& message) override {
    errors_.Add(Place{std::max(line, 0), std::max(column, 0)},
                Improve(message));
  }

 private:
  ErrorList& errors_;
};

class SpotImpl final : public DocumentText::Spot {
 public:
  SpotImpl(absl::string_view text, const pb::TextFormat::ParseInfoTree* tree,
           const pb::Descriptor* type, Place here)
      : text_(text), tree_(tree), type_(type), here_(here) {}

  Place here() const override { return here_; }

  Place Of(absl::string_view name, int index) const override {
    const pb::FieldDescriptor* field = Field(name);
    if (tree_ == nullptr || field == nullptr) return here_;
    auto at = tree_->GetLocation(field, field->is_repeated() ? index : -1);
    if (at.line < 0 && field->is_repeated()) at = LastKnown(field, index);
    return at.line < 0 ? here_ : Place{at.line, at.column};
  }

  std::unique_ptr<Spot> Nested(absl::string_view name,
                               int index) const override {
    const pb::FieldDescriptor* field = Field(name);
    const pb::TextFormat::ParseInfoTree* tree = nullptr;
    if (tree_ != nullptr && field != nullptr) {
      tree = tree_->GetTreeForNested(field, field->is_repeated() ? index : -1);
    }
    return std::make_unique<SpotImpl>(
        text_, tree, field == nullptr ? nullptr : field->message_type(),
        Of(name, index));
  }

  Place InString(absl::string_view name, absl::string_view value,
                 std::size_t offset) const override {
    return PlaceInString(text_, Of(name, 0), value, offset);
  }

 private:
  // `[a, b]` has one place, that of the field's name, so that places run out
  // before the items do: the last of them is in or before the list. By halves,
  // because a document may be one list of a million items.
  pb::TextFormat::ParseLocation LastKnown(const pb::FieldDescriptor* field,
                                          int index) const {
    int known = -1;
    for (int unknown = index; unknown - known > 1;) {
      const int middle = known + (unknown - known) / 2;
      (tree_->GetLocation(field, middle).line < 0 ? unknown : known) = middle;
    }
    return known < 0 ? pb::TextFormat::ParseLocation()
                     : tree_->GetLocation(field, known);
  }

  const pb::FieldDescriptor* Field(absl::string_view name) const {
    return type_ == nullptr ? nullptr
                            : type_->FindFieldByName(std::string(name));
  }

  const absl::string_view text_;
  const pb::TextFormat::ParseInfoTree* const tree_;
  const pb::Descriptor* const type_;
  const Place here_;
};

class DocumentTextImpl final : public DocumentText {
 public:
  DocumentTextImpl(absl::string_view text, const pb::Descriptor* type)
      : text_(text), type_(type) {}

  std::unique_ptr<Spot> Root() const override {
    return std::make_unique<SpotImpl>(text_, &tree, type_, Place());
  }

  pb::TextFormat::ParseInfoTree tree;

 private:
  const absl::string_view text_;
  const pb::Descriptor* const type_;
};

// The place of byte `offset` of `text`.
Place PlaceAt(absl::string_view text, std::size_t offset) {
  Place place;
  for (const char c : text.substr(0, offset)) {
    place.column = c == '\n' ? 0 : place.column + 1;
    place.line += c == '\n' ? 1 : 0;
  }
  return place;
}

// The first character that is not acceptable text.
std::size_t FirstBadByte(absl::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
    if (!ValidateText(text.substr(i, end - i), "\n\r\t").ok()) return i;
    i = end;
  }
  return text.size();
}

}  // namespace

void ErrorList::Add(Place place, std::string message) {
  if (errors_.size() >= kErrorsKeptMax) return;
  errors_.push_back(Error{place, std::move(message)});
}

std::vector<std::string> ErrorList::Lines() const {
  std::vector<Error> sorted = errors_;
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [](const Error& a, const Error& b) { return a.place < b.place; });
  std::vector<std::string> lines;
  for (const Error& error : sorted) {
    lines.push_back(absl::StrCat(document_, ":", error.place.line + 1, ":",
                                 error.place.column + 1, ": ", error.message));
  }
  return lines;
}

absl::Status ErrorsToStatus(const std::vector<std::string>& lines) {
  if (lines.empty()) return absl::OkStatus();
  const std::size_t listed = std::min(lines.size(), kDocumentErrorsMax);
  return absl::InvalidArgumentError(
      absl::StrJoin(lines.begin(),
                    lines.begin() + static_cast<std::ptrdiff_t>(listed), "\n"));
}

std::unique_ptr<DocumentText> DocumentText::Parse(absl::string_view text,
                                                  pb::Message& message,
                                                  ErrorList& errors) {
  if (text.size() > kPolicyDocumentBytesMax) {
    errors.Add(Place(),
               absl::StrCat("document of ", text.size(), " bytes; at most ",
                            kPolicyDocumentBytesMax));
    return nullptr;
  }
  if (const absl::Status valid = ValidateText(text, "\n\r\t"); !valid.ok()) {
    errors.Add(PlaceAt(text, FirstBadByte(text)), std::string(valid.message()));
    return nullptr;
  }
  auto result =
      std::make_unique<DocumentTextImpl>(text, message.GetDescriptor());
  Collector collector(errors);
  pb::TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.WriteLocationsTo(&result->tree);
  parser.SetRecursionLimit(kNestingMax);
  const bool parsed = parser.ParseFromString(std::string(text), &message);
  if (parsed && errors.empty()) return result;
  if (errors.empty()) errors.Add(Place(), "this is not a policy document");
  return nullptr;
}

}  // namespace minga::policy
