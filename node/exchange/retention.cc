#include "node/exchange/retention.h"

#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::exchange {
namespace {

std::string NameOf(const PeerId& from) {
  return absl::StrCat("retention-ended/", from.ToString());
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

}  // namespace minga::exchange
