#include "node/audit/log_reader.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/audit_chain.h"
#include "storage/merkle.h"

namespace minga::audit {
namespace {

using storage::AuditReader;

// One read transaction takes at most this many bundles (16,384 entries), so
// that a long search never holds back the write-ahead log.
constexpr int kBundlesPerRead = 64;

// All logs of one snapshot.
class Logs {
 public:
  static absl::StatusOr<Logs> Of(const AuditReader& present) {
    Logs logs;
    MINGA_ASSIGN_OR_RETURN(const int newest, storage::NumberOf(present));
    for (int number = 0; number <= newest; ++number) {
      MINGA_ASSIGN_OR_RETURN(auto log, storage::OpenLog(present, number));
      MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, log->Size());
      logs.logs_.push_back(std::move(log));
      logs.starts_.push_back(logs.starts_.back() + size);
    }
    return logs;
  }

  LogPosition size() const { return starts_.back(); }
  int count() const { return static_cast<int>(logs_.size()); }
  LogPosition start(int log) const {
    return starts_[static_cast<std::size_t>(log)];
  }
  const AuditReader& log(int number) const {
    return *logs_[static_cast<std::size_t>(number)];
  }
  // REQUIRES: position < size().
  LogPlace PlaceOf(LogPosition position) const {
    const auto next =
        std::upper_bound(starts_.begin(), starts_.end(), position);
    const auto log = static_cast<int>(next - starts_.begin()) - 1;
    return {position, log, start(log)};
  }

 private:
  std::vector<std::unique_ptr<AuditReader>> logs_;
  std::vector<LogPosition> starts_ = {0};  // and the end of the last one
};

// What one read transaction brings: entries from one bundle on.
struct Piece {
  LogPlace first;
  std::optional<std::vector<std::string>> entries;  // nullopt: pruned
  LogPosition end = 0;
};

absl::Status ReadPieces(const Logs& logs, LogPosition at, LogPosition end,
                        std::vector<Piece>& pieces) {
  for (int i = 0; i < kBundlesPerRead && at < end; ++i) {
    if (at >= logs.size()) {
      return absl::OutOfRangeError(
          absl::StrCat("the log has ", logs.size(), " entries, not ", end));
    }
    Piece& piece = pieces.emplace_back();
    piece.first = logs.PlaceOf(at);
    const std::uint64_t bundle = piece.first.index() / kTileWidth;
    piece.end = std::min<LogPosition>(
        {end, piece.first.start + (bundle + 1) * kTileWidth,
         logs.start(piece.first.log + 1)});
    const absl::StatusOr<std::string> bytes =
        logs.log(piece.first.log).EntryBundle(bundle);
    if (bytes.ok()) {
      MINGA_ASSIGN_OR_RETURN(piece.entries, storage::SplitBundle(*bytes));
    } else if (!absl::IsNotFound(bytes.status())) {
      return bytes.status();
    }
    at = piece.end;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LogPosition> LogReader::Size() const {
  LogPosition size = 0;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const Logs logs, Logs::Of(snapshot.audit()));
        size = logs.size();
        return absl::OkStatus();
      }));
  return size;
}

absl::StatusOr<LogPosition> LogReader::PositionOf(
    int number, storage::LeafIndex index) const {
  LogPosition position = 0;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const Logs logs, Logs::Of(snapshot.audit()));
        if (number >= logs.count()) {
          return absl::OutOfRangeError(
              absl::StrCat("there is no log ", number));
        }
        const LogPosition start = logs.start(number);
        // Behind the end of one log would be in the next.
        if (index > logs.start(number + 1) - start) {
          return absl::OutOfRangeError(
              absl::StrCat("log ", number, " has no entry ", index));
        }
        position = start + index;
        return absl::OkStatus();
      }));
  return position;
}

absl::Status LogReader::Read(LogPosition begin, LogPosition end,
                             Take take) const {
  LogPosition at = begin;
  while (at < end) {
    std::vector<Piece> pieces;
    MINGA_RETURN_IF_ERROR(
        database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const Logs logs, Logs::Of(snapshot.audit()));
          return ReadPieces(logs, at, end, pieces);
        }));
    for (const Piece& piece : pieces) {
      at = piece.end;
      if (!piece.entries.has_value()) continue;
      for (LogPlace place = piece.first; place.position < piece.end;
           ++place.position) {
        const std::size_t offset = place.index() % kTileWidth;
        if (offset >= piece.entries->size()) {
          return absl::DataLossError(
              absl::StrCat("log entry ", place.index(), " is missing"));
        }
        MINGA_RETURN_IF_ERROR(take(place, (*piece.entries)[offset]));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LogReader::Entry> LogReader::At(LogPosition position) const {
  std::optional<Entry> entry;
  MINGA_RETURN_IF_ERROR(
      Read(position, position + 1,
           [&](const LogPlace& place, absl::string_view bytes) {
             entry = Entry{place, std::string(bytes)};
             return absl::OkStatus();
           }));
  if (!entry.has_value()) {
    return absl::NotFoundError(
        "the entry was pruned; its hash is still in the log");
  }
  return *std::move(entry);
}

}  // namespace minga::audit
