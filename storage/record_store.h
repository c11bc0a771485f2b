// RecordStore keeps the newest version of every record of this node: its own
// and those received from peers.
#ifndef MINGA_STORAGE_RECORD_STORE_H_
#define MINGA_STORAGE_RECORD_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::storage {

// Local change number: every put takes the next one, and a put of a known key
// gives up its old one. So rows ascending are changes in order, each record
// once: what an index needs to catch up. Never reused.
using RowNo = std::int64_t;

struct StoredRecord {
  RecordKey key;
  // The origin's sequence. For own records the store sets it to the row.
  Revision revision = 0;
  // Serialised message; for records about persons sealed under their key.
  std::string body;
  Digest digest{};  // SHA-256 of the unsealed body
  absl::Time changed_at;
  // The day on which it is due (due_store.h); CivilDay::max(): on none.
  absl::CivilDay due = absl::CivilDay::max();
  RowNo row = 0;  // set by the store
};

struct PutResult {
  enum class Outcome { kInserted, kReplaced, kUnchanged };
  Outcome outcome = Outcome::kInserted;
  RowNo row = 0;
  Revision revision = 0;
};

// What happened to the rows after some row.
struct RecordChanges {
  std::vector<StoredRecord> put;  // by ascending row
  std::vector<RowNo> gone;        // replaced or erased rows, any order
  RowNo upto = 0;                 // continue after this one
  // Rows of `gone` up to this sequence may be dropped with DropGone.
  std::int64_t gone_upto = 0;
};

// What is held of one country and kind.
struct RecordCount {
  std::int64_t records = 0;
  std::int64_t bytes = 0;  // of the bodies, as stored
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;

  // nullopt if there is no such record.
  virtual absl::StatusOr<std::optional<StoredRecord>> Get(
      const RecordKey& key) const = 0;

  // Records of `country` and `kind` with id > `after`, by id, at most `limit`.
  virtual absl::StatusOr<std::vector<StoredRecord>> Scan(
      Country country, RecordKind kind, absl::string_view after,
      int limit) const = 0;

  // Changes with row > `after` (at most `limit`) and gone rows with sequence >
  // `gone_after` (at most `limit`).
  virtual absl::StatusOr<RecordChanges> ChangesSince(RowNo after,
                                                     std::int64_t gone_after,
                                                     int limit) const = 0;

  virtual absl::StatusOr<RecordCount> Count(Country country,
                                            RecordKind kind) const = 0;

  // The newest row; 0 if there is no record.
  virtual absl::StatusOr<RowNo> Newest() const = 0;
};

class RecordStore : public RecordReader {
 public:
  // Inserts or replaces by key. A record whose digest is the stored one is
  // unchanged: no new row, the old day. `record.row` is ignored;
  // `record.revision` too if `own`, where the new row becomes the revision.
  // INVALID_ARGUMENT: malformed id, a body beyond kRecordBytesMax, or `own`
  // with another country.
  virtual absl::StatusOr<PutResult> Put(const StoredRecord& record,
                                        bool own) = 0;

  // Erases the record; false if there was none. The bytes are overwritten in
  // the file (secure_delete).
  virtual absl::StatusOr<bool> Erase(const RecordKey& key) = 0;

  // Forgets gone rows up to and including `gone_upto`: the index has passed.
  virtual absl::Status DropGone(std::int64_t gone_upto) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_RECORD_STORE_H_
