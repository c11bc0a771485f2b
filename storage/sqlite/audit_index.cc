// The index of the audit log: its readers, and the file as a whole.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/sqlite/audit_index_schema.h"
#include "storage/sqlite/audit_index_writer.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/derived_file.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/pool.h"
#include "storage/sqlite/sqlite.h"

namespace minga::storage {
namespace sqlite {
namespace {

constexpr char kPosition[] = "SELECT entries FROM position";
constexpr char kMarks[] =
    "SELECT row, marks FROM mark WHERE row BETWEEN ?1 AND ?2 ORDER BY row";
constexpr char kGroups[] =
    "SELECT grp, month, event, kind, peer, actor, basis, entries FROM grp"
    " ORDER BY grp";
constexpr char kBlocks[] = "SELECT grp, blocks FROM block WHERE segment = ?1";

constexpr std::uint64_t kSegmentMask = 0xffffffff;

std::uint64_t BigEndian(absl::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// One pooled connection. Threads: one at a time.
class AuditIndexReader {
 public:
  static absl::StatusOr<std::unique_ptr<AuditIndexReader>> Open(
      const std::string& path) {
    MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                           Connection::Open(path, Connection::Mode::kReadOnly));
    std::unique_ptr<AuditIndexReader> reader(
        new AuditIndexReader(std::move(connection)));
    MINGA_RETURN_IF_ERROR(
        reader->connection_->Prepare({{&reader->position_, kPosition},
                                      {&reader->marks_, kMarks},
                                      {&reader->groups_, kGroups},
                                      {&reader->blocks_, kBlocks}}));
    return reader;
  }

  absl::StatusOr<LogPosition> Position() const {
    Run run(position_);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (!found) return absl::DataLossError("audit index: no position");
    return run.Unsigned(0);
  }

  absl::StatusOr<std::vector<LogPosition>> Find(std::uint64_t mark,
                                                LogPosition from,
                                                int limit) const;
  absl::StatusOr<std::vector<AuditGroupCount>> Groups() const;
  absl::StatusOr<std::vector<LogPosition>> Blocks(
      absl::Span<const std::int64_t> groups, LogPosition from) const;

 private:
  explicit AuditIndexReader(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  const std::unique_ptr<Connection> connection_;
  Statement position_;
  Statement marks_;
  Statement groups_;
  Statement blocks_;
};

absl::StatusOr<std::vector<LogPosition>> AuditIndexReader::Find(
    std::uint64_t mark, LogPosition from, int limit) const {
  std::vector<LogPosition> found;
  const std::uint64_t rest = MarkRest(mark);
  Run run(marks_, MarkRow(mark, from / kIndexSegmentEntries),
          MarkRow(mark, kSegmentMask));
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return found;
    const absl::string_view marks = run.View(1);
    if (marks.size() % kMarkBytes != 0) {
      return absl::DataLossError("audit index: a row of marks is damaged");
    }
    const LogPosition first =
        (run.Unsigned(0) & kSegmentMask) * kIndexSegmentEntries;
    // The first one that is not less than the rest.
    std::size_t low = 0;
    std::size_t high = marks.size() / kMarkBytes;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (BigEndian(marks.substr(middle * kMarkBytes, 4)) < rest) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (; low * kMarkBytes < marks.size(); ++low) {
      const absl::string_view one = marks.substr(low * kMarkBytes, kMarkBytes);
      if (BigEndian(one.substr(0, 4)) != rest) break;
      const LogPosition position = first + BigEndian(one.substr(4));
      if (position < from) continue;
      if (found.size() == static_cast<std::size_t>(limit)) return found;
      found.push_back(position);
    }
  }
}

absl::StatusOr<std::vector<AuditGroupCount>> AuditIndexReader::Groups() const {
  std::vector<AuditGroupCount> groups;
  Run run(groups_);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return groups;
    AuditGroupCount& one = groups.emplace_back();
    one.number = run.Int(0);
    one.group.month = static_cast<int>(run.Int(1));
    one.group.event = static_cast<int>(run.Int(2));
    one.group.kind = static_cast<int>(run.Int(3));
    one.group.peer = run.String(4);
    one.group.actor = run.String(5);
    one.group.basis = run.Unsigned(6);
    one.entries = run.Unsigned(7);
  }
}

absl::StatusOr<std::vector<LogPosition>> AuditIndexReader::Blocks(
    absl::Span<const std::int64_t> groups, LogPosition from) const {
  const std::uint64_t segment = from / kIndexSegmentEntries;
  std::string any(kIndexSegmentEntries / kIndexBlockEntries / 8, '\0');
  Run run(blocks_, segment);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) break;
    if (!std::binary_search(groups.begin(), groups.end(), run.Int(0))) continue;
    const absl::string_view blocks = run.View(1);
    if (blocks.size() != any.size()) {
      return absl::DataLossError("audit index: a row of blocks is damaged");
    }
    for (std::size_t i = 0; i < any.size(); ++i) {
      any[i] = static_cast<char>(any[i] | blocks[i]);
    }
  }
  std::vector<LogPosition> positions;
  for (std::uint64_t block = from % kIndexSegmentEntries / kIndexBlockEntries;
       block < 8 * any.size(); ++block) {
    if ((any[block / 8] >> block % 8 & 1) == 0) continue;
    positions.push_back(segment * kIndexSegmentEntries +
                        block * kIndexBlockEntries);
  }
  return positions;
}

