// Content is one record's message together with its kind: what the rest of this
// room passes around instead of the envelopes of the wire and of the services.
#ifndef MINGA_NODE_EXCHANGE_CONTENT_H_
#define MINGA_NODE_EXCHANGE_CONTENT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace minga::v1 {
class Profile;
class Record;
class RightsNotice;
class Vacancy;
}  // namespace minga::v1

namespace minga::exchange {

// Kinds that this room stores: vacancies, profiles, rights notices.
bool IsStoredKind(RecordKind kind);

// Points at a message; does not own it.
struct Content {
  RecordKind kind = RecordKind::kUnspecified;
  const google::protobuf::Message* message = nullptr;

  // REQUIRES: the kind is the one asked for.
  const v1::Vacancy& vacancy() const;
  const v1::Profile& profile() const;
  const v1::RightsNotice& rights_notice() const;
  // The record's own id, as the message has it.
  const std::string& id() const;
};

// INVALID_ARGUMENT for a Record without a record.
absl::StatusOr<Content> ContentOf(const v1::Record& record);

// A message and its kind.
struct OwnedContent {
  RecordKind kind = RecordKind::kUnspecified;
  std::unique_ptr<google::protobuf::Message> message;

  Content view() const { return {kind, message.get()}; }
};

// INVALID_ARGUMENT for a kind that is not stored or bytes that are no message
// of it. Unknown fields are kept: Validate refuses them.
absl::StatusOr<OwnedContent> ParseContent(RecordKind kind,
                                          absl::string_view bytes);

// Equal messages give equal bytes.
std::string SerialiseContent(const google::protobuf::Message& message);

// The message as the services answer it.
std::unique_ptr<v1::Record> WrapContent(OwnedContent content);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_CONTENT_H_
