// The heads of the feeds in the writer's memory.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/sqlite/feeds.h"

namespace minga::storage::sqlite {

Feeds::StagedHead* Feeds::FindHead(const PeerId& peer) {
  const auto found =
      std::find_if(heads_.begin(), heads_.end(),
                   [&](const StagedHead& h) { return h.peer == peer; });
  return found == heads_.end() ? nullptr : &*found;
}

absl::StatusOr<Feeds::StagedHead*> Feeds::HeadOf(const PeerId& peer) {
  StagedHead* head = FindHead(peer);
  if (head != nullptr) return head;
  return absl::NotFoundError(
      absl::StrCat("feed: `", peer.ToString(), "` was never added"));
}

absl::Status Feeds::Load() {
  staged_ = true;
  heads_.clear();
  found_.reset();
  dictionary_.Forget();
  Run run(heads_all_);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) break;
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, run.CountryAt(0));
    heads_.push_back(
        {peer, FeedHead{run.Unsigned(1), run.Unsigned(2), run.Unsigned(3)},
         /*changed=*/false});
  }
  marked_heads_ = heads_;
  return absl::OkStatus();
}

void Feeds::Mark() { marked_heads_ = heads_; }

void Feeds::Restore() {
  heads_ = marked_heads_;
  found_.reset();
  // Numbers given by the failed job are given again.
  dictionary_.Forget();
}

absl::Status Feeds::Flush() {
  for (StagedHead& staged : heads_) {
    if (!staged.changed) continue;
    MINGA_RETURN_IF_ERROR(Run::Once(put_head_, staged.peer, staged.head.epoch,
                                    staged.head.last,
                                    staged.head.acknowledged));
    staged.changed = false;
  }
  return absl::OkStatus();
}

}  // namespace minga::storage::sqlite
