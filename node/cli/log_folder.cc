#include "node/cli/log_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/limits.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/files.h"
#include "storage/evidence/log_files.h"
#include "storage/merkle.h"

namespace minga::cli {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kUnfinished = "unfinished";
constexpr std::size_t kSmallFileBytesMax = kNoteBytesMax;
// 262,144 entries, some tens of MB: lost at most when the machine fails.
constexpr std::uint64_t kBundlesPerSync = 1024;
constexpr std::size_t kEchoBytesMax = 200;

absl::Status FileError(absl::string_view path, int error) {
  const std::string text = absl::StrCat("`", Printable(path, kEchoBytesMax),
                                        "`: ", std::strerror(error));
  return error == ENOSPC || error == EDQUOT ? absl::ResourceExhaustedError(text)
                                            : absl::UnknownError(text);
}

// Without a sync of its own: LogFolder syncs many at a time.
absl::Status WriteNew(const std::string& path, absl::string_view content) {
  const std::string temporary = absl::StrCat(path, ".tmp");
  const int fd = ::open(temporary.c_str(),
                        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                        kPublicFileMode);
  if (fd < 0) return FileError(temporary, errno);
  while (!content.empty()) {
    const ssize_t wrote = ::write(fd, content.data(), content.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      const int error = errno;
      ::close(fd);
      ::unlink(temporary.c_str());
      return FileError(temporary, error);
    }
    content.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::close(fd) != 0) return FileError(temporary, errno);
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return FileError(path, errno);
  }
  return absl::OkStatus();
}

// Entries of the export that the folder holds already; 0 for none.
absl::StatusOr<std::uint64_t> SizeThere(const std::string& root) {
  const auto text = ReadFile(absl::StrCat(root, "/", storage::kCheckpointFile),
                             kSmallFileBytesMax);
  if (absl::IsNotFound(text.status())) return 0;
  MINGA_RETURN_IF_ERROR(text.status());
  MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(*text));
  MINGA_ASSIGN_OR_RETURN(const storage::Checkpoint checkpoint,
                         storage::Checkpoint::Parse(note.text));
  return checkpoint.size;
}

}  // namespace

absl::StatusOr<LogFolder> LogFolder::Open(const std::string& root) {
  LogFolder folder(root);
  std::error_code failed;
  fs::create_directories(root, failed);
  if (failed) return FileError(root, failed.value());
  const auto unfinished =
      ReadFile(absl::StrCat(root, "/", kUnfinished), kSmallFileBytesMax);
  if (unfinished.ok()) {
    absl::string_view digits = *unfinished;
    absl::ConsumeSuffix(&digits, "\n");
    if (!absl::SimpleAtoi(digits, &folder.bundles_)) folder.bundles_ = 0;
    return folder;
  }
  const absl::StatusOr<std::uint64_t> size = SizeThere(root);
  if (!size.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", root, "` has a checkpoint that is unreadable: ",
                     size.status().message(), "; export to another folder"));
  }
  folder.entries_ = *size;
  folder.bundles_ = *size / kTileWidth;
  if (*size == 0) {
    MINGA_ASSIGN_OR_RETURN(const bool empty, FolderIsEmpty(root));
    if (!empty) {
      return absl::FailedPreconditionError(
          absl::StrCat("`", root, "` is neither empty nor an export of a log"));
    }
  }
  MINGA_RETURN_IF_ERROR(folder.SayUnfinished(folder.bundles_));
  return folder;
}

absl::Status LogFolder::Put(absl::string_view path, absl::string_view content) {
  const std::optional<storage::TileName> tile = storage::ParseTilePath(path);
  const bool note = path == storage::kReadmeFile ||
                    path == storage::kKeysFile ||
                    path == storage::kCosignedFile;
  if (!tile.has_value() && !note) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", Printable(path, kEchoBytesMax), "` is no file of a log"));
  }
  cosigned_ = cosigned_ || path == storage::kCosignedFile;
  const std::string whole = absl::StrCat(root_, "/", path);
  if (tile.has_value()) {
    std::error_code failed;
    fs::create_directories(fs::path(whole).parent_path(), failed);
    if (failed) return FileError(whole, failed.value());
  }
  MINGA_RETURN_IF_ERROR(WriteNew(whole, content));
  if (!tile.has_value() || tile->level >= 0 || tile->width < kTileWidth ||
      ++put_ % kBundlesPerSync != 0) {
    return absl::OkStatus();
  }
  MINGA_RETURN_IF_ERROR(Sync());
  return SayUnfinished(tile->index + 1);
}

absl::Status LogFolder::Finish(std::uint64_t size,
                               absl::string_view checkpoint) {
  if (size < entries_) {
    return absl::DataLossError(absl::StrCat(
        "`", root_, "` has the log's first ", entries_, " entries, the node ",
        "has signed only ", size,
        ": its log was cut back. Keep the checkpoint "
        "of this folder as evidence and export to another folder"));
  }
  MINGA_RETURN_IF_ERROR(RemoveStale(size));
  MINGA_RETURN_IF_ERROR(Sync());
  MINGA_RETURN_IF_ERROR(
      WriteFileAtomically(absl::StrCat(root_, "/", storage::kCheckpointFile),
                          checkpoint, kPublicFileMode));
  std::error_code failed;
  fs::remove(absl::StrCat(root_, "/", kUnfinished), failed);
  if (failed) return FileError(root_, failed.value());
  return Sync();
}

absl::Status LogFolder::SayUnfinished(std::uint64_t bundles) {
  return WriteFileAtomically(absl::StrCat(root_, "/", kUnfinished),
                             absl::StrCat(bundles, "\n"), kPublicFileMode);
}

absl::Status LogFolder::Sync() const {
  const int fd = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return FileError(root_, errno);
  const int synced = ::syncfs(fd);
  const int error = errno;
  ::close(fd);
  return synced == 0 ? absl::OkStatus() : FileError(root_, error);
}

// Partial tiles of the earlier end, files half written, a `cosigned` that the
// checkpoint has overtaken.
absl::Status LogFolder::RemoveStale(std::uint64_t size) const {
  std::vector<std::string> stale;
  const storage::FolderFiles files(root_);
  MINGA_RETURN_IF_ERROR(files.Visit([&](absl::string_view path) {
    const std::optional<storage::TileName> tile = storage::ParseTilePath(path);
    if (tile.has_value() && tile->width < kTileWidth &&
        storage::TileWidthIn(size, tile->level, tile->index) != tile->width) {
      stale.emplace_back(path);
    }
    absl::string_view half = path;
    if (absl::ConsumeSuffix(&half, ".tmp") &&
        storage::ParseTilePath(half).has_value()) {
      stale.emplace_back(path);
    }
    return absl::OkStatus();
  }));
  if (!cosigned_) stale.emplace_back(storage::kCosignedFile);
  for (const std::string& path : stale) {
    const fs::path whole = absl::StrCat(root_, "/", path);
    std::error_code failed;
    fs::remove(whole, failed);
    if (failed) return FileError(whole.string(), failed.value());
    // The folder `.p` of a partial tile; it stays if something is in it.
    if (whole.parent_path().extension() == ".p") {
      fs::remove(whole.parent_path(), failed);
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::cli
