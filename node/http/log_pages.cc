#include "node/http/log_pages.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "storage/evidence/log_files.h"

namespace minga::http {
namespace {

constexpr absl::string_view kRoot = "/log/";
// Tiles never change (tlog-tiles 0.1.0); checkpoints do all the time.
constexpr absl::string_view kForEver = "public, max-age=31536000, immutable";
constexpr absl::string_view kAskAgain = "no-cache";

Page Failed(int status, absl::string_view why) {
  Page page;
  page.status = status;
  page.body = absl::StrCat(why, "\n");
  return page;
}

Page Failed(const absl::Status& why) {
  return absl::IsNotFound(why) || absl::IsOutOfRange(why)
             ? Failed(404, "no such file")
             : Failed(503, "the log cannot be read now");
}

}  // namespace

Page LogPages::Get(absl::string_view target, absl::string_view reader) {
  if (!absl::ConsumePrefix(&target, kRoot)) {
    return Failed(404, "only the log is served here, under /log/");
  }
  const int log = storage::TakeLogFolder(target);
  const std::optional<storage::TileName> tile = storage::ParseTilePath(target);
  const bool note = target == storage::kCheckpointFile ||
                    target == storage::kCosignedFile ||
                    target == storage::kKeysFile;
  if (!tile.has_value() && !note) return Failed(404, "no such file");
  // Before anything is read, so that no reader is unseen.
  const absl::Status logged = LogReading(reader);
  if (!logged.ok()) return Failed(logged);
  if (tile.has_value()) return GetTile(log, *tile);
  auto notes = log_.ReadNotes(log);
  if (!notes.ok()) return Failed(notes.status());
  sizes_[log] = notes->size;
  Page page;
  page.cache_control = kAskAgain;
  page.body = target == storage::kCheckpointFile ? std::move(notes->checkpoint)
              : target == storage::kKeysFile     ? std::move(notes->keys)
                                                 : std::move(notes->cosigned);
  if (page.body.empty()) return Failed(404, "no such file now");
  return page;
}

Page LogPages::GetTile(int log, const storage::TileName& name) {
  const auto known = sizes_.find(log);
  storage::LeafIndex size = known == sizes_.end() ? 0 : known->second;
  // What no signed checkpoint covers is not published yet.
  if (storage::TileWidthIn(size, name.level, name.index) < name.width) {
    const auto notes = log_.ReadNotes(log);
    if (!notes.ok()) return Failed(notes.status());
    size = sizes_[log] = notes->size;
  }
  absl::StatusOr<std::string> bytes = log_.ReadTile(log, name, size);
  if (!bytes.ok()) return Failed(bytes.status());
  Page page;
  page.body = *std::move(bytes);
  page.content_type = "application/octet-stream";
  page.cache_control = kForEver;
  return page;
}

absl::Status LogPages::LogReading(absl::string_view reader) {
  const absl::Time now = clock_.Now();
  const auto known = readers_.find(reader);
  if (known != readers_.end() && now >= known->second &&
      now - known->second < kReadingEvery) {
    return absl::OkStatus();
  }
  if (known == readers_.end() && readers_.size() >= kReadersMax) {
    for (auto it = readers_.begin(); it != readers_.end();) {
      it = now - it->second >= kReadingEvery ? readers_.erase(it) : ++it;
    }
    // Still many: all others together are one reader.
    if (readers_.size() >= kReadersMax) {
      return reader == "others" ? absl::OkStatus() : LogReading("others");
    }
  }
  MINGA_RETURN_IF_ERROR(database_.Write([&](storage::Transaction& transaction) {
    return transaction.audit()
        .Append(federation::NodeEntry(v1::AUDIT_EVENT_LOG_READ, now,
                                      absl::StrCat("http:", reader),
                                      "tiles of the log over HTTP"))
        .status();
  }));
  readers_[std::string(reader)] = now;
  return absl::OkStatus();
}

}  // namespace minga::http
