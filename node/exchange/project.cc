#include "node/exchange/project.h"

#include <google/protobuf/message.h>

#include "minga/v1/profile.pb.h"
#include "minga/v1/publications.pb.h"
#include "minga/v1/vacancy.pb.h"

namespace minga::exchange {

OwnedContent Project(const Content& content, const policy::Decision& decision,
                     absl::string_view id, const Hierarchies& hierarchies) {
  if (content.kind == RecordKind::kVacancy) {
    auto out = std::make_unique<v1::Vacancy>();
    ProjectVacancy(content.vacancy(), decision, *out, hierarchies);
    out->set_id(std::string(id));
    return {content.kind, std::move(out)};
  }
  if (content.kind == RecordKind::kProfile) {
    auto out = std::make_unique<v1::Profile>();
    ProjectProfile(content.profile(), decision, *out, hierarchies);
    out->set_id(std::string(id));
    return {content.kind, std::move(out)};
  }
  if (content.kind == RecordKind::kRightsNotice) {
    auto out = std::make_unique<v1::RightsNotice>();
    ProjectRightsNotice(content.rights_notice(), decision, *out);
    out->set_id(std::string(id));
    return {content.kind, std::move(out)};
  }
  // No field of the other kinds crosses borders yet.
  return {content.kind,
          std::unique_ptr<google::protobuf::Message>(content.message->New())};
}

std::vector<absl::string_view> ProjectedFields(RecordKind kind) {
  if (kind == RecordKind::kVacancy) return VacancyFieldsProjected();
  if (kind == RecordKind::kProfile) return ProfileFieldsProjected();
  if (kind == RecordKind::kRightsNotice) return RightsNoticeFieldsProjected();
  return {};
}

}  // namespace minga::exchange
