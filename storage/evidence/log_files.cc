#include "storage/evidence/log_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/audit_chain.h"
#include "storage/merkle.h"

namespace minga::storage {
namespace {

// The levels that a log of 2^56 entries would have.
constexpr int kLevelsMax = 7;
// Six groups of three digits are more tiles than any log has.
constexpr std::size_t kGroupsMax = 6;
constexpr std::size_t kEchoBytesMax = 120;

// Closes a file descriptor.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

// Where the first `count` entries of a bundle end; beyond it if it is shorter.
std::size_t EndOfEntries(absl::string_view bundle, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (at + 2 > bundle.size()) return bundle.size() + 1;
    at += 2 + (static_cast<std::size_t>(static_cast<unsigned char>(bundle[at]))
                   << 8 |
               static_cast<unsigned char>(bundle[at + 1]));
  }
  return at;
}

absl::Status FileError(absl::string_view path, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("`", Printable(path, kEchoBytesMax), "`: ", what));
}

}  // namespace

std::optional<TileName> ParseTilePath(absl::string_view path) {
  const absl::string_view whole = path;
  if (!absl::ConsumePrefix(&path, "tile/")) return std::nullopt;
  TileName name;
  const std::size_t slash = path.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  const absl::string_view level = path.substr(0, slash);
  path.remove_prefix(slash + 1);
  if (level == "entries") {
    name.level = -1;
  } else if (!absl::SimpleAtoi(level, &name.level) || name.level < 0 ||
             name.level >= kLevelsMax) {
    return std::nullopt;
  }
  const std::size_t partial = path.find(".p/");
  if (partial != absl::string_view::npos) {
    if (!absl::SimpleAtoi(path.substr(partial + 3), &name.width) ||
        name.width < 1 || name.width >= kTileWidth) {
      return std::nullopt;
    }
    path = path.substr(0, partial);
  }
  std::size_t groups = 0;
  for (absl::string_view group : absl::StrSplit(path, '/')) {
    absl::ConsumePrefix(&group, "x");
    std::uint64_t number = 0;
    if (++groups > kGroupsMax || group.size() != 3 ||
        !absl::SimpleAtoi(group, &number) || number > 999) {
      return std::nullopt;
    }
    name.index = name.index * 1000 + number;
  }
  // One spelling only: signs, zeros in front and a wrong `x` end here.
  if (TilePath(name.level, name.index, name.width) != whole) {
    return std::nullopt;
  }
  return name;
}

int TileWidthIn(LeafIndex size, int level, std::uint64_t index) {
  const int height = level < 0 ? 0 : level;
  if (height >= kLevelsMax) return 0;
  const std::uint64_t hashes = size >> (8 * height);
  const std::uint64_t full = hashes / kTileWidth;
  if (index < full) return kTileWidth;
  return index == full ? static_cast<int>(hashes % kTileWidth) : 0;
}

absl::Status VisitTiles(
    LeafIndex size, std::uint64_t from,
    absl::FunctionRef<absl::Status(const TileName&)> visit) {
  for (std::uint64_t bundle = from; bundle < size / kTileWidth; ++bundle) {
    // The tiles whose last entry is this bundle's.
    std::uint64_t index = bundle;
    for (int level = 0; level < kLevelsMax; ++level) {
      MINGA_RETURN_IF_ERROR(visit({level, index, kTileWidth}));
      if ((index + 1) % kTileWidth != 0) break;
      index /= kTileWidth;
    }
    MINGA_RETURN_IF_ERROR(visit({-1, bundle, kTileWidth}));
  }
  for (int level = 0; level < kLevelsMax; ++level) {
    const std::uint64_t index = (size >> (8 * level)) / kTileWidth;
    const int width = TileWidthIn(size, level, index);
    if (width > 0) MINGA_RETURN_IF_ERROR(visit({level, index, width}));
  }
  const int width = TileWidthIn(size, -1, size / kTileWidth);
  return width == 0 ? absl::OkStatus() : visit({-1, size / kTileWidth, width});
}

absl::StatusOr<std::string> ReadTileFile(const AuditReader& log,
                                         const TileName& name) {
  const auto width = static_cast<std::size_t>(name.width);
  std::size_t end = 0;
  std::string bytes;
  if (name.level >= 0) {
    MINGA_ASSIGN_OR_RETURN(bytes, log.Tile(name.level, name.index));
    end = width * sizeof(Digest);
  } else {
    MINGA_ASSIGN_OR_RETURN(bytes, log.EntryBundle(name.index));
    end = EndOfEntries(bytes, width);
  }
  if (bytes.size() < end) {
    return absl::DataLossError(absl::StrCat(
        "audit log: ", TilePath(name.level, name.index, name.width),
        " is shorter than it was"));
  }
  bytes.resize(end);
  return bytes;
}

std::string LogFolderPath(int log) {
  return log == 0 ? std::string() : absl::StrCat(log, "/");
}

int TakeLogFolder(absl::string_view& path) {
  const std::size_t slash = path.find('/');
  int log = 0;
  // One spelling only, as in ParseTilePath.
  if (slash == absl::string_view::npos ||
      !absl::SimpleAtoi(path.substr(0, slash), &log) || log < 1 ||
      log >= kLogsMax || absl::StrCat(log) != path.substr(0, slash)) {
    return 0;
  }
  path.remove_prefix(slash + 1);
  return log;
}

absl::StatusOr<std::string> OneLogFiles::Read(absl::string_view path) const {
  return all_.Read(absl::StrCat(LogFolderPath(log_), path));
}

absl::Status OneLogFiles::Visit(
    absl::FunctionRef<absl::Status(absl::string_view)> visit) const {
  return all_.Visit([&](absl::string_view path) -> absl::Status {
    absl::string_view rest = path;
    const int log = TakeLogFolder(rest);
    if (log >= logs_) return log_ == 0 ? visit(path) : absl::OkStatus();
    return log == log_ ? visit(rest) : absl::OkStatus();
  });
}

absl::StatusOr<std::string> FolderFiles::Read(absl::string_view path) const {
  const std::string whole = absl::StrCat(root_, "/", path);
  const File file(::open(whole.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.fd() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return absl::NotFoundError(absl::StrCat("`", path, "` is missing"));
    }
    return FileError(path, std::strerror(errno));
  }
  struct stat facts = {};
  if (::fstat(file.fd(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return FileError(path, "not a plain file");
  }
  if (facts.st_size > static_cast<off_t>(kLogFileBytesMax)) {
    return FileError(path, "longer than any file of a log");
  }
  std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got =
        ::read(file.fd(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(path, std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

absl::Status FolderFiles::Visit(
    absl::FunctionRef<absl::Status(absl::string_view)> visit) const {
  std::error_code failed;
  std::filesystem::recursive_directory_iterator at(root_, failed);
  const std::size_t prefix = root_.size() + 1;
  for (; !failed && at != std::filesystem::recursive_directory_iterator();
       at.increment(failed)) {
    const std::filesystem::file_status kind = at->symlink_status(failed);
    if (failed) break;
    if (std::filesystem::is_directory(kind)) continue;
    const std::string path = at->path().string();
    MINGA_RETURN_IF_ERROR(visit(absl::string_view(path).substr(prefix)));
  }
  if (failed) {
    return absl::NotFoundError(absl::StrCat(
        "`", Printable(root_, kEchoBytesMax), "`: ", failed.message()));
  }
  return absl::OkStatus();
}

}  // namespace minga::storage
