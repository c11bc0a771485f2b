#ifndef MINGA_STORAGE_SQLITE_STORES_H_
#define MINGA_STORAGE_SQLITE_STORES_H_

#include <memory>

#include "node/base/ids.h"
#include "storage/database.h"
#include "storage/sqlite/audit.h"
#include "storage/sqlite/classes.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/documents.h"
#include "storage/sqlite/due.h"
#include "storage/sqlite/feeds.h"
#include "storage/sqlite/journal.h"
#include "storage/sqlite/key_file.h"
#include "storage/sqlite/peers.h"
#include "storage/sqlite/people.h"
#include "storage/sqlite/person_keys.h"
#include "storage/sqlite/record_counts.h"
#include "storage/sqlite/records.h"
#include "storage/sqlite/staged.h"
#include "storage/sqlite/subjects.h"
#include "storage/sqlite/vault.h"
#include "storage/sqlite/views.h"

namespace minga::storage::sqlite {

// All stores over one connection. A reader hands it out as a Snapshot, the
// writer as a Transaction. Threads: its connection's.
class Stores final : public Snapshot, public Transaction, public Staged {
 public:
  // Prepares every statement of every store. `vault` outlives this.
  static absl::StatusOr<std::unique_ptr<Stores>> Open(
      std::unique_ptr<Connection> connection, std::unique_ptr<KeyFile> keys,
      Country own, const Vault& vault);

  Connection& connection() { return *connection_; }
  News& news() { return news_; }
  PersonKeys& keys() { return keys_; }

  const RecordReader& records() const override { return records_; }
  const FeedReader& feeds() const override { return feeds_; }
  const PeerReader& peers() const override { return peers_; }
  const PersonReader& people() const override { return people_; }
  const ClassReader& classes() const override { return classes_; }
  const DocumentReader& documents() const override { return documents_; }
  const AuditReader& audit() const override { return audit_; }
  const DueReader& due() const override { return due_; }
  const ViewReader& views() const override { return views_; }

  RecordStore& records() override { return records_; }
  FeedStore& feeds() override { return feeds_; }
  PeerStore& peers() override { return peers_; }
  PersonStore& people() override { return people_; }
  ClassStore& classes() override { return classes_; }
  DocumentStore& documents() override { return documents_; }
  AuditStore& audit() override { return audit_; }
  DueStore& due() override { return due_; }
  ViewStore& views() override { return views_; }
  WithdrawalJournal& journal() override { return journal_; }

  // Of all stores; after Load the stores keep their state in memory.
  absl::Status Load() override;
  void Mark() override;
  void Restore() override;
  absl::Status Flush() override;

 private:
  Stores(std::unique_ptr<Connection> connection, std::unique_ptr<KeyFile> keys,
         Country own, const Vault& vault);

  std::unique_ptr<Connection> connection_;  // dies last
  Subjects subjects_;
  RecordCounts record_counts_;
  News news_;
  Counter rows_{Counter::Name::kRow};
  Counter gone_{Counter::Name::kGone};
  Counter audit_size_{Counter::Name::kAuditSize};
  Counter key_mark_{Counter::Name::kKeyMark};
  Counter journal_known_{Counter::Name::kJournal};
  Journal journal_;  // over the file that keys_ owns
  PersonKeys keys_;
  Records records_;
  Feeds feeds_;
  Peers peers_;
  People people_;
  Classes classes_;
  Documents documents_;
  Audit audit_;
  Due due_;
  Views views_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_STORES_H_
