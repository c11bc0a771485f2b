// The tables of the database as they came about, second part. Of schema.cc.
#ifndef MINGA_STORAGE_SQLITE_SCHEMA_LATER_H_
#define MINGA_STORAGE_SQLITE_SCHEMA_LATER_H_

#include "absl/strings/string_view.h"

namespace minga::storage::sqlite {

inline constexpr absl::string_view kReceipts = R"sql(
-- What receipts add up to, and the records that they reject (ReceiptStore).
-- kind is 0 where it is not known; id is empty of records about persons.
CREATE TABLE receipt_total (
  peer TEXT NOT NULL,
  side INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  PRIMARY KEY (peer, side)
) STRICT, WITHOUT ROWID;
CREATE TABLE rejection (
  rejection INTEGER PRIMARY KEY,
  peer TEXT NOT NULL,
  side INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX rejection_by_peer ON rejection (peer, side);
DROP INDEX receipt_by_peer;
CREATE INDEX receipt_by_side ON receipt (peer, side);
CREATE INDEX receipt_by_range ON receipt (peer, side, epoch, upto);
-- Of the bodies: what a peer may fill of the disk is bounded.
ALTER TABLE record_count ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE record_count SET bytes = coalesce((SELECT sum(length(r.body))
  FROM subject s JOIN record r ON r.subject = s.subject
  WHERE s.country = record_count.country AND s.kind = record_count.kind), 0);
)sql";

inline constexpr absl::string_view kTold = R"sql(
-- What peers have told of their records (view_store.h). peer: the country of the
-- subject. Of what came before nothing is known: it is brought once more.
CREATE TABLE told (
  peer TEXT NOT NULL,
  subject INTEGER NOT NULL,
  digest BLOB NOT NULL,
  held INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (peer, subject)
) STRICT, WITHOUT ROWID;
UPDATE peer SET cursor_seq = 0;
)sql";

inline constexpr absl::string_view kBasis = R"sql(
-- basis: what the audit log says that rows rest on.
CREATE TABLE reason_with_basis (
  reason INTEGER PRIMARY KEY,
  code TEXT NOT NULL,
  explanation TEXT NOT NULL,
  basis BLOB NOT NULL,
  UNIQUE (code, explanation, basis)
) STRICT;
INSERT INTO reason_with_basis SELECT reason, code, explanation, x'' FROM reason;
DROP TABLE reason;
ALTER TABLE reason_with_basis RENAME TO reason;
)sql";

inline constexpr absl::string_view kClosedLogs = R"sql(
-- Logs of the audit that nothing is added to any more. Their tiles and bundles
-- stay in audit_tile and audit_bundle, under keys that begin with the number.
CREATE TABLE audit_closed (
  log INTEGER PRIMARY KEY,
  entries INTEGER NOT NULL,
  pruned INTEGER NOT NULL,
  note BLOB NOT NULL
) STRICT;
)sql";

inline constexpr absl::string_view kPersonBySubject = R"sql(
-- As person, with the number of the profile's subject instead of its id: one
-- tree less with random inserts.
ALTER TABLE person RENAME TO person_by_id;
INSERT OR IGNORE INTO subject (country, kind, id)
  SELECT (SELECT CAST(value AS TEXT) FROM meta WHERE name = 'own'), 2, person
  FROM person_by_id;
CREATE TABLE person (
  key INTEGER PRIMARY KEY,
  subject INTEGER NOT NULL UNIQUE,
  consent BLOB,
  consent_ends INTEGER
) STRICT;
INSERT INTO person
  SELECT p.key, s.subject, p.consent, p.consent_ends
  FROM person_by_id p JOIN subject s ON s.id = p.person AND s.kind = 2
    AND s.country = (SELECT CAST(value AS TEXT) FROM meta WHERE name = 'own');
DROP TABLE person_by_id;
CREATE INDEX person_by_end ON person (consent_ends)
  WHERE consent_ends IS NOT NULL;
)sql";

inline constexpr absl::string_view kOwed = R"sql(
-- Withdrawals on their way: 1 is ViewState::kShown.
CREATE INDEX feed_owed ON feed (peer, seq, erase_by)
  WHERE state <> 1 AND seq IS NOT NULL;
)sql";

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_SCHEMA_LATER_H_
