#include "tests/histories/mirror.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/exchange/ladder.h"
#include "node/exchange/pseudonym.h"

namespace minga::histories {
namespace {

constexpr std::size_t kViolationsListed = 20;

bool IsExact(const v1::Range& range) { return range.min() == range.max(); }

int DigitsOf(const v1::Occupation& occupation) {
  return static_cast<int>(occupation.isco().size());
}

std::vector<std::string> ValuesOf(const v1::Profile& shown) {
  std::vector<std::string> values;
  for (const v1::Skill& skill : shown.skills()) {
    values.push_back("s" + skill.SerializeAsString());
  }
  for (const v1::LanguageSkill& language : shown.languages()) {
    values.push_back("l" + language.SerializeAsString());
  }
  return values;
}

// Those who look alike but for pseudonym, skills and languages.
std::string ClassOf(const v1::Profile& shown) {
  v1::Profile alike = shown;
  alike.clear_id();
  alike.clear_skills();
  alike.clear_languages();
  return alike.SerializeAsString();
}

// What identifies, is sensitive or is free text.
bool TellsWho(const v1::Profile& shown, const std::string& person,
              const std::string& body) {
  return shown.has_identity() || shown.has_sensitive() ||
         !shown.free_text().empty() || shown.has_modified_at() ||
         !shown.residence().municipality().empty() ||
         absl::StrContains(body, kSecret) || absl::StrContains(body, person);
}

}  // namespace

Depths DepthsOf(const v1::Profile& shown) {
  Depths depths{};
  for (const v1::Occupation& occupation : shown.desired_occupations()) {
    depths[0] = std::max(depths[0], DigitsOf(occupation));
  }
  for (const v1::Experience& experience : shown.experience()) {
    depths[1] = std::max(depths[1], DigitsOf(experience.occupation()));
    if (!experience.has_months()) continue;
    depths[2] = std::max(depths[2], IsExact(experience.months()) ? 2 : 1);
  }
  if (shown.education().has_isced_level()) {
    depths[3] = IsExact(shown.education().isced_level()) ? 2 : 1;
  }
  if (shown.has_residence()) {
    depths[4] = shown.residence().subdivision().empty() ? 1 : 2;
  }
  if (shown.has_mobility()) {
    depths[5] = shown.mobility().countries().empty() ? 1 : 2;
  }
  if (shown.has_availability()) {
    depths[6] = IsExact(shown.availability().notice_days()) ? 2 : 1;
  }
  return depths;
}

void Mirror::Violate(std::string what) {
  ++counts_.violations;
  if (violations_.size() < kViolationsListed) {
    violations_.push_back(
        absl::StrCat(peer_.ToString(), " at seq ", last_, ": ", what));
  }
}

void Mirror::Read(const storage::Database& database,
                  federation::Projector& projector, int min_k) {
  ++counts_.commits;
  const absl::Status read =
      database.Read([&](const storage::Snapshot& snapshot) {
        return ReadIn(snapshot, projector);
      });
  if (!read.ok()) Violate(read.ToString());
  // A page ends before a row that is not sent: the peer is between two commits.
  if (stale_.empty()) CheckTouched(min_k);
}

absl::Status Mirror::ReadIn(const storage::Snapshot& snapshot,
                            federation::Projector& projector) {
  MINGA_ASSIGN_OR_RETURN(const exchange::Anonymity anonymity,
                         exchange::ReadAnonymity(snapshot.documents(), peer_));
  BeginEpoch(anonymity.epoch);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(
        const std::vector<storage::FeedRow> rows,
        snapshot.feeds().Read(peer_, last_, kFeedPageRowsMax));
    for (const storage::FeedRow& row : rows) {
      if (row.key.kind == RecordKind::kProfile) {
        if (row.state != storage::ViewState::kShown) {
          Hide(row.wire_id);
        } else {
          absl::StatusOr<federation::Projection> sent =
              projector.Project(snapshot, peer_, row);
          if (absl::IsFailedPrecondition(sent.status())) {
            ++counts_.stale;
            stale_.push_back(row.key);
            return absl::OkStatus();
          }
          MINGA_RETURN_IF_ERROR(sent.status());
          Show(row, sent->body,
               absl::StrCat(sent->retention_days, " ",
                            sent->no_onward_transfer));
        }
      }
      ++counts_.rows;
      last_ = row.seq;
    }
    if (rows.size() < static_cast<std::size_t>(kFeedPageRowsMax)) {
      return absl::OkStatus();
    }
  }
}

void Mirror::BeginEpoch(Epoch epoch) {
  if (epoch == epoch_) return;
  epoch_ = epoch;
  // None of these pseudonyms may come again.
  for (auto& [wire_id, past] : past_) past.values.clear();
}

void Mirror::Hide(const std::string& wire_id) {
  const auto found = shown_.find(wire_id);
  if (found == shown_.end()) return;
  const Seen& seen = found->second;
  Class& klass = classes_[seen.klass];
  --klass.people;
  for (const std::string& value : seen.values) --klass.values[value];
  touched_.insert(seen.klass);
  shown_.erase(found);
}

