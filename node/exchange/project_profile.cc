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

// What is not RAW is shown one step coarser at least.
int StepOf(Level level) {
  return level.raw() ? 0 : std::max(1, level.generalise_step());
}

// The text is what the person or a clerk wrote: it stays.
v1::Occupation Shown(const Hierarchies& hierarchies, const v1::Occupation& in,
                     Level level) {
  v1::Occupation out;
  out.set_isco(std::string(hierarchies.Code(Trait::kOccupation, in.isco(),
                                            level.generalise_step())));
  if (!level.raw()) return out;
  out.set_national_scheme(in.national_scheme());
  out.set_national_code(in.national_code());
  out.set_esco_uri(in.esco_uri());
  return out;
}

void Occupations(const Hierarchies& hierarchies, const Profile& in, Level level,
                 Profile& out) {
  google::protobuf::RepeatedPtrField<v1::Occupation> shown;
  for (const v1::Occupation& occupation : in.desired_occupations()) {
    v1::Occupation one = Shown(hierarchies, occupation, level);
    if (one.ByteSizeLong() > 0) *shown.Add() = std::move(one);
  }
  CopySortedMessages(shown, out.mutable_desired_occupations());
}

void Sectors(const Profile& in, Profile& out) {
  CopySorted(in.sectors(), out.mutable_sectors());
}

void EducationOf(const Hierarchies& hierarchies, const Profile& in, Level level,
                 Profile& out) {
  const int step = StepOf(level);
  if (!in.has_education() || hierarchies.Silent(Trait::kEducation, step)) {
    return;
  }
  const v1::Education& from = in.education();
  v1::Education& to = *out.mutable_education();
  if (!level.raw()) {
    if (!from.has_isced_level()) return;
    const std::optional<v1::Range> shown = GeneraliseRange(
        hierarchies, Trait::kEducation, from.isced_level(), step);
    if (shown.has_value()) *to.mutable_isced_level() = *shown;
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

void Region(const Hierarchies& hierarchies, const Profile& in, Level level,
            Profile& out) {
  const int step = StepOf(level);
  if (!in.has_residence() || hierarchies.Silent(Trait::kRegion, step)) return;
  const v1::Location& from = in.residence();
  if (level.raw()) {
    out.mutable_residence()->set_country(from.country());
    out.mutable_residence()->set_subdivision(from.subdivision());
    return;
  }
  // A subdivision begins with its country, and so does what it is shown as.
  const absl::string_view shown = hierarchies.Code(
      Trait::kRegion,
      from.subdivision().empty() ? from.country() : from.subdivision(), step);
  constexpr std::size_t kCountryLetters = 2;
  v1::Location& to = *out.mutable_residence();
  if (!shown.empty()) to.set_country(from.country());
  if (shown.size() > kCountryLetters) to.set_subdivision(std::string(shown));
}

void MobilityOf(const Hierarchies& hierarchies, const Profile& in, Level level,
                Profile& out) {
  if (!in.has_mobility()) return;
  v1::Mobility& to = *out.mutable_mobility();
  to.set_relocate(in.mobility().relocate());
  std::set<std::string> countries;
  for (const std::string& country : in.mobility().countries()) {
    const absl::string_view shown =
        hierarchies.Code(Trait::kMobility, country, StepOf(level));
    if (!shown.empty()) countries.emplace(shown);
  }
  for (const std::string& country : countries) to.add_countries(country);
}

void AvailabilityOf(const Hierarchies& hierarchies, const Profile& in,
                    Level level, Profile& out) {
  if (!in.has_availability()) return;
  const v1::Availability& from = in.availability();
  v1::Availability& to = *out.mutable_availability();
  if (level.raw()) {
    to = from;
    return;
  }
  const int step = StepOf(level);
  to.set_from(GeneraliseDay(hierarchies, from.from(), step));
  const auto notice = GeneraliseRange(hierarchies, Trait::kNoticeDays,
                                      from.notice_days(), step);
  if (from.has_notice_days() && notice.has_value()) {
    *to.mutable_notice_days() = *notice;
  }
  const auto hours = GeneraliseRange(hierarchies, Trait::kWeeklyHours,
                                     from.weekly_hours(), step);
  if (from.has_weekly_hours() && hours.has_value()) {
    *to.mutable_weekly_hours() = *hours;
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

// The pseudonym is set by Project, what has a hierarchy by ProjectProfile.
void Elsewhere(const Profile&, Level, Profile&) {}

constexpr TableRow<Profile> kRows[] = {
    {"pseudonym", Elsewhere},
    {"occupations", Elsewhere},
    {"sectors", Whole<Sectors>},
    {"experience", Elsewhere},
    {"education", Elsewhere},
    {"skills", Whole<Skills>},
    {"languages", Whole<Languages>},
    {"licences", Whole<Licences>},
    {"region", Elsewhere},
    {"mobility", Elsewhere},
    {"availability", Elsewhere},
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
void ProjectExperience(const Hierarchies& hierarchies, const Profile& in,
                       const policy::Decision& decision, Profile& out) {
  const Level level = LevelOf(decision, "experience");
  const Level occupations = LevelOf(decision, "occupations");
  const int step = StepOf(level);
  if (level.suppressed() || hierarchies.Silent(Trait::kExperience, step)) {
    return;
  }
  google::protobuf::RepeatedPtrField<v1::Experience> shown;
  for (const v1::Experience& from : in.experience()) {
    v1::Experience& to = *shown.Add();
    if (!occupations.suppressed()) {
      v1::Occupation occupation =
          Shown(hierarchies, from.occupation(), occupations);
      if (occupation.ByteSizeLong() > 0) {
        *to.mutable_occupation() = std::move(occupation);
      }
    }
    if (!from.has_months()) continue;
    const std::optional<v1::Range> months =
        GeneraliseRange(hierarchies, Trait::kExperience, from.months(), step);
    if (months.has_value()) *to.mutable_months() = *months;
  }
  CopySortedMessages(shown, out.mutable_experience());
}

// A field with a hierarchy, at the level that `decision` gives it.
struct Coarsening {
  absl::string_view field;
  void (*copy)(const Hierarchies& hierarchies, const Profile& in, Level level,
               Profile& out);
};

constexpr Coarsening kCoarsenings[] = {
    {"occupations", Occupations},
    {"education", EducationOf},
    {"region", Region},
    {"mobility", MobilityOf},
    {"availability", AvailabilityOf},
};

}  // namespace

void ProjectProfile(const Profile& in, const policy::Decision& decision,
                    Profile& out, const Hierarchies& hierarchies) {
  ProfileTable().Apply(in, decision, out);
  for (const Coarsening& coarsening : kCoarsenings) {
    const Level level = LevelOf(decision, coarsening.field);
    if (!level.suppressed()) coarsening.copy(hierarchies, in, level, out);
  }
  ProjectExperience(hierarchies, in, decision, out);
}

std::vector<absl::string_view> ProfileFieldsProjected() {
  return ProfileTable().Fields();
}

}  // namespace minga::exchange
