// Verifies an exported log, and those that were closed before it, from the
// files and the keys that the auditor trusts: no node, no network, no clock.
#ifndef MINGA_STORAGE_EVIDENCE_FOLDER_VERIFIER_H_
#define MINGA_STORAGE_EVIDENCE_FOLDER_VERIFIER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/crypto/hash.h"
#include "node/base/note.h"
#include "storage/evidence/cosignatures.h"
#include "storage/evidence/log_files.h"

namespace minga::storage {

// More faults than this say nothing new.
inline constexpr std::size_t kFolderFaultsMax = 20;

struct FolderQuestion {
  // The log's key as the auditor knows it, and retired ones if they signed.
  std::vector<NoteVerifier> log_keys;
  // Cosigning keys of peers that the auditor has from the peers themselves.
  std::vector<NoteVerifier> peer_keys;
  // So many of `peer_keys` must have cosigned: the newest log, and the end of
  // each closed one.
  std::size_t quorum = 0;
  // A checkpoint of one of the logs that the auditor got before; or empty.
  std::string since;
};

struct FolderVerdict {
  int closed = 0;         // logs before the newest
  LeafIndex entries = 0;  // of all logs
  LeafIndex pruned = 0;   // of these, as the log says; their hashes hold
  // Of the newest log.
  LeafIndex size = 0;
  Digest root{};
  std::string origin;
  // The newest size that any witness has cosigned, and by whom: of the keys
  // the auditor gave, and of those that only the folder itself names.
  LeafIndex cosigned_size = 0;
  std::vector<Cosigner> trusted;
  std::vector<Cosigner> claimed;
  LeafIndex since_size = 0;  // 0: none was given
  // Empty: everything holds. Otherwise "place: what is wrong".
  std::vector<std::string> faults;
};

// Recomputes each tree from the entries, compares every tile and checkpoint
// with it, checks all signatures, that each log continues the one before, and
// finds files that do not belong there. Where entries and tiles disagree, the
// signed root tells which of them is wrong. Entries at the beginning of a log
// may be missing if an entry says that they were pruned. Holds one tile of each
// level in memory.
//   INVALID_ARGUMENT  the question itself: no key, an unreadable `since`.
//   NOT_FOUND         there is no such folder.
absl::StatusOr<FolderVerdict> VerifyFolder(const LogFiles& files,
                                           const FolderQuestion& question);

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_FOLDER_VERIFIER_H_
