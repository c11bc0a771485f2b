#include "node/exchange/content.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/pes.pb.h"

namespace minga::exchange {
namespace {

std::unique_ptr<google::protobuf::Message> NewMessage(RecordKind kind) {
  switch (kind) {
    case RecordKind::kVacancy:
      return std::make_unique<v1::Vacancy>();
    case RecordKind::kProfile:
      return std::make_unique<v1::Profile>();
    case RecordKind::kRightsNotice:
      return std::make_unique<v1::RightsNotice>();
    default:
      return nullptr;
  }
}

}  // namespace

bool IsStoredKind(RecordKind kind) {
  return kind == RecordKind::kVacancy || kind == RecordKind::kProfile ||
         kind == RecordKind::kRightsNotice;
}

const v1::Vacancy& Content::vacancy() const {
  return static_cast<const v1::Vacancy&>(*message);
}

const v1::Profile& Content::profile() const {
  return static_cast<const v1::Profile&>(*message);
}

const v1::RightsNotice& Content::rights_notice() const {
  return static_cast<const v1::RightsNotice&>(*message);
}

const std::string& Content::id() const {
  if (kind == RecordKind::kVacancy) return vacancy().id();
  if (kind == RecordKind::kProfile) return profile().id();
  return rights_notice().id();
}

absl::StatusOr<Content> ContentOf(const v1::Record& record) {
  switch (record.record_case()) {
    case v1::Record::kVacancy:
      return Content{RecordKind::kVacancy, &record.vacancy()};
    case v1::Record::kProfile:
      return Content{RecordKind::kProfile, &record.profile()};
    case v1::Record::kRightsNotice:
      return Content{RecordKind::kRightsNotice, &record.rights_notice()};
    case v1::Record::RECORD_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      "record: must be a vacancy, a profile or a rights notice");
}

absl::StatusOr<OwnedContent> ParseContent(RecordKind kind,
                                          absl::string_view bytes) {
  OwnedContent content{kind, NewMessage(kind)};
  if (content.message == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("kind: `", KindName(kind), "` is not exchanged"));
  }
  if (!content.message->ParseFromArray(bytes.data(),
                                       static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(
        absl::StrCat("body: is not a message of kind ", KindName(kind)));
  }
  return content;
}

std::string SerialiseContent(const google::protobuf::Message& message) {
  std::string bytes;
  bytes.reserve(message.ByteSizeLong());
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&coded);
  }
  return bytes;
}

std::unique_ptr<v1::Record> WrapContent(OwnedContent content) {
  auto record = std::make_unique<v1::Record>();
  switch (content.kind) {
    case RecordKind::kVacancy:
      record->set_allocated_vacancy(
          static_cast<v1::Vacancy*>(content.message.release()));
      break;
    case RecordKind::kProfile:
      record->set_allocated_profile(
          static_cast<v1::Profile*>(content.message.release()));
      break;
    case RecordKind::kRightsNotice:
      record->set_allocated_rights_notice(
          static_cast<v1::RightsNotice*>(content.message.release()));
      break;
    default:
      break;
  }
  return record;
}

}  // namespace minga::exchange
