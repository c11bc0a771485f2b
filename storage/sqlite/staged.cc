#include "storage/sqlite/staged.h"

#include <algorithm>
#include <utility>

#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kGet[] = "SELECT value FROM counter WHERE name = ?1";
constexpr char kPut[] =
    "INSERT INTO counter (name, value) VALUES (?1, ?2)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value";

}  // namespace

absl::Status Counter::Prepare(Connection& connection) {
  return connection.Prepare({{&get_, kGet}, {&put_, kPut}});
}

absl::StatusOr<std::int64_t> Counter::Stored() const {
  Run run(get_, static_cast<int>(name_));
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? run.Int(0) : 0;
}

absl::Status Counter::Load() {
  MINGA_ASSIGN_OR_RETURN(value_, Stored());
  stored_ = marked_ = value_;
  return absl::OkStatus();
}

absl::Status Counter::Flush() {
  if (value_ == stored_) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(Run::Once(put_, static_cast<int>(name_), value_));
  stored_ = value_;
  return absl::OkStatus();
}

void News::FeedChanged(const PeerId& peer) {
  // At most kPeersMax, and mostly the one added last.
  if (std::find(news_.feeds.rbegin(), news_.feeds.rend(), peer) ==
      news_.feeds.rend()) {
    news_.feeds.push_back(peer);
  }
}

CommitNews News::Take() { return std::exchange(news_, CommitNews()); }

absl::Status News::Load() {
  news_ = marked_ = CommitNews();
  return absl::OkStatus();
}

}  // namespace minga::storage::sqlite
