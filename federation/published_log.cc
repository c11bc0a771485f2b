#include "federation/published_log.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/acquaintance.h"
#include "federation/cosign_round.h"
#include "node/base/status.h"
#include "storage/audit_chain.h"
#include "storage/evidence/log_keys.h"
#include "storage/evidence/signed_checkpoint.h"
#include "storage/merkle.h"

namespace minga::federation {
namespace {

// Of all peers, suspended ones too, and former ones: what they cosigned stays
// signed.
absl::StatusOr<std::vector<NoteVerifier>> CosignKeys(
    const storage::Snapshot& snapshot) {
  std::vector<NoteVerifier> keys;
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> rows,
                         snapshot.peers().List());
  for (const storage::PeerRow& row : rows) {
    const auto peer = ReadAcquaintance(snapshot.documents(), row);
    if (!peer.ok()) continue;
    for (NoteVerifier& key : peer->CosignKeys()) keys.push_back(std::move(key));
  }
  return keys;
}

// Without signatures by keys that `keys` does not name: of a peer that has
// left, which nobody could check.
std::string WithKnownSignatures(Note note, const storage::LogKeys& keys,
                                int log) {
  const auto by = [](const NoteSignature& signature, const NoteVerifier& key) {
    return key.name == signature.name && key.KeyId() == signature.key_id;
  };
  const auto known = [&](const NoteSignature& signature) {
    for (const NoteVerifier& key : keys.log) {
      if (by(signature, storage::KeyOfLog(key, log))) return true;
    }
    return std::any_of(
        keys.cosigners.begin(), keys.cosigners.end(),
        [&](const NoteVerifier& key) { return by(signature, key); });
  };
  note.signatures.erase(
      std::remove_if(note.signatures.begin(), note.signatures.end(),
                     [&](const NoteSignature& one) { return !known(one); }),
      note.signatures.end());
  return note.Serialize();
}

}  // namespace

absl::StatusOr<PublishedLog::Notes> PublishedLog::ReadNotes(int log) const {
  Notes notes;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(notes.logs, storage::NumberOf(snapshot.audit()));
        ++notes.logs;
        MINGA_ASSIGN_OR_RETURN(const auto own,
                               storage::OpenLog(snapshot.audit(), log));
        MINGA_ASSIGN_OR_RETURN(const std::string newest, own->Checkpoint());
        if (newest.empty()) {
          return absl::FailedPreconditionError(
              "no checkpoint of the log was signed yet; `minga status` says "
              "why if it stays so");
        }
        storage::LogKeys keys;
        keys.log = own_.keys().log;
        MINGA_ASSIGN_OR_RETURN(keys.cosigners, CosignKeys(snapshot));
        notes.keys = keys.Text();
        MINGA_ASSIGN_OR_RETURN(const storage::SignedCheckpoint signed_now,
                               storage::OpenCheckpoint(newest, keys.log));
        notes.size = signed_now.body.size;
        notes.checkpoint = newest;
        MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                               snapshot.documents().Get(CosignedDocument(log)));
        if (!stored.has_value()) return absl::OkStatus();
        const auto cosigned = storage::OpenCheckpoint(*stored, keys.log);
        // Newer than a checkpoint lost with the database.
        if (!cosigned.ok() || cosigned->body.size > notes.size) {
          return absl::OkStatus();
        }
        const std::string text = WithKnownSignatures(cosigned->note, keys, log);
        (cosigned->body.size == notes.size ? notes.checkpoint
                                           : notes.cosigned) = text;
        return absl::OkStatus();
      }));
  return notes;
}

absl::StatusOr<std::string> PublishedLog::ReadTile(
    int log, const storage::TileName& name, storage::LeafIndex size) const {
  if (storage::TileWidthIn(size, name.level, name.index) < name.width) {
    return absl::NotFoundError(absl::StrCat(
        "a log of ", size, " entries has no `",
        storage::TilePath(name.level, name.index, name.width), "`"));
  }
  std::string bytes;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const auto own,
                               storage::OpenLog(snapshot.audit(), log));
        MINGA_ASSIGN_OR_RETURN(bytes, storage::ReadTileFile(*own, name));
        return absl::OkStatus();
      }));
  return bytes;
}

std::string ExportReadme() {
  return R"(# An exported audit log

This folder is the log of decisions of one node of Minga, as plain files in the
format C2SP tlog-tiles (https://c2sp.org/tlog-tiles). Nothing here has to be
believed: every file but this one can be checked.

    checkpoint        size and root hash of the log, signed by the log
                      (https://c2sp.org/tlog-checkpoint) and cosigned by the
                      nodes of other countries (https://c2sp.org/tlog-cosignature)
    cosigned          if the newest checkpoint has no cosignatures yet: the
                      newest one that has
    keys              the keys these signatures are under. Compare the log's
                      with what its country has published, and each cosigner's
                      with what *its* country has published.
    tile/entries/     the entries: 256 a file, each after its length in two
                      bytes (big-endian). An entry is a protobuf message
                      minga.v1.AuditEntry; persons appear in it as salted
                      commitments. Old ones may have been destroyed, as the
                      law asks: then an entry of the log says so, and their
                      hashes are still in tile/0/.
    1/, 2/, ...       the logs in which the node went on after it had closed the
                      one before, each with such files. The last entry of a
                      closed log says so; the first of the next one holds the
                      closed one's last checkpoint. Their names end in /log-1,
                      /log-2 and so on; the log's key is the same.
    tile/<L>/         the hashes: level 0 of the entries (SHA-256 of a zero byte
                      and the entry), level L + 1 of 256 hashes of level L
                      (RFC 6962)

To check it with Minga, without a node:

    minga audit verify --folder . --key "<the log's key>"

To check it without Minga: `tests/independent` in its source, or any program
that reads tlog-tiles. To check the signature alone, with OpenSSL: `README.md`
of Minga, "How an auditor checks us without us".
)";
}

}  // namespace minga::federation
