#include "storage/sqlite/audit_index_writer.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/sqlite/audit_index_schema.h"

namespace minga::storage::sqlite {
namespace {

constexpr absl::string_view kFirst = R"sql(
-- entries: those before this position are indexed.
CREATE TABLE position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  entries INTEGER NOT NULL
) STRICT;
INSERT INTO position (one, entries) VALUES (1, 0);
-- row: bucket of the mark and segment, see MarkRow.
CREATE TABLE mark (
  row INTEGER PRIMARY KEY,
  marks BLOB NOT NULL
) STRICT;
CREATE TABLE grp (
  grp INTEGER PRIMARY KEY,
  month INTEGER NOT NULL,
  event INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  peer TEXT NOT NULL,
  actor TEXT NOT NULL,
  basis INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  UNIQUE (month, event, kind, peer, actor, basis)
) STRICT;
-- blocks: a bit for each block of the segment that has entries of the group.
CREATE TABLE block (
  segment INTEGER NOT NULL,
  grp INTEGER NOT NULL,
  blocks BLOB NOT NULL,
  PRIMARY KEY (segment, grp)
) STRICT, WITHOUT ROWID;
)sql";

constexpr absl::string_view kMigrations[] = {kFirst};

constexpr char kPosition[] = "SELECT entries FROM position";
constexpr char kSetPosition[] = "UPDATE position SET entries = ?1";
constexpr char kAddMarks[] = "INSERT INTO mark (row, marks) VALUES (?1, ?2)";
constexpr char kFindGroup[] =
    "SELECT grp FROM grp WHERE month = ?1 AND event = ?2 AND kind = ?3"
    " AND peer = ?4 AND actor = ?5 AND basis = ?6";
constexpr char kAddGroup[] =
    "INSERT INTO grp (month, event, kind, peer, actor, basis, entries)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)";
constexpr char kCountGroup[] =
    "UPDATE grp SET entries = entries + ?2 WHERE grp = ?1";
constexpr char kAddBlocks[] =
    "INSERT INTO block (segment, grp, blocks) VALUES (?1, ?2, ?3)";

constexpr std::size_t kBlockBytes =
    kIndexSegmentEntries / kIndexBlockEntries / 8;
static_assert(kIndexSegmentEntries == 1 << 16, "offsets have two bytes");

void AppendBigEndian(std::uint64_t value, int bytes, std::string& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

}  // namespace

absl::Span<const absl::string_view> AuditIndexMigrations() {
  return kMigrations;
}

std::int64_t MarkRow(std::uint64_t mark, std::uint64_t segment) {
  return static_cast<std::int64_t>((mark >> (64 - kMarkBucketBits)) << 32 |
                                   segment);
}

std::uint32_t MarkRest(std::uint64_t mark) {
  return static_cast<std::uint32_t>(mark >> (32 - kMarkBucketBits));
}

absl::StatusOr<std::unique_ptr<AuditIndexWriter>> AuditIndexWriter::Open(
    std::unique_ptr<Connection> connection) {
  std::unique_ptr<AuditIndexWriter> writer(
      new AuditIndexWriter(std::move(connection)));
  // Derived: what a crash of the machine takes away is indexed again.
  MINGA_RETURN_IF_ERROR(writer->connection_->Exec("PRAGMA synchronous=NORMAL"));
  MINGA_RETURN_IF_ERROR(
      writer->connection_->Prepare({{&writer->begin_, "BEGIN IMMEDIATE"},
                                    {&writer->commit_, "COMMIT"},
                                    {&writer->position_, kPosition},
                                    {&writer->set_position_, kSetPosition},
                                    {&writer->add_marks_, kAddMarks},
                                    {&writer->find_group_, kFindGroup},
                                    {&writer->add_group_, kAddGroup},
                                    {&writer->count_group_, kCountGroup},
                                    {&writer->add_blocks_, kAddBlocks}}));
  return writer;
}

AuditIndexWriter::~AuditIndexWriter() {
  connection_->Checkpoint(/*truncate=*/true).IgnoreError();
}

