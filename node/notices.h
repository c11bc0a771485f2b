// What the daemon says on standard error, one line each; systemd's journal adds
// time and unit. Never personal data.
#ifndef MINGA_NODE_NOTICES_H_
#define MINGA_NODE_NOTICES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace minga {

// "minga: <text>". The text is made printable.
void Notice(absl::string_view text);
// "minga: <what>: <status>".
void Notice(absl::string_view what, const absl::Status& status);

// Tells systemd through $NOTIFY_SOCKET (sd_notify's protocol), "READY=1" and
// such; nothing if the daemon was not started by it.
void NotifySystemd(absl::string_view state);

}  // namespace minga

#endif  // MINGA_NODE_NOTICES_H_
