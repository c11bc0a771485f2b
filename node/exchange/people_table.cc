#include "node/exchange/people_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "node/base/crypto/hash.h"
#include "node/exchange/content.h"
#include "node/exchange/project.h"
#include "policy/decision.h"

namespace minga::exchange {
namespace {

using policy::FieldDef;
using policy::FieldId;
using policy::Level;

const std::vector<FieldDef>& Fields() {
  return policy::SchemaOf(RecordKind::kProfile).fields;
}

bool TellsApart(absl::string_view field) {
  if (field == "pseudonym" || field == "skills" || field == "languages") {
    return false;
  }
  const std::vector<absl::string_view> shown =
      ProjectedFields(RecordKind::kProfile);
  return std::find(shown.begin(), shown.end(), field) != shown.end();
}

std::vector<PeopleColumn> AllColumns(const Hierarchies& hierarchies) {
  std::vector<PeopleColumn> columns;
  for (std::size_t i = 0; i < Fields().size(); ++i) {
    if (TellsApart(Fields()[i].name)) {
      columns.emplace_back(static_cast<FieldId>(i), hierarchies);
    }
  }
  return columns;
}

std::size_t PlaceOf(const std::vector<PeopleColumn>& columns,
                    absl::string_view field) {
  const auto found = std::find_if(
      columns.begin(), columns.end(),
      [field](const PeopleColumn& c) { return c.def().name == field; });
  return static_cast<std::size_t>(found - columns.begin());
}

// True if somebody's experience, as shown, says more than months.
bool TellsOccupations(const v1::Profile& shown) {
  return std::any_of(
      shown.experience().begin(), shown.experience().end(),
      [](const v1::Experience& e) { return e.has_occupation(); });
}

// Its bytes, or their hash if that is shorter.
std::string KeyOf(const v1::Profile& shown) {
  constexpr std::size_t kKeyBytesMax = 32;
  std::string bytes = SerialiseContent(shown);
  return bytes.size() <= kKeyBytesMax ? bytes : ToBytes(Sha256(bytes));
}

// What is shown of `profile` by `decision`.
std::string Display(const v1::Profile& profile,
                    const policy::Decision& decision,
                    const Hierarchies& hierarchies) {
  v1::Profile shown;
  ProjectProfile(profile, decision, shown, hierarchies);
  return KeyOf(shown);
}

}  // namespace

PeopleColumn::PeopleColumn(FieldId field, const Hierarchies& hierarchies)
    : field_(field), hierarchies_(&hierarchies) {
  // All steps of the hierarchy, nothing of it, and nothing at all.
  const auto steps = static_cast<std::size_t>(def().generalise_steps) + 2;
  ids_.resize(steps);
  above_.resize(steps);
}

const FieldDef& PeopleColumn::def() const { return Fields()[field_]; }

Level PeopleColumn::LevelOf(int step) const {
  if (step <= 0) return Level::Raw();
  return step >= last() ? Level::Suppress() : Level::Generalise(step);
}

int PeopleColumn::StepOf(Level level) const {
  return level.suppressed() ? last() : level.generalise_step();
}

PeopleColumn::ValueId PeopleColumn::Add(const v1::Profile& profile, Level law) {
  policy::Decision decision;
  decision.levels[field_] = law;
  std::string key(1, static_cast<char>(law.stored()));
  absl::StrAppend(&key, Display(profile, decision, *hierarchies_));
  if (const auto found = seen_.find(key); found != seen_.end()) {
    return found->second;
  }
  ValueId above = 0;
  for (int step = last(); step >= 0; --step) {
    decision.levels[field_] = policy::Meet(law, LevelOf(step));
    const std::string shown =
        absl::StrCat(above, " ", Display(profile, decision, *hierarchies_));
    auto& ids = ids_[At(step)];
    const auto next = static_cast<ValueId>(ids.size());
    const auto [entry, added] = ids.emplace(shown, next);
    if (added) above_[At(step)].push_back(above);
    above = entry->second;
  }
  seen_.emplace(std::move(key), above);
  return above;
}

bool PeopleColumn::Silent(int step) const {
  // Shown, and all above it.
  return size(step) == 1 && ids_[At(step)].begin()->first == "0 ";
}

int PeopleColumn::Coarser(int step) const {
  int next = step;
  while (next < last() && size(next) == size(step)) ++next;
  if (size(next) == size(step)) return step;
  return Silent(next) ? last() : next;
}

int PeopleColumn::Finer(int step) const {
  int next = step;
  while (next > 0 && size(next) == size(step)) --next;
  if (size(next) == size(step)) return step;
  while (next > 0 && size(next - 1) == size(next)) --next;
  return next;
}

std::vector<PeopleColumn::ValueId> PeopleColumn::OnStep(int step) const {
  std::vector<ValueId> values(size(0));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<ValueId>(i);
    for (int s = 0; s < step; ++s) values[i] = Above(s, values[i]);
  }
  return values;
}

