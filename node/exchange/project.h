// Projection: what of a record its peer sees at the levels of a decision. One
// table per kind maps each field of the policy schema to message fields; what
// no row of a table copies never leaves.
//
// Never leaving, whatever the policy says: of a vacancy `sharing` and
// `provenance`, and the employer's name and legal id if the employer asked to
// stay confidential; of a profile its own id, `status`, `modified_at`,
// `identity`, `sensitive`, `free_text`, the municipality and all text of
// occupations.
#ifndef MINGA_NODE_EXCHANGE_PROJECT_H_
#define MINGA_NODE_EXCHANGE_PROJECT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/exchange/content.h"
#include "node/exchange/hierarchies.h"
#include "policy/decision.h"

namespace minga::exchange {

// A message of the content's kind with what `decision` lets out, changed as its
// obligations ask (transforms), and `id` as its id (empty: none). Notices that
// the obligations ask for are added to a vacancy whose quota notices may be
// seen.
OwnedContent Project(const Content& content, const policy::Decision& decision,
                     absl::string_view id, const Hierarchies& hierarchies);

// Names of the schema that a table has a row for: all that can ever leave.
std::vector<absl::string_view> ProjectedFields(RecordKind kind);

// One kind each, without the id. Internal to this room.
void ProjectVacancy(const v1::Vacancy& in, const policy::Decision& decision,
                    v1::Vacancy& out, const Hierarchies& hierarchies);
void ProjectProfile(const v1::Profile& in, const policy::Decision& decision,
                    v1::Profile& out, const Hierarchies& hierarchies);
void ProjectRightsNotice(const v1::RightsNotice& in,
                         const policy::Decision& decision,
                         v1::RightsNotice& out);
std::vector<absl::string_view> VacancyFieldsProjected();
std::vector<absl::string_view> ProfileFieldsProjected();
std::vector<absl::string_view> RightsNoticeFieldsProjected();

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_PROJECT_H_
