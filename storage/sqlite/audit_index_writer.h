#ifndef MINGA_STORAGE_SQLITE_AUDIT_INDEX_WRITER_H_
#define MINGA_STORAGE_SQLITE_AUDIT_INDEX_WRITER_H_

#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/audit_index.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// Marks are spread over this many rows a segment: about 64 marks each, so that
// a row is short enough to share a page and its 4-byte rests tell marks apart.
inline constexpr int kMarkBucketBits = 10;
// In a row each mark is 4 bytes of it and 2 of the offset in the segment, both
// big-endian, ascending.
inline constexpr std::size_t kMarkBytes = 6;

// Row of `mark`: its bucket before the segment, so that what is asked for
// together lies together.
std::int64_t MarkRow(std::uint64_t mark, std::uint64_t segment);
// The bytes of a mark that its row does not say.
std::uint32_t MarkRest(std::uint64_t mark);

// The one connection that changes the index of the audit log.
// Threads: one at a time.
class AuditIndexWriter {
 public:
  static absl::StatusOr<std::unique_ptr<AuditIndexWriter>> Open(
      std::unique_ptr<Connection> connection);
  // Empties the WAL.
  ~AuditIndexWriter();

  // See AuditIndex.
  absl::Status Add(absl::Span<const AuditTerms> entries);
  absl::Status Clear();

 private:
  explicit AuditIndexWriter(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  template <typename Changes>
  absl::Status InTransaction(const Changes& changes);
  absl::Status AddMarks(absl::Span<const AuditTerms> entries,
                        std::uint64_t segment);
  absl::Status AddGroups(absl::Span<const AuditTerms> entries,
                         std::uint64_t segment);
  absl::StatusOr<std::int64_t> NumberOf(const AuditGroup& group);

  const std::unique_ptr<Connection> connection_;
  Statement begin_;
  Statement commit_;
  Statement position_;
  Statement set_position_;
  Statement add_marks_;
  Statement find_group_;
  Statement add_group_;
  Statement count_group_;
  Statement add_blocks_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_AUDIT_INDEX_WRITER_H_
