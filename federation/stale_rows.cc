#include "federation/stale_rows.h"

#include <utility>

namespace minga::federation {
namespace {

constexpr absl::Duration kAskEvery = absl::Seconds(5);
constexpr absl::Duration kGiveUpAfter = absl::Minutes(1);

}  // namespace

std::vector<RecordKey> StaleRows::Update(const std::vector<RecordKey>& stale,
                                         absl::Time now) {
  absl::flat_hash_map<RecordKey, Times> still;
  std::vector<RecordKey> ask;
  for (const RecordKey& key : stale) {
    const auto known = rows_.find(key);
    Times times =
        known == rows_.end() ? Times{now, absl::InfinitePast()} : known->second;
    if (now - times.asked >= kAskEvery) {
      times.asked = now;
      ask.push_back(key);
    }
    still.emplace(key, times);
  }
  rows_ = std::move(still);
  return ask;
}

absl::flat_hash_set<RecordKey> StaleRows::GivenUp(absl::Time now) const {
  absl::flat_hash_set<RecordKey> given_up;
  for (const auto& [key, times] : rows_) {
    if (now - times.first >= kGiveUpAfter) given_up.insert(key);
  }
  return given_up;
}

}  // namespace minga::federation
