#include "node/exchange/import/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::importing {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

class FileSource final : public ByteSource {
 public:
  FileSource(int descriptor, std::string path, std::uint64_t total_bytes)
      : descriptor_(descriptor),
        path_(std::move(path)),
        progress_{0, total_bytes} {}
  ~FileSource() override { close(descriptor_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  absl::StatusOr<std::size_t> Read(absl::Span<char> out) override {
    while (true) {
      const ssize_t size = read(descriptor_, out.data(), out.size());
      if (size >= 0) {
        progress_.read_bytes += static_cast<std::size_t>(size);
        return static_cast<std::size_t>(size);
      }
      if (errno != EINTR) {
        return absl::UnknownError(
            absl::StrCat("cannot read `", path_, "`: ", std::strerror(errno)));
      }
    }
  }

  Progress progress() const override { return progress_; }

 private:
  const int descriptor_;
  const std::string path_;
  Progress progress_;
};

class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string data) : data_(std::move(data)) {}

  absl::StatusOr<std::size_t> Read(absl::Span<char> out) override {
    const std::size_t size = std::min(out.size(), data_.size() - position_);
    std::memcpy(out.data(), data_.data() + position_, size);
    position_ += size;
    return size;
  }

  Progress progress() const override { return {position_, data_.size()}; }

 private:
  const std::string data_;
  std::size_t position_ = 0;
};

// Decides at the first bytes whether the data is gzip, and unpacks it if so.
// A file may hold several gzip members one after the other (RFC 1952, 2.2).
class UnpackingSource final : public ByteSource {
 public:
  UnpackingSource(std::unique_ptr<ByteSource> packed, std::string name)
      : packed_(std::move(packed)),
        name_(std::move(name)),
        buffer_(kBufferBytes, '\0') {
    std::memset(&stream_, 0, sizeof(stream_));
  }
  ~UnpackingSource() override {
    if (mode_ == Mode::kGzip) inflateEnd(&stream_);
  }
  UnpackingSource(const UnpackingSource&) = delete;
  UnpackingSource& operator=(const UnpackingSource&) = delete;

  absl::StatusOr<std::size_t> Read(absl::Span<char> out) override {
    if (mode_ == Mode::kUndecided) MINGA_RETURN_IF_ERROR(Decide());
    if (mode_ == Mode::kGzip) return Unpack(out);
    if (size_ == 0) return packed_->Read(out);
    const std::size_t size = std::min(out.size(), size_);
    std::memcpy(out.data(), buffer_.data() + position_, size);
    position_ += size;
    size_ -= size;
    return size;
  }

  Progress progress() const override {
    Progress progress = packed_->progress();
    progress.read_bytes -= std::min<std::uint64_t>(size_, progress.read_bytes);
    return progress;
  }

 private:
  enum class Mode { kUndecided, kPlain, kGzip };

  absl::Status Decide() {
    MINGA_RETURN_IF_ERROR(Fill(2));
    if (!AtGzipHeader()) {
      mode_ = Mode::kPlain;
      return absl::OkStatus();
    }
    // 15 + 16: the largest window, and a gzip header only.
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) {
      return absl::ResourceExhaustedError("no memory to unpack gzip data");
    }
    mode_ = Mode::kGzip;
    return absl::OkStatus();
  }

  bool AtGzipHeader() const {
    return size_ >= 2 && buffer_[position_] == '\x1f' &&
           buffer_[position_ + 1] == '\x8b';
  }

  // Brings at least `wanted` bytes into the buffer if the data has them.
  absl::Status Fill(std::size_t wanted) {
    if (size_ >= wanted) return absl::OkStatus();
    std::memmove(buffer_.data(), buffer_.data() + position_, size_);
    position_ = 0;
    while (size_ < wanted) {
      MINGA_ASSIGN_OR_RETURN(
          const std::size_t size,
          packed_->Read(absl::MakeSpan(buffer_).subspan(size_)));
      if (size == 0) break;
      size_ += size;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::size_t> Unpack(absl::Span<char> out) {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(
        std::min<std::size_t>(out.size(), 1024U * 1024U * 1024U));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted && !finished_) {
      MINGA_RETURN_IF_ERROR(Fill(1));
      if (size_ == 0) return Damaged("ends early");
      stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data() + position_);
      stream_.avail_in = static_cast<uInt>(size_);
      const int code = inflate(&stream_, Z_NO_FLUSH);
      position_ += size_ - stream_.avail_in;
      size_ = stream_.avail_in;
      if (code == Z_STREAM_END) {
        MINGA_RETURN_IF_ERROR(NextMember());
      } else if (code != Z_OK) {
        return Damaged(stream_.msg != nullptr ? stream_.msg : "is damaged");
      }
    }
    return wanted - stream_.avail_out;
  }

  // After one member: another one, zero padding (RFC 1952 tools write it on
  // tapes) or the end.
  absl::Status NextMember() {
    while (true) {
      MINGA_RETURN_IF_ERROR(Fill(2));
      if (size_ == 0) {
        finished_ = true;
        return absl::OkStatus();
      }
      if (AtGzipHeader()) {
        inflateReset(&stream_);
        return absl::OkStatus();
      }
      if (buffer_[position_] != '\0') {
        return Damaged("is followed by other bytes");
      }
      ++position_;
      --size_;
    }
  }

  absl::Status Damaged(absl::string_view how) const {
    return absl::DataLossError(absl::StrCat("gzip data of `", name_, "` ", how,
                                            " near byte ",
                                            progress().read_bytes));
  }

  const std::unique_ptr<ByteSource> packed_;
  const std::string name_;
  Mode mode_ = Mode::kUndecided;
  std::string buffer_;
  std::size_t position_ = 0;
  std::size_t size_ = 0;  // bytes in the buffer from `position_`
  bool finished_ = false;
  z_stream stream_;
};

absl::Status CannotOpen(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return absl::NotFoundError(absl::StrCat("no such file: `", path, "`"));
  }
  if (error == EACCES || error == EPERM) {
    return absl::PermissionDeniedError(
        absl::StrCat("may not read `", path, "`: ", std::strerror(error)));
  }
  return absl::UnknownError(
      absl::StrCat("cannot open `", path, "`: ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenBytes(const std::string& path) {
  const int descriptor = path == "-" ? dup(STDIN_FILENO)
                                     : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return CannotOpen(path, errno);
  struct stat info;
  if (fstat(descriptor, &info) != 0) {
    const int error = errno;
    close(descriptor);
    return CannotOpen(path, error);
  }
  const bool regular = S_ISREG(info.st_mode);
  auto file = std::make_unique<FileSource>(
      descriptor, path, regular ? static_cast<std::uint64_t>(info.st_size) : 0);
  if (S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is a folder, not a file"));
  }
  if (regular && info.st_size == 0) {
    return absl::InvalidArgumentError(absl::StrCat("`", path, "` is empty"));
  }
  return std::make_unique<UnpackingSource>(std::move(file), path);
}

std::unique_ptr<ByteSource> BytesOf(std::string data) {
  return std::make_unique<UnpackingSource>(
      std::make_unique<StringSource>(std::move(data)), "input");
}

}  // namespace minga::importing
