// Bytes of an import file: plain or gzip, read once from front to back with a
// bounded buffer, so that neither a large file nor a gzip bomb fills the
// memory.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_BYTE_SOURCE_H_
#define MINGA_NODE_EXCHANGE_IMPORT_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace minga::importing {

// How far the reading is, in bytes of the file as it lies on the disk (of a
// gzip file: compressed bytes).
struct Progress {
  std::uint64_t read_bytes = 0;
  std::uint64_t total_bytes = 0;  // 0 = not known (a pipe)
};

// Threads: one.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills at most `out.size()` bytes and returns how many; 0 = end of the data.
  //   DATA_LOSS  gzip data is damaged or ends early.
  //   UNKNOWN    the machine could not read; nothing more will come.
  virtual absl::StatusOr<std::size_t> Read(absl::Span<char> out) = 0;

  virtual Progress progress() const = 0;
};

// Opens `path`, "-" for standard input; a gzip file is recognised by its first
// bytes, not its name, and unpacked on the way.
//   NOT_FOUND            no such file.
//   FAILED_PRECONDITION  a folder.
//   PERMISSION_DENIED    the process may not read it.
//   INVALID_ARGUMENT     the file is empty.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenBytes(const std::string& path);

// `data` as a source; gzip is recognised here too. For tests and uploads.
std::unique_ptr<ByteSource> BytesOf(std::string data);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_BYTE_SOURCE_H_