class SqliteAuditIndex final : public AuditIndex {
 public:
  SqliteAuditIndex(FileLock lock, std::unique_ptr<AuditIndexWriter> writer,
                   const std::string& path)
      : lock_(std::move(lock)),
        writer_(std::move(writer)),
        readers_(kReadersMax, [path] { return AuditIndexReader::Open(path); }) {
  }

  absl::StatusOr<LogPosition> Position() const override {
    MINGA_ASSIGN_OR_RETURN(const auto reader, readers_.Take());
    return reader->Position();
  }
  absl::Status Add(absl::Span<const AuditTerms> entries) override {
    absl::MutexLock lock(&mutex_);
    return writer_->Add(entries);
  }
  absl::StatusOr<std::vector<LogPosition>> Find(std::uint64_t mark,
                                                LogPosition from,
                                                int limit) const override {
    MINGA_ASSIGN_OR_RETURN(const auto reader, readers_.Take());
    return reader->Find(mark, from, limit);
  }
  absl::StatusOr<std::vector<AuditGroupCount>> Groups() const override {
    MINGA_ASSIGN_OR_RETURN(const auto reader, readers_.Take());
    return reader->Groups();
  }
  absl::StatusOr<std::vector<LogPosition>> Blocks(
      absl::Span<const std::int64_t> groups, LogPosition from) const override {
    MINGA_ASSIGN_OR_RETURN(const auto reader, readers_.Take());
    return reader->Blocks(groups, from);
  }
  absl::Status Clear() override {
    absl::MutexLock lock(&mutex_);
    return writer_->Clear();
  }

 private:
  // Destroyed from the end, see SqliteDatabase.
  const FileLock lock_;
  absl::Mutex mutex_;
  const std::unique_ptr<AuditIndexWriter> writer_;
  mutable Pool<AuditIndexReader> readers_;
};

absl::StatusOr<std::unique_ptr<AuditIndexWriter>> OpenWriter(
    const std::string& path) {
  MINGA_RETURN_IF_ERROR(MakePrivateFile(path));
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open(path, Connection::Mode::kReadWrite));
  MINGA_RETURN_IF_ERROR(
      Migrate(*connection, kAuditIndexApplication, AuditIndexMigrations()));
  return AuditIndexWriter::Open(std::move(connection));
}

absl::StatusOr<std::unique_ptr<AuditIndex>> OpenIndex(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(path));
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<AuditIndexWriter> writer,
                         OpenDerived(path, OpenWriter));
  return std::make_unique<SqliteAuditIndex>(std::move(lock), std::move(writer),
                                            path);
}

}  // namespace
}  // namespace sqlite

absl::StatusOr<std::unique_ptr<AuditIndex>> OpenSqliteAuditIndex(
    const std::string& path) {
  absl::StatusOr<std::unique_ptr<AuditIndex>> index = sqlite::OpenIndex(path);
  if (!index.ok()) return At(absl::StrCat("`", path, "`"), index.status());
  return index;
}

}  // namespace minga::storage