template <typename Changes>
absl::Status AuditIndexWriter::InTransaction(const Changes& changes) {
  MINGA_RETURN_IF_ERROR(Run(begin_).Finish());
  absl::Status status = changes();
  if (status.ok()) status = Run(commit_).Finish();
  if (!status.ok()) {
    // The first error is the one that tells.
    if (connection_->InTransaction()) {
      connection_->Exec("ROLLBACK").IgnoreError();
    }
    return status;
  }
  // If a reader is in its way, the next one does it.
  connection_->Checkpoint(/*truncate=*/false).IgnoreError();
  return absl::OkStatus();
}

absl::Status AuditIndexWriter::Add(absl::Span<const AuditTerms> entries) {
  if (entries.size() != kIndexSegmentEntries) {
    return absl::InvalidArgumentError(
        absl::StrCat("audit index: ", entries.size(), " entries are not the ",
                     kIndexSegmentEntries, " of a segment"));
  }
  return InTransaction([&]() -> absl::Status {
    std::uint64_t position = 0;
    {
      Run run(position_);
      MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
      if (!found) return absl::DataLossError("audit index: no position");
      position = run.Unsigned(0);
    }
    const std::uint64_t segment = position / kIndexSegmentEntries;
    MINGA_RETURN_IF_ERROR(AddMarks(entries, segment));
    MINGA_RETURN_IF_ERROR(AddGroups(entries, segment));
    return Run(set_position_, position + kIndexSegmentEntries).Finish();
  });
}

absl::Status AuditIndexWriter::AddMarks(absl::Span<const AuditTerms> entries,
                                        std::uint64_t segment) {
  // (mark, offset)
  std::vector<std::pair<std::uint64_t, std::uint32_t>> marks;
  marks.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const std::uint64_t mark : entries[i].marks) {
      marks.emplace_back(mark, static_cast<std::uint32_t>(i));
    }
  }
  std::sort(marks.begin(), marks.end());
  std::string bytes;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    AppendBigEndian(MarkRest(marks[i].first), 4, bytes);
    AppendBigEndian(marks[i].second, 2, bytes);
    const std::int64_t row = MarkRow(marks[i].first, segment);
    if (i + 1 < marks.size() && MarkRow(marks[i + 1].first, segment) == row) {
      continue;
    }
    MINGA_RETURN_IF_ERROR(Run(add_marks_, row, Bytes{bytes}).Finish());
    bytes.clear();
  }
  return absl::OkStatus();
}

absl::Status AuditIndexWriter::AddGroups(absl::Span<const AuditTerms> entries,
                                         std::uint64_t segment) {
  struct Found {
    std::int64_t entries = 0;
    std::array<char, kBlockBytes> blocks{};
  };
  absl::flat_hash_map<AuditGroup, Found> groups;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Found& found = groups[entries[i].group];
    const std::size_t block = i / kIndexBlockEntries;
    ++found.entries;
    found.blocks[block / 8] =
        static_cast<char>(found.blocks[block / 8] | 1 << block % 8);
  }
  for (const auto& [group, found] : groups) {
    MINGA_ASSIGN_OR_RETURN(const std::int64_t number, NumberOf(group));
    MINGA_RETURN_IF_ERROR(Run(count_group_, number, found.entries).Finish());
    MINGA_RETURN_IF_ERROR(
        Run(add_blocks_, segment, number,
            Bytes{absl::string_view(found.blocks.data(), found.blocks.size())})
            .Finish());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> AuditIndexWriter::NumberOf(
    const AuditGroup& group) {
  {
    Run run(find_group_, group.month, group.event, group.kind,
            absl::string_view(group.peer), absl::string_view(group.actor),
            group.basis);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (found) return run.Int(0);
  }
  Run run(add_group_, group.month, group.event, group.kind,
          absl::string_view(group.peer), absl::string_view(group.actor),
          group.basis);
  MINGA_RETURN_IF_ERROR(run.Finish());
  return run.LastRow();
}

absl::Status AuditIndexWriter::Clear() {
  return InTransaction([&]() -> absl::Status {
    MINGA_RETURN_IF_ERROR(connection_->Exec(
        "DELETE FROM mark; DELETE FROM block; DELETE FROM grp"));
    return Run(set_position_, 0).Finish();
  });
}

}  // namespace minga::storage::sqlite
