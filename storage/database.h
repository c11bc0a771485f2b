// Database: everything durable of a node except the search index.
#ifndef MINGA_STORAGE_DATABASE_H_
#define MINGA_STORAGE_DATABASE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "storage/audit_store.h"
#include "storage/class_store.h"
#include "storage/document_store.h"
#include "storage/due_store.h"
#include "storage/feed_store.h"
#include "storage/peer_store.h"
#include "storage/person_store.h"
#include "storage/record_store.h"
#include "storage/view_store.h"
#include "storage/withdrawal_journal.h"

namespace minga::storage {

// One consistent state to read from.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  virtual const RecordReader& records() const = 0;
  virtual const FeedReader& feeds() const = 0;
  virtual const PeerReader& peers() const = 0;
  virtual const PersonReader& people() const = 0;
  virtual const ClassReader& classes() const = 0;
  virtual const DocumentReader& documents() const = 0;
  virtual const AuditReader& audit() const = 0;
  virtual const DueReader& due() const = 0;
  virtual const ViewReader& views() const = 0;
};

// The same stores, writable; reads see what this transaction has written.
class Transaction {
 public:
  virtual ~Transaction() = default;
  virtual RecordStore& records() = 0;
  virtual FeedStore& feeds() = 0;
  virtual PeerStore& peers() = 0;
  virtual PersonStore& people() = 0;
  virtual ClassStore& classes() = 0;
  virtual DocumentStore& documents() = 0;
  virtual AuditStore& audit() = 0;
  virtual DueStore& due() = 0;
  virtual ViewStore& views() = 0;
  virtual WithdrawalJournal& journal() = 0;
};

// What a commit changed, for those who wait for it.
struct CommitNews {
  bool records = false;       // some record was put or erased
  std::vector<PeerId> feeds;  // peers whose feed has new rows
};

// One writer thread runs the jobs in the order they came and commits several
// together (group commit); each job is all or nothing by itself.
//
// Threads: any thread may call any method; Write and Read must not be called
// from inside a job.
class Database {
 public:
  using Job = std::function<absl::Status(Transaction&)>;
  using Done = std::function<void(const absl::Status&)>;
  using Listener = std::function<void(const CommitNews&)>;

  virtual ~Database() = default;

  // Runs `job` and returns when it is durable (fsync), or with the job's own
  // error, in which case nothing of it remains.
  //   RESOURCE_EXHAUSTED  the disk is full; nothing was written. Also jobs of
  //                       the same commit get it. Or: too many jobs wait.
  //   DATA_LOSS           the file is damaged.
  //   UNAVAILABLE         the database is closing.
  virtual absl::Status Write(Job job) = 0;

  // The same without waiting; `done` runs on the writer thread after the
  // commit and must not block.
  virtual void WriteAsync(Job job, Done done) = 0;

  // Runs `read` on a pooled connection in one read transaction. Waits while
  // kReadersMax others read. Keep it short: the file grows while it lasts.
  virtual absl::Status Read(
      absl::FunctionRef<absl::Status(const Snapshot&)> read) const = 0;

  // Makes a key for somebody who may be new and seals `consent` under it
  // (SetConsent), empty if none was given. Nothing is stored.
  virtual absl::StatusOr<PersonDraft> Draft(absl::string_view person,
                                            absl::string_view consent,
                                            absl::CivilDay ends) const = 0;

  // Called on the writer thread after each commit that changed something.
  // Must not block. Call before the first Write.
  virtual void AddListener(Listener listener) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_DATABASE_H_
