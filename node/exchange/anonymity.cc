#include "node/exchange/anonymity.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/subject.h"

namespace minga::exchange {

Digest ClassOfDisplay(absl::string_view projection, const Terms& terms,
                      int min_k) {
  const auto k = static_cast<std::uint32_t>(std::min(min_k, kClassSizeMax));
  Digest klass = DigestOfShown(projection, terms);
  klass[0] = static_cast<std::uint8_t>(k >> 8);
  klass[1] = static_cast<std::uint8_t>(k & 0xFF);
  return klass;
}

int KOf(const Digest& klass) { return klass[0] << 8 | klass[1]; }

absl::Status ClassLedger::Crossed(const PeerId& peer, const Digest& klass) {
  crossed_.emplace(peer, klass);
  // A class that crosses has k - 1 or k members.
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<std::string> members,
      classes_.Members(peer, klass, /*after=*/"", KOf(klass) + 1));
  for (const std::string& member : members) waiting_.emplace(peer, member);
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> ClassLedger::Place(
    const PeerId& peer, const std::string& profile,
    const std::optional<Digest>& klass) {
  waiting_.erase({peer, profile});
  MINGA_ASSIGN_OR_RETURN(const std::optional<Digest> old,
                         classes_.ClassOf(peer, profile));
  if (old == klass) {
    return klass.has_value() ? classes_.Size(peer, *klass) : 0;
  }
  if (klass.has_value()) {
    MINGA_RETURN_IF_ERROR(classes_.Join(peer, profile, *klass));
  } else {
    MINGA_RETURN_IF_ERROR(classes_.Leave(peer, profile).status());
  }
  if (old.has_value()) {
    MINGA_ASSIGN_OR_RETURN(const std::int64_t left, classes_.Size(peer, *old));
    if (left == KOf(*old) - 1) {
      MINGA_RETURN_IF_ERROR(Crossed(peer, *old));
    }
  }
  if (!klass.has_value()) return 0;
  MINGA_ASSIGN_OR_RETURN(const std::int64_t size, classes_.Size(peer, *klass));
  if (size == KOf(*klass)) {
    MINGA_RETURN_IF_ERROR(Crossed(peer, *klass));
    waiting_.erase({peer, profile});
  }
  return size;
}

bool ClassLedger::Next(PeerId& peer, std::string& profile) {
  if (waiting_.empty()) return false;
  auto first = waiting_.extract(waiting_.begin());
  peer = first.value().first;
  profile = std::move(first.value().second);
  return true;
}

absl::Status ClassLedger::Check(const storage::FeedReader& feeds,
                                Country own) const {
  for (const auto& [peer, klass] : crossed_) {
    const int k = KOf(klass);
    MINGA_ASSIGN_OR_RETURN(const std::int64_t size, classes_.Size(peer, klass));
    // A class that grew far beyond k in this transaction was checked when its
    // members were shown; reading all of them again would be quadratic.
    if (size > 2 * static_cast<std::int64_t>(k)) continue;
    MINGA_ASSIGN_OR_RETURN(
        const std::vector<std::string> members,
        classes_.Members(peer, klass, "", static_cast<int>(size)));
    for (const std::string& member : members) {
      MINGA_ASSIGN_OR_RETURN(
          const std::optional<storage::FeedRow> row,
          feeds.Find(peer, {own, RecordKind::kProfile, member}));
      const bool shown =
          row.has_value() && row->state == storage::ViewState::kShown;
      if (shown != (size >= k)) {
        return absl::InternalError(absl::StrCat(
            "anonymity: a class of ", size, " for `", peer.ToString(), "` is ",
            shown ? "" : "not ", "displayed, k is ", k));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::exchange
