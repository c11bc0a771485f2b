// The tables of the database, as they came about.
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/schema_later.h"

namespace minga::storage::sqlite {
namespace {

// Countries and peers are ISO 3166-1 alpha-2 texts, kinds and states the
// numbers of the enums in node/base and storage, times microseconds since 1970,
// days days since 1970, digests 32 bytes.
constexpr absl::string_view kFirst = R"sql(
-- What the file belongs to: own country, canary sealed under the node key.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Counter::Name.
CREATE TABLE counter (
  name INTEGER PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

-- Key of each record that is stored or in some feed, see Subjects.
CREATE TABLE subject (
  subject INTEGER PRIMARY KEY,
  country TEXT NOT NULL,
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  UNIQUE (country, kind, id)
) STRICT;

-- row: RowNo, given by counter kRow.
CREATE TABLE record (
  row INTEGER PRIMARY KEY,
  subject INTEGER NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  digest BLOB NOT NULL,
  changed_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE record_count (
  country TEXT NOT NULL,
  kind INTEGER NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (country, kind)
) STRICT, WITHOUT ROWID;

-- Rows of `record` that no longer exist, in the order in which they went.
CREATE TABLE gone (
  seq INTEGER PRIMARY KEY,
  row INTEGER NOT NULL
) STRICT;

CREATE TABLE feed_head (
  peer TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL,
  last INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Reasons and explanations repeat for millions of rows.
CREATE TABLE reason (
  reason INTEGER PRIMARY KEY,
  code TEXT NOT NULL,
  explanation TEXT NOT NULL,
  UNIQUE (code, explanation)
) STRICT;

-- seq is null if the row never crossed or its tombstone was acknowledged;
-- digest is null unless shown; wire_id is null if it is the id of the subject.
CREATE TABLE feed (
  peer TEXT NOT NULL,
  subject INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  state INTEGER NOT NULL,
  seq INTEGER,
  revision INTEGER NOT NULL,
  digest BLOB,
  reason INTEGER NOT NULL,
  wire_id TEXT,
  PRIMARY KEY (peer, subject)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX feed_by_seq ON feed (peer, seq) WHERE seq IS NOT NULL;

-- pseudonym_key: sealed under the node key.
CREATE TABLE peer (
  peer TEXT PRIMARY KEY,
  state INTEGER NOT NULL,
  descriptor BLOB NOT NULL,
  pseudonym_key BLOB NOT NULL,
  suspended_why TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  cursor_epoch INTEGER NOT NULL DEFAULT 0,
  cursor_seq INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
  receipt INTEGER PRIMARY KEY,
  peer TEXT NOT NULL,
  side INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  after INTEGER NOT NULL,
  upto INTEGER NOT NULL,
  at INTEGER NOT NULL,
  note BLOB NOT NULL
) STRICT;
CREATE INDEX receipt_by_peer ON receipt (peer);

-- key: sealed under the node key; consent: sealed under key.
CREATE TABLE person (
  person TEXT PRIMARY KEY,
  key BLOB NOT NULL,
  consent BLOB,
  consent_ends INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX person_by_end ON person (consent_ends)
  WHERE consent_ends IS NOT NULL;

CREATE TABLE class (
  class INTEGER PRIMARY KEY,
  peer TEXT NOT NULL,
  digest BLOB NOT NULL,
  members INTEGER NOT NULL,
  UNIQUE (peer, digest)
) STRICT;
CREATE TABLE class_member (
  peer TEXT NOT NULL,
  profile TEXT NOT NULL,
  class INTEGER NOT NULL,
  PRIMARY KEY (peer, profile)
) STRICT, WITHOUT ROWID;
CREATE INDEX class_member_by_class ON class_member (class, profile);

CREATE TABLE document (
  name TEXT PRIMARY KEY,
  document BLOB NOT NULL
) STRICT;

-- tile: level * 2^48 + index; hashes: up to 256 of 32 bytes.
CREATE TABLE audit_tile (
  tile INTEGER PRIMARY KEY,
  hashes BLOB NOT NULL
) STRICT;
CREATE TABLE audit_bundle (
  bundle INTEGER PRIMARY KEY,
  entries BLOB NOT NULL
) STRICT;
-- One row: the newest signed checkpoint.
CREATE TABLE audit_checkpoint (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,
  note BLOB NOT NULL
) STRICT;
)sql";

constexpr absl::string_view kDue = R"sql(
-- The first day on which a record's views may change by themselves. Here and
-- not in a table of its own, because a bulk load then writes one tree less.
ALTER TABLE record ADD COLUMN due INTEGER;
CREATE INDEX record_by_due ON record (due) WHERE due IS NOT NULL;
)sql";

constexpr absl::string_view kErasure = R"sql(
-- erase_within: hours, of a shown row; erase_by: seconds since 1970, of one that
-- was shown. Null where nothing was asked for, or it is not known.
ALTER TABLE feed ADD COLUMN erase_within INTEGER;
ALTER TABLE feed ADD COLUMN erase_by INTEGER;
)sql";

constexpr absl::string_view kPersonKeys = R"sql(
-- The persons' keys are in a file of their own (key_file.h), where they have
-- been copied before (key_link.h). key: their number there; in this order.
ALTER TABLE person RENAME TO person_with_key;
CREATE TABLE person (
  key INTEGER PRIMARY KEY,
  person TEXT NOT NULL UNIQUE,
  consent BLOB,
  consent_ends INTEGER
) STRICT;
INSERT INTO person (key, person, consent, consent_ends)
  SELECT row_number() OVER (ORDER BY person), person, consent, consent_ends
  FROM person_with_key;
-- secure_delete writes zeros over its pages.
DROP TABLE person_with_key;
CREATE INDEX person_by_end ON person (consent_ends)
  WHERE consent_ends IS NOT NULL;
)sql";

constexpr absl::string_view kDisplay = R"sql(
-- How people are displayed to each peer, see ClassStore. Rows of class and
-- class_member had no rungs: without the mark of the last sweep, the next start
-- places everybody anew.
DROP TABLE class_member;
DROP TABLE class;
DELETE FROM document WHERE name = 'swept-by';
CREATE TABLE display_class (
  class INTEGER PRIMARY KEY,
  peer TEXT NOT NULL,
  digest BLOB NOT NULL,
  shown INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  UNIQUE (peer, digest)
) STRICT;
-- class: where it is displayed; null while it waits in the classes of waiting
-- (8 bytes each). floor: levels seen in this epoch. vals: 8 bytes for each
-- skill or language. sensitive: keyed digests, 8 bytes each.
CREATE TABLE display_member (
  peer TEXT NOT NULL,
  profile TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  class INTEGER,
  waiting BLOB NOT NULL,
  floor BLOB NOT NULL,
  vals BLOB NOT NULL,
  sensitive BLOB NOT NULL,
  PRIMARY KEY (peer, profile)
) STRICT, WITHOUT ROWID;
CREATE INDEX display_member_by_class ON display_member (class, profile)
  WHERE class IS NOT NULL;
CREATE TABLE display_waiting (
  class INTEGER NOT NULL,
  profile TEXT NOT NULL,
  PRIMARY KEY (class, profile)
) STRICT, WITHOUT ROWID;
CREATE TABLE display_value (
  class INTEGER NOT NULL,
  value INTEGER NOT NULL,
  profile TEXT NOT NULL,
  PRIMARY KEY (class, value, profile)
) STRICT, WITHOUT ROWID;
)sql";

constexpr absl::string_view kDisplayBySubject = R"sql(
-- As kDisplay, with the number of the profile's subject instead of its id: what
-- is put together stands together, in each tree.
INSERT OR IGNORE INTO subject (country, kind, id)
  SELECT (SELECT CAST(value AS TEXT) FROM meta WHERE name = 'own'), 2, profile
  FROM display_member;
ALTER TABLE display_member RENAME TO old_member;
ALTER TABLE display_waiting RENAME TO old_waiting;
ALTER TABLE display_value RENAME TO old_value;
DROP INDEX display_member_by_class;
CREATE TABLE display_member (
  peer TEXT NOT NULL,
  subject INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  class INTEGER,
  waiting BLOB NOT NULL,
  floor BLOB NOT NULL,
  vals BLOB NOT NULL,
  sensitive BLOB NOT NULL,
  PRIMARY KEY (peer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX display_member_by_class ON display_member (class, subject)
  WHERE class IS NOT NULL;
CREATE TABLE display_waiting (
  class INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  PRIMARY KEY (class, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE display_value (
  class INTEGER NOT NULL,
  value INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  PRIMARY KEY (class, value, subject)
) STRICT, WITHOUT ROWID;
-- How many of those displayed have which sensitive value. attribute: from 0.
CREATE TABLE display_sensitive (
  class INTEGER NOT NULL,
  attribute INTEGER NOT NULL,
  value BLOB NOT NULL,
  members INTEGER NOT NULL,
  PRIMARY KEY (class, attribute, value)
) STRICT, WITHOUT ROWID;
INSERT INTO display_member
  SELECT m.peer, s.subject, m.epoch, m.rung, m.class, m.waiting, m.floor,
    m.vals, m.sensitive
  FROM old_member m JOIN subject s ON s.id = m.profile AND s.kind = 2
    AND s.country = (SELECT CAST(value AS TEXT) FROM meta WHERE name = 'own');
INSERT INTO display_waiting
  SELECT w.class, s.subject
  FROM old_waiting w JOIN subject s ON s.id = w.profile AND s.kind = 2
    AND s.country = (SELECT CAST(value AS TEXT) FROM meta WHERE name = 'own');
INSERT INTO display_value
  SELECT v.class, v.value, s.subject
  FROM old_value v JOIN subject s ON s.id = v.profile AND s.kind = 2
    AND s.country = (SELECT CAST(value AS TEXT) FROM meta WHERE name = 'own');
WITH RECURSIVE attribute(i) AS (
  SELECT 0 UNION ALL SELECT i + 1 FROM attribute WHERE i < 15)
INSERT INTO display_sensitive
  SELECT m.class, a.i, substr(m.sensitive, 8 * a.i + 1, 8) AS value, count(*)
  FROM display_member m JOIN attribute a ON length(m.sensitive) >= 8 * (a.i + 1)
  WHERE m.class IS NOT NULL GROUP BY m.class, a.i, value;
DROP TABLE old_member;
DROP TABLE old_waiting;
DROP TABLE old_value;
)sql";

constexpr absl::string_view kMigrations[] = {
    kFirst,    kDue,  kErasure, kPersonKeys, kDisplay,        kDisplayBySubject,
    kReceipts, kTold, kBasis,   kClosedLogs, kPersonBySubject,
    kOwed};

}  // namespace

absl::Span<const absl::string_view> DatabaseMigrations() { return kMigrations; }

}  // namespace minga::storage::sqlite
