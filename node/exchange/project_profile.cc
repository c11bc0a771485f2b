#include <algorithm>
#include <set>
#include <tuple>

#include "minga/v1/profile.pb.h"
#include "node/exchange/generalise.h"
#include "node/exchange/project.h"
#include "node/exchange/project_table.h"

namespace minga::exchange {
namespace {

using policy::Level;
using v1::Profile;

// What a profile lists has no order that a peer should see: sorted, without
// doubles, so that people with the same values are in the same class.
template <typename Items>
void CopySorted(const Items& in, Items* out) {
  std::set<std::string> sorted(in.begin(), in.end());
  for (const std::string& value : sorted) *out->Add() = value;
}

template <typename Items>
void CopySortedMessages(const Items& in, Items* out) {
  std::vector<std::pair<std::string, int>> order;
  for (int i = 0; i < in.size(); ++i) {
    order.emplace_back(in[i].SerializeAsString(), i);
  }
  std::sort(order.begin(), order.end());
  const std::string* last = nullptr;
  for (const auto& [bytes, index] : order) {
    if (last == nullptr || *last != bytes) *out->Add() = in[index];
    last = &bytes;
  }
}

template <void (*Copy)(const Profile& in, Profile& out)>
void Whole(const Profile& in, Level level, Profile& out) {
  if (level.raw()) Copy(in, out);
}

// The text is what the person or a clerk wrote: it stays.
v1::Occupation Shown(const v1::Occupation& in, Level level) {
  v1::Occupation out;
  out.set_isco(std::string(GeneraliseIsco(in.isco(), level.generalise_step())));
  if (!level.raw()) return out;
  out.set_national_scheme(in.national_scheme());
  out.set_national_code(in.national_code());
  out.set_esco_uri(in.esco_uri());
  return out;
}

void Occupations(const Profile& in, Level level, Profile& out) {
  google::protobuf::RepeatedPtrField<v1::Occupation> shown;
  for (const v1::Occupation& occupation : in.desired_occupations()) {
    v1::Occupation one = Shown(occupation, level);
    if (one.ByteSizeLong() > 0) *shown.Add() = std::move(one);
  }
  CopySortedMessages(shown, out.mutable_desired_occupations());
}

void Sectors(const Profile& in, Profile& out) {
  CopySorted(in.sectors(), out.mutable_sectors());
}

void EducationOf(const Profile& in, Level level, Profile& out) {
  constexpr int kNothing = 2;
  if (!in.has_education() || level.generalise_step() >= kNothing) return;
  const v1::Education& from = in.education();
  v1::Education& to = *out.mutable_education();
  if (!level.raw()) {
    *to.mutable_isced_level() = EducationBand(from.isced_level());
    return;
  }
  if (from.has_isced_level()) *to.mutable_isced_level() = from.isced_level();
  to.set_isced_field(from.isced_field());
  if (from.has_year()) *to.mutable_year() = YearBracket(from.year());
}

void Skills(const Profile& in, Profile& out) {
  CopySortedMessages(in.skills(), out.mutable_skills());
}

void Languages(const Profile& in, Profile& out) {
  CopySortedMessages(in.languages(), out.mutable_languages());
}

void Licences(const Profile& in, Profile& out) {
  CopySorted(in.driving_licences(), out.mutable_driving_licences());
}

void Region(const Profile& in, Level level, Profile& out) {
  constexpr int kNothing = 2;
  if (!in.has_residence() || level.generalise_step() >= kNothing) return;
  out.mutable_residence()->set_country(in.residence().country());
  if (!level.raw()) return;
  out.mutable_residence()->set_subdivision(in.residence().subdivision());
}

void MobilityOf(const Profile& in, Level level, Profile& out) {
  constexpr int kNothing = 2;
  if (!in.has_mobility() || level.generalise_step() >= kNothing) return;
  out.mutable_mobility()->set_relocate(in.mobility().relocate());
  if (!level.raw()) return;
  CopySorted(in.mobility().countries(),
             out.mutable_mobility()->mutable_countries());
}

void AvailabilityOf(const Profile& in, Level level, Profile& out) {
  constexpr int kNothing = 2;
  if (!in.has_availability() || level.generalise_step() >= kNothing) return;
  const v1::Availability& from = in.availability();
  v1::Availability& to = *out.mutable_availability();
  if (level.raw()) {
    to = from;
    return;
  }
  to.set_from(FirstOfMonth(from.from()));
  if (from.has_notice_days()) {
    *to.mutable_notice_days() = NoticeBracket(from.notice_days());
  }
  if (from.has_weekly_hours()) {
    *to.mutable_weekly_hours() = HoursBracket(from.weekly_hours());
  }
}

void ContractWanted(const Profile& in, Profile& out) {
  out.set_contract_wanted(in.contract_wanted());
}

void Recognition(const Profile& in, Profile& out) {
  out.set_recognition(in.recognition());
}

void Contactable(const Profile& in, Profile& out) {
  out.set_contactable(in.contactable());
}

// The pseudonym is set by Project, experience by ProjectProfile.
void Elsewhere(const Profile&, Level, Profile&) {}

constexpr TableRow<Profile> kRows[] = {
    {"pseudonym", Elsewhere},
    {"occupations", Occupations},
    {"sectors", Whole<Sectors>},
    {"experience", Elsewhere},
    {"education", EducationOf},
    {"skills", Whole<Skills>},
    {"languages", Whole<Languages>},
    {"licences", Whole<Licences>},
    {"region", Region},
    {"mobility", MobilityOf},
    {"availability", AvailabilityOf},
    {"contract", Whole<ContractWanted>},
    {"recognition", Whole<Recognition>},
    {"contactable", Whole<Contactable>},
};

const Table<Profile>& ProfileTable() {
  static const auto* const table =
      new Table<Profile>(RecordKind::kProfile, kRows);
  return *table;
}

Level LevelOf(const policy::Decision& decision, absl::string_view field) {
  const std::optional<policy::FieldId> id =
      policy::SchemaOf(RecordKind::kProfile).FindField(field);
  return id.has_value() ? decision.levels[*id] : Level::Suppress();
}

// What someone has worked as says no more of the occupation than the field
// occupations may.
void ProjectExperience(const Profile& in, const policy::Decision& decision,
                       Profile& out) {
  const Level level = LevelOf(decision, "experience");
  const Level occupations = LevelOf(decision, "occupations");
  constexpr int kNothing = 2;
  if (level.suppressed() || level.generalise_step() >= kNothing) return;
  google::protobuf::RepeatedPtrField<v1::Experience> shown;
  for (const v1::Experience& from : in.experience()) {
    v1::Experience& to = *shown.Add();
    if (!occupations.suppressed()) {
      v1::Occupation occupation = Shown(from.occupation(), occupations);
      if (occupation.ByteSizeLong() > 0) {
        *to.mutable_occupation() = std::move(occupation);
      }
    }
    if (!from.has_months()) continue;
    *to.mutable_months() =
        level.raw() ? from.months() : ExperienceBracket(from.months());
  }
  CopySortedMessages(shown, out.mutable_experience());
}

}  // namespace

void ProjectProfile(const Profile& in, const policy::Decision& decision,
                    Profile& out) {
  ProfileTable().Apply(in, decision, out);
  ProjectExperience(in, decision, out);
}

std::vector<absl::string_view> ProfileFieldsProjected() {
  return ProfileTable().Fields();
}

}  // namespace minga::exchange
