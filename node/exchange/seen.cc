#include "node/exchange/seen.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "minga/v1/profile.pb.h"
#include "node/exchange/generalise.h"
#include "policy/schema.h"

namespace minga::exchange {
namespace {

using policy::FieldId;
using policy::Level;
using v1::Profile;

const policy::KindSchema& Schema() {
  return policy::SchemaOf(RecordKind::kProfile);
}

// As project_profile.cc: what is not RAW is shown one step coarser at least.
int StepOf(Level level) {
  return level.raw() ? 0 : std::max(1, level.generalise_step());
}

// What is shown of one profile at one step of a hierarchy.
class Look {
 public:
  Look(const Hierarchies& hierarchies, int step, bool experience)
      : hierarchies_(hierarchies), step_(step), experience_(experience) {}

  // Whether the experience is shown, and its occupations with it.
  bool experience() const { return experience_; }
  bool Silent(Trait trait) const { return hierarchies_.Silent(trait, step_); }
  std::string Code(Trait trait, absl::string_view code) const {
    return std::string(hierarchies_.Code(trait, code, step_));
  }
  std::string Day(absl::string_view day) const {
    return step_ == 0 ? std::string(day)
                      : GeneraliseDay(hierarchies_, day, step_);
  }
  std::string Numbers(Trait trait, bool known, const v1::Range& range) const {
    if (!known) return "";
    const std::optional<v1::Range> shown =
        GeneraliseRange(hierarchies_, trait, range, step_);
    return shown.has_value() ? shown->SerializeAsString() + "." : "";
  }

 private:
  const Hierarchies& hierarchies_;
  const int step_;
  const bool experience_;
};

// What a look shows of one field: a text for each value that it has; nullopt if
// the field is left out.
using Shown = std::optional<std::vector<std::string>>;

Shown Occupations(const Profile& profile, const Look& look) {
  std::vector<std::string> codes;
  for (const v1::Occupation& one : profile.desired_occupations()) {
    codes.push_back(look.Code(Trait::kOccupation, one.isco()));
  }
  for (const v1::Experience& one : profile.experience()) {
    if (!look.experience()) break;
    codes.push_back(look.Code(Trait::kOccupation, one.occupation().isco()));
  }
  const bool none = std::all_of(codes.begin(), codes.end(),
                                [](const auto& code) { return code.empty(); });
  return none ? Shown() : Shown(std::move(codes));
}

Shown Experience(const Profile& profile, const Look& look) {
  if (profile.experience().empty() || look.Silent(Trait::kExperience)) {
    return std::nullopt;
  }
  std::vector<std::string> months;
  for (const v1::Experience& one : profile.experience()) {
    months.push_back(
        look.Numbers(Trait::kExperience, one.has_months(), one.months()));
  }
  return months;
}

Shown Education(const Profile& profile, const Look& look) {
  if (!profile.has_education() || look.Silent(Trait::kEducation)) {
    return std::nullopt;
  }
  const v1::Education& education = profile.education();
  return {{look.Numbers(Trait::kEducation, education.has_isced_level(),
                        education.isced_level())}};
}

Shown Region(const Profile& profile, const Look& look) {
  if (!profile.has_residence() || look.Silent(Trait::kRegion)) {
    return std::nullopt;
  }
  const v1::Location& place = profile.residence();
  return {{look.Code(Trait::kRegion, place.subdivision().empty()
                                         ? place.country()
                                         : place.subdivision())}};
}

Shown Mobility(const Profile& profile, const Look& look) {
  if (!profile.has_mobility()) return std::nullopt;
  std::vector<std::string> countries;
  for (const std::string& country : profile.mobility().countries()) {
    countries.push_back(look.Code(Trait::kMobility, country));
  }
  return countries;
}

Shown Availability(const Profile& profile, const Look& look) {
  if (!profile.has_availability()) return std::nullopt;
  const v1::Availability& from = profile.availability();
  return {{look.Day(from.from()),
           look.Numbers(Trait::kNoticeDays, from.has_notice_days(),
                        from.notice_days()),
           look.Numbers(Trait::kWeeklyHours, from.has_weekly_hours(),
                        from.weekly_hours())}};
}

// What only RAW shows, beside what has a hierarchy.
bool SaysMoreRaw(const v1::Occupation& occupation) {
  return !occupation.national_scheme().empty() ||
         !occupation.national_code().empty() || !occupation.esco_uri().empty();
}
bool OccupationsSayMoreRaw(const Profile& profile) {
  return std::any_of(profile.desired_occupations().begin(),
                     profile.desired_occupations().end(), SaysMoreRaw) ||
         std::any_of(
             profile.experience().begin(), profile.experience().end(),
             [](const auto& one) { return SaysMoreRaw(one.occupation()); });
}
bool EducationSaysMoreRaw(const Profile& profile) {
  if (!profile.has_education()) return false;
  // An education of which nothing is said is still one.
  return !profile.education().has_isced_level() ||
         !profile.education().isced_field().empty() ||
         profile.education().has_year();
}
bool NothingMore(const Profile&) { return false; }

struct Coarsening {
  absl::string_view field;
  Shown (*show)(const Profile& profile, const Look& look);
  bool (*says_more_raw)(const Profile& profile);
};

constexpr Coarsening kCoarsenings[] = {
    {"occupations", Occupations, OccupationsSayMoreRaw},
    {"experience", Experience, NothingMore},
    {"education", Education, EducationSaysMoreRaw},
    {"region", Region, NothingMore},
    {"mobility", Mobility, NothingMore},
    {"availability", Availability, NothingMore},
};

Level SeenOf(const Coarsening& coarsening, const Profile& profile, Level level,
             int steps, bool experience, const Hierarchies& hierarchies) {
  const int now = StepOf(level);
  const bool more = level.raw() && coarsening.says_more_raw(profile);
  const Shown shown =
      coarsening.show(profile, Look(hierarchies, now, experience));
  if (!shown.has_value()) return more ? level : Level::Suppress();
  if (more) return level;
  Level seen = level;
  for (int step = now + 1; step <= steps; ++step) {
    const Look look(hierarchies, step, experience);
    if (coarsening.show(profile, look) != shown) break;
    seen = Level::Generalise(step);
  }
  return seen;
}

struct WholeField {
  absl::string_view field;
  bool (*says_nothing)(const Profile& profile);
};

constexpr WholeField kWholeFields[] = {
    {"sectors",
     [](const Profile& profile) { return profile.sectors().empty(); }},
    {"licences",
     [](const Profile& profile) { return profile.driving_licences().empty(); }},
    {"contract",
     [](const Profile& profile) { return profile.contract_wanted() == 0; }},
    {"recognition",
     [](const Profile& profile) { return profile.recognition() == 0; }},
};

}  // namespace

ProfileLevels SeenLevels(const Profile& profile, const ProfileLevels& levels,
                         const Hierarchies& hierarchies) {
  ProfileLevels seen = levels;
  const bool experience =
      !levels[*Schema().FindField("experience")].suppressed();
  for (const Coarsening& coarsening : kCoarsenings) {
    const FieldId field = *Schema().FindField(coarsening.field);
    if (seen[field].suppressed()) continue;
    seen[field] = SeenOf(coarsening, profile, seen[field],
                         Schema().fields[field].generalise_steps, experience,
                         hierarchies);
  }
  for (const WholeField& whole : kWholeFields) {
    const FieldId field = *Schema().FindField(whole.field);
    if (whole.says_nothing(profile)) seen[field] = Level::Suppress();
  }
  return seen;
}

}  // namespace minga::exchange
