#include "node/restore.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/subject.h"
#include "node/files.h"
#include "node/key_store.h"
#include "node/keys.h"
#include "node/rpc/log_verifier.h"
#include "storage/database.h"
#include "storage/sqlite/sqlite.h"

namespace minga {
namespace {

namespace fs = std::filesystem;

// Records read at once.
constexpr int kRead = 500;

constexpr std::array kKinds = {RecordKind::kVacancy, RecordKind::kProfile,
                               RecordKind::kRightsNotice};

absl::Status Fault(const std::string& path, const std::error_code& why) {
  return absl::FailedPreconditionError(
      absl::StrCat("`", path, "`: ", why.message()));
}

absl::Status SyncFile(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot sync `", path, "`"));
}

// Opens every own profile.
absl::Status CheckPeople(const storage::Snapshot& snapshot, Country own,
                         BackupReport& report) {
  std::string after;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(
        const std::vector<storage::StoredRecord> records,
        snapshot.records().Scan(own, RecordKind::kProfile, after, kRead));
    if (records.empty()) return absl::OkStatus();
    for (const storage::StoredRecord& record : records) {
      after = record.key.id;
      const absl::Status key = snapshot.people().Key(record.key.id).status();
      if (absl::IsNotFound(key)) {
        ++report.people_erased;
        continue;
      }
      absl::Status opened = key;
      if (opened.ok()) {
        opened = exchange::LoadSubject(snapshot.people(), record).status();
      }
      if (!opened.ok()) {
        return absl::DataLossError(
            absl::StrCat("profile `", record.key.id,
                         "` cannot be opened with the keys of this node: ",
                         opened.message()));
      }
      ++report.people_readable;
    }
  }
}

absl::Status CheckSnapshot(const storage::Snapshot& snapshot, Country own,
                           BackupReport& report) {
  for (const RecordKind kind : kKinds) {
    MINGA_ASSIGN_OR_RETURN(const storage::RecordCount count,
                           snapshot.records().Count(own, kind));
    report.own_records += count.records;
  }
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> peers,
                         snapshot.peers().List());
  for (const storage::PeerRow& peer : peers) {
    for (const RecordKind kind : kKinds) {
      MINGA_ASSIGN_OR_RETURN(const storage::RecordCount count,
                             snapshot.records().Count(peer.id, kind));
      report.received_records += count.records;
    }
  }
  return CheckPeople(snapshot, own, report);
}

// Gives what is at `from` the name `to`, if there is anything.
absl::Status MoveIfThere(const std::string& from, const std::string& to) {
  std::error_code failed;
  if (!fs::exists(from, failed)) return absl::OkStatus();
  fs::rename(from, to, failed);
  if (failed) return Fault(from, failed);
  return absl::OkStatus();
}

// Removed at the end unless it was moved away.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) {}
  ~Unfinished() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

 private:
  const std::string path_;
};

absl::Status CopyFile(const std::string& from, const std::string& to) {
  std::error_code failed;
  fs::remove(to, failed);
  fs::copy_file(from, to, failed);
  if (failed == std::errc::no_space_on_device) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no space for a copy of `", from, "`"));
  }
  if (failed) return Fault(from, failed);
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, failed);
  if (failed) return Fault(to, failed);
  return SyncFile(to, O_RDONLY);
}

// Puts `copy` in the place of the database. A crash in between leaves the old
// database without its last transactions, which the next start refuses (its log
// is shorter than what was signed), or the new one.
absl::Status PutInPlace(const DataFolder& folder, const std::string& copy,
                        const std::string& suffix) {
  const std::string database = folder.database();
  for (const char* part : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    fs::remove(folder.index() + part, ignored);
  }
  // Never beside another database than its own: it would be played into it.
  MINGA_RETURN_IF_ERROR(
      MoveIfThere(database + "-wal", database + suffix + "-wal"));
  MINGA_RETURN_IF_ERROR(MoveIfThere(database, database + suffix));
  std::error_code ignored;
  fs::remove(database + "-shm", ignored);
  // The log goes on from what the backup has: what was signed beyond is for the
  // peers to tell, who have cosigned it.
  MINGA_RETURN_IF_ERROR(
      MoveIfThere(folder.checkpoint(), folder.checkpoint() + suffix));
  MINGA_RETURN_IF_ERROR(MoveIfThere(copy, database));
  return SyncFile(folder.root, O_RDONLY | O_DIRECTORY);
}

}  // namespace

absl::StatusOr<BackupReport> CheckBackup(const DataFolder& folder,
                                         const Config& config,
                                         const std::string& file,
                                         Random& random) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) {
    return absl::NotFoundError(absl::StrCat("`", file, "` is not a file"));
  }
  MINGA_ASSIGN_OR_RETURN(const std::vector<NoteVerifier> log_keys,
                         LoadLogVerifiers(folder.keys()));
  storage::SqliteOptions options;
  options.path = file;
  options.keys = folder.person_keys();
  options.own = config.country;
  MINGA_ASSIGN_OR_RETURN(options.node_key, LoadStorageKey(folder.keys()));
  options.random = &random;
  MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<storage::Database> copy,
                         storage::OpenSqliteCopy(options));
  BackupReport report;
  MINGA_ASSIGN_OR_RETURN(const rpc::LogVerdict log,
                         rpc::VerifyOwnLog(*copy, log_keys));
  if (!log.faults.empty()) {
    return absl::DataLossError(
        absl::StrCat("the backup's log does not hold: ", log.faults.front()));
  }
  report.log_entries = log.entries;
  MINGA_RETURN_IF_ERROR(copy->Read([&](const storage::Snapshot& snapshot) {
    return CheckSnapshot(snapshot, config.country, report);
  }));
  return report;
}

absl::StatusOr<RestoreReport> RestoreBackup(const DataFolder& folder,
                                            const Config& config,
                                            const std::string& file,
                                            absl::Time now, Random& random) {
  MINGA_RETURN_IF_ERROR(CheckPrivateFolder(folder.root));
  const absl::StatusOr<FolderLock> lock = FolderLock::Take(folder.lock());
  if (!lock.ok()) {
    return absl::FailedPreconditionError(
        "a daemon serves this data folder: stop it, then restore");
  }
  RestoreReport report;
  // Checked before and not after the copying: nothing is changed until then.
  MINGA_ASSIGN_OR_RETURN(report.backup,
                         CheckBackup(folder, config, file, random));
  const std::string copy = folder.database() + ".restoring";
  const Unfinished unfinished(copy);
  MINGA_RETURN_IF_ERROR(CopyFile(file, copy));
  MINGA_RETURN_IF_ERROR(storage::MarkSqliteCopy(copy));
  const std::string suffix = absl::StrCat(
      ".before-", absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone()));
  std::error_code failed;
  if (fs::exists(folder.database(), failed)) {
    report.kept = folder.database() + suffix;
  }
  MINGA_RETURN_IF_ERROR(PutInPlace(folder, copy, suffix));
  return report;
}

}  // namespace minga
