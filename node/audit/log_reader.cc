#include "node/audit/log_reader.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"

namespace minga::audit {
namespace {

// One read transaction takes at most this many bundles (16,384 entries), so
// that a long search never holds back the write-ahead log.
constexpr std::uint64_t kBundlesPerRead = 64;

}  // namespace

absl::StatusOr<LogPosition> LogReader::Size() const {
  LogPosition size = 0;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(size, snapshot.audit().Size());
        return absl::OkStatus();
      }));
  return size;
}

absl::Status LogReader::Read(LogPosition begin, LogPosition end,
                             Take take) const {
  LogPosition at = begin;
  while (at < end) {
    std::vector<std::string> bundles;
    const std::uint64_t first = at / kTileWidth;
    const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
      for (std::uint64_t bundle = first;
           bundle < first + kBundlesPerRead && bundle * kTileWidth < end;
           ++bundle) {
        MINGA_ASSIGN_OR_RETURN(bundles.emplace_back(),
                               snapshot.audit().EntryBundle(bundle));
      }
      return absl::OkStatus();
    };
    MINGA_RETURN_IF_ERROR(database_.Read(read));
    for (std::size_t i = 0; i < bundles.size(); ++i) {
      const LogPosition start = (first + i) * kTileWidth;
      MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                             storage::SplitBundle(bundles[i]));
      const LogPosition stop = std::min<LogPosition>({end, start + kTileWidth});
      for (; at < stop; ++at) {
        if (at - start >= entries.size()) {
          return absl::DataLossError(
              absl::StrCat("log entry ", at, " is missing"));
        }
        MINGA_RETURN_IF_ERROR(take(at, entries[at - start]));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> LogReader::At(LogPosition position) const {
  std::string entry;
  MINGA_RETURN_IF_ERROR(
      Read(position, position + 1, [&](LogPosition, absl::string_view bytes) {
        entry = std::string(bytes);
        return absl::OkStatus();
      }));
  return entry;
}

}  // namespace minga::audit
