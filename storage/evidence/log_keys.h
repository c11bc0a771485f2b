// The file `keys` of an exported log: every key under which its checkpoints
// and cosignatures were signed, retired ones included.
//
//   minga/log-keys/v1
//   log: <vkey>            the present one first, then those it has replaced
//   cosigner: <vkey>       of a peer that is witness to the log
//
// It says which keys are meant, not that they are right: an auditor compares
// the log's key with what the node's country has published.
#ifndef MINGA_STORAGE_EVIDENCE_LOG_KEYS_H_
#define MINGA_STORAGE_EVIDENCE_LOG_KEYS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/note.h"

namespace minga::storage {

// 64 peers, each with some generations of keys, at most 250 bytes a line.
inline constexpr std::size_t kLogKeysBytesMax = 256 * 1024;

struct LogKeys {
  std::vector<NoteVerifier> log;
  std::vector<NoteVerifier> cosigners;

  std::string Text() const;
  // INVALID_ARGUMENT  line N: what is wrong. Only what Text writes is read.
  static absl::StatusOr<LogKeys> Parse(absl::string_view text);
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_LOG_KEYS_H_
