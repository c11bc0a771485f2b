// A log as files by path (C2SP tlog-tiles): which there are, and where to read
// them. A folder, a test's memory and the HTTP edge all speak of these paths.
#ifndef MINGA_STORAGE_EVIDENCE_LOG_FILES_H_
#define MINGA_STORAGE_EVIDENCE_LOG_FILES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/limits.h"
#include "storage/audit_store.h"

namespace minga::storage {

inline constexpr absl::string_view kCheckpointFile = "checkpoint";
inline constexpr absl::string_view kCosignedFile = "cosigned";
inline constexpr absl::string_view kKeysFile = "keys";
inline constexpr absl::string_view kReadmeFile = "README.md";

// Log 0 lies at the top of an export, each later one in a folder with its
// number as name. Its path with the slash: "1/"; "" for log 0.
std::string LogFolderPath(int log);

// Takes "1/" off the front of `path` and returns 1; leaves every other path as
// it is and returns 0.
int TakeLogFolder(absl::string_view& path);

// The longest file of a log: a bundle of 256 entries of full length.
inline constexpr std::size_t kLogFileBytesMax =
    kTileWidth * (kAuditEntryBytesMax + 2);

// What the path of a tile or of an entry bundle says.
struct TileName {
  int level = 0;  // -1: the entries
  std::uint64_t index = 0;
  int width = kTileWidth;

  friend bool operator==(const TileName&, const TileName&) = default;
};

// The inverse of TilePath: nothing for any other spelling.
std::optional<TileName> ParseTilePath(absl::string_view path);

// The width that tile `index` of `level` has in a log of `size` entries; 0 if
// the log has no such tile.
int TileWidthIn(LeafIndex size, int level, std::uint64_t index);

// The tiles and bundles that a log of `size` has and its beginning of `from`
// bundles has not: in the order of the entries, each bundle after all tiles
// that end with it. So who stored a bundle has everything before it.
//   REQUIRES: from <= size / kTileWidth.
absl::Status VisitTiles(LeafIndex size, std::uint64_t from,
                        absl::FunctionRef<absl::Status(const TileName&)> visit);

// The bytes of that file as a log of the size that gave it its width has them:
// the store's last tile and bundle may have grown since. OUT_OF_RANGE if there
// is none, DATA_LOSS if it is shorter.
absl::StatusOr<std::string> ReadTileFile(const AuditReader& log,
                                         const TileName& name);

class LogFiles {
 public:
  virtual ~LogFiles() = default;
  // The whole file. NOT_FOUND; INVALID_ARGUMENT beyond kLogFileBytesMax or if
  // it is no plain file.
  virtual absl::StatusOr<std::string> Read(absl::string_view path) const = 0;
  // Calls `visit` with the path of every file there is, in no order.
  virtual absl::Status Visit(
      absl::FunctionRef<absl::Status(absl::string_view)> visit) const = 0;
};

// Of an export of several logs, the files of one.
class OneLogFiles final : public LogFiles {
 public:
  // `all` outlives it. `logs`: how many there are. A file in no log's folder
  // belongs to log 0.
  OneLogFiles(const LogFiles* all, int log, int logs)
      : all_(*all), log_(log), logs_(logs) {}
  absl::StatusOr<std::string> Read(absl::string_view path) const override;
  absl::Status Visit(
      absl::FunctionRef<absl::Status(absl::string_view)> visit) const override;

 private:
  const LogFiles& all_;
  const int log_;
  const int logs_;
};

// A folder on disk. Links are not followed.
class FolderFiles final : public LogFiles {
 public:
  explicit FolderFiles(std::string root) : root_(std::move(root)) {}
  absl::StatusOr<std::string> Read(absl::string_view path) const override;
  absl::Status Visit(
      absl::FunctionRef<absl::Status(absl::string_view)> visit) const override;

 private:
  const std::string root_;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_LOG_FILES_H_
