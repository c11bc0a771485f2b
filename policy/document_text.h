// A policy document as text: parsed, with the place of everything in it, and
// the mistakes found so far. Internal to this room.
#ifndef MINGA_POLICY_DOCUMENT_TEXT_H_
#define MINGA_POLICY_DOCUMENT_TEXT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace minga::policy {

// Counted from 0; columns in bytes, a tab reaching to the next multiple of 8,
// as protobuf's tokenizer counts.
struct Place {
  int line = 0;
  int column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

// Errors listed at most; what comes after is usually their echo.
inline constexpr std::size_t kDocumentErrorsMax = 50;

// The mistakes of one document.
class ErrorList {
 public:
  explicit ErrorList(std::string document) : document_(std::move(document)) {}

  void Add(Place place, std::string message);
  bool empty() const { return errors_.empty(); }
  // "file:line:column: message" by place, each on a line, counted from 1.
  std::vector<std::string> Lines() const;

 private:
  struct Error {
    Place place;
    std::string message;
  };
  const std::string document_;
  std::vector<Error> errors_;
};

// OK if there are none; otherwise INVALID_ARGUMENT with at most
// kDocumentErrorsMax of `lines`.
absl::Status ErrorsToStatus(const std::vector<std::string>& lines);

// Parses text format into `message` and remembers where each field stood.
class DocumentText {
 public:
  // Errors go to `errors`; the result is null then. Bounded by
  // kPolicyDocumentBytesMax and a nesting of 16.
  static std::unique_ptr<DocumentText> Parse(absl::string_view text,
                                             google::protobuf::Message& message,
                                             ErrorList& errors);
  virtual ~DocumentText() = default;

  // A message within the document: the way to the places of its fields.
  class Spot {
   public:
    virtual ~Spot() = default;
    // Of the field `name`, and of the item `index` of a repeated one. A field
    // that was left out has the place of its message.
    virtual Place Of(absl::string_view name, int index = 0) const = 0;
    virtual std::unique_ptr<Spot> Nested(absl::string_view name,
                                         int index = 0) const = 0;
    virtual Place here() const = 0;
    // Where byte `offset` of the string field `name` stands, whose value is
    // `value`.
    virtual Place InString(absl::string_view name, absl::string_view value,
                           std::size_t offset) const = 0;
  };
  virtual std::unique_ptr<Spot> Root() const = 0;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_DOCUMENT_TEXT_H_