PeopleTable::PeopleTable(const Hierarchies& hierarchies)
    : hierarchies_(hierarchies),
      columns_(AllColumns(hierarchies)),
      occupations_(PlaceOf(columns_, "occupations")),
      experience_(PlaceOf(columns_, "experience")),
      histories_(1),
      histogram_(columns_.size() + 2) {
  history_ids_.emplace("", 0);
}

PeopleTable::ValueId PeopleTable::HistoryOf(const v1::Profile& profile,
                                            const ProfileLevels& law) {
  policy::Decision decision;
  for (const std::size_t column : {occupations_, experience_}) {
    const FieldId field = columns_[column].field();
    decision.levels[field] = law[field];
  }
  v1::Profile shown;
  ProjectProfile(profile, decision, shown, hierarchies_);
  shown.clear_desired_occupations();
  if (!TellsOccupations(shown)) return 0;
  std::string bytes = SerialiseContent(shown);
  const auto [entry, added] =
      history_ids_.emplace(bytes, static_cast<ValueId>(histories_.size()));
  if (added) histories_.push_back(std::move(bytes));
  return entry->second;
}

PeopleTable::ValueId PeopleTable::TermsId(const Terms& terms) {
  const auto found = std::find(terms_.begin(), terms_.end(), terms);
  if (found != terms_.end()) {
    return static_cast<ValueId>(found - terms_.begin());
  }
  terms_.push_back(terms);
  return static_cast<ValueId>(terms_.size() - 1);
}

absl::Status PeopleTable::Add(const v1::Profile& profile,
                              const ProfileLevels& law, const Terms& terms) {
  tuple_.clear();
  std::size_t values = histories_.size() + terms_.size();
  for (PeopleColumn& column : columns_) {
    tuple_.push_back(column.Add(profile, law[column.field()]));
    values += column.size(0);
  }
  tuple_.push_back(HistoryOf(profile, law));
  tuple_.push_back(TermsId(terms));
  histogram_.Add(tuple_);
  if (histogram_.size() <= kPeopleTuplesMax && values <= kPeopleValuesMax) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "people differ in more than ", kPeopleTuplesMax,
      " ways, or have more "
      "than ",
      kPeopleValuesMax,
      " different values, as the law shows them: "
      "let the policy show some field more coarsely, and plan again"));
}

std::vector<PeopleTable::ValueId> PeopleTable::Histories(
    Level occupations, Level experience) const {
  std::vector<ValueId> shown(histories_.size());
  // Without both the columns say everything.
  if (occupations.suppressed() || experience.suppressed()) return shown;
  policy::Decision decision;
  decision.levels[columns_[occupations_].field()] = occupations;
  decision.levels[columns_[experience_].field()] = experience;
  absl::flat_hash_map<std::string, ValueId> ids;
  ids.emplace("", 0);
  for (std::size_t i = 1; i < histories_.size(); ++i) {
    v1::Profile history;
    // Cannot fail: these are the bytes of such a message.
    if (!history.ParseFromString(histories_[i])) continue;
    v1::Profile coarse;
    ProjectProfile(history, decision, coarse, hierarchies_);
    if (!TellsOccupations(coarse)) continue;
    const auto next = static_cast<ValueId>(ids.size());
    shown[i] = ids.emplace(KeyOf(coarse), next).first->second;
  }
  return shown;
}

}  // namespace minga::exchange
