// The names of a node's logs. A log that is closed goes on in the next one;
// they are numbered from 0. Log 0 has the name of the node's log key, a later
// one that name and its number: "minga/co/spe", "minga/co/spe/log-1". All are
// signed with the same key: who knows it knows every log of the node.
#ifndef MINGA_STORAGE_EVIDENCE_LOG_NAMES_H_
#define MINGA_STORAGE_EVIDENCE_LOG_NAMES_H_

#include <compare>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "node/base/note.h"
#include "storage/audit_store.h"

namespace minga::storage {

// What is added to the name of the key: nothing for log 0.
std::string LogSuffix(int log);

// The number of the log named `origin` of the node whose log key is named
// `key_name`; nothing if it is no log of that node.
std::optional<int> LogNumber(absl::string_view origin,
                             absl::string_view key_name);

// `key`, the node's log key, under the name of log `log`.
NoteVerifier KeyOfLog(const NoteVerifier& key, int log);

// How far the logs of a node go: all logs before `log`, and `size` entries of
// that one.
struct LogHead {
  int log = 0;
  LeafIndex size = 0;

  friend auto operator<=>(const LogHead&, const LogHead&) = default;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_LOG_NAMES_H_