void Mirror::Show(const storage::FeedRow& row, const std::string& body,
                  std::string terms) {
  Hide(row.wire_id);
  v1::Profile shown;
  if (!shown.ParseFromString(body)) return Violate("bytes that are no profile");
  if (shown.id() != row.wire_id || !exchange::IsPseudonym(row.wire_id)) {
    Violate("an id that is not the row's pseudonym");
  }
  if (TellsWho(shown, row.key.id, body)) Violate("something that tells who");
  Seen seen{row.key.id, ClassOf(shown) + "\n" + std::move(terms),
            ValuesOf(shown)};
  CheckNoFiner(row, shown, seen.values);
  Class& klass = classes_[seen.klass];
  ++klass.people;
  for (const std::string& value : seen.values) ++klass.values[value];
  touched_.insert(seen.klass);
  shown_.emplace(row.wire_id, std::move(seen));
}

void Mirror::CheckNoFiner(const storage::FeedRow& row, const v1::Profile& shown,
                          const std::vector<std::string>& values) {
  const Depths depths = DepthsOf(shown);
  const auto [entry, added] = past_.try_emplace(row.wire_id);
  Past& past = entry->second;
  if (added) {
    past.epoch = epoch_;
    past.depths = depths;
  } else {
    if (past.epoch != epoch_) Violate("a pseudonym of an epoch before");
    for (std::size_t i = 0; i < kDepths; ++i) {
      if (depths[i] > past.depths[i]) {
        Violate(absl::StrCat("`", row.key.id, "` is shown finer in field ", i,
                             ": ", past.depths[i], " to ", depths[i]));
      }
      past.depths[i] = std::min(past.depths[i], depths[i]);
    }
    for (const std::string& value : values) {
      if (past.values.contains(value)) continue;
      ++counts_.added_values;
      Violate(absl::StrCat("`", row.key.id, "` is shown with another skill"));
      break;
    }
  }
  past.values = {values.begin(), values.end()};
}

void Mirror::CheckTouched(int min_k) {
  for (const std::string& name : touched_) {
    const auto found = classes_.find(name);
    if (found == classes_.end()) continue;
    Class& klass = found->second;
    if (klass.people == 0) {
      classes_.erase(found);
      continue;
    }
    if (klass.people < min_k) {
      Violate(absl::StrCat("a class of ", klass.people, ", k is ", min_k));
    }
    absl::erase_if(klass.values,
                   [](const auto& value) { return value.second == 0; });
    for (const auto& [value, people] : klass.values) {
      if (people >= min_k) continue;
      Violate(absl::StrCat("a skill of ", people, " in a class of ",
                           klass.people, ", k is ", min_k));
    }
  }
  touched_.clear();
}

std::vector<RecordKey> Mirror::TakeStale() {
  return std::exchange(stale_, std::vector<RecordKey>());
}

void Mirror::CheckDiverse(const SensitiveOf& sensitive, int min_l) {
  if (min_l < 2) return;
  // By class and attribute.
  std::map<absl::string_view, std::vector<std::set<absl::string_view>>> known;
  for (const auto& [wire_id, seen] : shown_) {
    const std::vector<std::string>& values = sensitive(seen.person);
    auto& of_class = known[seen.klass];
    of_class.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      of_class[i].insert(values[i]);
    }
  }
  for (const auto& [klass, attributes] : known) {
    for (const std::set<absl::string_view>& values : attributes) {
      const bool unknown_of_all = values.size() == 1 && values.contains("");
      if (unknown_of_all || static_cast<int>(values.size()) >= min_l) continue;
      Violate(absl::StrCat("a class with ", values.size(),
                           " different sensitive values, l is ", min_l));
    }
  }
}

void Mirror::CheckWhole(const storage::Database& database, int min_k) {
  std::set<std::string> people;
  for (const auto& [wire_id, seen] : shown_) {
    if (!people.insert(seen.person).second) {
      Violate(absl::StrCat("`", seen.person, "` is shown twice"));
    }
  }
  for (const auto& [name, klass] : classes_) {
    if (klass.people < min_k) {
      Violate(absl::StrCat("a class of ", klass.people, ", k is ", min_k));
    }
    for (const auto& [value, count] : klass.values) {
      if (count < min_k) {
        Violate(absl::StrCat("a skill of ", count, ", k is ", min_k));
      }
    }
  }
  std::size_t in_feed = 0;
  const absl::Status read =
      database.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::vector<storage::FeedCount> counts,
                               snapshot.feeds().Summarise(peer_));
        for (const storage::FeedCount& count : counts) {
          if (count.kind == RecordKind::kProfile &&
              count.state == storage::ViewState::kShown) {
            in_feed += static_cast<std::size_t>(count.records);
          }
        }
        return absl::OkStatus();
      });
  if (!read.ok()) Violate(read.ToString());
  if (in_feed != shown_.size()) {
    Violate(absl::StrCat("the feed shows ", in_feed, " people, the peer has ",
                         shown_.size()));
  }
}

}  // namespace minga::histories
