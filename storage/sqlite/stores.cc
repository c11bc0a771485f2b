#include "storage/sqlite/stores.h"

#include <utility>

#include "node/base/status.h"

namespace minga::storage::sqlite {

Stores::Stores(std::unique_ptr<Connection> connection,
               std::unique_ptr<KeyFile> keys, Country own, const Vault& vault)
    : connection_(std::move(connection)),
      journal_(*keys, vault, journal_known_),
      keys_(std::move(keys), vault, key_mark_),
      records_(own, subjects_, record_counts_, rows_, gone_, news_),
      feeds_(own, subjects_, news_),
      peers_(vault),
      people_(own, subjects_, vault, keys_),
      classes_(own, subjects_),
      audit_(audit_size_),
      due_(subjects_),
      views_(own, subjects_) {}

absl::StatusOr<std::unique_ptr<Stores>> Stores::Open(
    std::unique_ptr<Connection> connection, std::unique_ptr<KeyFile> keys,
    Country own, const Vault& vault) {
  std::unique_ptr<Stores> stores(
      new Stores(std::move(connection), std::move(keys), own, vault));
  Connection& on = *stores->connection_;
  MINGA_RETURN_IF_ERROR(stores->subjects_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->record_counts_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->rows_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->gone_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->audit_size_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->key_mark_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->journal_known_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->records_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->feeds_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->peers_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->people_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->classes_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->documents_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->audit_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->due_.Prepare(on));
  MINGA_RETURN_IF_ERROR(stores->views_.Prepare(on));
  return stores;
}

absl::Status Stores::Load() {
  subjects_.Load();
  MINGA_RETURN_IF_ERROR(news_.Load());
  MINGA_RETURN_IF_ERROR(record_counts_.Load());
  MINGA_RETURN_IF_ERROR(rows_.Load());
  MINGA_RETURN_IF_ERROR(gone_.Load());
  MINGA_RETURN_IF_ERROR(audit_size_.Load());
  // Its mark before the keys, which compare it.
  MINGA_RETURN_IF_ERROR(key_mark_.Load());
  MINGA_RETURN_IF_ERROR(keys_.Load());
  MINGA_RETURN_IF_ERROR(journal_known_.Load());
  MINGA_RETURN_IF_ERROR(journal_.Load());
  MINGA_RETURN_IF_ERROR(feeds_.Load());
  MINGA_RETURN_IF_ERROR(classes_.Load());
  return audit_.Load();
}

void Stores::Mark() {
  news_.Mark();
  record_counts_.Mark();
  rows_.Mark();
  gone_.Mark();
  audit_size_.Mark();
  key_mark_.Mark();
  keys_.Mark();
  journal_known_.Mark();
  journal_.Mark();
  feeds_.Mark();
  classes_.Mark();
  audit_.Mark();
}

void Stores::Restore() {
  subjects_.Forget();
  news_.Restore();
  record_counts_.Restore();
  rows_.Restore();
  gone_.Restore();
  audit_size_.Restore();
  key_mark_.Restore();
  keys_.Restore();
  journal_known_.Restore();
  journal_.Restore();
  feeds_.Restore();
  classes_.Restore();
  audit_.Restore();
}

absl::Status Stores::Flush() {
  MINGA_RETURN_IF_ERROR(feeds_.Flush());
  MINGA_RETURN_IF_ERROR(classes_.Flush());
  // Durable from here on, and set the counter of their mark.
  MINGA_RETURN_IF_ERROR(keys_.Flush());
  MINGA_RETURN_IF_ERROR(key_mark_.Flush());
  MINGA_RETURN_IF_ERROR(journal_.Flush());
  MINGA_RETURN_IF_ERROR(journal_known_.Flush());
  // Sets the counter of its size, so before the counters.
  MINGA_RETURN_IF_ERROR(audit_.Flush());
  MINGA_RETURN_IF_ERROR(record_counts_.Flush());
  MINGA_RETURN_IF_ERROR(rows_.Flush());
  MINGA_RETURN_IF_ERROR(gone_.Flush());
  return audit_size_.Flush();
}

}  // namespace minga::storage::sqlite
