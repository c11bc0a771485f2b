#include "federation/asker.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace minga::federation {

void Asker::Ask(const v1::AskRequest& question, absl::Duration patience,
                Then then) {
  const LinkId link = NewLinkId();
  asked_.emplace(link, Asked{question.question_case(),
                             context_.Now() + patience, std::move(then)});
  context_.parts.transport->Ask(peer_, link, question, patience,
                                *context_.events);
}

bool Asker::OnAnswered(LinkId link, const absl::Status& status,
                       const v1::AskResponse* answer) {
  const auto found = asked_.find(link);
  if (found == asked_.end()) return false;
  // Out of the map first: `then` may ask again.
  const Asked asked = std::move(asked_.extract(found).mapped());
  if (!status.ok()) {
    asked.then(status);
  } else if (static_cast<int>(answer->answer_case()) !=
             static_cast<int>(asked.question)) {
    asked.then(absl::InvalidArgumentError("the peer answered something else"));
  } else {
    asked.then(*answer);
  }
  return true;
}

void Asker::OnTime(absl::Time now) {
  std::vector<Then> late;
  std::erase_if(asked_, [&](auto& entry) {
    if (now < entry.second.until) return false;
    late.push_back(std::move(entry.second.then));
    return true;
  });
  for (const Then& then : late) {
    then(absl::DeadlineExceededError("the peer did not answer in time"));
  }
}

absl::Time Asker::Due() const {
  absl::Time due = absl::InfiniteFuture();
  for (const auto& [link, asked] : asked_) due = std::min(due, asked.until);
  return due;
}

}  // namespace minga::federation
