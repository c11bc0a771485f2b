#include "node/exchange/retention.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::exchange {
namespace {

std::string NameOf(const PeerId& from) {
  return absl::StrCat("retention-ended/", from.ToString());
}

std::string StaysOf(const PeerId& from) {
  return absl::StrCat("stay/", from.ToString(), "/");
}

// Under a hash: what is erased leaves no id behind.
std::string StayName(const RecordKey& key) {
  constexpr std::size_t kHashBytes = 16;
  const Digest hash = Sha256(key.ToString());
  return absl::StrCat(StaysOf(key.country),
                      Hex(AsView(hash).substr(0, kHashBytes)));
}

std::string StayCountName(const PeerId& from) {
  return absl::StrCat("stays/", from.ToString());
}

absl::StatusOr<int> StayCount(const storage::DocumentReader& documents,
                              const PeerId& from) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(StayCountName(from)));
  int count = 0;
  if (text.has_value() && !absl::SimpleAtoi(*text, &count)) {
    return absl::DataLossError("the count of remembered stays is no number");
  }
  return count;
}

// Forgets the oldest tenth of the stays of `from`. Returns how many are left.
absl::StatusOr<int> ForgetOldest(storage::DocumentStore& documents,
                                 const PeerId& from) {
  using Stay = std::pair<std::string, std::string>;
  MINGA_ASSIGN_OR_RETURN(std::vector<Stay> stays,
                         documents.List(StaysOf(from)));
  std::sort(stays.begin(), stays.end(), [](const Stay& one, const Stay& other) {
    return std::pair(one.second, one.first) <
           std::pair(other.second, other.first);
  });
  const std::size_t forgotten = std::min(stays.size(), stays.size() / 10 + 1);
  for (std::size_t i = 0; i < forgotten; ++i) {
    MINGA_RETURN_IF_ERROR(documents.Remove(stays[i].first).status());
  }
  return static_cast<int>(stays.size() - forgotten);
}

}  // namespace

absl::StatusOr<std::uint64_t> RetentionEndedOf(
    const storage::DocumentReader& documents, const PeerId& from) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(NameOf(from)));
  std::uint64_t ended = 0;
  if (text.has_value() && !absl::SimpleAtoi(*text, &ended)) {
    return absl::DataLossError("the count of ended retentions is not a number");
  }
  return ended;
}

absl::Status NoteRetentionEnded(storage::DocumentStore& documents,
                                const PeerId& from, std::uint64_t records) {
  if (records == 0) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const std::uint64_t before,
                         RetentionEndedOf(documents, from));
  return documents.Put(NameOf(from), absl::StrCat(before + records));
}

absl::StatusOr<std::optional<absl::CivilDay>> StayOf(
    const storage::DocumentReader& documents, const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(StayName(key)));
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<absl::CivilDay> day = ParseDay(*text);
  if (!day.ok()) return absl::DataLossError("a remembered stay is no day");
  return *day;
}

absl::Status RememberStay(storage::DocumentStore& documents,
                          const RecordKey& key, absl::CivilDay since,
                          int most) {
  const std::string name = StayName(key);
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> known,
                         documents.Get(name));
  if (!known.has_value()) {
    MINGA_ASSIGN_OR_RETURN(int count, StayCount(documents, key.country));
    if (count >= most) {
      MINGA_ASSIGN_OR_RETURN(count, ForgetOldest(documents, key.country));
    }
    MINGA_RETURN_IF_ERROR(
        documents.Put(StayCountName(key.country), absl::StrCat(count + 1)));
  }
  return documents.Put(name, FormatDay(since));
}

absl::Status ForgetStay(storage::DocumentStore& documents,
                        const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const bool known, documents.Remove(StayName(key)));
  if (!known) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const int count, StayCount(documents, key.country));
  return documents.Put(StayCountName(key.country),
                       absl::StrCat(std::max(count - 1, 0)));
}

}  // namespace minga::exchange
