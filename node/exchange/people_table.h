// PeopleTable is what the law lets one peer see of all people, field by field
// from as fine as that down to nothing: the distinct combinations and how many
// people have each. What a ladder is planned from. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_PEOPLE_TABLE_H_
#define MINGA_NODE_EXCHANGE_PEOPLE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/exchange/hierarchies.h"
#include "node/exchange/ladder.h"
#include "node/exchange/obligations.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/level.h"
#include "policy/schema.h"

namespace minga::v1 {
class Profile;
}  // namespace minga::v1

namespace minga::exchange {

// Distinct combinations, and distinct values of all fields together, that are
// kept: one of each for every person of the largest node that is planned for,
// some 300 MB if all people differ in everything.
inline constexpr std::size_t kPeopleTuplesMax = 2'000'000;
inline constexpr std::size_t kPeopleValuesMax = 4'000'000;

// The values of one field. On step 0 they are as the law shows them, on the
// following steps as GENERALISE(step) would, on the last one nothing is shown.
// Values that are equal on one step are equal on all above.
class PeopleColumn {
 public:
  using ValueId = policy::anonymity::ValueId;

  // `hierarchies` outlive the column.
  PeopleColumn(policy::FieldId field, const Hierarchies& hierarchies);

  policy::FieldId field() const { return field_; }
  const policy::FieldDef& def() const;
  // The step on which nothing is shown.
  int last() const { return static_cast<int>(ids_.size()) - 1; }
  policy::Level LevelOf(int step) const;
  // REQUIRES: a level that the field has.
  int StepOf(policy::Level level) const;

  // The value of `profile` where the law permits `law`.
  ValueId Add(const v1::Profile& profile, policy::Level law);

  // Distinct values on a step.
  std::size_t size(int step) const { return ids_[At(step)].size(); }
  // True if nothing is shown of anybody on `step`.
  bool Silent(int step) const;
  // The nearest step above that shows less (of those that show nothing, the
  // last), or below that shows more (of those that are the same, the finest);
  // `step` itself if there is none.
  int Coarser(int step) const;
  int Finer(int step) const;
  // What the values of step 0 are on `step`, by id.
  std::vector<ValueId> OnStep(int step) const;
  // What a value of `step` is on the step after it. REQUIRES: step < last().
  ValueId Above(int step, ValueId value) const {
    return above_[At(step)][value];
  }

 private:
  static std::size_t At(int step) { return static_cast<std::size_t>(step); }

  policy::FieldId field_;
  const Hierarchies* hierarchies_;
  // What was seen before: the law's level and what it shows.
  absl::flat_hash_map<std::string, ValueId> seen_;
  // By step: ids by what is shown there and on all steps above.
  std::vector<absl::flat_hash_map<std::string, ValueId>> ids_;
  std::vector<std::vector<ValueId>> above_;
};

class PeopleTable {
 public:
  using ValueId = policy::anonymity::ValueId;

  // `hierarchies` outlive the table.
  explicit PeopleTable(const Hierarchies& hierarchies);

  // Counts a person whom the law shows at `law` on `terms`.
  // RESOURCE_EXHAUSTED beyond the limits above.
  absl::Status Add(const v1::Profile& profile, const ProfileLevels& law,
                   const Terms& terms);

  // Of the fields that may tell people apart: all that can be shown but
  // pseudonym, skills and languages.
  const std::vector<PeopleColumn>& columns() const { return columns_; }
  // A tuple has a value of step 0 for each column, then the history, then the
  // terms.
  const policy::anonymity::Histogram& histogram() const { return histogram_; }
  std::size_t history_at() const { return columns_.size(); }
  std::size_t terms_at() const { return columns_.size() + 1; }

  // The occupations in somebody's experience are shown as finely as the field
  // occupations, so that what is shown of experience depends on two fields: the
  // column experience has months only, and a history is what is shown of both
  // together. 0 is that of people whose experience shows no occupation.
  std::size_t histories() const { return histories_.size(); }
  // What tells histories apart at these levels, by history.
  std::vector<ValueId> Histories(policy::Level occupations,
                                 policy::Level experience) const;
  std::size_t terms() const { return terms_.size(); }
  // Places in columns().
  std::size_t occupations() const { return occupations_; }
  std::size_t experience() const { return experience_; }

 private:
  ValueId HistoryOf(const v1::Profile& profile, const ProfileLevels& law);
  ValueId TermsId(const Terms& terms);

  const Hierarchies& hierarchies_;
  std::vector<PeopleColumn> columns_;
  std::size_t occupations_ = 0;
  std::size_t experience_ = 0;
  // Serialised, as the law shows them.
  std::vector<std::string> histories_;
  absl::flat_hash_map<std::string, ValueId> history_ids_;
  std::vector<Terms> terms_;
  policy::anonymity::Histogram histogram_;
  std::vector<ValueId> tuple_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_PEOPLE_TABLE_H_
